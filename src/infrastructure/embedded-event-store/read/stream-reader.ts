/** One stream as its readers see it, stored or virtual: what can be read now, in pages, both ways. */
import type { EventLog } from '../storage/log.ts';
import { tombstoneRevision } from '../wire/record.ts';
import type { StoredEvent } from '../wire/stored-event.ts';
import { isTombstoned } from '../write/expectation.ts';
import { isVirtual } from './link-names.ts';
import type { LinkIndex } from './links.ts';
import { everything } from './signals.ts';
import { firstReadable, isExpired } from './visibility.ts';

export type Situation = 'absent' | 'present' | 'tombstoned';
/** `next` is where the following page begins; `isEnd` says that nothing more was there. */
export type Page = { readonly events: readonly StoredEvent[]; readonly next: number; readonly isEnd: boolean };

export type StreamReader = {
  readonly name: string;
  /** What to wait for. */
  readonly topic: string;
  /** Makes everything committed readable; needed before each look at a virtual stream. */
  readonly refresh: () => Promise<void>;
  /** Soft-deleted streams are absent. */
  readonly situation: () => Situation;
  /** The last revision, -1 if there is none. */
  readonly last: () => number;
  readonly forwards: (from: number) => Page;
  readonly backwards: (from: number) => Page;
};

const ascending = (read: readonly StoredEvent[], kept: readonly StoredEvent[], from: number): Page => {
  const last = read.at(-1);
  return { events: kept, next: last === undefined ? from : last.revision + 1, isEnd: last === undefined };
};

const descending = (read: readonly StoredEvent[], kept: readonly StoredEvent[], from: number): Page => {
  const last = read.at(-1);
  return { events: kept, next: last === undefined ? from : last.revision - 1, isEnd: last === undefined || last.revision === 0 };
};

const storedReader = (log: EventLog, name: string): StreamReader => {
  const readable = (events: readonly StoredEvent[]): readonly StoredEvent[] => {
    const state = log.stateOf(name);
    if (state.metadata.maxAgeMs === undefined) return events;
    const nowMs = Date.now();
    return events.filter((event) => !isExpired(state, event, nowMs));
  };
  return {
    name,
    topic: name,
    refresh: () => Promise.resolve(),
    situation: () => {
      if (isTombstoned(log, name)) return 'tombstoned';
      const { last, metadata } = log.stateOf(name);
      return last < 0 || metadata.isSoftDeleted ? 'absent' : 'present';
    },
    last: () => log.stateOf(name).last,
    forwards: (from) => {
      const state = log.stateOf(name);
      const start = Math.max(from, firstReadable(state));
      if (start > state.last || state.last === tombstoneRevision) return { events: [], next: from, isEnd: true };
      const page = log.streamForwards(state.stream, start, state.last);
      return ascending(page, readable(page), start);
    },
    backwards: (from) => {
      const state = log.stateOf(name);
      const first = firstReadable(state);
      const start = Math.min(from, state.last);
      if (start < first) return { events: [], next: -1, isEnd: true };
      const page = log.streamBackwards(state.stream, start, first);
      return descending(page, readable(page), start);
    },
  };
};

const virtualReader = (links: LinkIndex, name: string): StreamReader => ({
  name,
  topic: everything,
  refresh: () => links.refresh(),
  situation: () => (links.lastOf(name) < 0 ? 'absent' : 'present'),
  last: () => links.lastOf(name),
  forwards: (from) => {
    const page = links.forwards(name, from);
    return ascending(page, page, from);
  },
  backwards: (from) => {
    const page = links.backwards(name, Math.min(from, links.lastOf(name)));
    return descending(page, page, from);
  },
});

export const readerOf = (log: EventLog, links: LinkIndex, name: string): StreamReader =>
  isVirtual(name) ? virtualReader(links, name) : storedReader(log, name);
