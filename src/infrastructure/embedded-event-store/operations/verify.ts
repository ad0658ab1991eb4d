/** Looks at every record of a log: checksum, place, stream, revisions without gap, positions ascending. Works beside a running server. */
import type { DatabaseSync } from 'node:sqlite';
import { checksumOf } from '../storage/log.ts';
import { tombstoneRevision } from '../wire/record.ts';
import { placeOf, streamNameOf } from '../wire/stored-event.ts';

export type Verified = { readonly events: number; readonly streams: number; readonly problems: readonly string[] };

const problemsMax = 100;

const eventProblem = (row: Readonly<Record<string, unknown>>, expected: { readonly position: number | undefined }): string | undefined => {
  const position = Number(row['position']);
  const revision = Number(row['revision']);
  const bytes = row['record'];
  if (!(bytes instanceof Uint8Array)) return `position ${position}: the record is missing`;
  const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (checksumOf(record, { position, revision }) !== row['checksum']) return `position ${position}: the checksum does not fit the record`;
  const place = placeOf(record);
  if (place.position !== position || place.revision !== revision) return `position ${position}: the record says ${place.position}, revision ${place.revision}`;
  if (streamNameOf(record) !== row['name'])
    return `position ${position}: the record is of stream '${streamNameOf(record)}', the index says '${String(row['name'])}'`;
  if (expected.position !== undefined && position !== expected.position) return `position ${expected.position}: the event is missing`;
  return undefined;
};

const eventProblems = (database: DatabaseSync, hasGaps: boolean): { readonly events: number; readonly problems: readonly string[] } => {
  const rows = database
    .prepare('select e.position, e.revision, e.checksum, e.record, s.name from event e left join stream s using (stream) order by e.position')
    .iterate();
  const problems: string[] = [];
  let events = 0;
  let next = 0;
  for (const row of rows) {
    const problem = eventProblem(row, { position: hasGaps ? undefined : next });
    if (problem !== undefined && problems.length < problemsMax) problems.push(problem);
    next = Number(row['position']) + 1;
    events += 1;
  }
  return { events, problems };
};

/** A scavenge takes events from the front of a stream only, so what is left has no gap either. */
const revisionProblems = (database: DatabaseSync, hasGaps: boolean): readonly string[] => {
  const rows = database
    .prepare(
      `select s.name, min(revision) as first, max(revision) as last, count(*) as count from event join stream s using (stream)
       where revision < ${tombstoneRevision} group by stream
       having count(*) <> max(revision) - min(revision) + 1 ${hasGaps ? '' : 'or min(revision) <> 0'} limit ${problemsMax}`,
    )
    .all();
  return rows.map(
    (row) => `stream '${String(row['name'])}': ${String(row['count'])} events between revisions ${String(row['first'])} and ${String(row['last'])}`,
  );
};

/** SQLite's own check of pages and indexes, then ours of every record. A page that cannot be read is a problem, not a failure. */
export const verify = (database: DatabaseSync): Verified => {
  const problems: string[] = [];
  try {
    const pages = database
      .prepare('pragma integrity_check(100)')
      .all()
      .map((row) => String(Object.values(row)[0]));
    if (pages.join() !== 'ok') problems.push(...pages.map((text) => `file: ${text}`));
    const hasGaps = database.prepare(`select 1 from fact where name = 'scavenged'`).get() !== undefined;
    const found = eventProblems(database, hasGaps);
    const streams = Number(database.prepare('select count(*) as count from stream').get()?.['count'] ?? 0);
    return { events: found.events, streams, problems: [...problems, ...found.problems, ...revisionProblems(database, hasGaps)] };
  } catch (error) {
    return { events: 0, streams: 0, problems: [...problems, `file: ${error instanceof Error ? error.message : String(error)}`] };
  }
};
