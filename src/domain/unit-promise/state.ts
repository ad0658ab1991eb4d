import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { addDays } from '../kernel/calendar.ts';
import { derivedId, namespaces } from '../kernel/ids.ts';
import { without } from '../kernel/records.ts';
import type { unitPromiseEvents } from './events.ts';

/** Business dates, both counted. */
export type Span = { readonly from: string; readonly to: string; readonly quantity: number };
type Present = {
  readonly situation: 'present';
  readonly equipmentType: string;
  readonly units: Readonly<Record<string, true>>;
  /** By request. */
  readonly promises: Readonly<Record<string, Span>>;
};
export type UnitPromise = { readonly situation: 'absent' } | Present;
export type PresentUnitPromise = Frozen<Present>;

/** What is promised of a type, as other aggregates' guards see it. */
export const unitPromiseFact = fact<UnitPromise>('unitPromise');
export const initial: UnitPromise = { situation: 'absent' };
/** The id of what is promised of a type of equipment: one for the whole company, because its fleet is one. */
export const unitPromiseId = (equipmentType: string): string => derivedId(namespaces.aggregate, ['unit-promise', equipmentType]);

/** Promises that ended so long ago take part in no decision any more. */
const keptDays = 400;
const begun = (state: Frozen<UnitPromise>, equipmentType: string): PresentUnitPromise =>
  state.situation === 'absent' ? { situation: 'present', equipmentType, units: {}, promises: {} } : state;

/** The most that is promised on one day of a span. */
export const mostPromised = (promises: readonly Span[], { from, to }: Pick<Span, 'from' | 'to'>): number => {
  const overlapping = promises.filter((each) => each.from <= to && from <= each.to);
  // A day with a `~` behind it comes after that day and before the next: there its promises end.
  const changes = overlapping.flatMap(({ quantity, ...each }) => [
    { at: each.from > from ? each.from : from, by: quantity },
    { at: `${each.to}~`, by: -quantity },
  ]);
  let load = 0;
  let most = 0;
  for (const { by } of changes.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    load += by;
    most = Math.max(most, load);
  }
  return most;
};

export const evolve: Evolve<UnitPromise, typeof unitPromiseEvents> = {
  FleetUnitCounted: (before, { equipmentType, equipmentId }) => {
    const state = begun(before, equipmentType);
    return { ...state, units: { ...state.units, [equipmentId]: true } };
  },
  FleetUnitDropped: (state, { equipmentId }) => (state.situation === 'absent' ? state : { ...state, units: without(state.units, equipmentId) }),
  UnitsPromised: (before, { equipmentType, requestId, from, to, quantity }, { occurredAt }) => {
    const state = begun(before, equipmentType);
    const oldest = addDays(occurredAt.slice(0, 10), -keptDays);
    const kept = Object.fromEntries(Object.entries(state.promises).filter(([, promise]) => promise.to >= oldest));
    return { ...state, promises: { ...kept, [requestId]: { from, to, quantity } } };
  },
  PromiseReleased: (state, { requestId }) => (state.situation === 'absent' ? state : { ...state, promises: without(state.promises, requestId) }),
};
