/** Decisions about planned visits and about where the waste went (SR-13). */
import type { Context } from '../kernel/aggregate.ts';
import { addDays, daysBetween, isBusinessDate } from '../kernel/calendar.ts';
import { compareDecimals, isZeroDecimal, subtractDecimals } from '../kernel/decimal.ts';
import { reject } from '../kernel/rejection.ts';
import { localDate } from '../kernel/time-zone.ts';
import { type Decisions, open, present } from './content.ts';
import { isAgreed, notAllowedNow, notHeld, partsMax, roomIn, takesWaste } from './rules.ts';
import { event } from './sla.ts';
import { contentOf, type PresentRequest } from './state.ts';
import { detailsIn } from './wanted.ts';

const visitsMax = 500;
const loadsMax = 200;

const unknownVisit = () => reject('unknownVisit', 'There is no such visit.');
const unknownManifest = () => reject('unknownManifest', 'The request has no such manifest.');
const notInFuture = (state: PresentRequest, day: string, now: string) =>
  day > localDate(now, state.timeZone) ? reject('inFuture', 'What took place is told on the day or later.') : undefined;

type Plan = { readonly delivery: string; readonly pickup: string; readonly cleaningsPerWeek: number };
/** Delivery, the cleanings spread evenly over the weeks between, and pickup. */
export const visitDays = ({
  delivery,
  pickup,
  cleaningsPerWeek,
}: Plan): readonly { readonly kind: 'delivery' | 'cleaning' | 'pickup'; readonly plannedOn: string }[] => {
  const days = daysBetween(delivery, pickup);
  const cleanings: string[] = [];
  for (let n = 1; cleaningsPerWeek > 0 && Math.floor((n * 7) / cleaningsPerWeek) < days && cleanings.length < visitsMax; n += 1)
    cleanings.push(addDays(delivery, Math.floor((n * 7) / cleaningsPerWeek)));
  return [
    { kind: 'delivery', plannedOn: delivery },
    ...cleanings.map((plannedOn) => ({ kind: 'cleaning' as const, plannedOn })),
    { kind: 'pickup', plannedOn: pickup },
  ];
};

const cleaningsMax = 14;
/** The visits that the request's details say, by the fields that its policy names; nothing where they do not say them. */
const agreedPlan = ({ policy: { visitsFrom }, particulars }: PresentRequest): Plan | undefined => {
  if (visitsFrom === undefined) return undefined;
  const details = detailsIn(particulars);
  const { deliveryField, pickupField, cleaningsPerWeekField = '' } = visitsFrom;
  const [delivery, pickup] = [String(details[deliveryField]), String(details[pickupField])];
  const cleaningsPerWeek = details[cleaningsPerWeekField] ?? 0;
  const isSaid = isBusinessDate(delivery) && isBusinessDate(pickup);
  const isCount = typeof cleaningsPerWeek === 'number' && Number.isInteger(cleaningsPerWeek) && cleaningsPerWeek >= 0 && cleaningsPerWeek <= cleaningsMax;
  return isSaid && isCount ? { delivery, pickup, cleaningsPerWeek } : undefined;
};
/** What is planned from now on: the days of the plan, in place of what was planned and is not done. */
const planned = (state: PresentRequest, plan: Plan, newId: Context['newId']) => {
  if (plan.pickup < plan.delivery) return reject('endsBeforeStart', 'The pickup lies before the delivery.');
  const done = Object.values(state.visits).filter(({ status }) => status === 'done');
  // A visit that took place already stands for its planned one.
  const days = visitDays(plan).filter(({ kind, plannedOn }) => !done.some((each) => each.kind === kind && each.plannedOn === plannedOn));
  const dropped = Object.entries(state.visits).flatMap(([id, { status }]) => (status === 'planned' ? [id] : []));
  const kept = Object.keys(state.visits).length - dropped.length;
  if (kept + days.length > visitsMax) return reject('tooMany', `At most ${visitsMax} visits.`, { max: visitsMax });
  return [event('RequestVisitsPlanned', { ...plan, visits: days.map((visit, n) => ({ visitId: newId(n), ...visit })), dropped })];
};

