/** The typed core: a missing or extra handler, a wrong payload, an undeclared rejection do not compile. */
import { type Rejection, reject } from './rejection.ts';
import type { Frozen, Static, TSchema } from './schema.ts';

export type { Frozen };
export { reject };

/** What happened: its storage format for ever. A change of shape raises `version` and adds the upcaster from the version before. */
export type EventDefinition<S extends TSchema = TSchema> = {
  readonly schema: S;
  readonly version: number;
  readonly docs: string;
  /** `upcasters[n]` lifts the data of version n to n + 1. The only reading of the old shape. */
  readonly upcasters?: Readonly<Record<number, (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>>>;
  /** The field that names the person whose fields marked `personal` these are; without it, the aggregate itself is the person. */
  readonly subject?: string;
  /** The company's own note, also on what is a customer's: on no surface does a customer see that it happened. */
  readonly isCompanysOwn?: true;
};

/** What can be asked. `permission` is `module:action`; `internal` commands are issued by processes and deadlines only. */
export type CommandDefinition<S extends TSchema = TSchema> = {
  readonly schema: S;
  readonly permission: string;
  readonly docs: string;
  /** May be sent to an aggregate that does not exist yet. */
  readonly creates?: true;
  /** Not on HTTP: issued by a process or a deadline. */
  readonly internal?: true;
  /** Answers 202: a process goes on after it. */
  readonly startsProcess?: true;
  readonly rejects: readonly string[];
};
export type Events = Readonly<Record<string, EventDefinition>>;
export type Commands = Readonly<Record<string, CommandDefinition>>;

/** The events of one aggregate, by name. */
export const defineEvents = <const E extends Events>(events: E): E => events;
/** The commands of one aggregate, by name. */
export const defineCommands = <const C extends Commands>(commands: C): C => commands;

export type DataOf<D extends { readonly schema: TSchema }> = Frozen<Static<D['schema']>>;
/** The union of an aggregate's events, discriminated by `type`. */
export type EventOf<E extends Events> = { [K in keyof E & string]: { readonly type: K; readonly data: DataOf<E[K]> } }[keyof E & string];
export type CommandOf<C extends Commands> = { [K in keyof C & string]: { readonly type: K; readonly data: DataOf<C[K]> } }[keyof C & string];

/** Who asked: a person, a machine, or a part of the system by name. */
export type Actor = { readonly kind: 'user' | 'apiClient' | 'system'; readonly id: string };
/** Another aggregate that a decision wants to see. */
export type Reference = { readonly category: string; readonly id: string };
/** The states that the guards asked for, by `category-id`; an aggregate that does not exist is absent. Not transactional: read at decision time. */
export type Facts = ReadonlyMap<string, unknown>;

/** All that a decision may know besides the state and the command. */
export type Context = {
  /** The instant of the decision, ISO 8601 UTC. */
  readonly now: string;
  readonly actor: Actor;
  /** The caller's customer; `null` for staff and the system's own parts. What a tenant's caller creates belongs to it, whatever the body says (TE-1). */
  readonly tenant: string | null;
  /** The id of the aggregate that decides. */
  readonly id: string;
  /** The n-th id of this command, the same on every retry. */
  readonly newId: (n: number) => string;
  /** True where the caller's permissions include `module:action`; processes and deadlines may everything. */
  readonly may: (permission: string) => boolean;
  /** The permissions the caller holds, for rules about granting. `*` stands for all. */
  readonly held: ReadonlySet<string>;
  readonly facts: Facts;
  /** Takes the next number of a gapless series, e.g. `work-order:<customer>:2026`; the same on every retry of this command. */
  readonly takeNumber: (series: string) => number;
};

export type Decide<S, C extends Commands, E extends Events> = {
  readonly [K in keyof C & string]: (state: Frozen<S>, command: DataOf<C[K]>, context: Context) => readonly EventOf<E>[] | Rejection<C[K]['rejects'][number]>;
};
export type Evolve<S, E extends Events> = { readonly [K in keyof E & string]: (state: Frozen<S>, data: DataOf<E[K]>, at: Occurrence) => Frozen<S> };
/** What a fold may use of an event's envelope. */
export type Occurrence = { readonly id: string; readonly occurredAt: string; readonly actor: Actor };

/** What guards may know besides the state and the command: the facts found so far, the aggregate's id and who asks. */
export type Known = { readonly facts: Facts; readonly id: string; readonly actor?: Actor };
/** The references a command's guards want. Asked again with the facts found so far until nothing new is wanted (≤ 4 rounds). */
export type Guards<S, C extends Commands> = {
  readonly [K in keyof C & string]?: (state: Frozen<S>, command: DataOf<C[K]>, known: Known) => readonly Reference[];
};

/** A value that at most one aggregate may hold, ever: `scope` is what it is unique within (a customer's id, or `company`). */
export type Claim = { readonly kind: string; readonly scope: string; readonly value: string };

/** A number that an aggregate holds of a gapless series. */
export type HeldNumber = { readonly series: string; readonly number: number };

/** An event sets or cancels a named deadline of its aggregate. At `dueAt` (an instant) the command is given, once. */
export type DeadlineChange =
  | { readonly change: 'set'; readonly name: string; readonly dueAt: string; readonly command: string; readonly data: Readonly<Record<string, unknown>> }
  | { readonly change: 'cancel'; readonly name: string };
export type Deadlines<E extends Events> = {
  readonly [K in keyof E & string]?: (data: DataOf<E[K]>, id: string) => readonly DeadlineChange[];
};

/** A customer, and the account where it is one account's. */
export type Owner = { readonly tenant: string | null; readonly account: string | null };
/** Who may ever see it: its tenant's users, company staff only, or holders of the aggregate's own permission only. */
export type Confidentiality = 'tenant' | 'company' | 'restricted';

/** Which of an aggregate's instances are restricted although its class is not: for holders of the permission only, with all their events (TE-11). */
export type Restriction<S> = { readonly permission: string; readonly isOn: (state: S) => boolean };

export type Aggregate<N extends string, S, C extends Commands, E extends Events> = {
  readonly category: N;
  readonly docs: string;
  readonly confidentiality: Confidentiality;
  /** Raised when the shape or meaning of the folded state changes. */
  readonly stateVersion: number;
  readonly events: E;
  readonly commands: C;
  readonly initial: Frozen<S>;
  readonly decide: Decide<S, C, E>;
  readonly evolve: Evolve<S, E>;
  readonly guards?: Guards<S, C>;
  /** The customer whose aggregate this is in this state; `null` for the company's own. */
  readonly tenantOf: (state: Frozen<S>, id: string) => string | null;
  /** The account it belongs to in this state, where it belongs to one. */
  readonly accountOf?: (state: Frozen<S>, id: string) => string | null;
  /** Who may ask something of it although it is not theirs in this state, and is answered by its decisions: whom it was given to before. */
  readonly knownTo?: (state: Frozen<S>) => Owner | null;
  /** The unique values it holds in this state. What a decision adds is claimed before the append, what it drops is freed after. */
  readonly claims?: (state: Frozen<S>, id: string) => readonly Claim[];
  /** The numbers of gapless series it holds in this state. */
  readonly numbers?: (state: Frozen<S>, id: string) => readonly HeldNumber[];
  readonly deadlines?: Deadlines<E>;
  /** The company's own that every tenant may refer to in this state (role templates, catalogs). */
  readonly shared?: (state: Frozen<S>) => boolean;
  /** Once on, it stays on: also what no longer exists is known by it. */
  readonly restriction?: Restriction<Frozen<S>>;
  /** Does it exist in this state? */
  readonly exists: (state: Frozen<S>) => boolean;
};

/** What the shell iterates: the same thing with the particulars forgotten. */
export type AnyAggregate = {
  readonly category: string;
  readonly docs: string;
  readonly confidentiality: Confidentiality;
  readonly stateVersion: number;
  readonly events: Events;
  readonly commands: Commands;
  readonly initial: unknown;
  readonly decide: (type: string, state: unknown, data: unknown, context: Context) => readonly AnyEvent[] | Rejection;
  readonly evolve: (state: unknown, event: AnyEvent, at: Occurrence) => unknown;
  readonly guards: (type: string, state: unknown, data: unknown, known: Known) => readonly Reference[];
  readonly tenantOf: (state: unknown, id: string) => string | null;
  readonly accountOf: (state: unknown, id: string) => string | null;
  readonly knownTo?: (state: unknown) => Owner | null;
  readonly claims: (state: unknown, id: string) => readonly Claim[];
  readonly numbers: (state: unknown, id: string) => readonly HeldNumber[];
  readonly deadlines: (event: AnyEvent, id: string) => readonly DeadlineChange[];
  readonly shared: (state: unknown) => boolean;
  readonly restriction?: Restriction<unknown>;
  readonly exists: (state: unknown) => boolean;
};
export type AnyEvent = { readonly type: string; readonly data: unknown };

/** The documented boundary of types: the shell has validated `data` by the schema of `type`, and hands back only states of this aggregate. */
const call = (handlers: object, type: string, ...args: readonly unknown[]): never => {
  if (!Object.hasOwn(handlers, type)) throw new Error(`no handler for ${type}`);
  const handler = (handlers as Readonly<Record<string, (...args: readonly unknown[]) => never>>)[type];
  if (handler === undefined) throw new Error(`no handler for ${type}`);
  return handler(...args);
};

/** Forgets the particulars of an aggregate, so that one list can hold them all. */
export const erase = <N extends string, S, C extends Commands, E extends Events>(aggregate: Aggregate<N, S, C, E>): AnyAggregate => {
  const state = (value: unknown): Frozen<S> => value as Frozen<S>;
  const { guards, deadlines, claims, accountOf, knownTo, numbers, shared, restriction } = aggregate;
  return {
    category: aggregate.category,
    docs: aggregate.docs,
    confidentiality: aggregate.confidentiality,
    stateVersion: aggregate.stateVersion,
    events: aggregate.events,
    commands: aggregate.commands,
    initial: aggregate.initial,
    decide: (type, before, data, context) => call(aggregate.decide, type, before, data, context),
    evolve: (before, event, at) => call(aggregate.evolve, event.type, before, event.data, at),
    guards: (type, before, data, known) => (guards !== undefined && Object.hasOwn(guards, type) ? call(guards, type, before, data, known) : []),
    tenantOf: (value, id) => aggregate.tenantOf(state(value), id),
    accountOf: (value, id) => (accountOf === undefined ? null : accountOf(state(value), id)),
    ...(knownTo === undefined ? {} : { knownTo: (value) => knownTo(state(value)) }),
    claims: (value, id) => (claims === undefined ? [] : claims(state(value), id)),
    numbers: (value, id) => (numbers === undefined ? [] : numbers(state(value), id)),
    shared: (value) => shared?.(state(value)) ?? false,
    ...(restriction === undefined ? {} : { restriction: { permission: restriction.permission, isOn: (value) => restriction.isOn(state(value)) } }),
    deadlines: (event, id) => (deadlines !== undefined && Object.hasOwn(deadlines, event.type) ? call(deadlines, event.type, event.data, id) : []),
    exists: (value) => aggregate.exists(state(value)),
  };
};

/**
 * `emit(events)('EquipmentRetired', { reason })`: an argument is checked for unknown fields, a returned literal is not
 * (TypeScript checks freshness of arguments only).
 */
export const emit =
  <E extends Events>(_events: E) =>
  <K extends keyof E & string>(type: K, data: DataOf<E[K]>): EventOf<E> =>
    ({ type, data }) as EventOf<E>;

/** How a guard asks for another aggregate and reads what it got: `customerFact.at(id)` and `customerFact.of(context.facts, id)`. */
export type Fact<S> = {
  readonly at: (id: string) => Reference;
  /** The state found, or nothing where it does not exist. */
  readonly of: (facts: Facts, id: string) => Frozen<S> | undefined;
};

/** Declares the state that other aggregates' guards may see of `category`. */
export const fact = <S>(category: string): Fact<S> => ({
  at: (id) => ({ category, id }),
  of: (facts, id) => facts.get(`${category}-${id}`) as Frozen<S> | undefined,
});
