/** Where a group's events come from: a stream by revision, or `$all` by position, behind one shape. */
import type { Store } from '../read/context.ts';
import { type Filter, filterOf } from '../read/filter.ts';
import { type Resolved, resolve } from '../read/resolve.ts';
import { everything } from '../read/signals.ts';
import { readerOf } from '../read/stream-reader.ts';
import { isHiddenFromAll } from '../read/visibility.ts';
import type { StoredEvent } from '../wire/stored-event.ts';
import { allStream, type GroupConfig } from './model.ts';

export type SourceEvent = { readonly sequence: number; readonly resolved: Resolved };
/**
 * `next` is where to read on; events that the group does not want are passed over silently. `doneNext` is the same without the hidden
 * events: a checkpoint that the group wrote itself is no progress.
 */
export type SourcePage = { readonly events: readonly SourceEvent[]; readonly next: number; readonly doneNext: number; readonly isEnd: boolean };
export type Source = {
  readonly topic: string;
  readonly refresh: () => Promise<void>;
  readonly read: (from: number, countMax: number) => SourcePage;
  /** The sequence that the next event will get. */
  readonly end: () => number;
};

const matchesEverything: Filter = () => true;

const allSource = (store: Store, config: GroupConfig): Source => {
  const { log } = store;
  const matches = config.filter === undefined ? matchesEverything : filterOf(config.filter);
  const read = (from: number, countMax: number): SourcePage => {
    const events: SourceEvent[] = [];
    let next = from;
    let doneNext = 0;
    for (const event of log.forwards(from)) {
      if (events.length >= countMax) break;
      next = event.position + 1;
      if (isHiddenFromAll(event.record)) continue;
      doneNext = next;
      if (!matches(event)) continue;
      events.push({ sequence: event.position, resolved: resolvedFor(store, config, event) });
    }
    return { events, next, doneNext, isEnd: next >= log.next };
  };
  return { topic: everything, refresh: () => Promise.resolve(), read, end: () => log.next };
};

const resolvedFor = (store: Store, config: GroupConfig, event: StoredEvent): Resolved =>
  config.settings.resolveLinks ? resolve(store.log, store.links, event) : { event };

const streamSource = (store: Store, config: GroupConfig): Source => {
  const reader = readerOf(store.log, store.links, config.key.stream);
  const read = (from: number, countMax: number): SourcePage => {
    if (reader.situation() !== 'present') return { events: [], next: from, doneNext: 0, isEnd: true };
    const page = reader.forwards(from);
    const taken = page.events.slice(0, countMax);
    const last = taken.at(-1);
    const next = taken.length < page.events.length && last !== undefined ? last.revision + 1 : page.next;
    const events = taken.map((event) => ({ sequence: event.revision, resolved: resolvedFor(store, config, event) }));
    return { events, next, doneNext: next, isEnd: next > reader.last() };
  };
  return { topic: reader.topic, refresh: reader.refresh, read, end: () => reader.last() + 1 };
};

export const sourceOf = (store: Store, config: GroupConfig): Source =>
  config.key.stream === allStream ? allSource(store, config) : streamSource(store, config);
