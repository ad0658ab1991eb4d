import { catalogFact } from '../catalog/decider.ts';
import { type Aggregate, type Context, type DataOf, type Deadlines, emit, type Frozen, type Guards, reject } from '../kernel/aggregate.ts';
import { lineAmount, money, sumMoney } from '../kernel/money.ts';
import { type PresentRequest, serviceRequestFact } from '../service-request/state.ts';
import { answerMinutesOf, orderPolicies } from '../work-order/rules.ts';
import { roadsideCommands } from './commands.ts';
import { type Decisions, dispatchDecisions, present, underWay } from './dispatch.ts';
import { roadsideEvents } from './events.ts';
import {
  allows,
  attachmentsMax,
  communicationsMax,
  feesMax,
  inCurrency,
  isMonotone,
  knownCurrency,
  nextVendor,
  notTooLarge,
  partsMax,
  readingsInOrder,
  roomFor,
  timeOr,
} from './rules.ts';
import { evolve, initial, type PresentRoadside, type Roadside, requestContent, total, totalOf } from './state.ts';

const event = emit(roadsideEvents);
type Request = DataOf<(typeof roadsideCommands)['RequestRoadside']>;
const over = ['closed', 'declined', 'cancelled'] as const;

const requestOf = (facts: Context['facts'], { requestId }: Request): PresentRequest | undefined => {
  const found = serviceRequestFact.of(facts, requestId);
  return found === undefined || found.situation === 'absent' ? undefined : found;
};
/** The request that the job is for has not ended, and it is about this unit. */
const fits = (request: PresentRequest | undefined, equipmentId: string | undefined) => {
  if (request === undefined || over.some((status) => status === request.status))
    return reject('requestEnded', `The request is ${request?.status ?? 'absent'}.`, { status: request?.status });
  if (equipmentId === undefined) return reject('equipmentRequired', 'A roadside job is about a unit.');
  return request.equipmentId !== null && request.equipmentId !== equipmentId
    ? reject('otherEquipment', 'The request is about another unit.', { equipmentId: request.equipmentId })
    : undefined;
};
const requestRoadside = (state: Frozen<Roadside>, command: Request, { facts }: Context) => {
  const request = requestOf(facts, command);
  const equipmentId = command.equipmentId ?? request?.equipmentId ?? undefined;
  if (state.situation === 'present') {
    const isSame = equipmentId !== undefined && state.content === requestContent({ ...command, equipmentId });
    return isSame ? [] : reject('alreadyRequested', 'This job is there for something else.');
  }
  const wrong = fits(request, equipmentId) ?? knownCurrency(command.currency);
  if (wrong !== undefined) return wrong;
  if (request === undefined || equipmentId === undefined) throw new Error('judged above');
  const { standbyVendors = [], attachmentIds, ...said } = command;
  const files = [...new Set([...attachmentIds, ...Object.keys(request.media)])];
  if (files.length > attachmentsMax) return reject('tooMany', `At most ${attachmentsMax} files.`, { max: attachmentsMax });
  const { customerId, accountId } = request;
  const answerWithinMinutes = answerMinutesOf(facts);
  const answer = answerWithinMinutes === undefined ? {} : { answerWithinMinutes };
  return [
    event('RoadsideRequested', {
      ...said,
      equipmentId,
      customerId,
      accountId,
      attachmentIds: files,
      standbyVendors,
      ...answer,
      ...nextVendor(standbyVendors, []),
    }),
  ];
};

const aboutIt = ({ requested: { requestId, equipmentId } }: PresentRoadside) => ({ requestId, equipmentId });
const costsOf = (state: PresentRoadside) => {
  const fees = Object.values(state.fees);
  const { currency } = state.requested;
  const feeTotal = sumMoney(
    fees.map(({ amount }) => amount),
    currency,
  );
  return { currency, parts: Object.values(state.parts), fees, feeTotal, total: total(state) };
};
const evidenceOf = ({ attachments }: PresentRoadside): readonly string[] =>
  [...new Set(Object.values(attachments).flatMap((category) => category ?? []))].sort().slice(0, 50);

