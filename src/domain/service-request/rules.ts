/** The request's policies: each a sentence with a name, a refusal or nothing. */
import { attachmentFact } from '../attachment/state.ts';
import { type Catalog, catalogFact } from '../catalog/decider.ts';
import { customerFact } from '../customer/state.ts';
import { equipmentFact, holderAt } from '../equipment/state.ts';
import type { Context, Facts, Frozen } from '../kernel/aggregate.ts';
import { compareDecimals } from '../kernel/decimal.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { namespaces, uuidv5 } from '../kernel/ids.ts';
import { jsonSchemaMistakes } from '../kernel/json-schema.ts';
import { reject } from '../kernel/rejection.ts';
import { catalogId } from '../kernel/well-known.ts';
import { awaitedAdvance, quotationFact } from '../quotation/state.ts';
import { userSettingsFact } from '../user-settings/decider.ts';
import { workOrderKinds } from '../work-order/events.ts';
import { personalMistakes } from './persons.ts';
import { isHeld, openWork, type Policy, type PresentRequest, type Status } from './state.ts';
import { isPromised, uploadsIn, wantedIn } from './wanted.ts';

export const partsMax = 200;
export const notesMax = 500;
export const serviceTypes = catalogId('service-type');
export const facilities = catalogId('facility');

/** The commands that a state lets move the request; guards beside it may still refuse one. */
const transitions: Readonly<Record<Status, readonly string[]>> = {
  submitted: ['StartReview', 'ScheduleRequest', 'StartRequest', 'DeclineRequest', 'CancelRequest'],
  in_review: [
    'RequestManagerReview',
    'ApproveManagerReview',
    'RejectManagerReview',
    'MarkQuoted',
    'ScheduleRequest',
    'StartRequest',
    'DeclineRequest',
    'CancelRequest',
    'PlaceRequestOnHold',
  ],
  quoted: ['MarkQuoted', 'MarkAccepted', 'ReturnToReview', 'DeclineRequest', 'CancelRequest', 'PlaceRequestOnHold'],
  accepted: ['ScheduleRequest', 'StartRequest', 'CancelRequest', 'PlaceRequestOnHold'],
  scheduled: ['RescheduleRequest', 'StartRequest', 'CancelRequest', 'PlaceRequestOnHold'],
  in_progress: ['ScheduleRequest', 'ResolveRequest', 'CancelRequest', 'PlaceRequestOnHold'],
  resolved: ['CloseRequest', 'ReopenRequest'],
  closed: ['ReopenRequest'],
  declined: ['ReopenRequest'],
  cancelled: [],
};
/** What the quotation process tells, and nobody else. */
const told = new Set(['MarkQuoted', 'MarkAccepted', 'ReturnToReview']);
const whileHeld = new Set(['DeclineRequest', 'CancelRequest']);
/** What people may do now. */
export const allowedIn = (state: PresentRequest): readonly string[] => {
  const all = transitions[state.status].filter((command) => !told.has(command));
  return isHeld(state) ? ['ReleaseRequestHold', ...all.filter((command) => whileHeld.has(command))] : all;
};

export const notAllowedNow = (state: PresentRequest) =>
  reject('notAllowedNow', `The request is ${state.status}${isHeld(state) ? ' and on hold' : ''}.`, { status: state.status, allowed: allowedIn(state) });
/** While it rests only its hold, its end, people and media change; what processes tell of quotations and work is recorded all the same. */
export const notHeld = (state: PresentRequest) =>
  isHeld(state) ? reject('onHold', 'The request is on hold.', { status: state.status, allowed: allowedIn(state) }) : undefined;
/** SR-1: only the listed transitions happen. */
export const leadsOn = (state: PresentRequest, command: string) => (transitions[state.status].includes(command) ? undefined : notAllowedNow(state));
/** Accepted, and not yet done. */
export const isAgreed = ({ status }: Pick<PresentRequest, 'status'>): boolean => status === 'accepted' || status === 'scheduled' || status === 'in_progress';
/** A cancelled request takes no change at all. */
export const notCancelled = (state: PresentRequest) => (state.status === 'cancelled' ? notAllowedNow(state) : undefined);

