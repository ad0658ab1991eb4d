/** Decisions about what a request says and what belongs to it: they move no state. */
import { accountFact } from '../account/state.ts';
import { customerFact } from '../customer/state.ts';
import { equipmentFact, outOf } from '../equipment/state.ts';
import type { Context, DataOf, Decide, Facts, Frozen } from '../kernel/aggregate.ts';
import { reject } from '../kernel/rejection.ts';
import { userFact } from '../user/state.ts';
import type { serviceRequestCommands } from './commands.ts';
import type { serviceRequestEvents } from './events.ts';
import { apart } from './persons.ts';
import { fitsType, isOnesOwnPlace, mayAsk, mayAskFor, notAllowedNow, notCancelled, notesMax, notHeld, roomIn, serviceType } from './rules.ts';
import { after, breach, event, moved, type RequestEvent, reset } from './sla.ts';
import { contentOf, evolve, initial, type PresentRequest, type ServiceRequest } from './state.ts';

export type Decisions = Decide<ServiceRequest, typeof serviceRequestCommands, typeof serviceRequestEvents>;
type Submit = DataOf<(typeof serviceRequestCommands)['SubmitRequest']>;

/** The shell lets only `SubmitRequest` reach an absent request. */
export const present = (state: Frozen<ServiceRequest>): PresentRequest => {
  if (state.situation === 'absent') throw new Error('a command reached a request that does not exist');
  return state;
};
/** Not over for good, and not resting. */
export const open = (state: PresentRequest) => notCancelled(state) ?? notHeld(state);

/** The customer of the account: as named, else as the account's profile or the unit's holder says. A tenant's caller asks for itself (TE-1). */
export const customerOf = (
  facts: Facts,
  { customerId, accountId, equipmentId }: Pick<Submit, 'customerId' | 'accountId' | 'equipmentId'>,
): string | undefined => {
  if (customerId !== undefined) return customerId;
  const account = accountFact.of(facts, accountId);
  if (account?.situation === 'present') return account.customerId;
  const unit = equipmentFact.of(facts, equipmentId ?? '');
  const holder = unit === undefined || unit.situation === 'absent' ? undefined : outOf(unit)?.ids;
  return holder?.accountId === accountId ? holder.customerId : undefined;
};

const submitted = (command: Submit, context: Context): ReturnType<Decisions['SubmitRequest']> => {
  const { facts, tenant, actor, now, takeNumber } = context;
  const { accountId, equipmentId, urgency, customerId: _named, ...said } = command;
  const customerId = tenant ?? customerOf(facts, command);
  const type = serviceType(facts, command.serviceType);
  const refused =
    mayAsk(facts, { customerId, accountId, urgency }) ??
    (type?.needs === 'equipment' && equipmentId === undefined ? reject('equipmentRequired', 'This service is for a unit: name it.') : undefined) ??
    mayAskFor(equipmentId, accountId, context) ??
    fitsType(command, type, { facts, customerId: customerId ?? '' }) ??
    isOnesOwnPlace(command.location, { facts, users: [actor.id, command.requestedBy] });
  if (refused !== undefined) return refused;
  const customer = customerFact.of(facts, customerId ?? '');
  if (type === undefined || customerId === undefined || customer === undefined || customer.situation === 'absent') throw new Error('unreachable');
  const first = event('RequestSubmitted', {
    ...said,
    requestNumber: takeNumber(`request:${customerId}`),
    customerId,
    accountId,
    ...(equipmentId === undefined ? {} : { equipmentId }),
    urgency,
    ...apart(command.details, type.detailsSchema),
    detailsSchemaVersion: type.detailsSchemaVersion,
    policy: type.policy,
    timeZone: customer.accounts[accountId]?.timeZone ?? customer.timeZone,
    country: customer.country,
  });
  const state = evolve.RequestSubmitted(initial, first.data as DataOf<(typeof serviceRequestEvents)['RequestSubmitted']>, { id: '', occurredAt: now, actor });
  return [first, ...moved(present(state), [], context)];
};

