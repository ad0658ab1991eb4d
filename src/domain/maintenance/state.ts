import { type DataOf, type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { derivedId } from '../kernel/ids.ts';
import { changing } from '../kernel/presence.ts';
import { without } from '../kernel/records.ts';
import type { MeterKind } from '../meter/state.ts';
import type { maintenanceEvents } from './events.ts';

const namespace = '3c5b8a52-6a0f-5b7c-9a34-0e5a6f1f9d21';
/** The id of a unit's schedule by a programme: one of each. */
export const maintenanceId = (equipmentId: string, program: string): string => derivedId(namespace, [equipmentId, program]);

type Planned = DataOf<(typeof maintenanceEvents)['MaintenanceChanged']>;
export type Plan = Omit<Planned, 'outlook'>;
export type Outlook = Planned['outlook'];
export type Standing = Outlook['status'];
export type Usages = Readonly<Partial<Record<MeterKind, number>>>;
/** When it was done last, or counts as done: the occurrence that began then, and what each meter said, as stated or as looked up. */
export type Base = {
  readonly occurrence: number;
  readonly on: string;
  readonly stated: Usages;
  readonly derived: Usages;
  readonly performanceId: string | null;
  /** The work order or the inspection that did it. */
  readonly sourceId: string | null;
  readonly partIds: readonly string[];
  readonly isSkipped: boolean;
  /** To know a repeat. */
  readonly content: string;
};
/** PM-9: what is kept of one time, withdrawn or left out ones too. */
export type Kept = { readonly on: string; readonly partIds: readonly string[]; readonly attachmentId: string | null };
export type Usage = { readonly readAt: string; readonly usage: number; readonly averageDaily: number | null };
type Present = {
  readonly equipmentId: string;
  readonly customerId: string | null;
  readonly accountId: string | null;
  readonly program: string;
  readonly plan: Plan;
  readonly timeZone: string;
  readonly startsOn: string;
  /** The start, and all that was done or skipped since and not withdrawn, in the order told. */
  readonly bases: readonly Base[];
  /** Numbers given to occurrences so far; a number never comes again. */
  readonly occurrences: number;
  readonly usage: Readonly<Partial<Record<MeterKind, Usage>>>;
  readonly told: Readonly<Record<string, true>>;
  /** As the last event said. */
  readonly status: Standing;
  readonly records: Readonly<Record<string, Kept>>;
  readonly endedOn: string | null;
  readonly snoozedUntil: string | null;
};
export type Situation = 'active' | 'paused' | 'ended';
export type Maintenance = { readonly situation: 'absent' } | ({ readonly situation: Situation } & Present);
export type PresentMaintenance = Frozen<{ readonly situation: Situation } & Present>;
export const maintenanceFact = fact<Maintenance>('maintenance');
export const initial: Maintenance = { situation: 'absent' };

type Listed = readonly { readonly kind: MeterKind; readonly usage: number }[];
export const usagesOf = (listed: Listed): Usages => Object.fromEntries(listed.map(({ kind, usage }) => [kind, usage]));
/** The start counts as done: the first occurrence began then. */
export const firstBase = (on: string, usages: Listed): Base => ({
  occurrence: 1,
  on,
  stated: usagesOf(usages),
  derived: {},
  performanceId: null,
  sourceId: null,
  partIds: [],
  isSkipped: false,
  content: '',
});
const present = changing<Frozen<Maintenance>>();
const tell = (key: string, status: Standing) =>
  present<{ readonly occurrence: number }>(({ told }, { occurrence }) => ({ told: { ...told, [`${occurrence}:${key}`]: true as const }, status }));
const withoutKind = <T>(record: Readonly<Partial<Record<MeterKind, T>>>, kind: MeterKind): Readonly<Partial<Record<MeterKind, T>>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== kind));
type Done = { readonly performanceId: string; readonly occurrence: number; readonly usages: Listed; readonly attachmentId?: string; readonly outlook: Outlook };
const done = (state: PresentMaintenance, data: Done, rest: Pick<Base, 'on' | 'sourceId' | 'partIds' | 'isSkipped' | 'content'>): Partial<Present> => ({
  bases: [...state.bases, { occurrence: data.occurrence, stated: usagesOf(data.usages), derived: {}, performanceId: data.performanceId, ...rest }],
  occurrences: Math.max(state.occurrences, data.occurrence),
  snoozedUntil: null,
  status: data.outlook.status,
  records: { ...state.records, [data.performanceId]: { on: rest.on, partIds: rest.partIds, attachmentId: data.attachmentId ?? null } },
});

export const evolve: Evolve<Maintenance, typeof maintenanceEvents> = {
  MaintenanceDefined: (_state, { equipmentId, customerId, accountId, program, startsOn, usages, outlook, ...plan }) => ({
    situation: 'active',
    equipmentId,
    customerId: customerId ?? null,
    accountId: accountId ?? null,
    program,
    plan,
    timeZone: outlook.timeZone,
    startsOn,
    bases: [firstBase(startsOn, usages)],
    occurrences: 1,
    usage: {},
    told: {},
    status: outlook.status,
    records: {},
    endedOn: null,
    snoozedUntil: null,
  }),
  MaintenanceChanged: present((_state, { outlook, ...plan }) => ({ plan, status: outlook.status })),
  MaintenancePaused: present(() => ({ situation: 'paused', snoozedUntil: null, status: 'paused' })),
  MaintenanceResumed: present((_state, { outlook }) => ({ situation: 'active', status: outlook.status })),
  MaintenanceSnoozed: present((_state, { until }) => ({ snoozedUntil: until })),
  MaintenanceUsageRecorded: present(({ usage: before, bases }, { kind, readAt, usage, averageDaily, derived, outlook }) => {
    const found = new Map(derived.map((each) => [each.occurrence, each.usage]));
    const at = readAt === undefined || usage === undefined ? undefined : { readAt, usage, averageDaily: averageDaily ?? null };
    return {
      status: outlook.status,
      usage: at === undefined ? withoutKind(before, kind) : { ...before, [kind]: at },
      bases: bases.map((base) => {
        const value = found.get(base.occurrence);
        return { ...base, derived: value === undefined ? withoutKind(base.derived, kind) : { ...base.derived, [kind]: value } };
      }),
    };
  }),
  MaintenanceDueSoon: tell('soon', 'due_soon'),
  MaintenanceDue: tell('due', 'due'),
  MaintenanceOverdue: tell('overdue', 'overdue'),
  MaintenanceReassessed: present((_state, { status }) => ({ status })),
  MaintenancePerformed: present((state, data) =>
    done(state, data, {
      on: data.performedOn,
      sourceId: data.workOrderId ?? data.inspectionId ?? null,
      partIds: data.parts.map(({ partId }) => partId),
      isSkipped: false,
      content: JSON.stringify([data.performedOn, data.readings]),
    }),
  ),
  MaintenancePerformanceWithdrawn: present(({ bases }, { performanceId, outlook }) => ({
    bases: bases.filter((base) => base.performanceId !== performanceId),
    status: outlook.status,
  })),
  MaintenanceSkipped: present((state, data) => done(state, data, { on: data.countsAsOn, sourceId: null, partIds: [], isSkipped: true, content: data.reason })),
  MaintenanceLeftAccount: present(() => ({ customerId: null, accountId: null })),
  MaintenanceEnded: present((_state, { endedOn }) => ({ situation: 'ended', status: 'ended', endedOn })),
  MaintenanceRecordRemoved: present(({ records }, { performanceId }) => ({
    records: without(records, performanceId),
  })),
};
