/** The log: every event in order, and what is known of each stream. All of it is synchronous; a turn of the event loop is a transaction. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { corruptedRecord } from '../grpc/failure.ts';
import { encodeRecord, type ProposedEvent, streamField, tombstoneRevision } from '../wire/record.ts';
import { contentOf, idOf, type StoredEvent } from '../wire/stored-event.ts';
import { isMetastream, metastreamOf, noMetadata, originalOf, parseMetadata, type StreamMetadata } from './metadata.ts';
import { RecentEvents } from './recent-events.ts';

/** What is known of a stream. `last` is -1 when nothing was ever appended, `tombstoneRevision` once tombstoned. */
export type StreamState = {
  readonly name: string;
  /** 0 until the first event. */
  readonly stream: number;
  readonly last: number;
  /** Of the stream itself; its metastream is a stream of its own. */
  readonly metadata: StreamMetadata;
  /** Whether the metastream has an event. */
  readonly hasMetadata: boolean;
};

type Known = { name: string; stream: number; last: number; indexed: number; field: Buffer; metadata: StreamMetadata | undefined; hasMetadata: boolean };
type Row = readonly [position: number, revision: number, checksum: number, record: Uint8Array];

const streamsKnownMax = 65_536;
/** A page is sent in one write; the bound is what a slow reader may hold in memory. */
export const pageBytesMax = 256 * 1024;
const pageEventsMax = 1024;

export const checksumOf = (record: Uint8Array, place: { readonly position: number; readonly revision: number }): number =>
  crc32(record, (place.position * 31 + place.revision) >>> 0);

const columns = 'position, revision, checksum, record';

export class EventLog {
  readonly database: DatabaseSync;
  readonly recent = new RecentEvents();
  /** The position the next event will get; never given twice. */
  next: number;
  /** False until events were given back: a missing position or revision is then corruption. */
  hasGaps: boolean;
  readonly #known = new Map<string, Known>();
  readonly #statements: Readonly<Record<StatementName, StatementSync>>;
  #pending: StoredEvent[] = [];

  constructor(database: DatabaseSync) {
    this.database = database;
    this.#statements = prepareAll(database);
    this.next = this.#nextFromDisk();
    this.hasGaps = database.prepare(`select 1 from fact where name = 'scavenged'`).get() !== undefined;
    this.recent.restart(this.next);
  }

  begin(): void {
    this.#statements.begin.run();
  }

  /** Makes the transaction durable; its events can be read from now on. Returns them in order. */
  commit(): readonly StoredEvent[] {
    this.#statements.commit.run();
    const committed = this.#pending;
    this.#pending = [];
    this.recent.add(committed);
    return committed;
  }

  /** Forgets everything since `begin`, also what was remembered of streams. */
  rollback(): void {
    if (this.database.isTransaction) this.#statements.rollback.run();
    this.#pending = [];
    this.#known.clear();
    this.next = this.#nextFromDisk();
  }

  /** Forgets what is remembered, after events were given back. */
  forget(): void {
    this.hasGaps = true;
    this.#known.clear();
    this.recent.restart(this.next);
  }

  stateOf(name: string): StreamState {
    const known = this.#know(name);
    const metadata = this.#metadata(known);
    return { name, stream: known.stream, last: known.last, metadata, hasMetadata: known.hasMetadata };
  }

