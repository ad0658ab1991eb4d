/** What processes and effects have in common: which reaction an event meets, in which order events are met, what a reaction reads, and how a step is sent. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Facts, Reference } from '../../domain/kernel/aggregate.ts';
import { uuidv5 } from '../../domain/kernel/ids.ts';
import { systemCaller } from '../caller.ts';
import type { CommandHandler, CommandOutcome } from '../handle-command.ts';
import type { StoredEvent } from '../ports/event-log.ts';
import type { States } from '../states.ts';
import type { Send, Trigger } from './process.ts';

const namespace = '0b7f6a52-4f0e-5c3d-9a68-5f1f0f4f9f21';
const contentionRetriesMax = 50;
const readRoundsMax = 4;

/** The stream in which a process writes down what came of its steps for one trigger. */
export const processStream = (name: string, triggerId: string): string => `process${name}-${uuidv5(namespace, triggerId)}`;
/** The stream in which an effect writes down what it gave up for one trigger. */
export const effectStream = (name: string, triggerId: string): string => `effect${name}-${uuidv5(namespace, triggerId)}`;
/** The id of the command that a step sends: the same however often the trigger is delivered, whichever node reacts. */
export const stepCommandId = (name: string, triggerId: string, step: string): string => uuidv5(namespace, `${name}:${triggerId}:${step}`);

type Reads = { readonly reads?: (trigger: Trigger<never>, facts: Facts) => readonly Reference[] };
type Listening<R> = readonly { readonly category: string; readonly reactions: Readonly<Record<string, R>> }[];

/** The reactions of a definition, by category and type of what they react to. */
export class Reactions<R extends Reads> {
  readonly #byKind: ReadonlyMap<string, R>;

  constructor(on: Listening<R>) {
    this.#byKind = new Map(on.flatMap(({ category, reactions }) => Object.entries(reactions).map(([type, reaction]) => [`${category}/${type}`, reaction])));
  }

  of({ category, type }: StoredEvent): R | undefined {
    return this.#byKind.get(`${category}/${type}`);
  }

  /**
   * Does the work for every event that has a reaction: those of one aggregate one after the other, others beside them, in so many lanes. Throws
   * what one of them threw once all have ended: what comes again must not run beside them.
   */
  async inLanes(events: readonly StoredEvent[], lanes: number, work: (event: StoredEvent, reaction: R) => Promise<void>): Promise<void> {
    const met = events.flatMap((event) => {
      const reaction = this.of(event);
      return reaction === undefined ? [] : [{ event, reaction }];
    });
    const byLane = Map.groupBy(met, ({ event }) => Number.parseInt(event.aggregateId.slice(-4), 16) % lanes);
    const ended = await Promise.allSettled(
      [...byLane.values()].map(async (lane) => {
        for (const { event, reaction } of lane) await work(event, reaction);
      }),
    );
    for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
  }
}

export const triggerOf = ({ id, type, aggregateId, data, metadata: { occurredAt, actor, tenant, account } }: StoredEvent): Trigger<never> =>
  // The boundary of types: a reaction under this name takes this event's data.
  ({ id, type, aggregateId, occurredAt, actor, tenant, account, data: data as never }) satisfies Trigger<never>;

/**
 * The states a reaction wants to see, asked for again with what was found until nothing new is wanted. Read anew: what this node has observed may
 * end between two events of one command, where no aggregate ever was.
 */
export const factsFor = async (reaction: Reads, trigger: Trigger<never>, states: States): Promise<Facts> => {
  const facts = new Map<string, unknown>();
  const asked = new Set<string>();
  for (let round = 0; reaction.reads !== undefined && round < readRoundsMax; round += 1) {
    const wanted = reaction.reads(trigger, facts).filter(({ category, id }) => !asked.has(`${category}-${id}`));
    if (wanted.length === 0) break;
    for (const { category, id } of wanted) asked.add(`${category}-${id}`);
    const found = await Promise.all(wanted.map(({ category, id }) => states.loadFresh(category, id)));
    for (const { aggregate, state, stream } of found) if (aggregate.exists(state)) facts.set(stream, state);
  }
  return facts;
};

/** Others change the same thing without end: it is not what was asked that is wrong. */
export class EndlessContention extends Error {
  override readonly name = 'EndlessContention';
}
type Sender = { readonly commands: CommandHandler; readonly clock: () => string };

/** Sends a step until it does not meet contention. `by`: `process:<Name>` or `effect:<Name>`. Throws `EndlessContention`. */
export const sendStep = async (
  { commands, clock }: Sender,
  { send, event, name, by }: { readonly send: Send; readonly event: StoredEvent; readonly name: string; readonly by: string },
): Promise<Exclude<CommandOutcome, { readonly kind: 'contention' }>> => {
  const commandId = stepCommandId(name, event.id, send.step);
  for (let attempt = 0; attempt < contentionRetriesMax; attempt += 1) {
    const outcome = await commands.handle({
      commandId,
      commandHash: commandId,
      category: send.category,
      id: send.to,
      type: send.command,
      caller: systemCaller(by),
      at: clock(),
      correlationId: event.metadata.$correlationId,
      causationId: event.id,
      data: send.data,
    });
    if (outcome.kind !== 'contention') return outcome;
    await delay(Math.min(1000, 10 * 2 ** attempt));
  }
  throw new EndlessContention(`${by}: ${send.command} to ${send.category}-${send.to} met contention ${contentionRetriesMax} times`);
};