/** A manager's approval, where the type or somebody asks for one. */
export const reviewed = ({ policy, review }: PresentRequest) => {
  if (review.status === 'pending') return reject('reviewPending', 'A manager is looking at the request.');
  return policy.review && review.status !== 'approved' ? reject('reviewNeeded', 'This service needs a manager’s approval first.') : undefined;
};
/** The compulsory steps of the type before `next`, as far as they are still ahead of the request. */
export const stepsTaken = (state: PresentRequest, next: 'schedule' | 'start') => {
  const { policy, status } = state;
  const isEarly = status === 'submitted' || status === 'in_review';
  const unquoted = isEarly && policy.quotation ? reject('quotationNeeded', 'This service needs an accepted quotation first.') : undefined;
  const unpromised = isPromised(state)
    ? undefined
    : reject('unitsNotPromised', 'The fleet has not promised the units that this request wants, for all of its days.', { wanted: state.wanted });
  const isUnscheduled = next === 'start' && policy.schedule && (isEarly || status === 'accepted');
  const unscheduled = isUnscheduled ? reject('scheduleNeeded', 'This service needs an agreed time first.') : undefined;
  return unquoted ?? (isEarly ? reviewed(state) : undefined) ?? unscheduled ?? unpromised;
};

/** QC-5: the advance of the accepted quotation is in, or somebody lets the work begin before. */
export const advanceIn = ({ acceptedQuotationId }: PresentRequest, { facts }: Pick<Context, 'facts'>) => {
  const accepted = acceptedQuotationId === null ? undefined : quotationFact.of(facts, acceptedQuotationId);
  const awaited = accepted === undefined ? undefined : awaitedAdvance(accepted);
  return awaited === undefined ? undefined : reject('advanceNeeded', 'The advance of the accepted quotation is not in yet.', awaited);
};

/** TE-10: nobody reviews what they asked for themselves. */
export const isAnother = ({ requesters, review }: PresentRequest, { actor }: Context) =>
  requesters.includes(actor.id) || review.requesterId === actor.id
    ? reject('ownRequest', 'Whoever asked for the service or the review does not decide on it.')
    : undefined;

export const nothingOpen = (state: PresentRequest) => {
  const open = openWork(state);
  return open.length === 0
    ? undefined
    : reject('workOpen', 'Orders or jobs work on the request.', { openWork: open.map(([workId, { workKind }]) => ({ workId, workKind })) });
};
/** SR-13: what was collected was disposed of, per manifest. */
const wasteAccounted = ({ policy, manifests }: PresentRequest) => {
  if (!policy.manifest) return undefined;
  const all = Object.entries(manifests);
  if (all.length === 0) return reject('manifestMissing', 'This service needs its waste manifest.');
  const open = all.filter(([, { collectedM3, disposedM3 }]) => compareDecimals(collectedM3, disposedM3) !== 0).map(([number]) => number);
  return open.length === 0 ? undefined : reject('manifestUnbalanced', 'Waste was collected that was not disposed of.', { manifestNumbers: open });
};
const categoriesFor: Readonly<Record<string, readonly string[]>> = { 'inspection-report': ['inspection', 'annual-inspection'] };
const hasEvidence = ({ media, works }: PresentRequest, wanted: string): boolean => {
  const all = Object.values(works);
  if (wanted === 'disposal-manifest') return true; // It is accounted for by its volumes.
  if (wanted === 'work-order' && all.some(({ status }) => status === 'completed' || status === 'earlier')) return true;
  const categories = categoriesFor[wanted] ?? [wanted];
  return Object.values(media).some((category) => categories.includes(category)) || all.some(({ evidence }) => evidence.includes(wanted));
};
/** What the type asks for as evidence is there: on the request, or told by its orders and jobs. */
export const isProven = (state: PresentRequest) => {
  const missing = state.policy.evidence.filter((wanted) => !hasEvidence(state, wanted));
  const unproven = missing.length === 0 ? undefined : reject('evidenceMissing', `Evidence is missing: ${missing.join(', ')}.`, { evidence: missing });
  return wasteAccounted(state) ?? unproven;
};

