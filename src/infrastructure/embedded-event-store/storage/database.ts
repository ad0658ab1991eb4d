/** The SQLite file of a log: schema, durability settings, and the lock that keeps a second server out of the folder. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const formatVersion = 1;
export const fileName = 'events.sqlite';
const lockName = 'server.lock';

/**
 * `event` is the log: `position` is the order of all events, without gaps until a scavenge; `record` is what clients receive;
 * `checksum` is a CRC-32 of the record seeded by its place. `event_id` finds events by a CRC-32 of their id: it reaches up to revision
 * `stream.indexed` and is extended when an append without a revision asks, so that appends that name theirs do not pay for it.
 * `link_list` and `link` index the virtual streams `$ce-…` and `$et-…`; they can be dropped and are rebuilt when read.
 */
const schema = `
create table if not exists fact (name text primary key, value integer not null) strict, without rowid;
create table if not exists stream (stream integer primary key, name text not null unique, indexed integer not null default 0) strict;
create table if not exists event (
  position integer primary key, stream integer not null, revision integer not null, checksum integer not null, record blob not null
) strict;
create unique index if not exists event_revision on event (stream, revision);
create table if not exists event_id (stream integer not null, id integer not null, revision integer not null, primary key (stream, id, revision)) strict, without rowid;
create table if not exists link_list (list integer primary key, name text not null unique, count integer not null) strict;
create table if not exists link (list integer not null, ordinal integer not null, position integer not null, primary key (list, ordinal)) strict, without rowid;
`;

export type OpenDatabase = { readonly database: DatabaseSync; readonly close: () => void };

const prepareSchema = (database: DatabaseSync): void => {
  database.exec(schema);
  database.exec(`insert into fact values ('format', ${formatVersion}) on conflict do nothing`);
  const found = database.prepare(`select value from fact where name = 'format'`).get()?.['value'];
  if (found !== formatVersion) throw new Error(`The event store's file has format ${String(found)}; this version reads format ${formatVersion}.`);
};

/** Holds an SQLite file in an exclusive transaction: the kernel lets go of it however the process ends. */
const lockFolder = (folder: string): DatabaseSync => {
  const lock = new DatabaseSync(join(folder, lockName));
  try {
    lock.exec('pragma journal_mode = delete; begin exclusive');
    return lock;
  } catch {
    lock.close();
    throw new Error(`Another event store is running on ${folder}.`);
  }
};

const closeAll = (databases: readonly DatabaseSync[]): void => {
  for (const database of databases) database.close();
};

/**
 * Opens the log of a folder, or one in memory. SQLite's write-ahead log with `synchronous = full` makes a commit durable before it is
 * acknowledged; a tail torn by a power cut fails its checksums and is cut when the file is opened.
 */
export const openDatabase = (folder: string | undefined): OpenDatabase => {
  if (folder === undefined) {
    const database = new DatabaseSync(':memory:');
    database.exec('pragma synchronous = off');
    prepareSchema(database);
    return { database, close: () => database.close() };
  }
  mkdirSync(folder, { recursive: true });
  const lock = lockFolder(folder);
  try {
    const database = new DatabaseSync(join(folder, fileName));
    database.exec('pragma page_size = 8192; pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = full');
    database.exec('pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864; pragma cache_size = -65536; pragma busy_timeout = 2000');
    prepareSchema(database);
    return { database, close: () => closeAll([database, lock]) };
  } catch (error) {
    lock.close();
    throw error;
  }
};

/** Opens the log of a folder for reading beside a running server (verify, export, backup). */
export const openForReading = (folder: string): DatabaseSync => new DatabaseSync(join(folder, fileName), { readOnly: true });
