/**
 * Gives back the space of events that nobody can read any more: before `$tb` or `$maxCount`, older than `$maxAge`, of deleted streams, old
 * metadata. As on a real server the last event of a stream stays (its revision must not be given twice), and so does a tombstone.
 */
import type { StatementSync } from 'node:sqlite';
import type { Store } from '../read/context.ts';
import { firstReadable, isExpired } from '../read/visibility.ts';
import type { EventLog } from '../storage/log.ts';
import { isMetastream, originalOf } from '../storage/metadata.ts';
import { tombstoneRevision } from '../wire/record.ts';

export type Scavenged = { readonly eventsRemoved: number; readonly bytesFreed: number };

const streamsAtOnce = 256;
const eventsAtOnce = 2000;
const pagesAtOnce = 1000;

type Sql = Readonly<Record<'streams' | 'remove' | 'removeIds' | 'removeLinks' | 'mark', StatementSync>>;

/** The first revision of a stream to keep. */
const keepFrom = (log: EventLog, name: string, nowMs: number): number => {
  const state = log.stateOf(name);
  if (state.last === tombstoneRevision) return tombstoneRevision;
  if (isMetastream(name) && log.stateOf(originalOf(name)).last === tombstoneRevision) return state.last + 1;
  let keep = Math.min(firstReadable(state), state.last);
  if (state.metadata.maxAgeMs === undefined) return keep;
  for (;;) {
    const page = log.streamForwards(state.stream, keep, state.last - 1);
    const fresh = page.find((event) => !isExpired(state, event, nowMs));
    if (fresh !== undefined) return fresh.revision;
    if (page.length === 0) return Math.max(keep, state.last);
    keep = (page.at(-1)?.revision ?? keep) + 1;
  }
};

/** The newest event of the log stays whatever it is: positions are never given twice. */
const removeSome = (log: EventLog, sql: Sql, streams: readonly { readonly stream: number; readonly name: string }[]): number => {
  const nowMs = Date.now();
  log.hasGaps = true;
  sql.mark.run();
  let removed = 0;
  for (const { stream, name } of streams) {
    const keep = keepFrom(log, name, nowMs);
    removed += Number(sql.remove.run(stream, keep, log.next - 1).changes);
    sql.removeIds.run(stream, keep);
  }
  return removed;
};

const pageBytes = (log: EventLog): { readonly used: number; readonly free: number } => {
  const value = (name: string): number => Number(Object.values(log.database.prepare(`pragma ${name}`).get() ?? {})[0] ?? 0);
  return { used: value('page_count') * value('page_size'), free: value('freelist_count') };
};

const giveBackPages = async ({ log, queue }: Store): Promise<void> => {
  while (pageBytes(log).free > 0) {
    const before = pageBytes(log).free;
    await queue.apart(() => log.database.exec(`pragma incremental_vacuum(${pagesAtOnce})`));
    if (pageBytes(log).free >= before) break;
  }
  await queue.apart(() => log.database.exec('pragma wal_checkpoint(truncate)'));
};

/** Runs beside reads and writes, a few streams a transaction. */
export const scavenge = async (store: Store): Promise<Scavenged> => {
  const { log, queue } = store;
  const sql: Sql = {
    streams: log.database.prepare(`select stream, name from stream where stream > ? order by stream limit ${streamsAtOnce}`),
    remove: log.database.prepare(
      `delete from event where position in (select position from event where stream = ? and revision < ? and position < ? order by revision limit ${eventsAtOnce})`,
    ),
    removeIds: log.database.prepare('delete from event_id where stream = ? and revision < ?'),
    removeLinks: log.database.prepare('delete from link where not exists (select 1 from event where event.position = link.position)'),
    mark: log.database.prepare(`insert into fact values ('scavenged', 1) on conflict do nothing`),
  };
  const before = pageBytes(log).used;
  let eventsRemoved = 0;
  let after = 0;
  for (;;) {
    const streams = sql.streams.all(after).map((row) => ({ stream: Number(row['stream']), name: String(row['name']) }));
    if (streams.length === 0) break;
    const removed = await queue.write(() => removeSome(log, sql, streams));
    log.forget();
    eventsRemoved += removed;
    // A stream with more than one transaction should remove is looked at again.
    if (removed < eventsAtOnce) after = streams.at(-1)?.stream ?? after;
  }
  await queue.write(() => sql.removeLinks.run());
  await giveBackPages(store);
  return { eventsRemoved, bytesFreed: Math.max(0, before - pageBytes(log).used) };
};