const decide: Decisions = {
  RequestRoadside: requestRoadside,
  RecordRoadsidePart: (before, command, { newId }) => {
    const state = present(before);
    const partId = newId(0);
    if (Object.hasOwn(state.parts, partId)) return allows(state, 'RecordRoadsidePart') ?? [];
    const wrong = allows(state, 'RecordRoadsidePart') ?? inCurrency(state, command.unitCost) ?? roomFor(Object.keys(state.parts).length, partsMax);
    if (wrong !== undefined) return wrong;
    const amount = lineAmount(command.unitCost, command.quantity);
    const after = totalOf(state.requested.currency, [...Object.values(state.parts), { amount }], Object.values(state.fees));
    return notTooLarge(after) ?? [event('RoadsidePartRecorded', { partId, attemptId: underWay(state).attemptId, ...command, amount, total: after })];
  },
  RemoveRoadsidePart: (before, { partId }) => {
    const state = present(before);
    const { [partId]: part, ...left } = state.parts;
    if (part === undefined) return allows(state, 'RemoveRoadsidePart') ?? [];
    const after = totalOf(state.requested.currency, Object.values(left), Object.values(state.fees));
    return allows(state, 'RemoveRoadsidePart') ?? [event('RoadsidePartRemoved', { partId, total: after })];
  },
  RecordRoadsideFee: (before, command, { newId }) => {
    const state = present(before);
    const feeId = newId(0);
    if (Object.hasOwn(state.fees, feeId)) return allows(state, 'RecordRoadsideFee') ?? [];
    const wrong = allows(state, 'RecordRoadsideFee') ?? inCurrency(state, command.amount) ?? roomFor(Object.keys(state.fees).length, feesMax);
    if (wrong !== undefined) return wrong;
    const amount = money(command.amount.amount, command.amount.currency);
    const after = totalOf(state.requested.currency, Object.values(state.parts), [...Object.values(state.fees), { amount }]);
    return notTooLarge(after) ?? [event('RoadsideFeeRecorded', { feeId, ...command, amount, total: after })];
  },
  RemoveRoadsideFee: (before, { feeId }) => {
    const state = present(before);
    const { [feeId]: fee, ...left } = state.fees;
    if (fee === undefined) return allows(state, 'RemoveRoadsideFee') ?? [];
    const after = totalOf(state.requested.currency, Object.values(state.parts), Object.values(left));
    return allows(state, 'RemoveRoadsideFee') ?? [event('RoadsideFeeRemoved', { feeId, total: after })];
  },
  LogCommunication: (before, { at = undefined, ...said }, { newId, now }) => {
    const { communications } = present(before);
    const communicationId = newId(0);
    if (Object.hasOwn(communications, communicationId)) return [];
    if (at !== undefined && at > now) return reject('inFuture', 'A talk is told once it has been.');
    return roomFor(Object.keys(communications).length, communicationsMax) ?? [event('CommunicationLogged', { communicationId, ...said, at: at ?? now })];
  },
  AttachToRoadside: (before, command) => {
    const { attachments } = present(before);
    const { attachmentId, documentCategory } = command;
    const isKnown = Object.hasOwn(attachments, attachmentId);
    if (isKnown && (documentCategory === undefined || attachments[attachmentId] === documentCategory)) return [];
    return (isKnown ? undefined : roomFor(Object.keys(attachments).length, attachmentsMax)) ?? [event('RoadsideAttached', command)];
  },
  LinkWorkOrder: (before, command) => {
    const state = present(before);
    if (state.workOrderId === command.workOrderId) return [];
    // Costs may be settled before the order that they go to is made.
    const isLate = state.status === 'closed' && state.workOrderId === null;
    return (isLate ? undefined : allows(state, 'LinkWorkOrder')) ?? [event('RoadsideWorkOrderLinked', command)];
  },
  ResolveRoadside: (before, { outcome, resolvedAt: said, summary, readings = [] }, { now }) => {
    const state = present(before);
    if (state.status === 'resolved' && state.outcome === outcome) return [];
    const wrong = allows(state, 'ResolveRoadside') ?? readingsInOrder(readings, now);
    if (wrong !== undefined) return wrong;
    const attempt = underWay(state);
    const resolvedAt = timeOr(attempt, said, now);
    const judged = said === undefined ? undefined : isMonotone(attempt, { milestone: 'ended', at: resolvedAt, now });
    const resolved = event('RoadsideResolved', {
      ...aboutIt(state),
      attemptId: attempt.attemptId,
      outcome,
      resolvedAt,
      ...(summary === undefined ? {} : { summary }),
      readings,
      evidence: evidenceOf(state),
      attachmentIds: Object.keys(state.attachments),
      description: state.requested.description,
      ...costsOf(state),
    });
    return judged ?? [resolved];
  },
  SettleCosts: (before) => {
    const state = present(before);
    if (state.status === 'closed') return [];
    const wrong = allows(state, 'SettleCosts');
    if (wrong !== undefined) return wrong;
    const { outcome, workOrderId } = state;
    if (outcome === null) throw new Error('a resolved job has an outcome');
    return [event('RoadsideSettled', { ...aboutIt(state), outcome, ...(workOrderId === null ? {} : { workOrderId }), ...costsOf(state) })];
  },
  CancelRoadside: (before, { reason, fee }, { newId }) => {
    const state = present(before);
    if (state.status === 'cancelled') return [];
    const wrong = allows(state, 'CancelRoadside') ?? (fee === undefined ? undefined : inCurrency(state, fee));
    if (wrong !== undefined) return wrong;
    const asked = fee === undefined ? undefined : { feeId: newId(0), fee: money(fee.amount, fee.currency) };
    const fees = [...Object.values(state.fees), ...(asked === undefined ? [] : [{ amount: asked.fee }])];
    const after = totalOf(state.requested.currency, Object.values(state.parts), fees);
    return notTooLarge(after) ?? [event('RoadsideCancelled', { ...aboutIt(state), reason, ...asked, total: after })];
  },
  ...dispatchDecisions,
};

const guards: Guards<Roadside, typeof roadsideCommands> = {
  RequestRoadside: (_state, { requestId }) => [serviceRequestFact.at(requestId), catalogFact.at(orderPolicies)],
};

const answer = 'answer';
const answered = () => [{ change: 'cancel', name: answer }] as const;
const deadlines: Deadlines<typeof roadsideEvents> = {
  VendorDispatched: ({ attemptId, answerBy }) => [{ change: 'set', name: answer, dueAt: answerBy, command: 'TimeOutDispatch', data: { attemptId } }],
  DispatchAccepted: answered,
  DispatchDeclined: answered,
  RoadsideCancelled: answered,
};

/** Emergency help on the road: who was asked, who came when, what it took and what it cost. */
export const roadside: Aggregate<'roadside', Roadside, typeof roadsideCommands, typeof roadsideEvents> = {
  category: 'roadside',
  docs: 'Emergency help on the road for a service request: dispatch attempts with their times, parts, fees, talks, and how it ended.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: roadsideEvents,
  commands: roadsideCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : (state.requested.customerId ?? null)),
  accountOf: (state) => (state.situation === 'absent' ? null : (state.requested.accountId ?? null)),
  deadlines,
  exists: ({ situation }) => situation !== 'absent',
};
