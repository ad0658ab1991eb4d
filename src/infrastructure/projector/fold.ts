/** The pure half of a projection's runner: events in, changed rows out. Nothing here knows Postgres. */
import type { Occurred, ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import { handlersFor } from '../../../projections/kernel/projection.ts';
import type { StoredEvent } from '../../application/ports/event-log.ts';
import { messageOf } from '../failure.ts';
import { personalColumns } from './personal-columns.ts';
import { type Current, type Row, TableFold } from './table-fold.ts';

/** What a batch did to one table: rows by key, `undefined` for a removed one. */
export type TableChanges = ReadonlyMap<string, Row | undefined>;
export type BatchChanges = { readonly tables: Readonly<Record<string, TableChanges>>; readonly forgotten: readonly string[] };
/** Loads rows by key; a key without a row is absent from the answer. */
export type LoadRows = (table: string, keys: readonly string[]) => Promise<ReadonlyMap<string, Row>>;

/** A handler threw on this event; the events before it are sound. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError';
  readonly event: StoredEvent;
  readonly index: number;

  constructor(event: StoredEvent, index: number, cause: unknown) {
    super(messageOf(cause), { cause });
    this.event = event;
    this.index = index;
  }
}

/** Handlers ask for ever more rows. */
export class LookupsDoNotEnd extends Error {
  override readonly name = 'LookupsDoNotEnd';
}

/** Each round loads at least one row that a handler asked for; chains of look-ups longer than this are a mistake in the handlers. */
const roundsMax = 200;

/** The subject whose personal columns this event erases. */
export const forgottenSubject = (event: StoredEvent): string | undefined =>
  event.category === 'subject' && event.type === 'SubjectForgotten' ? String(event.data['subjectId']) : undefined;

/** The event as handlers see it. */
export const occurred = (event: StoredEvent): Occurred => ({
  id: event.id,
  type: event.type,
  category: event.category,
  stream: event.stream,
  aggregateId: event.aggregateId,
  revision: event.revision,
  position: String(event.position),
  occurredAt: event.metadata.occurredAt,
  actor: event.metadata.actor,
  tenant: event.metadata.tenant,
  account: event.metadata.account,
  restrictedTo: event.metadata.restrictedTo ?? null,
  correlationId: event.metadata.$correlationId,
  causationId: event.metadata.$causationId,
  commandId: event.metadata.commandId,
  data: event.data,
});

export class ProjectionFold {
  readonly definition: ProjectionDefinition;
  readonly #handlers: ReturnType<typeof handlersFor>;
  readonly #tables: ReadonlyMap<string, TableFold>;
  readonly #rows: Readonly<Record<string, object>>;
  readonly #hasPersonal: boolean;
  readonly #current: Current = { event: undefined };
  /** Handlers by category and type, found once. */
  readonly #known = new Map<string, ReturnType<ReturnType<typeof handlersFor>>>();

  /** `whole`: all rows are in memory, so a row that is not there does not exist. */
  constructor(definition: ProjectionDefinition, whole: boolean) {
    this.definition = definition;
    this.#handlers = handlersFor(definition);
    this.#tables = new Map(Object.entries(definition.tables).map(([name, table]) => [name, new TableFold(table, whole, this.#current)]));
    this.#rows = Object.fromEntries([...this.#tables].map(([name, table]) => [name, table.rows]));
    this.#hasPersonal = Object.values(definition.tables).some((table) => personalColumns(table).length > 0);
  }

  /** Does this event change anything here? */
  concerns(event: StoredEvent): boolean {
    return this.#handlersOf(event).length > 0 || (this.#hasPersonal && forgottenSubject(event) !== undefined);
  }

  /** Folds a batch, loading the rows that handlers ask for, until none is missing. Throws `HandlerError`. */
  async batch(events: readonly StoredEvent[], load: LoadRows): Promise<BatchChanges> {
    for (const table of this.#tables.values()) table.begin();
    for (let round = 0; round < roundsMax; round += 1) {
      for (const table of this.#tables.values()) table.again();
      const failure = this.#pass(events);
      const missing = [...this.#tables].filter(([, table]) => table.misses.size > 0);
      if (missing.length === 0) {
        // A handler may fail for lack of a row that was not loaded yet; only one that has all it asked for has really failed.
        if (failure !== undefined) throw failure;
        return this.#changes(events);
      }
      await Promise.all(missing.map(async ([name, table]) => table.loaded(await load(name, [...table.misses]))));
    }
    throw new LookupsDoNotEnd(`${this.definition.name}: look-ups do not end after ${roundsMax} rounds`);
  }

  /** Folds one event onto what is in memory. Throws `HandlerError`. */
  apply(event: StoredEvent, index: number, seen: Occurred): void {
    const handlers = this.#handlersOf(event);
    const subject = this.#hasPersonal ? forgottenSubject(event) : undefined;
    this.#current.event = seen;
    if (subject !== undefined) for (const table of this.#tables.values()) table.forget(subject);
    try {
      for (const handler of handlers) handler(seen, this.#rows);
    } catch (cause) {
      throw new HandlerError(event, index, cause);
    }
  }

  /** What the statements that forget do to a row which the batch itself did not write. */
  erased(table: string, row: Row, forgotten: readonly string[]): Row {
    return forgotten.reduce((before, subject) => this.#tables.get(table)?.erase(before, subject) ?? before, row);
  }

  /** All rows in memory of a whole-state fold. */
  whole(table: string): TableChanges {
    return this.#tables.get(table)?.changes() ?? new Map();
  }
  get rowCount(): number {
    let count = 0;
    for (const table of this.#tables.values()) count += table.size;
    return count;
  }

  #pass(events: readonly StoredEvent[]): HandlerError | undefined {
    for (const [index, event] of events.entries()) {
      try {
        if (this.concerns(event)) this.apply(event, index, occurred(event));
      } catch (error) {
        if (error instanceof HandlerError) return error;
        throw error;
      }
    }
    return undefined;
  }

  #handlersOf(event: StoredEvent): ReturnType<ReturnType<typeof handlersFor>> {
    const key = `${event.category}/${event.type}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const handlers = this.#handlers(occurred(event));
    this.#known.set(key, handlers);
    return handlers;
  }

  #changes(events: readonly StoredEvent[]): BatchChanges {
    const forgotten = this.#hasPersonal ? events.flatMap((event) => forgottenSubject(event) ?? []) : [];
    return { tables: Object.fromEntries([...this.#tables].map(([name, table]) => [name, table.changes()])), forgotten };
  }
}
