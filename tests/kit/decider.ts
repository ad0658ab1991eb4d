/** Given/when/then for any aggregate: histories and commands in the business's words, decided by the real thing. */
import { expect } from '@jest/globals';
import type {
  Aggregate,
  AnyEvent,
  Claim,
  CommandOf,
  Commands,
  Context,
  DataOf,
  EventOf,
  Events,
  Frozen,
  HeldNumber,
} from '../../src/domain/kernel/aggregate.ts';
import { uuidv5 } from '../../src/domain/kernel/ids.ts';
import { isRejection, type Rejection } from '../../src/domain/kernel/rejection.ts';
import { Validator } from '../../src/infrastructure/validation/validator.ts';

const namespace = '7d1f5ab0-1f0c-5d3e-8a55-6d1c1c1a0001';
const validator = new Validator();

/** A readable, stable id for tests: `id('account A')`. */
export const id = (name: string): string => uuidv5(namespace, name);
export const now = '2026-03-01T12:00:00.000Z';

export type TestContext = Partial<Omit<Context, 'facts'>> & { readonly facts?: Readonly<Record<string, unknown>> };

/** A decision's context; `facts` by `category-id`. The n-th made id is `id('made:n')`. */
export const contextOf = (given: TestContext = {}): Context => {
  const permissions = given.held ?? new Set(['*']);
  return {
    now: given.now ?? now,
    actor: given.actor ?? { kind: 'user', id: id('actor') },
    tenant: given.tenant ?? null,
    id: given.id ?? id('self'),
    newId: given.newId ?? ((n) => id(`made:${n}`)),
    may: given.may ?? ((permission) => permissions.has('*') || permissions.has(permission)),
    held: permissions,
    facts: new Map(Object.entries(given.facts ?? {})),
    takeNumber: given.takeNumber ?? (() => 1),
  };
};

const assertValid = (events: Events, event: AnyEvent): void => {
  const definition = events[event.type];
  if (definition === undefined) throw new Error(`no event ${event.type}`);
  expect({ type: event.type, errors: validator.errorsOf(definition.schema, event.data) }).toEqual({ type: event.type, errors: [] });
};

/** What a decision came to, in a word or some: the refusal's code, or the events' types. */
export const wordsOf = (decision: readonly { readonly type: string }[] | Rejection, between = ' '): string =>
  isRejection(decision) ? decision.code : decision.map(({ type }) => type).join(between);

/** The words for one aggregate: `const { given } = scenarios(customer)`. */
export const scenarios = <N extends string, S, C extends Commands, E extends Events>(aggregate: Aggregate<N, S, C, E>) => {
  const fold = (history: readonly EventOf<E>[], from: Frozen<S> = aggregate.initial, at: Pick<Context, 'now' | 'actor'> = contextOf()): Frozen<S> =>
    history.reduce<Frozen<S>>((state, event, index) => {
      assertValid(aggregate.events, event);
      const evolve = aggregate.evolve[event.type as keyof E & string];
      return evolve(state, event.data as DataOf<E[keyof E & string]>, { id: id(`event:${index}`), occurredAt: at.now, actor: at.actor });
    }, from);

  const decideOn = <K extends keyof C & string>(state: Frozen<S>, command: { readonly type: K; readonly data: DataOf<C[K]> }, context: Context) => {
    const definition = aggregate.commands[command.type];
    if (definition === undefined) throw new Error(`no command ${command.type}`);
    expect({ command: command.type, errors: validator.errorsOf(definition.schema, command.data) }).toEqual({ command: command.type, errors: [] });
    return aggregate.decide[command.type](state, command.data, context);
  };

  /** Any command on a state, its data as the command's own: the events, or the refusal, and the state after them at that time. */
  const act = (
    state: Frozen<S>,
    command: { readonly type: keyof C & string; readonly data: DataOf<C[keyof C & string]> },
    context: TestContext = {},
  ): { readonly decision: readonly EventOf<E>[] | Rejection; readonly state: Frozen<S> } => {
    const whole = contextOf(context);
    const decision = decideOn(state, command, whole);
    return { decision, state: isRejection(decision) ? state : fold(decision, state, whole) };
  };

  const outcome = (state: Frozen<S>, decision: readonly EventOf<E>[] | Rejection, again: (state: Frozen<S>) => readonly EventOf<E>[] | Rejection) => ({
    /** Exactly these events, each valid by its schema. */
    then: (...expected: readonly EventOf<E>[]) => {
      expect(decision).toEqual(expected);
      if (!isRejection(decision)) for (const event of decision) assertValid(aggregate.events, event);
      return { andRepeatedNothing: () => expect(again(isRejection(decision) ? state : fold(decision, state))).toEqual([]) };
    },
    thenTypes: (...types: readonly string[]) => expect(isRejection(decision) ? decision : decision.map(({ type }) => type)).toEqual(types),
    thenRejected: (code: string) => expect(isRejection(decision) ? decision.code : decision).toBe(code),
    thenNothing: () => expect(decision).toEqual([]),
    decision,
    /** The state after it. */
    state: isRejection(decision) ? state : fold(decision, state),
  });

  return {
    fold,
    act,
    given: (...history: readonly EventOf<E>[]) => ({
      state: fold(history),
      when: <K extends keyof C & string>(type: K, data: DataOf<C[K]>, context: TestContext = {}) => {
        const state = fold(history);
        const decide = (from: Frozen<S>) => decideOn(from, { type, data }, contextOf(context));
        return outcome(state, decide(state), decide);
      },
    }),
    claimsAfter: (...history: readonly EventOf<E>[]): readonly Claim[] => aggregate.claims?.(fold(history), id('self')) ?? [],
    numbersAfter: (...history: readonly EventOf<E>[]): readonly HeldNumber[] => aggregate.numbers?.(fold(history), id('self')) ?? [],
    /** Runs commands one after the other; refused ones change nothing. Returns every event. */
    run: (commands: readonly CommandOf<C>[], context: (index: number) => TestContext = () => ({})) => {
      let state = aggregate.initial;
      const events: EventOf<E>[] = [];
      for (const [index, command] of commands.entries()) {
        const decision = decideOn(state, command as { readonly type: keyof C & string; readonly data: DataOf<C[keyof C & string]> }, contextOf(context(index)));
        if (isRejection(decision)) continue;
        state = fold(decision, state);
        events.push(...decision);
      }
      return { state, events };
    },
  };
};