export const roomIn = (parts: Readonly<Record<string, unknown>>, max = partsMax) =>
  Object.keys(parts).length >= max ? reject('tooMany', `At most ${max} of these.`, { max }) : undefined;

/** What the catalog says of a service type. */
export type ServiceType = {
  readonly policy: Policy;
  readonly needs: unknown;
  readonly mandatoryFields: readonly string[];
  readonly detailsSchema: unknown;
  readonly detailsSchemaVersion: string;
};
const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
const days = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 3650 ? value : otherwise;
const record = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});
const isField = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9._:-]{1,64}$/.test(value);
const promisesIn = (value: unknown): Pick<Policy, 'promises'> => {
  const { equipmentType, quantityField, fromField, toField } = record(value);
  return isField(equipmentType) && isField(quantityField) && isField(fromField) && isField(toField)
    ? { promises: { equipmentType, quantityField, fromField, toField } }
    : {};
};
const visitsIn = (value: unknown): Pick<Policy, 'visitsFrom'> => {
  const { deliveryField, pickupField, cleaningsPerWeekField } = record(value);
  if (!isField(deliveryField) || !isField(pickupField)) return {};
  return { visitsFrom: { deliveryField, pickupField, ...(isField(cleaningsPerWeekField) ? { cleaningsPerWeekField } : {}) } };
};
const orderIn = (value: unknown): Pick<Policy, 'orderOnAcceptance'> => {
  const orderOnAcceptance = workOrderKinds.find((kind) => kind === value);
  return orderOnAcceptance === undefined ? {} : { orderOnAcceptance };
};
/** The type's policy now; nothing where there is no such type. A step that it does not name is not compulsory. */
export const serviceType = (facts: Facts, code: string): ServiceType | undefined => {
  const types: Frozen<Catalog> | undefined = catalogFact.of(facts, serviceTypes);
  const entry = types !== undefined && Object.hasOwn(types.entries, code) ? types.entries[code]?.entry : undefined;
  if (entry === undefined) return undefined;
  const { needs, policy: said, detailsSchema = {} } = entry.attributes ?? {};
  const policy = record(said);
  return {
    needs,
    detailsSchema,
    detailsSchemaVersion: uuidv5(namespaces.entry, canonicalJson(detailsSchema)),
    mandatoryFields: strings(policy['mandatoryFields']),
    policy: {
      quotation: policy['quotation'] === true,
      review: policy['review'] === true,
      schedule: policy['schedule'] === true,
      manifest: policy['manifest'] === true,
      evidence: strings(policy['evidence']).slice(0, 20),
      reopenWindowDays: days(policy['reopenWindowDays'], 30),
      autoCloseDays: days(policy['autoCloseDays'], 3),
      ...promisesIn(policy['promises']),
      ...visitsIn(policy['visitsFrom']),
      ...orderIn(policy['orderOnAcceptance']),
    },
  };
};

