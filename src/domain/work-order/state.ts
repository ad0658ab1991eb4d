import { type DataOf, type Evolve, type Frozen, fact, type Occurrence } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { compareMoney, type Money, sumMoney } from '../kernel/money.ts';
import { changing } from '../kernel/presence.ts';
import { without } from '../kernel/records.ts';
import type { workOrderEvents } from './events.ts';

type Data<K extends keyof typeof workOrderEvents> = DataOf<(typeof workOrderEvents)[K]>;
export type Opened = Data<'WorkOrderOpened'>;
export type LineAdded = Data<'OrderLineAdded'>;

export type Status = 'open' | 'in_progress' | 'paused' | 'completed' | 'closed' | 'cancelled';
export type Line = {
  /** All that was said, to know a repeat. */
  readonly content: string;
  readonly vmrsCode: string | null;
  readonly position: string | null;
  readonly repairReason: LineAdded['repairReason'];
  readonly labourCost: Money;
  readonly partCost: Money;
  readonly parts: LineAdded['parts'];
  readonly roadsideId: string | null;
  readonly reworkOf: string | null;
};
export type Approval = { readonly status: 'none' } | { readonly status: 'pending' | 'approved' | 'rejected'; readonly amount: Money };
/** A technician’s time on the order; without an end while it runs. */
export type Spell = { readonly intervalId: string; readonly technicianId: string; readonly startedAt: string; readonly endedAt: string | null };
type Present = {
  readonly situation: 'present';
  readonly status: Status;
  readonly number: number;
  readonly series: string;
  /** What was asked for, to know a repeat. */
  readonly content: string;
  readonly opened: Pick<
    Opened,
    'customerId' | 'accountId' | 'requestId' | 'equipmentId' | 'maintenanceId' | 'roadsideId' | 'kind' | 'currency' | 'budget' | 'policy' | 'responsibility'
  >;
  readonly openedAt: string;
  readonly description: string;
  /** Files and their categories, as far as those were said. */
  readonly attachments: Readonly<Record<string, string | null>>;
  readonly technicians: readonly string[];
  readonly lead: string | null;
  readonly lines: Readonly<Record<string, Line>>;
  readonly approval: Approval;
  /** Who wrote lines or asked for approval: none of them approves (TE-10). */
  readonly makers: readonly string[];
  /** The content of the last signature, while nothing changed since. */
  readonly signature: string | null;
  readonly spells: readonly Spell[];
  readonly completions: number;
};
/** Only what decisions need. Approval and signature are dimensions beside the status. */
export type WorkOrder = { readonly situation: 'absent' } | Present;
export type PresentOrder = Frozen<Present>;

/** A work order as other aggregates' guards see it. */
export const workOrderFact = fact<WorkOrder>('workOrder');
export const initial: WorkOrder = { situation: 'absent' };

export const contentOf = (content: unknown): string => canonicalJson(content);
export const makerOf = ({ kind, id }: Occurrence['actor']): string => `${kind}:${id}`;
/** Whose gapless series the order’s number is of. */
export const seriesOf = (customerId: string | undefined): string => `work-order:${customerId ?? 'company'}`;

/** SR-4: the order costs Σ (labour + parts) of its lines, exactly. */
export const totalsOf = (currency: string, lines: readonly Pick<Line, 'labourCost' | 'partCost'>[]) => {
  const labourTotal = sumMoney(
    lines.map(({ labourCost }) => labourCost),
    currency,
  );
  const partTotal = sumMoney(
    lines.map(({ partCost }) => partCost),
    currency,
  );
  return { labourTotal, partTotal, total: sumMoney([labourTotal, partTotal], currency) };
};
export const totals = ({ opened, lines }: PresentOrder) => totalsOf(opened.currency, Object.values(lines));
/** What the order may cost without anybody’s approval: the policy’s limit, or its budget where that is less. */
export const limitOf = ({ opened: { budget, policy } }: PresentOrder): Money =>
  budget !== undefined && compareMoney(budget, policy.costLimit) < 0 ? budget : policy.costLimit;
export const running = ({ spells }: PresentOrder): readonly Spell[] => spells.filter(({ endedAt }) => endedAt === null);
/** The labour of all technicians, paused time left out, in milliseconds. */
export const workedMs = ({ spells }: PresentOrder): number =>
  spells.reduce((sum, { startedAt, endedAt }) => sum + (endedAt === null ? 0 : Date.parse(endedAt) - Date.parse(startedAt)), 0);

const present = changing<Frozen<WorkOrder>>();
const to = (status: Status) => present(() => ({ status }));
const withMaker = ({ makers }: PresentOrder, { actor }: Occurrence) => ({ makers: [...new Set([...makers, makerOf(actor)])] });

