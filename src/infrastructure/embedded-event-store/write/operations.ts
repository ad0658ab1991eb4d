/** What can be written: appends, deletes, tombstones. Each runs inside the write queue's transaction and answers a value. */
import { randomUUID } from 'node:crypto';
import { accessDenied } from '../grpc/failure.ts';
import { isVirtual } from '../read/link-names.ts';
import { firstReadable, isExpired } from '../read/visibility.ts';
import type { EventLog } from '../storage/log.ts';
import { isMetastream, metastreamOf, originalOf, softDeleteMetadata, withTruncateBefore } from '../storage/metadata.ts';
import type { ProposedEvent } from '../wire/record.ts';
import { contentOf, type StoredEvent } from '../wire/stored-event.ts';
import { type Expected, judge } from './expectation.ts';

export type AppendRequest = { readonly stream: string; readonly expected: Expected; readonly events: readonly ProposedEvent[] };

/** `revision` -1 stands for a stream without events; `position` is absent when the event can no longer be read. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: number; readonly position?: number }
  | { readonly kind: 'conflict'; readonly current: number }
  | { readonly kind: 'deleted' };

const noBytes = Buffer.alloc(0);
export const systemEvent = (type: string, data: string): ProposedEvent => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(data),
  customMetadata: noBytes,
});

/** `$all` is no stream, the empty name neither; `$ce-` and `$et-` are ours. */
const requireWritable = (name: string): void => {
  if (name === '' || name === '$all' || isVirtual(name)) throw accessDenied();
};

const repeated = (log: EventLog, stream: string, last: StoredEvent): AppendOutcome => {
  const state = log.stateOf(stream);
  const isReadable = last.revision >= firstReadable(state) && !isExpired(state, last, Date.now());
  return { kind: 'appended', revision: last.revision, ...(isReadable ? { position: last.position } : {}) };
};

/** A new event makes a soft-deleted stream readable again, from that event on. */
const undelete = (log: EventLog, stream: string, at: { readonly first: number; readonly createdMs: number }): void => {
  const meta = log.stateOf(metastreamOf(stream));
  const current = log.eventOf(meta.stream, meta.last);
  const data = current === undefined ? noBytes : contentOf(current.record).data;
  log.add(metastreamOf(stream), systemEvent('$metadata', withTruncateBefore(data, at.first)), { createdMs: at.createdMs });
};

const addAll = (log: EventLog, request: AppendRequest): AppendOutcome => {
  const createdMs = Date.now();
  const { stream } = request;
  const state = log.stateOf(stream);
  const original = isMetastream(stream) ? log.stateOf(originalOf(stream)) : undefined;
  let last: StoredEvent | undefined;
  for (const event of request.events) last = log.add(stream, event, { createdMs });
  if (last === undefined) return { kind: 'appended', revision: state.last };
  if (state.metadata.isSoftDeleted) undelete(log, stream, { first: state.last + 1, createdMs });
  if (original?.metadata.isSoftDeleted === true) undelete(log, original.name, { first: original.last + 1, createdMs });
  return { kind: 'appended', revision: last.revision, position: last.position };
};

/** Appends events at the end of a stream, all or none. Throws ACCESS_DENIED for names that cannot be written. */
export const append = (log: EventLog, request: AppendRequest): AppendOutcome => {
  requireWritable(request.stream);
  const verdict = judge(log, request.stream, { expected: request.expected, ids: request.events.map((event) => event.id) });
  switch (verdict.kind) {
    case 'append':
      return addAll(log, request);
    case 'repeated':
      return repeated(log, request.stream, verdict.last);
    case 'conflict':
    case 'deleted':
      return verdict;
    default:
      return verdict satisfies never;
  }
};

export type DeleteRequest = { readonly stream: string; readonly expected: Expected };

const requireDeletable = (name: string): void => {
  requireWritable(name);
  if (isMetastream(name)) throw accessDenied();
};

/** Soft delete: the stream reads as absent until something is appended; its events stay in `$all`. */
export const softDelete = (log: EventLog, { stream, expected }: DeleteRequest): AppendOutcome => {
  requireDeletable(stream);
  const verdict = judge(log, stream, { expected, ids: [] });
  if (verdict.kind === 'conflict' || verdict.kind === 'deleted') return verdict;
  const state = log.stateOf(stream);
  if (state.last < 0 && !state.hasMetadata) return { kind: 'conflict', current: -1 };
  const written = log.add(metastreamOf(stream), systemEvent('$metadata', softDeleteMetadata), { createdMs: Date.now() });
  return { kind: 'appended', revision: written.revision, position: written.position };
};

/** Tombstone: the stream is gone for good and its name cannot be used again. */
export const tombstone = (log: EventLog, { stream, expected }: DeleteRequest): AppendOutcome => {
  requireDeletable(stream);
  const verdict = judge(log, stream, { expected, ids: [] });
  if (verdict.kind === 'conflict' || verdict.kind === 'deleted') return verdict;
  const event = { ...systemEvent('$streamDeleted', ''), contentType: 'application/octet-stream' };
  const written = log.add(stream, event, { createdMs: Date.now(), isTombstone: true });
  return { kind: 'appended', revision: written.revision, position: written.position };
};