type VisitCommand = 'PlanVisits' | 'PlanAgreedVisits' | 'CompleteVisit' | 'CancelVisit';
export const visitDecisions: Pick<Decisions, VisitCommand> = {
  PlanVisits: (before, plan, { newId }) => {
    const state = present(before);
    return open(state) ?? (state.plan === contentOf(plan) ? [] : planned(state, plan, newId));
  },
  PlanAgreedVisits: (before, _command, { newId }) => {
    const state = present(before);
    if (!isAgreed(state)) return notAllowedNow(state);
    // Whoever planned first knew better.
    if (state.plan !== null) return [];
    const plan = agreedPlan(state);
    const next = plan === undefined ? reject('nothingToPlan', 'The details of the request do not say its visits.') : planned(state, plan, newId);
    return notHeld(state) ?? next;
  },
  CompleteVisit: (before, command, { now }) => {
    const state = present(before);
    const visit = state.visits[command.visitId];
    if (visit?.status === 'done') return open(state) ?? [];
    const unknown = visit?.status === 'planned' ? undefined : unknownVisit();
    return open(state) ?? unknown ?? notInFuture(state, command.doneOn, now) ?? [event('RequestVisitDone', command)];
  },
  CancelVisit: (before, command) => {
    const state = present(before);
    const visit = state.visits[command.visitId];
    if (visit?.status === 'cancelled') return open(state) ?? [];
    return open(state) ?? (visit?.status === 'planned' ? [event('RequestVisitCancelled', command)] : unknownVisit());
  },
};

/** Waste is moved while the work goes on, or on its agreed day. */
const workGoesOn = (state: PresentRequest) =>
  (state.status === 'scheduled' || state.status === 'in_progress' ? undefined : notAllowedNow(state)) ?? notHeld(state);
const something = (volumeM3: string) => (isZeroDecimal(volumeM3) ? reject('emptyVolume', 'A manifest is about some volume.') : undefined);

type WasteCommand = 'RecordCollection' | 'RecordDisposal' | 'VoidManifest';
export const wasteDecisions: Pick<Decisions, WasteCommand> = {
  RecordCollection: (before, command, { now }) => {
    const state = present(before);
    const known = state.manifests[command.manifestNumber];
    if (known !== undefined)
      return workGoesOn(state) ?? (known.content === contentOf(command) ? [] : reject('manifestExists', 'A manifest of this number says something else.'));
    return (
      workGoesOn(state) ??
      notInFuture(state, command.collectedOn, now) ??
      something(command.volumeM3) ??
      roomIn(state.manifests, partsMax) ?? [event('WasteCollected', command)]
    );
  },
  RecordDisposal: (before, command, { now, newId, facts }) => {
    const state = present(before);
    const known = state.manifests[command.manifestNumber];
    if (known === undefined) return workGoesOn(state) ?? unknownManifest();
    const { attachmentId: _file, ...load } = command;
    if (known.loads.includes(contentOf(load))) return workGoesOn(state) ?? [];
    const left = subtractDecimals(known.collectedM3, known.disposedM3);
    const tooMuch =
      compareDecimals(command.volumeM3, left) > 0 ? reject('moreThanCollected', `Of this manifest ${left} m³ are left.`, { remainingM3: left }) : undefined;
    const tooEarly = command.disposedOn < known.collectedOn ? reject('beforeCollection', `It was collected on ${known.collectedOn}.`) : undefined;
    const tooMany = known.loads.length >= loadsMax ? reject('tooMany', `At most ${loadsMax} loads a manifest.`, { max: loadsMax }) : undefined;
    return (
      workGoesOn(state) ??
      notInFuture(state, command.disposedOn, now) ??
      something(command.volumeM3) ??
      takesWaste(facts, command.site) ??
      tooEarly ??
      tooMuch ??
      tooMany ?? [event('WasteDisposed', { disposalId: newId(0), ...command, remainingM3: subtractDecimals(left, command.volumeM3) })]
    );
  },
  VoidManifest: (before, command) => {
    const state = present(before);
    const isKnown = Object.hasOwn(state.manifests, command.manifestNumber);
    return workGoesOn(state) ?? (isKnown ? [event('WasteManifestVoided', command)] : unknownManifest());
  },
};