type Said = { readonly details: Readonly<Record<string, unknown>>; readonly location?: unknown; readonly facility?: string };
/** SR-9: the details are those of the type by its schema in force, and files they name are the customer's or the company's. */
export const fitsType = (said: Said, type: ServiceType | undefined, { facts, customerId }: { readonly facts: Facts; readonly customerId: string }) => {
  if (type === undefined) return reject('unknownType', 'There is no such service type.');
  const missing = type.mandatoryFields.filter((name) => !Object.hasOwn(said.details, name)).map((name) => ({ pointer: `/${name}`, message: 'is required' }));
  const mistakes = [...jsonSchemaMistakes(type.detailsSchema, said.details), ...personalMistakes(said.details, type.detailsSchema)];
  const errors = [...mistakes, ...missing.filter(({ pointer }) => !mistakes.some((each) => each.pointer === pointer))];
  const { promises } = type.policy;
  // SR-14: what the fleet could not be asked for would be promised to nobody, and scheduled all the same.
  const unclear = promises !== undefined && wantedIn(type.policy, said.details) === null;
  const all =
    errors.length === 0 && unclear ? [{ pointer: `/${promises.toField}`, message: 'must say how many units from which day to which later one' }] : errors;
  if (all.length > 0) return reject('invalidDetails', 'The details are not those of the service type.', { errors: all });
  if (type.needs === 'site' && said.location === undefined && said.facility === undefined)
    return reject('locationRequired', 'This service needs the place where it is done.');
  const strange = uploadsIn(said.details).filter((id) => {
    const file = attachmentFact.of(facts, id);
    return file?.situation !== 'present' || (file.customerId !== null && file.customerId !== customerId);
  });
  return strange.length === 0 ? undefined : reject('unknownAttachment', 'The details name files that are not there.', { attachmentIds: strange });
};

type Saved = { readonly savedLocationId?: string } | undefined;
/** A saved place is one of whoever asks, or of the one it is asked for. */
export const isOnesOwnPlace = (location: Saved, { facts, users }: { readonly facts: Facts; readonly users: readonly (string | undefined)[] }) => {
  const placeId = location?.savedLocationId;
  if (placeId === undefined) return undefined;
  const isKnown = users.some((userId) => userId !== undefined && Object.hasOwn(userSettingsFact.of(facts, userId)?.locations ?? {}, placeId));
  return isKnown ? undefined : reject('unknownLocation', 'There is no such saved place.');
};

/** The customer takes service: its account is open, and it is not blocked, or asks for an emergency. */
export const mayAsk = (
  facts: Facts,
  { customerId, accountId, urgency }: { readonly customerId: string | undefined; readonly accountId: string; readonly urgency: string },
) => {
  const customer = customerId === undefined ? undefined : customerFact.of(facts, customerId);
  if (customer === undefined || customer.situation === 'absent') return reject('unknownAccount', 'There is no such account.');
  const account = Object.hasOwn(customer.accounts, accountId) ? customer.accounts[accountId] : undefined;
  if (account === undefined) return reject('unknownAccount', 'There is no such account.');
  if (customer.situation === 'closed') return reject('customerClosed', 'The customer has left.');
  if (!account.isOpen) return reject('accountClosed', 'The account is closed.');
  if (customer.situation === 'blocked' && urgency !== 'emergency') return reject('customerBlocked', 'A blocked customer asks for emergencies only.');
  return undefined;
};
/** SR-12: a customer's own people ask for units that the account holds now; staff and processes for any. */
export const mayAskFor = (equipmentId: string | undefined, accountId: string, { tenant, facts, now }: Context) => {
  if (tenant === null || equipmentId === undefined) return undefined;
  const unit = equipmentFact.of(facts, equipmentId);
  const holder = unit === undefined ? undefined : holderAt(unit, now);
  return holder?.customerId === tenant && holder.accountId === accountId ? undefined : reject('notHeld', 'The account does not hold this unit now.');
};
/** SR-13: a site that may take waste, by its catalog entry. */
export const takesWaste = (facts: Facts, site: string) => {
  const catalog: Frozen<Catalog> | undefined = catalogFact.of(facts, facilities);
  const entry = catalog !== undefined && Object.hasOwn(catalog.entries, site) ? catalog.entries[site]?.entry : undefined;
  return entry?.attributes?.['isAuthorizedDisposal'] === true ? undefined : reject('siteNotAuthorised', `${site} is no authorised disposal site.`, { site });
};
