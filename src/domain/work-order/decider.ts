import { catalogFact } from '../catalog/decider.ts';
import { type Aggregate, type Claim, type Deadlines, emit, type Frozen, type Guards } from '../kernel/aggregate.ts';
import { addMilliseconds } from '../kernel/calendar.ts';
import { reject } from '../kernel/rejection.ts';
import { userFact } from '../user/state.ts';
import { approvalDecisions } from './approvals.ts';
import { workOrderCommands } from './commands.ts';
import { workOrderEvents } from './events.ts';
import { labourDecisions, stopAll } from './labour.ts';
import { type Decisions, lineDecisions, present } from './lines.ts';
import { openingGuard, openWorkOrder } from './opening.ts';
import { partsOf } from './responsibility.ts';
import { allows, attachmentsMax, isCovered, isSigned, nobodyWorks, readingsInOrder, roomFor, vmrsCatalogs } from './rules.ts';
import { evolve, initial, type PresentOrder, running, seriesOf, totals, type WorkOrder, workedMs } from './state.ts';

const event = emit(workOrderEvents);
const dayMs = 24 * 3_600_000;

const aboutIt = ({ opened: { requestId, equipmentId, maintenanceId, kind } }: PresentOrder) => ({
  kind,
  ...(requestId === undefined ? {} : { requestId }),
  ...(equipmentId === undefined ? {} : { equipmentId }),
  ...(maintenanceId === undefined ? {} : { maintenanceId }),
});
/** What counts as evidence of the work: the categories of its files, and a signature. */
const evidenceOf = ({ attachments, signature }: PresentOrder): readonly string[] =>
  [...new Set([...Object.values(attachments).flatMap((category) => category ?? []), ...(signature === null ? [] : ['signature'])])].sort().slice(0, 50);
/** The lines that repair something nameable, for knowing rework. */
const repairsOf = ({ lines }: PresentOrder) =>
  Object.entries(lines).flatMap(([lineId, { vmrsCode, position, repairReason }]) =>
    vmrsCode === null ? [] : [{ lineId, vmrsCode, repairReason, ...(position === null ? {} : { position }) }],
  );
/** Once begun, an order is cancelled only while no work and no cost stand on it. */
const nothingBooked = ({ status, lines, spells }: PresentOrder) =>
  status !== 'open' && (Object.keys(lines).length > 0 || spells.length > 0)
    ? reject('booked', 'Work or costs are booked on the order: complete it.', { lines: Object.keys(lines).length, labourIntervals: spells.length })
    : undefined;

