/** The work order's policies: each a sentence with a name, a refusal or nothing. */
import { type Entry, listedIn } from '../catalog/decider.ts';
import { meterKinds } from '../equipment/events.ts';
import type { Facts } from '../kernel/aggregate.ts';
import { compareMoney, isCurrency, type Money, money, zeroMoney } from '../kernel/money.ts';
import { reject } from '../kernel/rejection.ts';
import { catalogId } from '../kernel/well-known.ts';
import { type MeterKind, measures } from '../meter/state.ts';
import type { Opened } from './state.ts';
import { limitOf, type PresentOrder, running, type Status, totals } from './state.ts';

export const linesMax = 200;
export const attachmentsMax = 200;
export const techniciansMax = 50;
export const spellsMax = 2000;
/** An amount beyond this is a slip of the pen; it also keeps every sum within what an event can carry. */
const amountMax = '1000000000000';
// For a policy that says nothing, and for what was opened before it did.
const closeCostsDaysDefault = 30;
export const reworkDefault = { days: 30, distanceMeters: 3_000_000 } as const;

const always = ['DescribeWorkOrder', 'AttachToWorkOrder', 'AssignTechnician', 'UnassignTechnician'] as const;
const lines = ['AddOrderLine', 'ChangeOrderLine', 'RemoveOrderLine'] as const;
const approvals = ['RequestCostApproval', 'ApproveCost', 'ApproveLargeCost', 'RejectCost'] as const;
/** The commands of people that an order takes in each of its states. */
const allowed: Readonly<Record<Status, readonly string[]>> = {
  open: [...always, ...lines, ...approvals, 'StartWorkOrder', 'CancelWorkOrder'],
  in_progress: [...always, ...lines, ...approvals, 'SignWorkOrder', 'ClockIn', 'ClockOut', 'PauseWorkOrder', 'CompleteWorkOrder', 'CancelWorkOrder'],
  paused: [...always, ...approvals, 'SignWorkOrder', 'ResumeWorkOrder', 'CancelWorkOrder'],
  completed: [...always, 'ReopenWorkOrder', 'CloseCosts'],
  closed: [],
  cancelled: [],
};
/** SR-1: only the listed transitions happen; the answer lists them. */
export const allows = ({ status }: PresentOrder, command: string) =>
  allowed[status].includes(command)
    ? undefined
    : reject('notAllowedNow', `A work order that is ${status.replace('_', ' ')} does not take this.`, { status, allowed: allowed[status] });
const takingCosts: readonly Status[] = ['open', 'in_progress', 'paused'];
/** What was spent elsewhere is booked while the order is not done. */
export const takesCosts = (state: PresentOrder) =>
  takingCosts.includes(state.status)
    ? undefined
    : reject('notAllowedNow', `A work order that is ${state.status} takes no further costs.`, { status: state.status, allowed: allowed[state.status] });
export const roomFor = (count: number, max: number) => (count >= max ? reject('tooMany', `At most ${max} of these.`, { max }) : undefined);

const vmrs = 'vmrs';
const separator = '-';
const levels = ['system', 'assembly', 'component'] as const;
/** `901-001-002` → `901`, `901-001`, `901-001-002`. */
const pathOf = (vmrsCode: string): readonly string[] => vmrsCode.split(separator).map((_, level, keys) => keys.slice(0, level + 1).join(separator));
/** Where a code may be listed: in the sample, or in the licensed list of its system. */
export const vmrsCatalogs = (vmrsCode: string): readonly string[] => [catalogId(vmrs), catalogId(`${vmrs}${separator}${pathOf(vmrsCode)[0]}`)];
const entryOf = (facts: Facts, id: string, code: string): Entry | undefined => {
  const listed = listedIn(facts, id, code);
  return listed?.isActive === true ? listed.entry : undefined;
};
/** SR-5: the entry of a code, where the catalog knows each of its levels as what it is. */
export const vmrsEntry = (facts: Facts, vmrsCode: string): Entry | undefined => {
  const path = pathOf(vmrsCode);
  const found = path.map((code) => vmrsCatalogs(vmrsCode).flatMap((id) => entryOf(facts, id, code) ?? [])[0]);
  const isWhole = path.length <= levels.length && found.every((entry, level) => entry?.attributes?.['level'] === levels[level]);
  return isWhole ? found.at(-1) : undefined;
};
export const unknownVmrsCode = (vmrsCode: string) =>
  reject('unknownVmrsCode', 'The catalog does not know each level of this code.', { vmrsCode, levels: pathOf(vmrsCode).slice(0, levels.length + 1) });
const decimalPattern = /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/;
/** What the catalog says that labour or parts of a code cost, in this currency; nothing where it says nothing. */
export const usualCost = ({ attributes }: Entry, which: 'laborCost' | 'partCost', currency: string): Money | undefined => {
  const amount = attributes?.[which];
  return attributes?.['currency'] === currency && typeof amount === 'string' && decimalPattern.test(amount) ? money(amount, currency) : undefined;
};

