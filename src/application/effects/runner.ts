/** Runs one effect over the log: calls outside, then records the outcome by commands whose ids follow from the trigger. */
import type { CommandHandler } from '../handle-command.ts';
import type { StoredEvent } from '../ports/event-log.ts';
import { factsFor, Reactions, sendStep, stepCommandId, triggerOf } from '../processes/reacting.ts';
import type { States } from '../states.ts';
import type { EffectDefinition, EffectReaction } from './effect.ts';

const lanes = 8;

type Parts<P> = { readonly states: States; readonly commands: CommandHandler; readonly clock: () => string; readonly ports: P };

export class EffectRunner<P> {
  readonly definition: EffectDefinition<P>;
  readonly #parts: Parts<P>;
  readonly #reactions: Reactions<EffectReaction<P>>;

  constructor(definition: EffectDefinition<P>, parts: Parts<P>) {
    this.definition = definition;
    this.#parts = parts;
    this.#reactions = new Reactions(definition.on);
  }

  /** A redelivery needs no preparation: whether an outcome is recorded is looked up before each call. */
  started(): Promise<void> {
    return Promise.resolve();
  }

  /** Acts on a batch, in order per aggregate; when it resolves every outcome is recorded. Throws where a store is away: the batch comes again. */
  handle(events: readonly StoredEvent[]): Promise<void> {
    return this.#reactions.inLanes(events, lanes, (event, reaction) => this.#act(event, reaction));
  }

  async #act(event: StoredEvent, reaction: EffectReaction<P>): Promise<void> {
    const { name } = this.definition;
    const trigger = triggerOf(event);
    for (const step of reaction.plan(trigger, await factsFor(reaction, trigger, this.#parts.states))) {
      const callId = stepCommandId(name, event.id, step.step);
      const { commands } = await this.#parts.states.loadFresh(step.category, step.to);
      if (commands.has(callId)) continue;
      // A refusal leaves nothing to record: what the step was about has moved on.
      for (const send of await step.perform(this.#parts.ports, { callId })) await sendStep(this.#parts, { send, event, name, by: `effect:${name}` });
    }
  }
}
