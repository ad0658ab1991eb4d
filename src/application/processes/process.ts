/**
 * A process as data: which events it reacts to, and the commands it sends then. Pure: what it needs to know of other aggregates it asks for.
 * Its command ids follow from the trigger and the step, so a redelivery changes nothing; a refusal it met, or a step that changed nothing,
 * is written to its own stream (`process<Name>-<uuid of the trigger>`) before anything follows from it.
 */
import type { Actor, Aggregate, Commands, DataOf, Events, Facts, Reference } from '../../domain/kernel/aggregate.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';

/** An event as a process sees it. */
export type Trigger<D = unknown> = {
  readonly id: string;
  readonly type: string;
  readonly aggregateId: string;
  readonly occurredAt: string;
  readonly actor: Actor;
  readonly tenant: string | null;
  readonly account: string | null;
  readonly data: D;
};

/** A command to send. `step` is unique within the trigger; `next` follows only where this was not refused, `refused` says how to compensate. */
export type Send = {
  readonly step: string;
  readonly category: string;
  readonly command: string;
  readonly to: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly next?: readonly Send[];
  readonly refused?: (rejection: Rejection) => readonly Send[];
};

type React<D> = (event: Trigger<D>, facts: Facts) => readonly Send[];
/** What a reaction needs to see of other aggregates first. */
type Reads<D> = (event: Trigger<D>, facts: Facts) => readonly Reference[];
export type Reaction<D = never> = { readonly react: React<D>; readonly reads?: Reads<D> };
export type Subscribed = { readonly category: string; readonly reactions: Readonly<Record<string, Reaction>> };

export type ProcessDefinition = {
  readonly name: string;
  readonly docs: string;
  /** Where a process that never ran begins: with what happens from now on (the rule), or with the whole history. */
  readonly from: 'now' | 'start';
  readonly on: readonly Subscribed[];
};

type ReactionsOf<E extends Events> = { readonly [K in keyof E & string]?: React<DataOf<E[K]>> | Reaction<DataOf<E[K]>> };

/** The reactions to events of one aggregate. */
export const on = <N extends string, S, C extends Commands, E extends Events>(aggregate: Aggregate<N, S, C, E>, reactions: ReactionsOf<E>): Subscribed => ({
  category: aggregate.category,
  reactions: Object.fromEntries(
    // The boundary of types: an event of this name has this schema.
    Object.entries(reactions).map(([type, reaction]) => [type, (typeof reaction === 'function' ? { react: reaction } : reaction) as Reaction]),
  ),
});

/** A command to an aggregate, its data checked by the compiler against the command's schema. */
export const send = <N extends string, S, C extends Commands, E extends Events, K extends keyof C & string>(
  aggregate: Aggregate<N, S, C, E>,
  command: K,
  message: {
    readonly step: string;
    readonly to: string;
    readonly data: DataOf<C[K]>;
    readonly next?: readonly Send[];
    readonly refused?: (rejection: Rejection) => readonly Send[];
  },
): Send => ({
  step: message.step,
  category: aggregate.category,
  command,
  to: message.to,
  data: message.data as Readonly<Record<string, unknown>>,
  ...(message.next === undefined ? {} : { next: message.next }),
  ...(message.refused === undefined ? {} : { refused: message.refused }),
});

export const defineProcess = (definition: ProcessDefinition): ProcessDefinition => definition;
