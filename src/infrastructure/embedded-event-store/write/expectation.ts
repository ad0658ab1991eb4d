/** Expected revisions: whether an append (or delete) may happen, is a retry of one that did, or must be refused. */

import type { EventLog, StreamState } from '../storage/log.ts';
import { isMetastream, originalOf } from '../storage/metadata.ts';
import { tombstoneRevision } from '../wire/record.ts';
import { idOf, type StoredEvent } from '../wire/stored-event.ts';

export type Expected =
  | { readonly kind: 'any' }
  | { readonly kind: 'noStream' }
  | { readonly kind: 'streamExists' }
  /** `asked` is the number as it was sent, for the echo; `revision` is clamped to what can be stored. */
  | { readonly kind: 'exact'; readonly revision: number; readonly asked: bigint };

/** `current` is -1 when the stream has no event. */
export type Verdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'repeated'; readonly last: StoredEvent }
  | { readonly kind: 'conflict'; readonly current: number }
  | { readonly kind: 'deleted' };

const append: Verdict = { kind: 'append' };

export const isTombstoned = (log: EventLog, name: string): boolean =>
  log.stateOf(name).last === tombstoneRevision || (isMetastream(name) && log.stateOf(originalOf(name)).last === tombstoneRevision);

type Asked = { readonly state: StreamState; readonly ids: readonly string[] };

/** A retry of an append at an explicit revision: its ids must be the stored ones, one by one. */
const repeatedAfter = (log: EventLog, { state, ids }: Asked, revision: number): StoredEvent | undefined => {
  let last: StoredEvent | undefined;
  for (const [index, id] of ids.entries()) {
    last = log.eventOf(state.stream, revision + 1 + index);
    if (last === undefined || idOf(last.record) !== id) return undefined;
  }
  return last;
};

/** A retry without a revision: the first id decides whether this is new; then all of them must be known. */
const judgeByIds = (log: EventLog, { state, ids }: Asked): Verdict => {
  if (state.stream === 0) return append;
  let last: StoredEvent | undefined;
  for (const [index, id] of ids.entries()) {
    last = log.withId(state.name, id);
    if (last === undefined) return index === 0 ? append : { kind: 'conflict', current: state.last };
  }
  return last === undefined ? append : { kind: 'repeated', last };
};

const judgeByRevision = (log: EventLog, asked: Asked, revision: number): Verdict => {
  const { state } = asked;
  if (revision === state.last) return append;
  if (revision < state.last) {
    const last = repeatedAfter(log, asked, revision);
    if (last !== undefined) return { kind: 'repeated', last };
    if (revision === -1 && state.metadata.isSoftDeleted) return append;
  }
  return { kind: 'conflict', current: state.last };
};

/** The rules of expected revisions and of idempotent retries, for events with these ids (none for a delete). */
export const judge = (log: EventLog, name: string, asked: { readonly expected: Expected; readonly ids: readonly string[] }): Verdict => {
  if (isTombstoned(log, name)) return { kind: 'deleted' };
  const state = log.stateOf(name);
  const { expected, ids } = asked;
  switch (expected.kind) {
    case 'streamExists':
      if (state.metadata.isSoftDeleted) return { kind: 'deleted' };
      if (state.last < 0 && !state.hasMetadata) return { kind: 'conflict', current: -1 };
      return judgeByIds(log, { state, ids });
    case 'any':
      return judgeByIds(log, { state, ids });
    case 'noStream':
      return judgeByRevision(log, { state, ids }, -1);
    case 'exact':
      return judgeByRevision(log, { state, ids }, expected.revision);
    default:
      return expected satisfies never;
  }
};
