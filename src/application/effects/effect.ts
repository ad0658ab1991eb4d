/**
 * An effect as data: which events make us call something outside, and the command that records what came of it. The call is made before the
 * outcome is stored, so it may be made again after a crash: ports say how things should be, or carry an id that tells a repetition.
 * A trigger whose outcome is stored is not acted on again.
 */
import type { Aggregate, Commands, DataOf, Events, Facts, Reference } from '../../domain/kernel/aggregate.ts';
import type { Send, Trigger } from '../processes/process.ts';

/** One call outside. `P` are the ports it needs. */
export type EffectStep<P> = {
  /** Unique within the trigger. */
  readonly step: string;
  /** The aggregate whose stream remembers the outcome: the command with this step's id was accepted there. */
  readonly category: string;
  readonly to: string;
  /** Calls outside, and says which commands record it. The first one recorded under `step` is what is looked for later. */
  readonly perform: (ports: P, step: StepIds) => Promise<readonly Send[]>;
};
/** `callId` is the same for every repetition of this step. */
export type StepIds = { readonly callId: string };

type Plan<D, P> = (event: Trigger<D>, facts: Facts) => readonly EffectStep<P>[];
type Reads<D> = (event: Trigger<D>, facts: Facts) => readonly Reference[];
export type EffectReaction<P, D = never> = { readonly plan: Plan<D, P>; readonly reads?: Reads<D> };
export type EffectSubscription<P> = { readonly category: string; readonly reactions: Readonly<Record<string, EffectReaction<P>>> };

export type EffectDefinition<P> = {
  readonly name: string;
  readonly docs: string;
  /** Begins with what happens from now on: a new installation of an effect never calls anybody about the past. */
  readonly from: 'now';
  readonly on: readonly EffectSubscription<P>[];
};

type ReactionsOf<E extends Events, P> = { readonly [K in keyof E & string]?: EffectReaction<P, DataOf<E[K]>> };

/** The words of one effect's file, typed by the ports it calls: `const { when, effect } = effects<Ports>()`. */
export const effects = <P>() => ({
  when: <N extends string, S, C extends Commands, E extends Events>(aggregate: Aggregate<N, S, C, E>, reactions: ReactionsOf<E, P>): EffectSubscription<P> => ({
    category: aggregate.category,
    // The boundary of types: an event of this name has this schema.
    reactions: reactions as EffectSubscription<P>['reactions'],
  }),
  effect: (definition: Omit<EffectDefinition<P>, 'from'>): EffectDefinition<P> => ({ ...definition, from: 'now' }),
});
