/** The unit's policies: each a sentence with a name, a refusal or nothing. */
import { listedIn } from '../catalog/decider.ts';
import { type Customer, customerFact } from '../customer/state.ts';
import type { Context, Facts, Frozen } from '../kernel/aggregate.ts';
import { validThrough } from '../kernel/calendar.ts';
import { normalizeVin, vinProblem } from '../kernel/identifiers/vin.ts';
import { jsonSchemaMistakes } from '../kernel/json-schema.ts';
import { reject } from '../kernel/rejection.ts';
import { catalogId } from '../kernel/well-known.ts';
import type { Assignment, HoldKind, Paper, PresentEquipment } from './state.ts';

export const partsMax = 200;
export const addonsMax = 20;
/** Days before an expiry at which it is told, the farthest first. */
export const reminderDays = [60, 30, 7] as const;
export const equipmentTypes = catalogId('equipment-type');

/** What the catalog says of a type, as far as a unit's decisions go. */
export type TypePolicy = { readonly requiresVin: boolean; readonly mandatoryPapers: readonly string[]; readonly specificationSchema: unknown };
/** The policy of a type; nothing where there is no such type. One that says nothing of a rule does not have it. */
export const typePolicy = (facts: Facts, code: string): TypePolicy | undefined => {
  const entry = listedIn(facts, equipmentTypes, code)?.entry;
  if (entry === undefined) return undefined;
  const { requiresVin, mandatoryPapers, specificationSchema } = entry.attributes ?? {};
  return {
    requiresVin: requiresVin === true,
    mandatoryPapers: Array.isArray(mandatoryPapers) ? mandatoryPapers.filter((paper) => typeof paper === 'string') : [],
    specificationSchema: specificationSchema ?? {},
  };
};

/** A retired unit takes no change: a mistake is a new registration. */
export const notRetired = (state: PresentEquipment) => (state.lifecycle === 'retired' ? reject('retired', 'The unit has left the fleet.') : undefined);

type Identity = {
  readonly vin?: string;
  readonly vinWaiver?: { readonly reason: string };
  readonly serialNumber?: string;
  readonly specifications: Readonly<Record<string, unknown>>;
};
/** EQ-1: a right VIN where the type has one, or one with a waiver of its check digit; a serial number where it has none. */
const identifies = ({ vin, vinWaiver, serialNumber }: Identity, { requiresVin }: TypePolicy) => {
  if (vin === undefined) {
    if (requiresVin) return reject('vinRequired', 'Units of this type have a VIN.');
    return serialNumber === undefined ? reject('serialRequired', 'Units of this type have a serial number.') : undefined;
  }
  const problem = vinProblem(normalizeVin(vin));
  if (problem === undefined || (problem === 'checkDigit' && vinWaiver !== undefined)) return undefined;
  return reject('invalidVin', `The VIN is not valid: ${problem}.`, { problem, canBeWaived: problem === 'checkDigit' });
};
/** What is said of a unit is right by its type. */
export const fitsType = (identity: Identity, policy: TypePolicy | undefined) => {
  if (policy === undefined) return reject('unknownType', 'There is no such equipment type.');
  const mistakes = jsonSchemaMistakes(policy.specificationSchema, identity.specifications);
  const wrong = mistakes.length === 0 ? undefined : reject('invalidSpecifications', 'The specifications are not those of the type.', { errors: mistakes });
  return identifies(identity, policy) ?? wrong;
};

/** A list of the unit's own things is bounded, so that its stream stays readable in one go. */
export const roomIn = (parts: Readonly<Record<string, unknown>>, max = partsMax) =>
  Object.keys(parts).length >= max ? reject('tooMany', `At most ${max} of these.`, { max }) : undefined;

/** Who may say that a hold is over: what a workshop ends, or what someone answers for. */
const releasePermission: Readonly<Record<HoldKind, string>> = {
  damage: 'equipment:edit',
  maintenance: 'equipment:edit',
  dot_oos: 'equipment:approve',
  compliance: 'equipment:approve',
  recall: 'equipment:approve',
  stolen: 'equipment:approve',
};
export const mayRelease = (kind: HoldKind, { may }: Context) =>
  may(releasePermission[kind])
    ? undefined
    : reject('notPermitted', `Releasing a hold ${kind} needs ${releasePermission[kind]}.`, { permission: releasePermission[kind] });

