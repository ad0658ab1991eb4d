/** Histories decided by the real deciders, one command after the other: what read models are tested on. Refused commands leave nothing. */
import type { EventData } from '../../src/application/ports/event-log.ts';
import type { AnyAggregate } from '../../src/domain/kernel/aggregate.ts';
import { uuidv5 } from '../../src/domain/kernel/ids.ts';
import { isRejection } from '../../src/domain/kernel/rejection.ts';
import { model } from '../../src/domain/model.ts';
import { contextOf, id } from '../kit/decider.ts';
import { type Step, step } from './occurrences.ts';

export type Order = { readonly category: string; readonly target: string; readonly type: string; readonly data: Readonly<Record<string, unknown>> };
/** What somebody does next, as things stand; nothing where it makes no sense then. */
export type Move = (at: History) => Order | undefined;

const aggregates = new Map(model.map((aggregate) => [aggregate.category, aggregate]));
const aggregateOf = (category: string): AnyAggregate => {
  const found = aggregates.get(category);
  if (found === undefined) throw new Error(`no aggregate ${category}`);
  return found;
};
const guardRoundsMax = 4;

export class History {
  readonly steps: Step[] = [];
  readonly #states = new Map<string, unknown>();
  #given = 0;
  #days = 0;

  /** The state of an aggregate as it is now; the boundary of types: the caller names its category's. */
  state<S>(category: string, target: string): S {
    return (this.#states.get(`${category}-${target}`) ?? aggregateOf(category).initial) as S;
  }

  give(order: Order): void {
    const { category, target, type, data } = order;
    const aggregate = aggregateOf(category);
    const before = this.state<unknown>(category, target);
    if (!aggregate.exists(before) && aggregate.commands[type]?.creates !== true) return;
    this.#given += 1;
    const base = uuidv5(id('history'), `${this.#given}`);
    const context = contextOf({ now: this.now, id: target, newId: (n) => uuidv5(base, `made ${n}`), facts: this.#facts(order, before) });
    const decision = aggregate.decide(type, before, data, context);
    if (!isRejection(decision)) this.happen(category, target, decision);
  }

  /** What happened, by whoever's decision. */
  happen(category: string, target: string, events: readonly { readonly type: string; readonly data: unknown }[]): void {
    const aggregate = aggregateOf(category);
    const before = this.state<unknown>(category, target);
    const at = { id: target, occurredAt: this.now, actor: { kind: 'user', id: id('actor') } } as const;
    const after = events.reduce((state, event) => aggregate.evolve(state, event, at), before);
    const tenant = aggregate.tenantOf(after, target) ?? aggregate.tenantOf(before, target);
    const account = aggregate.accountOf(after, target) ?? aggregate.accountOf(before, target);
    for (const { type, data } of events) {
      this.steps.push(step(this.steps.length, `${category}-${target}`, { type, data: data as EventData, tenant, account, at: this.now }));
    }
    this.#states.set(`${category}-${target}`, after);
  }

  /** Days pass without an event. */
  pass(days: number): void {
    this.#days += days;
  }

  /** A minute passes with every event. */
  get now(): string {
    return new Date(Date.UTC(2026, 2, 1, 12) + this.#days * 86_400_000 + this.steps.length * 60_000).toISOString();
  }

  #facts({ category, target, type, data }: Order, before: unknown): Readonly<Record<string, unknown>> {
    const facts = new Map<string, unknown>();
    for (let round = 0; round < guardRoundsMax; round += 1) {
      for (const wanted of aggregateOf(category).guards(type, before, data, { facts, id: target })) {
        const state = this.#states.get(`${wanted.category}-${wanted.id}`);
        if (state !== undefined) facts.set(`${wanted.category}-${wanted.id}`, state);
      }
    }
    return Object.fromEntries(facts);
  }
}

/** The history that these moves make, after what happened first. */
export const historyOf = (moves: readonly Move[], first: (history: History) => void = () => undefined): History => {
  const history = new History();
  first(history);
  for (const move of moves) {
    const order = move(history);
    if (order !== undefined) history.give(order);
  }
  return history;
};