  /** Adds an event at the end of its stream (a tombstone: at the end of all revisions). Only between `begin` and `commit`. */
  add(name: string, event: ProposedEvent, at: { readonly createdMs: number; readonly isTombstone?: boolean }): StoredEvent {
    const known = this.#know(name);
    if (known.stream === 0) known.stream = Number(this.#statements.addStream.run(name).lastInsertRowid);
    const revision = at.isTombstone === true ? tombstoneRevision : known.last + 1;
    const position = this.next;
    const record = encodeRecord(known.field, event, { revision, position, createdMs: at.createdMs });
    this.#statements.addEvent.run(position, known.stream, revision, checksumOf(record, { position, revision }), record);
    this.next += 1;
    known.last = revision;
    if (isMetastream(name)) this.#know(originalOf(name)).metadata = undefined;
    const stored = { position, revision, record };
    this.#pending.push(stored);
    return stored;
  }

  /** Events of `$all` from a position on, oldest first; empty at the end. */
  forwards(position: number): readonly StoredEvent[] {
    const from = Math.max(0, position);
    if (from >= this.next) return [];
    const recent = this.recent.from(from);
    if (recent !== undefined) return recent;
    const page = this.#page(this.#statements.forwards, [from]);
    if (!this.hasGaps) requireDense(page, from);
    return page;
  }

  /** Events of `$all` strictly before a position, newest first. */
  backwards(position: number): readonly StoredEvent[] {
    return this.#page(this.#statements.backwards, [Math.min(position, this.next)]);
  }

  /** Events of one stream from a revision on, up to and including another. */
  streamForwards(stream: number, from: number, to: number): readonly StoredEvent[] {
    const page = this.#page(this.#statements.streamForwards, [stream, from, to]);
    if (!this.hasGaps && from <= to) requireRevisions(page, from);
    return page;
  }

  /** Events of one stream from a revision down to another. */
  streamBackwards(stream: number, from: number, to: number): readonly StoredEvent[] {
    return this.#page(this.#statements.streamBackwards, [stream, from, to]);
  }

  at(position: number): StoredEvent | undefined {
    return this.#one(this.#statements.at, [position]);
  }

  eventOf(stream: number, revision: number): StoredEvent | undefined {
    return this.#one(this.#statements.eventOf, [stream, revision]);
  }

  /** The newest event of a stream with this id. Only between `begin` and `commit`: it may have to extend the index of ids. */
  withId(name: string, id: string): StoredEvent | undefined {
    const known = this.#know(name);
    this.#indexIds(known);
    const rows: unknown = this.#statements.withId.all(known.stream, crc32(id));
    for (const [revision] of rowsOf(rows)) {
      const event = this.eventOf(known.stream, revision);
      if (event !== undefined && idOf(event.record) === id) return event;
    }
    return undefined;
  }

  #indexIds(known: Known): void {
    if (known.indexed > known.last || known.last === tombstoneRevision) return;
    for (
      let page = this.streamForwards(known.stream, known.indexed, known.last);
      page.length > 0;
      page = this.streamForwards(known.stream, known.indexed, known.last)
    ) {
      for (const { record, revision } of page) this.#statements.addId.run(known.stream, crc32(idOf(record)), revision);
      known.indexed = (page.at(-1)?.revision ?? known.last) + 1;
    }
    this.#statements.setIndexed.run(known.indexed, known.stream);
  }

  #know(name: string): Known {
    const found = this.#known.get(name);
    if (found !== undefined) {
      this.#known.delete(name);
      this.#known.set(name, found);
      return found;
    }
    const row = this.#statements.findStream.get(name);
    const [stream, indexed] = Array.isArray(row) ? [Number(row[0]), Number(row[1])] : [0, 0];
    const last = stream === 0 ? -1 : this.#lastOf(stream);
    const known: Known = { name, stream, last, indexed, field: streamField(name), metadata: undefined, hasMetadata: false };
    this.#known.set(name, known);
    if (this.#known.size > streamsKnownMax)
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    return known;
  }

