/** Runs one effect over the log: calls outside, then records the outcome by commands whose ids follow from the trigger. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Facts } from '../../domain/kernel/aggregate.ts';
import { systemCaller } from '../caller.ts';
import type { CommandHandler } from '../handle-command.ts';
import type { StoredEvent } from '../ports/event-log.ts';
import type { Send, Trigger } from '../processes/process.ts';
import { stepCommandId } from '../processes/runner.ts';
import type { States } from '../states.ts';
import type { EffectDefinition, EffectReaction } from './effect.ts';

const contentionRetriesMax = 50;
const readRoundsMax = 4;
const lanes = 8;

type Parts<P> = { readonly states: States; readonly commands: CommandHandler; readonly clock: () => string; readonly ports: P };

export class EffectRunner<P> {
  readonly definition: EffectDefinition<P>;
  readonly #parts: Parts<P>;
  readonly #reactions = new Map<string, EffectReaction<P>>();

  constructor(definition: EffectDefinition<P>, parts: Parts<P>) {
    this.definition = definition;
    this.#parts = parts;
    for (const { category, reactions } of definition.on) {
      for (const [type, reaction] of Object.entries(reactions)) this.#reactions.set(`${category}/${type}`, reaction);
    }
  }

  /** A redelivery needs no preparation: whether an outcome is recorded is looked up before each call. */
  started(): Promise<void> {
    return Promise.resolve();
  }

  /** Acts on a batch, in order per aggregate; when it resolves every outcome is recorded. Throws where a store is away: the batch comes again. */
  async handle(events: readonly StoredEvent[]): Promise<void> {
    const byLane = Map.groupBy(
      events.filter(({ category, type }) => this.#reactions.has(`${category}/${type}`)),
      ({ aggregateId }) => Number.parseInt(aggregateId.slice(-4), 16) % lanes,
    );
    // All lanes end before a failure of one is told: the redelivery must not run beside them.
    const ended = await Promise.allSettled(
      [...byLane.values()].map(async (lane) => {
        for (const event of lane) await this.#act(event);
      }),
    );
    for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
  }

  async #act(event: StoredEvent): Promise<void> {
    const reaction = this.#reactions.get(`${event.category}/${event.type}`);
    if (reaction === undefined) return;
    const { id, type, aggregateId, data } = event;
    const { occurredAt, actor, tenant, account } = event.metadata;
    // The boundary of types: a reaction under this name takes this event's data.
    const trigger = { id, type, aggregateId, occurredAt, actor, tenant, account, data: data as never } satisfies Trigger<never>;
    for (const step of reaction.plan(trigger, await this.#facts(reaction, trigger))) {
      const callId = stepCommandId(this.definition.name, event.id, step.step);
      const { commands } = await this.#parts.states.loadFresh(step.category, step.to);
      if (commands.has(callId)) continue;
      for (const send of await step.perform(this.#parts.ports, { callId })) await this.#send(send, event);
    }
  }

  async #facts(reaction: EffectReaction<P>, trigger: Trigger<never>): Promise<Facts> {
    const facts = new Map<string, unknown>();
    const asked = new Set<string>();
    for (let round = 0; reaction.reads !== undefined && round < readRoundsMax; round += 1) {
      const wanted = reaction.reads(trigger, facts).filter(({ category, id }) => !asked.has(`${category}-${id}`));
      if (wanted.length === 0) break;
      for (const { category, id } of wanted) {
        asked.add(`${category}-${id}`);
        const found = await this.#parts.states.loadFresh(category, id);
        if (found.aggregate.exists(found.state)) facts.set(`${category}-${id}`, found.state);
      }
    }
    return facts;
  }

  /** A refusal leaves nothing to record: what the step was about has moved on. */
  async #send(send: Send, event: StoredEvent): Promise<void> {
    const commandId = stepCommandId(this.definition.name, event.id, send.step);
    for (let attempt = 0; attempt < contentionRetriesMax; attempt += 1) {
      const outcome = await this.#parts.commands.handle({
        commandId,
        commandHash: commandId,
        category: send.category,
        id: send.to,
        type: send.command,
        caller: systemCaller(`effect:${this.definition.name}`),
        at: this.#parts.clock(),
        correlationId: event.metadata.$correlationId,
        causationId: event.id,
        data: send.data,
      });
      if (outcome.kind !== 'contention') return;
      await delay(Math.min(1000, 10 * 2 ** attempt));
    }
    throw new Error(`effect ${this.definition.name}: ${send.command} to ${send.category}-${send.to} met contention ${contentionRetriesMax} times`);
  }
}