export const inCurrency = (currency: string, amounts: readonly (Money | undefined)[]) =>
  amounts.every((amount) => amount === undefined || amount.currency === currency)
    ? undefined
    : reject('otherCurrency', `The order is in ${currency}.`, { currency });
export const notTooLarge = (amount: Money) =>
  compareMoney(amount, money(amountMax, amount.currency)) <= 0 ? undefined : reject('amountTooLarge', `At most ${amountMax}.`, { max: amountMax });
export const knownCurrency = (currency: string) => (isCurrency(currency) ? undefined : reject('unknownCurrency', `${currency} is no currency.`, { currency }));

/** SR-4: within the limit, or within what was approved. */
export const isCovered = (state: PresentOrder) => {
  const { total } = totals(state);
  const limit = limitOf(state);
  const { approval } = state;
  const isApproved = approval.status === 'approved' && compareMoney(total, approval.amount) <= 0;
  return isApproved || compareMoney(total, limit) <= 0
    ? undefined
    : reject('approvalNeeded', 'The order costs more than may be spent without approval.', { total, limit, approval: approval.status });
};
export const nobodyWorks = (state: PresentOrder) => {
  const working = running(state).map(({ technicianId }) => technicianId);
  return working.length === 0 ? undefined : reject('clockedIn', 'Somebody is still clocked in.', { technicianIds: working });
};
export const isSigned = ({ opened: { policy }, signature }: PresentOrder) =>
  policy.signatureRequired && signature === null ? reject('signatureMissing', 'The work as it stands must be signed for.') : undefined;

type Reading = { readonly kind: MeterKind; readonly uom: string; readonly readAt: string };
/** One reading of each meter that the unit has, in a unit it shows, not of the future. */
export const readingsInOrder = ({ opened: { policy } }: PresentOrder, readings: readonly Reading[], now: string) => {
  const kinds = readings.map(({ kind }) => kind);
  if (new Set(kinds).size < kinds.length) return reject('repeatedReading', 'One closing reading a meter.');
  const wrong = readings.find(({ kind, uom }) => !measures(kind, uom));
  if (wrong !== undefined) return reject('wrongUnit', `${wrong.uom} is no unit of a meter ${wrong.kind}.`, { kind: wrong.kind });
  if (readings.some(({ readAt }) => readAt > now)) return reject('inFuture', 'A meter is read before it is told.');
  const missing = policy.meterKinds.filter((kind) => !kinds.includes(kind));
  return missing.length > 0 ? reject('readingsMissing', `These meters have no closing reading: ${missing.join(', ')}.`, { meterKinds: missing }) : undefined;
};

export const orderPolicies = catalogId('work-order-policy');
type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const limitIn = (limits: unknown, which: string, currency: string): Money => {
  const amounts = isFields(limits) ? limits[currency] : undefined;
  const amount = isFields(amounts) ? amounts[which] : undefined;
  // A currency that the policy does not know is spent in with approval only.
  return typeof amount === 'string' && decimalPattern.test(amount) ? money(amount, currency) : zeroMoney(currency);
};
const daysOr = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 3650 ? value : otherwise;
const metersOr = (value: unknown, otherwise: number): number => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise);
/** How long a roadside vendor may be silent, as the policy says; nothing where it does not. */
export const answerMinutesOf = (facts: Facts): number | undefined => {
  const found = entryOf(facts, orderPolicies, 'roadside')?.attributes?.['policy'];
  const minutes = isFields(found) ? found['answerWithinMinutes'] : undefined;
  return typeof minutes === 'number' && Number.isInteger(minutes) && minutes >= 1 && minutes <= 1440 ? minutes : undefined;
};
/** The policy of a kind of order as the catalog has it now. */
export const policyOf = (facts: Facts, kind: string, currency: string): Omit<Opened['policy'], 'meterKinds'> => {
  const found = entryOf(facts, orderPolicies, kind)?.attributes?.['policy'];
  const said = isFields(found) ? found : {};
  return {
    costLimit: limitIn(said['limits'], 'costLimit', currency),
    approverLimit: limitIn(said['limits'], 'approverLimit', currency),
    signatureRequired: said['signatureRequired'] === true,
    closeCostsDays: daysOr(said['closeCostsDays'], closeCostsDaysDefault),
    rework: { days: daysOr(said['reworkDays'], reworkDefault.days), distanceMeters: metersOr(said['reworkDistanceMeters'], reworkDefault.distanceMeters) },
  };
};
export const equipmentTypes = catalogId('equipment-type');
/** The meters that a type of unit has. */
export const metersOf = (facts: Facts, equipmentType: string): readonly MeterKind[] => {
  const kinds = entryOf(facts, equipmentTypes, equipmentType)?.attributes?.['meterKinds'];
  return Array.isArray(kinds) ? meterKinds.filter((kind) => kinds.includes(kind)) : [];
};
