/** A read model as data: tables, and per event a pure handler that gets and puts rows by key. */
import type { Actor, Aggregate, Commands, DataOf, Events } from '../../src/domain/kernel/aggregate.ts';
import type { RowOf, TableDefinition } from './table.ts';

/** An event as a handler sees it. */
export type Occurred<D = unknown> = {
  readonly id: string;
  readonly type: string;
  readonly category: string;
  readonly stream: string;
  readonly aggregateId: string;
  readonly revision: number;
  /** Commit position, a decimal string. */
  readonly position: string;
  readonly occurredAt: string;
  readonly actor: Actor;
  readonly tenant: string | null;
  readonly account: string | null;
  /** The permission without which nobody sees that it happened, where there is one. */
  readonly restrictedTo: string | null;
  readonly correlationId: string;
  readonly causationId: string;
  readonly commandId: string;
  readonly data: D;
};

export type Tables = Readonly<Record<string, TableDefinition>>;
/**
 * The rows of one table. `get` of a row that is not in memory yet gives nothing now: the runner notes it, loads all missing rows in one
 * query and folds the batch again, so a handler simply reads what it needs, any number of times, and has no other effect.
 */
export type TableRows<R> = {
  readonly get: (key: string) => R | undefined;
  /** Writes the whole row. */
  readonly put: (row: R) => void;
  /** Changes some columns of a row; where the row does not exist, nothing happens. */
  readonly patch: (key: string, changes: Partial<R>) => void;
  readonly remove: (key: string) => void;
};
export type Rows<T extends Tables> = { readonly [K in keyof T & string]: TableRows<RowOf<T[K]['columns']>> };

type Handler = (event: Occurred<never>, rows: never) => void;
/** Which events, and what each does. */
export type Subscription = { readonly category: string | '*'; readonly handlers: Readonly<Record<string, Handler>> };

export type ProjectionDefinition<T extends Tables = Tables> = {
  readonly name: string;
  /** Raised whenever a handler or a table changes: the model is then built anew beside the old one and swapped in. */
  readonly version: number;
  readonly docs: string;
  readonly tables: T;
  readonly on: readonly Subscription[];
};

export type HandlersOf<E extends Events, T extends Tables> = {
  readonly [K in keyof E & string]?: (event: Occurred<DataOf<E[K]>>, rows: Rows<T>) => void;
};

/**
 * The words of one read model's `projection.ts`, typed by its tables:
 * `const { when, whenAny, projection } = projecting({ equipment: equipmentTable })`.
 */
export const projecting = <const T extends Tables>(tables: T) => ({
  /** Handlers for the events of one aggregate. */
  when: <N extends string, S, C extends Commands, E extends Events>(aggregate: Aggregate<N, S, C, E>, handlers: HandlersOf<E, T>): Subscription => ({
    category: aggregate.category,
    // The boundary of types: the codec has lifted and the schema has validated what a handler of this name receives.
    handlers: handlers as unknown as Subscription['handlers'],
  }),
  /** One handler for every event of every aggregate. */
  whenAny: (handler: (event: Occurred, rows: Rows<T>) => void): Subscription => ({ category: '*', handlers: { '*': handler as unknown as Handler } }),
  projection: (definition: Omit<ProjectionDefinition<T>, 'tables'>): ProjectionDefinition => ({ ...definition, tables }),
});

/** The handler of a projection for an event, if it has one. */
export const handlersFor = (projection: ProjectionDefinition): ((event: Occurred) => readonly ((event: Occurred, rows: unknown) => void)[]) => {
  const byType = new Map<string, ((event: Occurred, rows: unknown) => void)[]>();
  const always: ((event: Occurred, rows: unknown) => void)[] = [];
  for (const { category, handlers } of projection.on) {
    for (const [type, handler] of Object.entries(handlers)) {
      const erasedHandler = handler as unknown as (event: Occurred, rows: unknown) => void;
      if (category === '*') always.push(erasedHandler);
      else byType.set(`${category}/${type}`, [...(byType.get(`${category}/${type}`) ?? []), erasedHandler]);
    }
  }
  return (event) => [...(byType.get(`${event.category}/${event.type}`) ?? []), ...always];
};