/** The comparable form of a line, its totals and its id left out. */
export const lineContent = ({ lineId: _, labourTotal: _l, partTotal: _p, total: _t, ...said }: LineAdded): string => contentOf(said);
const putLine = present<LineAdded>((state, data, at) => ({
  lines: {
    ...state.lines,
    [data.lineId]: {
      content: lineContent(data),
      vmrsCode: data.vmrsCode ?? null,
      position: data.position ?? null,
      repairReason: data.repairReason,
      labourCost: data.labourCost,
      partCost: data.partCost,
      parts: data.parts,
      roadsideId: data.roadsideId ?? null,
      reworkOf: state.lines[data.lineId]?.reworkOf ?? null,
    },
  },
  signature: null,
  ...withMaker(state, at),
}));

export const evolve: Evolve<WorkOrder, typeof workOrderEvents> = {
  WorkOrderOpened: (_state, data, { occurredAt }) => ({
    situation: 'present',
    status: 'open',
    number: data.workOrderNumber,
    series: seriesOf(data.customerId),
    content: openingOf(data),
    opened: data,
    openedAt: occurredAt,
    description: data.description,
    attachments: Object.fromEntries(data.attachmentIds.map((id) => [id, null])),
    technicians: [],
    lead: null,
    lines: {},
    approval: { status: 'none' },
    makers: [],
    signature: null,
    spells: [],
    completions: 0,
  }),
  WorkOrderDescribed: present((_state, { description }) => ({ description })),
  WorkOrderAttached: present(({ attachments }, { attachmentId, documentCategory }) => ({
    attachments: { ...attachments, [attachmentId]: documentCategory ?? null },
  })),
  TechnicianAssigned: present(({ technicians, lead }, { technicianId, isLead }) => ({
    technicians: [...new Set([...technicians, technicianId])],
    lead: isLead ? technicianId : lead,
  })),
  TechnicianUnassigned: present(({ technicians, lead }, { technicianId }) => ({
    technicians: technicians.filter((id) => id !== technicianId),
    lead: lead === technicianId ? null : lead,
  })),
  OrderLineAdded: putLine,
  OrderLineChanged: putLine,
  OrderLineRemoved: present((state, { lineId }, at) => ({ lines: without(state.lines, lineId), signature: null, ...withMaker(state, at) })),
  ReworkMarked: present(({ lines }, { lineId, reworkOf }) => {
    const line = lines[lineId];
    return line === undefined ? {} : { lines: { ...lines, [lineId]: { ...line, reworkOf: contentOf(reworkOf) } } };
  }),
  CostApprovalRequested: present((state, { amount }, at) => ({ approval: { status: 'pending', amount }, ...withMaker(state, at) })),
  CostApproved: present((_state, { amount }) => ({ approval: { status: 'approved', amount } })),
  CostRejected: present((_state, { amount }) => ({ approval: { status: 'rejected', amount } })),
  CostApprovalLapsed: present(() => ({ approval: { status: 'none' } })),
  WorkOrderSigned: present((_state, { attachmentId }) => ({ signature: attachmentId })),
  WorkOrderStarted: to('in_progress'),
  TechnicianClockedIn: present(({ spells }, { intervalId, technicianId, startedAt }) => ({
    spells: [...spells, { intervalId, technicianId, startedAt, endedAt: null }],
  })),
  TechnicianClockedOut: present(({ spells }, { intervalId, endedAt }) => ({
    spells: spells.map((spell) => (spell.intervalId === intervalId ? { ...spell, endedAt } : spell)),
  })),
  WorkOrderPaused: to('paused'),
  WorkOrderResumed: to('in_progress'),
  WorkOrderCompleted: present((_state, { completion }) => ({ status: 'completed', completions: completion })),
  // What was signed for was not what was done: it is signed for again.
  WorkOrderReopened: present(() => ({ status: 'in_progress', signature: null })),
  WorkOrderCancelled: to('cancelled'),
  WorkOrderClosed: to('closed'),
};

/** Costs of a roadside job that is over, for no request: nobody works on the unit, so nothing is held, read or told. */
export const isBookkeeping = ({ roadsideId, requestId }: Pick<Opened, 'roadsideId' | 'requestId'>): boolean =>
  roadsideId !== undefined && requestId === undefined;

type Opening = Pick<Opened, 'requestId' | 'equipmentId' | 'maintenanceId' | 'inspectionId' | 'roadsideId' | 'correctionOf' | 'kind' | 'source' | 'currency'>;
/** The comparable form of what an order was opened for: what is carried over from elsewhere may say more on a second time. */
export const openingOf = ({ requestId, equipmentId, maintenanceId, inspectionId, roadsideId, correctionOf, kind, source, currency }: Opening): string =>
  contentOf({ requestId, equipmentId, maintenanceId, inspectionId, roadsideId, correctionOf, kind, source, currency });
