/** One aggregate through time: its events, its state at a moment, and what changed between two. */
import { type Caller, may, sees } from '../../../application/caller.ts';
import { viewPermissionOf } from '../../../application/permissions.ts';
import type { StoredEvent } from '../../../application/ports/event-log.ts';
import { fenceEvents } from '../../../application/system-events.ts';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';
import { instantIn } from './event-filter.ts';
import type { Visibility } from './visibility.ts';

/** A revision, or an instant (inclusive). */
export type Moment = { readonly revision: number } | { readonly at: string };
export const momentIn = (text: string): Moment | undefined => {
  if (/^\d{1,9}$/.test(text)) return { revision: Number(text) };
  const at = instantIn(text);
  return at === undefined ? undefined : { at };
};

const isUpTo = (moment: Moment, event: StoredEvent): boolean =>
  'revision' in moment ? event.revision <= moment.revision : event.metadata.occurredAt <= moment.at;

export type StateAt = { readonly revision: number; readonly time: string | null; readonly exists: boolean; readonly state: unknown };

type Folded = { readonly state: unknown; readonly last: StoredEvent | undefined };
/** Clocks of nodes differ a little, so times may step back; the first event past the moment ends it. */
const foldedTo = (aggregate: AnyAggregate, events: readonly StoredEvent[], moment?: Moment): Folded => {
  let state = aggregate.initial;
  let last: StoredEvent | undefined;
  for (const event of events) {
    if (moment !== undefined && !isUpTo(moment, event)) break;
    if (!Object.hasOwn(fenceEvents, event.type)) {
      state = aggregate.evolve(state, event, { id: event.id, occurredAt: event.metadata.occurredAt, actor: event.metadata.actor });
    }
    last = event;
  }
  return { state, last };
};

/** The fold of all events up to a moment (ES-4). */
export const stateAt = (aggregate: AnyAggregate, events: readonly StoredEvent[], moment: Moment): StateAt => {
  const { state, last } = foldedTo(aggregate, events, moment);
  return { revision: last?.revision ?? -1, time: last?.metadata.occurredAt ?? null, exists: aggregate.exists(state), state: plain(state) };
};

/** A state as JSON can show it: sets as lists, maps as objects, whole numbers past 2^53 as text. */
export const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Set) return [...value].map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [String(key), plain(member)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, plain(member)]),
  );
};

/** One change; `before` is absent where the field came, `after` where it went. */
export type Change = { readonly pointer: string; readonly before?: unknown; readonly after?: unknown };
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The differences of two plain values, each at its JSON Pointer; lists are compared place by place. */
export const changesBetween = (before: unknown, after: unknown, pointer = ''): readonly Change[] => {
  if (!isObject(before) || !isObject(after) || Array.isArray(before) !== Array.isArray(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ pointer, before, after }];
  }
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): readonly Change[] => {
    const at = `${pointer}/${escaped(name)}`;
    if (!Object.hasOwn(before, name)) return [{ pointer: at, after: after[name] }];
    if (!Object.hasOwn(after, name)) return [{ pointer: at, before: before[name] }];
    return changesBetween(before[name], after[name], at);
  });
};

/** How much of an aggregate's history a caller gets: with clear personal fields, without them, or none for want of a permission. */
export const clarityFor = (caller: Caller, aggregate: AnyAggregate, eventsPermission: string): 'clear' | 'erased' | 'none' => {
  if (may(caller, viewPermissionOf(aggregate))) return 'clear';
  return may(caller, eventsPermission) ? 'erased' : 'none';
};

/** The events of the stream that the caller may see: those of the time in which it was the caller's (TE-9). */
export const visibleIn = (events: readonly StoredEvent[], visibility: Visibility): readonly StoredEvent[] =>
  events.filter(({ category, metadata }) =>
    visibility.sees({ category, tenant: metadata.tenant, account: metadata.account, restrictedTo: metadata.restrictedTo ?? null }),
  );

/** What is restricted now is withheld with all that happened before it was (TE-11). */
export const isWithheld = (aggregate: AnyAggregate, events: readonly StoredEvent[], caller: Caller): boolean =>
  aggregate.restriction !== undefined && !may(caller, aggregate.restriction.permission) && aggregate.restriction.isOn(foldedTo(aggregate, events).state);

/**
 * A state holds what all earlier events left in it, also those of an earlier holder. So it is shown only where every event up to the
 * moment is the caller's to see.
 */
export const isWhollyVisible = (events: readonly StoredEvent[], moment: Moment, caller: Caller): boolean =>
  events.filter((event) => isUpTo(moment, event)).every(({ metadata }) => sees(caller, metadata.tenant, metadata.account));
