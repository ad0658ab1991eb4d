import { accountFact } from '../account/state.ts';
import { attachmentFact } from '../attachment/state.ts';
import { catalogFact } from '../catalog/decider.ts';
import { customerFact } from '../customer/state.ts';
import { equipmentFact } from '../equipment/state.ts';
import type { Aggregate, Deadlines, Frozen, Guards, Reference } from '../kernel/aggregate.ts';
import { quotationFact } from '../quotation/state.ts';
import { userFact } from '../user/state.ts';
import { userSettingsFact } from '../user-settings/decider.ts';
import { serviceRequestCommands } from './commands.ts';
import { contentDecisions, customerOf, partDecisions } from './content.ts';
import { serviceRequestEvents } from './events.ts';
import { promiseDecisions } from './promise.ts';
import { facilities, serviceTypes } from './rules.ts';
import { clockFacts } from './sla.ts';
import { evolve, initial, type ServiceRequest } from './state.ts';
import { endingDecisions, quotationDecisions, reviewDecisions, runningDecisions } from './steps.ts';
import { visitDecisions, wasteDecisions } from './visits.ts';
import { uploadsIn } from './wanted.ts';
import { workDecisions } from './work.ts';

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
/** Names in a document are no references yet: only what looks like one is asked for. */
const filesIn = (details: Readonly<Record<string, unknown>>): readonly Reference[] =>
  uploadsIn(details)
    .filter(isUuid)
    .slice(0, 100)
    .map((id) => attachmentFact.at(id));
type Placed = { readonly location?: { readonly savedLocationId?: string } };
const placesOf = ({ location }: Placed, users: readonly (string | undefined)[]): readonly Reference[] =>
  location?.savedLocationId === undefined ? [] : users.flatMap((userId) => (userId === undefined ? [] : [userSettingsFact.at(userId)]));
const clock = (): readonly Reference[] => clockFacts;
/** The clock, and the quotation whose advance the work may have to wait for (QC-5). */
const beginning = (state: Frozen<ServiceRequest>): readonly Reference[] => [
  ...clockFacts,
  ...(state.situation === 'absent' || state.acceptedQuotationId === null ? [] : [quotationFact.at(state.acceptedQuotationId)]),
];

const guards: Guards<ServiceRequest, typeof serviceRequestCommands> = {
  SubmitRequest: (_state, command, { facts, actor }) => {
    const { accountId, equipmentId, details } = command;
    const customerId = customerOf(facts, command);
    return [
      ...clockFacts,
      catalogFact.at(serviceTypes),
      accountFact.at(accountId),
      ...(equipmentId === undefined ? [] : [equipmentFact.at(equipmentId)]),
      ...(customerId === undefined ? [] : [customerFact.at(customerId)]),
      ...filesIn(details),
      ...placesOf(command, [actor?.id, command.requestedBy]),
    ];
  },
  AmendRequest: (_state, command, { actor }) => [catalogFact.at(serviceTypes), ...filesIn(command.details), ...placesOf(command, [actor?.id])],
  AssignRequest: (_state, { userId }) => [userFact.at(userId)],
  RecordDisposal: () => [catalogFact.at(facilities)],
  ChangePriority: clock,
  StartReview: clock,
  MarkQuoted: clock,
  MarkAccepted: clock,
  ReturnToReview: clock,
  ScheduleRequest: clock,
  StartRequest: beginning,
  ResolveRequest: clock,
  CloseRequest: clock,
  CloseResolvedRequest: clock,
  ReopenRequest: clock,
  DeclineRequest: clock,
  CancelRequest: clock,
  PlaceRequestOnHold: clock,
  ReleaseRequestHold: clock,
  NoteWorkOpened: beginning,
  NoteWorkEnded: clock,
  NoteWorkReopened: clock,
};

const off = (name: string) => [{ change: 'cancel' as const, name }];
/** The service level of the state it is in, and the day on which a resolved request closes by itself. */
const deadlines: Deadlines<typeof serviceRequestEvents> = {
  RequestClockSet: ({ entry, dueAt }) =>
    dueAt === undefined ? off('sla') : [{ change: 'set', name: 'sla', dueAt, command: 'RecordSlaBreach', data: { entry, dueAt } }],
  RequestSlaBreached: () => off('sla'),
  RequestResolved: ({ closesAt }) => [{ change: 'set', name: 'close', dueAt: closesAt, command: 'CloseResolvedRequest', data: { closesAt } }],
  RequestClosed: () => off('close'),
  RequestReopened: () => off('close'),
};

/** A call for service of either line of business, from the first word to the customer's confirmation. */
export const serviceRequest: Aggregate<'serviceRequest', ServiceRequest, typeof serviceRequestCommands, typeof serviceRequestEvents> = {
  category: 'serviceRequest',
  docs: 'A call for service of either line of business, from the first word to the customer’s confirmation. Hold, review and the set of open work are dimensions beside its state.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: serviceRequestEvents,
  commands: serviceRequestCommands,
  initial,
  decide: {
    ...contentDecisions,
    ...partDecisions,
    ...reviewDecisions,
    ...quotationDecisions,
    ...runningDecisions,
    ...endingDecisions,
    ...visitDecisions,
    ...wasteDecisions,
    ...promiseDecisions,
    ...workDecisions,
  },
  evolve,
  guards,
  deadlines,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  accountOf: (state) => (state.situation === 'absent' ? null : state.accountId),
  numbers: (state) => (state.situation === 'absent' ? [] : [{ series: `request:${state.customerId}`, number: state.requestNumber }]),
  exists: ({ situation }) => situation !== 'absent',
};