type Content = 'SubmitRequest' | 'AmendRequest' | 'SetRequestMetadata' | 'RecordRequestGeocode' | 'RecordRequestNotice' | 'ChangePriority';
export const contentDecisions: Pick<Decisions, Content> = {
  SubmitRequest: (state, command, context) => {
    if (state.situation === 'absent') return submitted(command, context);
    const { customerId: _named, ...asked } = command;
    return state.content === contentOf(asked) ? [] : reject('alreadySubmitted', 'This request exists and says something else.');
  },
  AmendRequest: (before, command, { facts, actor }) => {
    const state = present(before);
    if (state.particulars === contentOf(command)) return open(state) ?? [];
    const type = serviceType(facts, state.serviceType);
    return (
      open(state) ??
      fitsType(command, type, { facts, customerId: state.customerId }) ??
      (command.location?.savedLocationId === state.savedLocationId ? undefined : isOnesOwnPlace(command.location, { facts, users: [actor.id] })) ?? [
        event('RequestAmended', { ...command, ...apart(command.details, type?.detailsSchema), detailsSchemaVersion: type?.detailsSchemaVersion ?? '' }),
      ]
    );
  },
  SetRequestMetadata: (before, command) => {
    const state = present(before);
    return open(state) ?? (state.metadata === contentOf(command.metadata) ? [] : [event('RequestMetadataChanged', command)]);
  },
  RecordRequestNotice: (before, command) => (present(before).notices.includes(command.noticeId) ? [] : [event('RequestNoticeSent', command)]),
  RecordRequestGeocode: (before, command) => {
    const state = present(before);
    const nowhere = state.hasLocation ? undefined : reject('locationRequired', 'The request names no place.');
    return open(state) ?? nowhere ?? (state.geocode === contentOf(command) ? [] : [event('RequestAddressGeocoded', command)]);
  },
  ChangePriority: (before, command, context) => {
    const state = present(before);
    if (state.urgency === command.urgency) return open(state) ?? [];
    const refused = open(state);
    if (refused !== undefined) return refused;
    const told = [...breach(state, context.now), event('RequestPriorityChanged', { ...command, before: state.urgency })];
    return [...told, reset(after(state, told, context), context, true)];
  },
};

const fullOfNotes = ({ notes }: PresentRequest) => (notes.length >= notesMax ? reject('tooMany', `At most ${notesMax} notes.`, { max: notesMax }) : undefined);
type Parts =
  | 'AddRequestNote'
  | 'AddInternalNote'
  | 'AttachRequestMedia'
  | 'RemoveRequestMedia'
  | 'AddRequestProduct'
  | 'ChangeRequestProduct'
  | 'RemoveRequestProduct'
  | 'AssignRequest'
  | 'UnassignRequest';
export const partDecisions: Pick<Decisions, Parts> = {
  AddRequestNote: (before, { text }, { newId }) => {
    const state = present(before);
    if (state.notes.includes(newId(0))) return notCancelled(state) ?? [];
    return notCancelled(state) ?? fullOfNotes(state) ?? [event('RequestNoteAdded', { noteId: newId(0), text })];
  },
  AddInternalNote: (before, { text }, { newId }) => {
    const state = present(before);
    if (state.notes.includes(newId(0))) return notCancelled(state) ?? [];
    return notCancelled(state) ?? fullOfNotes(state) ?? [event('RequestInternalNoteAdded', { noteId: newId(0), text })];
  },
  AttachRequestMedia: (before, command) => {
    const state = present(before);
    if (state.media[command.attachmentId] === command.mediaCategory) return notCancelled(state) ?? [];
    const isNew = !Object.hasOwn(state.media, command.attachmentId);
    return notCancelled(state) ?? (isNew ? roomIn(state.media) : undefined) ?? [event('RequestMediaAttached', command)];
  },
  RemoveRequestMedia: (before, command) => {
    const state = present(before);
    return notCancelled(state) ?? (Object.hasOwn(state.media, command.attachmentId) ? [event('RequestMediaRemoved', command)] : []);
  },
  AddRequestProduct: (before, command, { newId }) => {
    const state = present(before);
    const { productId, ...terms } = command;
    const isKnown = Object.values(state.products).some((each) => each.productId === productId && each.terms === contentOf(terms));
    if (isKnown) return open(state) ?? [];
    return open(state) ?? roomIn(state.products) ?? [event('RequestProductAdded', { requestProductId: newId(0), ...command })];
  },
  ChangeRequestProduct: (before, command) => {
    const state = present(before);
    const { requestProductId, ...terms } = command;
    const known = state.products[requestProductId];
    if (known === undefined) return open(state) ?? reject('unknownProduct', 'The request has no such product.');
    return open(state) ?? (known.terms === contentOf(terms) ? [] : [event('RequestProductChanged', command)]);
  },
  RemoveRequestProduct: (before, command) => {
    const state = present(before);
    return open(state) ?? (Object.hasOwn(state.products, command.requestProductId) ? [event('RequestProductRemoved', command)] : []);
  },
  AssignRequest: (before, { role, userId }, { newId, facts }) => {
    const state = present(before);
    const current = state.assignments[role];
    if (current?.userId === userId) return notCancelled(state) ?? [];
    const user = userFact.of(facts, userId);
    if (state.status === 'cancelled') return notAllowedNow(state);
    if (user?.situation !== 'active') return reject('userNotActive', 'Only active users take on a request.');
    if (user.customerId !== null && user.customerId !== state.customerId) return reject('otherCustomersUser', 'The user is of another customer.');
    const freed: readonly RequestEvent[] = current === undefined ? [] : [event('RequestUnassigned', { role, ...current })];
    return [...freed, event('RequestAssigned', { assignmentId: newId(0), role, userId })];
  },
  UnassignRequest: (before, command) => {
    const state = present(before);
    const current = state.assignments[command.role];
    return notCancelled(state) ?? (current === undefined ? [] : [event('RequestUnassigned', { ...command, ...current })]);
  },
};