  #lastOf(stream: number): number {
    const row: unknown = this.#statements.lastOf.get(stream);
    return Array.isArray(row) && typeof row[0] === 'number' ? row[0] : -1;
  }

  /** A metastream keeps its last event only; nothing governs a metastream's metastream. */
  #metadata(known: Known): StreamMetadata {
    if (known.metadata !== undefined) return known.metadata;
    if (isMetastream(known.name)) known.metadata = { ...noMetadata, maxCount: 1 };
    else {
      const meta = this.#know(metastreamOf(known.name));
      const last = meta.last < 0 ? undefined : this.eventOf(meta.stream, meta.last);
      known.hasMetadata = last !== undefined;
      known.metadata = last === undefined ? noMetadata : parseMetadata(contentOf(last.record).data);
    }
    return known.metadata;
  }

  #page(statement: StatementSync, args: readonly number[]): readonly StoredEvent[] {
    const page: StoredEvent[] = [];
    let bytes = 0;
    for (const row of statement.iterate(...args) as Iterable<unknown>) {
      const event = stored(rowOf(row));
      page.push(event);
      bytes += event.record.length;
      if (bytes >= pageBytesMax) break;
    }
    return page;
  }

  #one(statement: StatementSync, args: readonly number[]): StoredEvent | undefined {
    const row: unknown = statement.get(...args);
    return row === undefined ? undefined : stored(rowOf(row));
  }

  #nextFromDisk(): number {
    const row: unknown = this.#statements.end.get();
    return Array.isArray(row) && typeof row[0] === 'number' ? row[0] + 1 : 0;
  }
}

const sql = {
  begin: 'begin immediate',
  commit: 'commit',
  rollback: 'rollback',
  findStream: 'select stream, indexed from stream where name = ?',
  addStream: 'insert into stream (name) values (?)',
  lastOf: 'select max(revision) from event where stream = ?',
  end: 'select max(position) from event',
  addEvent: 'insert into event (position, stream, revision, checksum, record) values (?, ?, ?, ?, ?)',
  forwards: `select ${columns} from event where position >= ? order by position limit ${pageEventsMax}`,
  backwards: `select ${columns} from event where position < ? order by position desc limit ${pageEventsMax}`,
  streamForwards: `select ${columns} from event where stream = ? and revision >= ? and revision <= ? order by revision limit ${pageEventsMax}`,
  streamBackwards: `select ${columns} from event where stream = ? and revision <= ? and revision >= ? order by revision desc limit ${pageEventsMax}`,
  at: `select ${columns} from event where position = ?`,
  eventOf: `select ${columns} from event where stream = ? and revision = ?`,
  withId: 'select revision from event_id where stream = ? and id = ? order by revision desc',
  addId: 'insert into event_id (stream, id, revision) values (?, ?, ?) on conflict do nothing',
  setIndexed: 'update stream set indexed = ? where stream = ?',
} as const;
type StatementName = keyof typeof sql;

const prepareAll = (database: DatabaseSync): Readonly<Record<StatementName, StatementSync>> => {
  const prepare = (name: StatementName): StatementSync => {
    const statement = database.prepare(sql[name]);
    statement.setReturnArrays(true);
    return statement;
  };
  const entries = Object.keys(sql).map((name) => [name, prepare(name as StatementName)]);
  return Object.fromEntries(entries) as Record<StatementName, StatementSync>;
};

/** The boundary to SQLite: our own statements answer these columns in this order. */
const rowOf = (row: unknown): Row => row as Row;
const rowsOf = (rows: unknown): readonly Row[] => rows as readonly Row[];

/** A row whose checksum fits its record and its place; otherwise DATA_LOSS, so that a flipped bit is reported and never served. */
const stored = ([position, revision, checksum, bytes]: Row): StoredEvent => {
  if (checksumOf(bytes, { position, revision }) !== checksum) throw corruptedRecord(position);
  return { position, revision, record: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) };
};

const requireDense = (page: readonly StoredEvent[], from: number): void => {
  for (const [index, event] of page.entries()) if (event.position !== from + index) throw corruptedRecord(from + index);
  if (page.length === 0) throw corruptedRecord(from);
};

const requireRevisions = (page: readonly StoredEvent[], from: number): void => {
  for (const [index, event] of page.entries()) {
    if (event.revision !== from + index && event.revision !== tombstoneRevision) throw corruptedRecord(event.position);
  }
};
