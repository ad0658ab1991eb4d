/** Folded states of aggregates, kept in memory as far as there is room. Optimistic: what they say is checked by the append. */
import { LRUCache } from 'lru-cache';
import type { AnyAggregate } from '../domain/kernel/aggregate.ts';
import type { EventLog, StoredEvent } from './ports/event-log.ts';
import { fenceEvents } from './system-events.ts';

/** What a stream remembers of a command it accepted: enough to answer it again. */
export type Remembered = { readonly hash: string; readonly revision: number };
export type Loaded = {
  readonly aggregate: AnyAggregate;
  readonly id: string;
  readonly stream: string;
  /** −1 where the stream does not exist. */
  readonly revision: number;
  readonly state: unknown;
  /** Every command the stream holds. Shared by all versions of this stream's state: it only ever grows with what is durable. */
  readonly commands: Map<string, Remembered>;
};

export const streamOf = (category: string, id: string): string => `${category}-${id}`;

/** Folds events onto a state; fences move the revision only. */
export const fold = (loaded: Loaded, events: readonly StoredEvent[]): Loaded => {
  let state = loaded.state;
  let revision = loaded.revision;
  for (const event of events) {
    if (event.revision <= revision) continue;
    if (!Object.hasOwn(fenceEvents, event.type)) {
      state = loaded.aggregate.evolve(state, event, { id: event.id, occurredAt: event.metadata.occurredAt, actor: event.metadata.actor });
      if (!loaded.commands.has(event.metadata.commandId)) {
        loaded.commands.set(event.metadata.commandId, { hash: event.metadata.commandHash, revision: event.revision });
      }
    }
    revision = event.revision;
  }
  return { ...loaded, state, revision };
};

/** A stream that is being read: whether it was written to meanwhile, as far as this node knows. */
type Reading = { isOverdue: boolean; readers: number };

export class States {
  readonly #log: EventLog;
  readonly #aggregates: ReadonlyMap<string, AnyAggregate>;
  readonly #cache: LRUCache<string, Loaded>;
  /** Streams that were not there when they were read, and that nothing has been heard of since. */
  readonly #absent: LRUCache<string, true>;
  readonly #reading = new Map<string, Reading>();

  constructor(log: EventLog, aggregates: readonly AnyAggregate[], entriesMax = 20_000) {
    this.#log = log;
    this.#aggregates = new Map(aggregates.map((aggregate) => [aggregate.category, aggregate]));
    this.#cache = new LRUCache({ max: entriesMax });
    this.#absent = new LRUCache({ max: entriesMax });
  }

  aggregateOf(category: string): AnyAggregate {
    const aggregate = this.#aggregates.get(category);
    if (aggregate === undefined) throw new Error(`no aggregate ${category} in the model`);
    return aggregate;
  }

  /** From memory where it is there, or known not to be; else from the stream. */
  async load(category: string, id: string): Promise<{ readonly loaded: Loaded; readonly cached: boolean }> {
    const stream = streamOf(category, id);
    const found = this.#cache.get(stream);
    if (found !== undefined) return { loaded: found, cached: true };
    const aggregate = this.aggregateOf(category);
    const empty: Loaded = { aggregate, id, stream, revision: -1, state: aggregate.initial, commands: new Map() };
    if (this.#absent.has(stream)) return { loaded: empty, cached: true };
    return { loaded: await this.#readOnto(empty), cached: false };
  }

  /** Reads only what came after the state at hand. */
  async refresh(loaded: Loaded): Promise<Loaded> {
    return this.#readOnto(loaded);
  }

  /** What is heard of the stream while it is read may be missing in the answer: then it is good for whoever asked, but not kept. */
  async #readOnto(loaded: Loaded): Promise<Loaded> {
    const { stream, revision } = loaded;
    const reading = this.#reading.get(stream) ?? { isOverdue: false, readers: 0 };
    reading.readers += 1;
    this.#reading.set(stream, reading);
    try {
      const read = fold(loaded, await this.#log.read(stream, revision < 0 ? {} : { from: revision + 1 }));
      if (!reading.isOverdue) read.revision < 0 ? this.#absent.set(stream, true) : this.#keep(read);
      return read;
    } finally {
      reading.readers -= 1;
      if (reading.readers === 0) this.#reading.delete(stream);
    }
  }

  /** The newest state, whatever the cache says. */
  async loadFresh(category: string, id: string): Promise<Loaded> {
    const { loaded, cached } = await this.load(category, id);
    return cached ? this.refresh(loaded) : loaded;
  }

  /** What this node has appended itself. */
  remember(loaded: Loaded): void {
    if (loaded.revision < 0) return;
    this.#heardOf(loaded.stream);
    this.#keep(loaded);
  }

  #keep(loaded: Loaded): void {
    const known = this.#cache.get(loaded.stream);
    if (known === undefined || known.revision < loaded.revision) this.#cache.set(loaded.stream, loaded);
  }

  /** What another node appended: the state at hand is advanced, or dropped where events are missing in between. */
  observe(event: StoredEvent): void {
    this.#heardOf(event.stream);
    const known = this.#cache.peek(event.stream);
    if (known === undefined || known.revision >= event.revision) return;
    if (known.revision === event.revision - 1) this.#cache.set(event.stream, fold(known, [event]));
    else this.#cache.delete(event.stream);
  }

  /** Forgets every state in memory, as after a data subject was forgotten: the next load reads what is still readable. */
  clear(): void {
    this.#cache.clear();
  }

  #heardOf(stream: string): void {
    this.#absent.delete(stream);
    const reading = this.#reading.get(stream);
    if (reading !== undefined) reading.isOverdue = true;
  }
}