const isValidOn = ({ issuedOn, expiresOn }: Paper, on: string): boolean => (issuedOn === null || issuedOn <= on) && (expiresOn === null || on <= expiresOn);
const papersOf = ({ permit, documents }: PresentEquipment, category: string): readonly Paper[] =>
  [...(permit === null ? [] : [permit]), ...Object.values(documents)].filter((paper) => paper.category === category);

/** EQ-9: every paper that the type makes mandatory is there and valid on the day. */
export const papersInOrder = (state: PresentEquipment, mandatory: readonly string[], on: string) => {
  const missing = mandatory.filter((category) => papersOf(state, category).length === 0);
  if (missing.length > 0) return reject('papersMissing', `These papers are missing: ${missing.join(', ')}.`, { papers: missing });
  const expired = mandatory.filter((category) => !papersOf(state, category).some((paper) => isValidOn(paper, on)));
  return expired.length > 0 ? reject('papersExpired', `These papers are not valid on ${on}: ${expired.join(', ')}.`, { papers: expired, on }) : undefined;
};
/** EQ-11: in service ⇔ no open hold. */
export const inService = ({ holds }: PresentEquipment) => {
  const open = Object.entries(holds);
  return open.length === 0 ? undefined : reject('onHold', 'The unit is out of service.', { holds: open.map(([holdId, { kind }]) => ({ holdId, kind })) });
};
/** EQ-13: the customer's insurance certificate is not expired (one of several suffices) and its credit is not held. */
export const customerInOrder = (customer: Frozen<Customer> | undefined, on: string) => {
  if (customer === undefined || customer.situation === 'absent') return undefined;
  if (customer.isCreditHeld) return reject('creditHeld', 'The customer’s credit is held.');
  const certificates = Object.values(customer.documents).filter(({ documentType }) => documentType === 'insurance');
  const isCovered = certificates.length === 0 || certificates.some(({ expiresOn }) => expiresOn === null || on <= expiresOn);
  return isCovered ? undefined : reject('insuranceExpired', `The customer’s insurance certificate is not valid on ${on}.`, { on });
};
/** All that must be in order for a unit to go out on a day, but the calendar and the holds. */
export const readyOn = (state: PresentEquipment, on: string, { facts, customerId }: { readonly facts: Facts; readonly customerId: string }) =>
  papersInOrder(state, typePolicy(facts, state.equipmentType)?.mandatoryPapers ?? [], on) ?? customerInOrder(customerFact.of(facts, customerId), on);

/** The last day of a paper: as said, and for an annual inspection no later than twelve months on (PM-7). */
export const lastDay = (paper: { readonly category: string; readonly issuedOn?: string; readonly expiresOn?: string }) => {
  const { category, issuedOn, expiresOn } = paper;
  if (category !== 'annual-inspection') return expiresOn;
  if (issuedOn === undefined) return reject('issueDateNeeded', 'An annual inspection needs the day it was made.');
  const limit = validThrough(issuedOn);
  return expiresOn !== undefined && expiresOn < limit ? expiresOn : limit;
};

/** The commands that a person can give to an assignment in its state. */
const allowed: Readonly<Record<Assignment['status'], readonly string[]>> = {
  reserved: ['CancelAssignment'],
  on_rent: ['CallOff', 'ReturnEquipment'],
  off_rent: ['WithdrawCallOff', 'ReturnEquipment'],
  returned: [],
  cancelled: [],
};
/** Only the listed transitions happen; the answer lists them. */
export const notAllowedNow = ({ status }: Assignment) => reject('notAllowedNow', `The assignment is ${status}.`, { status, allowed: allowed[status] });
export const unknownAssignment = () => reject('unknownAssignment', 'The unit has no such assignment.');