const decide: Decisions = {
  OpenWorkOrder: openWorkOrder,
  DescribeWorkOrder: (before, command) => {
    const state = present(before);
    return allows(state, 'DescribeWorkOrder') ?? (state.description === command.description ? [] : [event('WorkOrderDescribed', command)]);
  },
  AttachToWorkOrder: (before, command) => {
    const state = present(before);
    const { attachmentId, documentCategory } = command;
    const known = Object.hasOwn(state.attachments, attachmentId);
    if (known && (documentCategory === undefined || state.attachments[attachmentId] === documentCategory)) return allows(state, 'AttachToWorkOrder') ?? [];
    const full = known ? undefined : roomFor(Object.keys(state.attachments).length, attachmentsMax);
    return allows(state, 'AttachToWorkOrder') ?? full ?? [event('WorkOrderAttached', command)];
  },
  SignWorkOrder: (before, { signedBy, attachmentId }, { newId }) => {
    const state = present(before);
    return (
      allows(state, 'SignWorkOrder') ?? (state.signature === attachmentId ? [] : [event('WorkOrderSigned', { signatureId: newId(0), signedBy, attachmentId })])
    );
  },
  StartWorkOrder: (before) => {
    const state = present(before);
    return state.status === 'in_progress' ? [] : (allows(state, 'StartWorkOrder') ?? [event('WorkOrderStarted', aboutIt(state))]);
  },
  PauseWorkOrder: (before, command, { now }) => {
    const state = present(before);
    return state.status === 'paused' ? [] : (allows(state, 'PauseWorkOrder') ?? [...stopAll(state, now), event('WorkOrderPaused', command)]);
  },
  ResumeWorkOrder: (before) => {
    const state = present(before);
    return state.status === 'in_progress' ? [] : (allows(state, 'ResumeWorkOrder') ?? [event('WorkOrderResumed', {})]);
  },
  CompleteWorkOrder: (before, { closingReadings }, { now }) => {
    const state = present(before);
    if (state.status === 'completed') return [];
    return (
      allows(state, 'CompleteWorkOrder') ??
      nobodyWorks(state) ??
      isCovered(state) ??
      isSigned(state) ??
      readingsInOrder(state, closingReadings, now) ?? [
        event('WorkOrderCompleted', {
          ...aboutIt(state),
          closingReadings,
          evidence: evidenceOf(state),
          ...totals(state),
          workedMs: workedMs(state),
          openedAt: state.openedAt,
          ...(state.opened.policy.rework === undefined ? {} : { rework: state.opened.policy.rework }),
          repairs: repairsOf(state),
          completion: state.completions + 1,
          closesAt: addMilliseconds(now, state.opened.policy.closeCostsDays * dayMs),
        }),
      ]
    );
  },
  ReopenWorkOrder: (before, command) => {
    const state = present(before);
    if (state.status === 'in_progress' && state.completions > 0) return [];
    return (
      allows(state, 'ReopenWorkOrder') ?? [
        event('WorkOrderReopened', { ...aboutIt(state), ...command, repairs: repairsOf(state), completion: state.completions }),
      ]
    );
  },
  CancelWorkOrder: (before, command) => {
    const state = present(before);
    if (state.status === 'cancelled') return [];
    return allows(state, 'CancelWorkOrder') ?? nothingBooked(state) ?? [event('WorkOrderCancelled', { ...aboutIt(state), ...command })];
  },
  CallOffWorkOrder: (before, command) => {
    const state = present(before);
    if (state.status === 'cancelled') return [];
    if (state.status === 'in_progress' || state.status === 'paused')
      return reject('begun', 'The work has begun: somebody decides how it ends.', { status: state.status });
    // What a vendor was paid on the road is not undone by calling off its order.
    const spent = Object.values(state.lines).some(({ roadsideId }) => roadsideId !== null);
    return (
      allows(state, 'CancelWorkOrder') ??
      (spent ? reject('begun', 'Costs of a roadside job stand on the order: somebody decides how it ends.', { status: state.status }) : undefined) ?? [
        event('WorkOrderCancelled', { ...aboutIt(state), ...command }),
      ]
    );
  },
  CloseCosts: (before) => {
    const state = present(before);
    if (state.status === 'closed') return [];
    return allows(state, 'CloseCosts') ?? [event('WorkOrderClosed', { ...aboutIt(state), by: 'charged', ...totals(state), ...partsOf(state) })];
  },
  CloseCostsWhenDue: (before, { completion }) => {
    const state = present(before);
    // A deadline of an earlier completion, or of an order that was closed meanwhile.
    if (state.status !== 'completed' || state.completions !== completion) return [];
    return [event('WorkOrderClosed', { ...aboutIt(state), by: 'deadline', ...totals(state), ...partsOf(state) })];
  },
  ...lineDecisions,
  ...approvalDecisions,
  ...labourDecisions,
};

const code = ({ vmrsCode }: { readonly vmrsCode: string }) => vmrsCatalogs(vmrsCode).map(catalogFact.at);
const guards: Guards<WorkOrder, typeof workOrderCommands> = {
  OpenWorkOrder: openingGuard,
  AssignTechnician: (_state, { technicianId }) => [userFact.at(technicianId)],
  AddOrderLine: (_state, command) => code(command),
  ChangeOrderLine: (_state, command) => code(command),
};

const isOver = ({ status }: PresentOrder): boolean => status === 'completed' || status === 'closed' || status === 'cancelled';
/** SR-2: one open order a kind for a request. SR-15: whose clock runs here runs nowhere else. */
const claims = (state: Frozen<WorkOrder>): readonly Claim[] => {
  if (state.situation === 'absent') return [];
  const { requestId, kind } = state.opened;
  return [
    ...(requestId === undefined || isOver(state) ? [] : [{ kind: 'requestWorkOrder', scope: requestId, value: kind }]),
    ...running(state).map(({ technicianId }) => ({ kind: 'technicianClock', scope: 'company', value: technicianId })),
  ];
};

const closing = 'close-costs';
const noClosing = () => [{ change: 'cancel', name: closing }] as const;
const deadlines: Deadlines<typeof workOrderEvents> = {
  WorkOrderCompleted: ({ closesAt, completion }) => [{ change: 'set', name: closing, dueAt: closesAt, command: 'CloseCostsWhenDue', data: { completion } }],
  WorkOrderReopened: noClosing,
  WorkOrderClosed: noClosing,
};

/** Work on a unit or at a site: its lines, time and costs, from opening to the last charge. */
export const workOrder: Aggregate<'workOrder', WorkOrder, typeof workOrderCommands, typeof workOrderEvents> = {
  category: 'workOrder',
  docs: 'Work on a unit or at a site: what is done by VMRS code, labour and parts, approval and signature, technicians’ time and closing readings.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: workOrderEvents,
  commands: workOrderCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : (state.opened.customerId ?? null)),
  accountOf: (state) => (state.situation === 'absent' ? null : (state.opened.accountId ?? null)),
  claims,
  numbers: (state) => (state.situation === 'absent' ? [] : [{ series: seriesOf(state.opened.customerId), number: state.number }]),
  deadlines,
  exists: ({ situation }) => situation !== 'absent',
};
