/**
 * `$ce-<category>` and `$et-<type>` as a cluster's standard projections would fill them, without copies: an index of positions, extended
 * when somebody reads such a stream. Link events are made when they are read; their position is that of the event they point to.
 */
import { createHash } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import type { EventLog } from '../storage/log.ts';
import { encodeRecord, streamField, tombstoneRevision } from '../wire/record.ts';
import { contentOf, type StoredEvent, streamNameOf, typeOf } from '../wire/stored-event.ts';
import type { WriteQueue } from '../write/queue.ts';
import { categoryListOf, typeListOf } from './link-names.ts';
import { isHiddenFromAll } from './visibility.ts';

const pageMax = 256;
const chunkEventsMax = 4096;

type ListState = { list: number; count: number };

/** A name-based UUID (RFC 9562, version 5 layout), so that a link has the same id whenever it is read. */
const linkId = (name: string, ordinal: number): string => {
  const hex = createHash('sha1').update(`${name}/${ordinal}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** A link that is indexed as an event of its category points to what it points to. */
const targetOf = (event: StoredEvent): string =>
  typeOf(event.record) === '$>' ? contentOf(event.record).data.toString('utf8') : `${event.revision}@${streamNameOf(event.record)}`;

const noBytes = Buffer.alloc(0);

export class LinkIndex {
  readonly #log: EventLog;
  readonly #queue: WriteQueue;
  readonly #sql: Readonly<Record<'find' | 'add' | 'count' | 'addLink' | 'linked' | 'setLinked' | 'forwards' | 'backwards', StatementSync>>;
  #next: number;
  #extending: Promise<void> | undefined;

  constructor(log: EventLog, queue: WriteQueue) {
    this.#log = log;
    this.#queue = queue;
    const prepare = (text: string): StatementSync => log.database.prepare(text);
    this.#sql = {
      find: prepare('select list, count from link_list where name = ?'),
      add: prepare('insert into link_list (name, count) values (?, 0)'),
      count: prepare('update link_list set count = ? where list = ?'),
      addLink: prepare('insert into link (list, ordinal, position) values (?, ?, ?)'),
      linked: prepare(`select value from fact where name = 'linked'`),
      setLinked: prepare(`insert into fact values ('linked', ?) on conflict do update set value = excluded.value`),
      forwards: prepare(`select ordinal, position from link where list = ? and ordinal >= ? order by ordinal limit ${pageMax}`),
      backwards: prepare(`select ordinal, position from link where list = ? and ordinal <= ? order by ordinal desc limit ${pageMax}`),
    };
    this.#next = Number(this.#sql.linked.get()?.['value'] ?? 0);
  }

  /** Brings the index up to the last commit; readers of virtual streams wait for it before each page. */
  async refresh(): Promise<void> {
    while (this.#next < this.#log.next) {
      this.#extending ??= this.#queue
        .write(() => this.#extend())
        .then((next) => {
          this.#next = next;
        })
        .finally(() => {
          this.#extending = undefined;
        });
      await this.#extending;
    }
  }

  /** The last revision of a virtual stream, -1 when nothing belongs to it. */
  lastOf(name: string): number {
    return (this.#find(name)?.count ?? 0) - 1;
  }

  /** Ordinals of events that a scavenge gave back are missing, as the events of any truncated stream are. */
  forwards(name: string, from: number): readonly StoredEvent[] {
    return this.#page(name, this.#sql.forwards, from);
  }

  backwards(name: string, from: number): readonly StoredEvent[] {
    return this.#page(name, this.#sql.backwards, from);
  }

  eventOf(name: string, revision: number): StoredEvent | undefined {
    return this.#page(name, this.#sql.forwards, revision).find((event) => event.revision === revision);
  }

  #page(name: string, statement: StatementSync, from: number): readonly StoredEvent[] {
    const list = this.#find(name);
    if (list === undefined) return [];
    return statement.all(list.list, from).flatMap((row) => this.#link(name, Number(row['ordinal']), Number(row['position'])));
  }

  /** Nothing for an event that is being given back by a scavenge right now. */
  #link(name: string, ordinal: number, position: number): readonly StoredEvent[] {
    const target = this.#log.at(position);
    if (target === undefined) return [];
    const data = Buffer.from(targetOf(target));
    const event = { id: linkId(name, ordinal), type: '$>', contentType: 'application/octet-stream', data, customMetadata: noBytes };
    const createdMs = contentOf(target.record).createdMs;
    return [{ position, revision: ordinal, record: encodeRecord(streamField(name), event, { revision: ordinal, position, createdMs }) }];
  }

  #find(name: string): ListState | undefined {
    const row = this.#sql.find.get(name);
    return row === undefined ? undefined : { list: Number(row['list']), count: Number(row['count']) };
  }

  /** One chunk, inside the write queue's transaction; answers how far the index reaches once that is committed. */
  #extend(): number {
    const lists = new Map<string, ListState>();
    let next = this.#next;
    const until = next + chunkEventsMax;
    for (let page = this.#log.forwards(next); page.length > 0 && next < until; page = this.#log.forwards(next)) {
      for (const event of page) this.#index(event, lists);
      next = (page.at(-1)?.position ?? next) + 1;
    }
    for (const { list, count } of lists.values()) this.#sql.count.run(count, list);
    this.#sql.setLinked.run(next);
    return next;
  }

  #index(event: StoredEvent, lists: Map<string, ListState>): void {
    if (event.revision === tombstoneRevision || isHiddenFromAll(event.record)) return;
    for (const name of [categoryListOf(streamNameOf(event.record)), typeListOf(typeOf(event.record))]) {
      if (name === undefined) continue;
      const list = lists.get(name) ?? this.#find(name) ?? { list: Number(this.#sql.add.run(name).lastInsertRowid), count: 0 };
      lists.set(name, list);
      this.#sql.addLink.run(list.list, list.count, event.position);
      list.count += 1;
    }
  }
}
