/**
 * Runs one effect over the log: calls outside, then records the outcome by commands whose ids follow from the trigger. What keeps failing for a
 * reason of its own is given up after some tries, written to `effect<Name>-<uuid of the trigger>`, and tried again when somebody asks for it.
 */
import type { CommandHandler } from '../handle-command.ts';
import type { EventLog, StoredEvent } from '../ports/event-log.ts';
import { effectStream, factsFor, Reactions, sendStep, stepCommandId, triggerOf } from '../processes/reacting.ts';
import type { States } from '../states.ts';
import { systemEvent } from '../system-stream.ts';
import { isAway } from './away.ts';
import type { EffectDefinition, EffectReaction, EffectStep } from './effect.ts';

const lanes = 8;
const triesMax = 5;
/** Where it is not a step that fails, but finding out which there are. */
const planning = 'plan';

/** What was given up, with the error of the last try. */
export type GivenUp = { readonly effect: string; readonly step: string; readonly trigger: StoredEvent; readonly error: unknown };
type Parts<P> = {
  readonly log: EventLog;
  readonly states: States;
  readonly commands: CommandHandler;
  readonly clock: () => string;
  readonly ports: P;
  readonly gaveUp?: (what: GivenUp) => void;
};
const kindOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : typeof error).slice(0, 200);

export class EffectRunner<P> {
  readonly definition: EffectDefinition<P>;
  readonly #parts: Parts<P>;
  readonly #reactions: Reactions<EffectReaction<P>>;
  /** How often a step has failed since this runner began, by its call id. */
  readonly #failures = new Map<string, number>();
  #givenUp = 0;
  /** Events up to here may have been met before this start: what was given up for them is looked up first. */
  #redeliveredUpTo = 0n;

  constructor(definition: EffectDefinition<P>, parts: Parts<P>) {
    this.definition = definition;
    this.#parts = parts;
    this.#reactions = new Reactions(definition.on);
  }

  /** How many steps were given up since this runner began. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /** Says that everything up to the log's end as it is now may come again: whether an outcome is recorded is looked up before each call anyway. */
  async started(): Promise<void> {
    this.#redeliveredUpTo = await this.#parts.log.tail();
  }

  /**
   * Acts on a batch, in order per aggregate; when it resolves every outcome is recorded, or given up. Throws where a store is away, and where
   * something failed that may be tried again: the batch comes again.
   */
  async handle(events: readonly StoredEvent[]): Promise<void> {
    const isWish = ({ type, category }: StoredEvent): boolean => type === 'EffectRepeated' && category === `effect${this.definition.name}`;
    const meant: StoredEvent[] = [];
    for (const event of events) meant.push(...(isWish(event) ? await this.#wished(event) : [event]));
    await this.#reactions.inLanes(meant, lanes, (event, reaction) => this.#act(event, reaction));
  }

  /** The trigger that something was given up for, where somebody asks for it again. */
  async #wished({ data: { category, aggregateId, trigger } }: StoredEvent): Promise<readonly StoredEvent[]> {
    const stream = await this.#parts.log.read(`${String(category)}-${String(aggregateId)}`);
    return stream.filter(({ id }) => id === trigger);
  }

  async #act(event: StoredEvent, reaction: EffectReaction<P>): Promise<void> {
    const trigger = triggerOf(event);
    const plan = async () => reaction.plan(trigger, await factsFor(reaction, trigger, this.#parts.states));
    const steps = await this.#tried(planning, event, plan);
    for (const step of steps ?? []) await this.#tried(step.step, event, () => this.#perform(step, event));
  }

  async #perform(step: EffectStep<P>, event: StoredEvent): Promise<void> {
    const { name } = this.definition;
    const callId = stepCommandId(name, event.id, step.step);
    const { commands } = await this.#parts.states.loadFresh(step.category, step.to);
    if (commands.has(callId) || (await this.#isGivenUp(step.step, event))) return;
    // A refusal leaves nothing to record: what the step was about has moved on.
    for (const send of await step.perform(this.#parts.ports, { callId })) await sendStep(this.#parts, { send, event, name, by: `effect:${name}` });
  }

  /** What the work gives; nothing where it failed so often that it is given up. Throws what may be tried again. */
  async #tried<T>(step: string, event: StoredEvent, work: () => Promise<T>): Promise<T | undefined> {
    const callId = stepCommandId(this.definition.name, event.id, step);
    try {
      const done = await work();
      this.#failures.delete(callId);
      return done;
    } catch (error) {
      if (isAway(error)) throw error;
      if (await this.#isGivenUp(step, event)) return undefined;
      const tries = (this.#failures.get(callId) ?? 0) + 1;
      this.#failures.set(callId, tries);
      if (tries < triesMax) throw error;
      await this.#giveUp(step, event, { error, tries });
      this.#failures.delete(callId);
      return undefined;
    }
  }

  async #isGivenUp(step: string, event: StoredEvent): Promise<boolean> {
    if (event.position > this.#redeliveredUpTo) return false;
    const written = await this.#parts.log.read(effectStream(this.definition.name, event.id));
    return written.findLast(({ data }) => data['step'] === step)?.type === 'EffectGivenUp';
  }

  async #giveUp(step: string, event: StoredEvent, { error, tries }: { readonly error: unknown; readonly tries: number }): Promise<void> {
    const { name } = this.definition;
    const { id: trigger, category, aggregateId, metadata } = event;
    const commandId = stepCommandId(name, trigger, step);
    const by = {
      commandId,
      commandHash: commandId,
      correlationId: metadata.$correlationId,
      actor: { kind: 'system' as const, id: `effect:${name}` },
      at: this.#parts.clock(),
      restrictedTo: metadata.restrictedTo,
    };
    const stream = effectStream(name, trigger);
    const { length } = await this.#parts.log.read(stream);
    const told = systemEvent(by, 'EffectGivenUp', { effect: name, step, trigger, category, aggregateId, tries, failure: kindOf(error) });
    const appended = await this.#parts.log.append(stream, [told], length - 1);
    // Another node gave it up, or somebody asks for it: the batch comes again and finds which.
    if (!appended.ok) throw error;
    this.#givenUp += 1;
    this.#parts.gaveUp?.({ effect: name, step, trigger: event, error });
  }
}
