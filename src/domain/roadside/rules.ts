/** The roadside job's policies: each a sentence with a name, a refusal or nothing. */
import { compareMoney, isCurrency, type Money, money } from '../kernel/money.ts';
import { reject } from '../kernel/rejection.ts';
import { type MeterKind, measures } from '../meter/state.ts';
import { milestones } from './events.ts';
import type { Attempt, Milestone, PresentRoadside, Status } from './state.ts';

export const attemptsMax = 50;
export const partsMax = 200;
export const feesMax = 100;
export const communicationsMax = 500;
export const attachmentsMax = 200;
// For a policy that says nothing.
export const answerMinutesDefault = 15;
/** An amount beyond this is a slip of the pen; it also keeps every sum within what an event can carry. */
const amountMax = '1000000000000';

const cancel = 'CancelRoadside';
const always = ['LogCommunication', 'AttachToRoadside'] as const;
const costs = ['RecordRoadsideFee', 'RemoveRoadsideFee'] as const;
/** The commands of people that a job takes in each of its states. */
const allowed: Readonly<Record<Status, readonly string[]>> = {
  requested: [...always, 'NameStandbyVendors', 'DispatchVendor', cancel],
  dispatched: [...always, 'NameStandbyVendors', 'AcceptDispatch', 'DeclineDispatch', cancel],
  accepted: [...always, 'NameStandbyVendors', 'ReviseEta', 'ReplaceVendor', 'DepartEnRoute', cancel],
  en_route: [...always, 'NameStandbyVendors', 'ReviseEta', 'ReplaceVendor', 'Arrive', cancel],
  on_site: [...always, ...costs, 'RecordRoadsidePart', 'RemoveRoadsidePart', 'ResolveRoadside', 'ReportUnable', cancel],
  resolved: [...always, ...costs, 'CorrectMilestone', 'LinkWorkOrder', 'SettleCosts'],
  closed: [...always],
  cancelled: [...always],
};
/** SR-1: only the listed transitions happen; the answer lists them. */
export const allows = ({ status }: PresentRoadside, command: string) =>
  allowed[status].includes(command)
    ? undefined
    : reject('notAllowedNow', `A roadside job that is ${status.replace('_', ' ')} does not take this.`, { status, allowed: allowed[status] });
export const roomFor = (count: number, max: number) => (count >= max ? reject('tooMany', `At most ${max} of these.`, { max }) : undefined);

/** SR-8: within an attempt no time lies before an earlier one or after a later one; told ones are not of the future. */
export const isMonotone = (attempt: Attempt, { milestone, at, now }: { readonly milestone: Milestone; readonly at: string; readonly now: string }) => {
  if (at > now) return reject('inFuture', 'A time is told once it has come.');
  const place = milestones.indexOf(milestone);
  const before = [attempt.dispatchedAt, ...milestones.slice(0, place).flatMap((name) => attempt.times[name] ?? [])];
  const after = milestones.slice(place + 1).flatMap((name) => attempt.times[name] ?? []);
  const isInOrder = before.every((time) => time <= at) && after.every((time) => at <= time);
  return isInOrder ? undefined : reject('notMonotone', 'The times of an attempt never go back.', { dispatchedAt: attempt.dispatchedAt, times: attempt.times });
};
/** A time nobody told is now, or where the attempt stood last if a clock of another node was a little ahead. */
export const timeOr = (attempt: Attempt, said: string | undefined, now: string): string =>
  said ?? [attempt.dispatchedAt, ...Object.values(attempt.times), now].reduce((latest, time) => (time > latest ? time : latest));
export const notPast = (etaAt: string | undefined, now: string) =>
  etaAt !== undefined && etaAt < now ? reject('inPast', 'Nobody can come at a time that is over.') : undefined;

export const inCurrency = ({ requested: { currency } }: PresentRoadside, amount: Money) =>
  amount.currency === currency ? undefined : reject('otherCurrency', `The job is in ${currency}.`, { currency });
export const notTooLarge = (amount: Money) =>
  compareMoney(amount, money(amountMax, amount.currency)) <= 0 ? undefined : reject('amountTooLarge', `At most ${amountMax}.`, { max: amountMax });
export const knownCurrency = (currency: string) => (isCurrency(currency) ? undefined : reject('unknownCurrency', `${currency} is no currency.`, { currency }));

type Reading = { readonly kind: MeterKind; readonly uom: string; readonly readAt: string };
export const readingsInOrder = (readings: readonly Reading[], now: string) => {
  const kinds = readings.map(({ kind }) => kind);
  if (new Set(kinds).size < kinds.length) return reject('repeatedReading', 'One reading a meter.');
  const wrong = readings.find(({ kind, uom }) => !measures(kind, uom));
  if (wrong !== undefined) return reject('wrongUnit', `${wrong.uom} is no unit of a meter ${wrong.kind}.`, { kind: wrong.kind });
  return readings.some(({ readAt }) => readAt > now) ? reject('inFuture', 'A meter is read before it is told.') : undefined;
};

/** Who is asked next: the first standing by that was not asked yet. */
export const nextVendor = (standbyVendors: readonly string[], attempts: readonly Pick<Attempt, 'vendorName'>[]): { readonly nextVendor?: string } => {
  const asked = new Set(attempts.map(({ vendorName }) => vendorName));
  const next = standbyVendors.find((vendor) => !asked.has(vendor));
  return next === undefined ? {} : { nextVendor: next };
};
