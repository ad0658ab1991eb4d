/** Runs one process over the log: reacts in order per aggregate, sends with ids that follow from the trigger, compensates what was refused. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Facts } from '../../domain/kernel/aggregate.ts';
import { uuidv5 } from '../../domain/kernel/ids.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { systemCaller } from '../caller.ts';
import type { CommandHandler, CommandOutcome } from '../handle-command.ts';
import type { EventLog, StoredEvent } from '../ports/event-log.ts';
import type { States } from '../states.ts';
import { type Appender, systemEvent } from '../system-stream.ts';
import type { ProcessDefinition, Reaction, Send, Trigger } from './process.ts';

const namespace = '0b7f6a52-4f0e-5c3d-9a68-5f1f0f4f9f21';
const contentionRetriesMax = 50;
const readRoundsMax = 4;
const lanes = 16;

type Parts = { readonly log: EventLog; readonly states: States; readonly commands: CommandHandler; readonly clock: () => string };
/** What came of steps that left no event in the stream they were sent to. */
type Traceless = Rejection | 'unchanged';
type Recorded = { readonly revision: number; readonly traceless: ReadonlyMap<string, Traceless> };
const nothingRecorded: Recorded = { revision: -1, traceless: new Map() };

export const processStream = (name: string, triggerId: string): string => `process${name}-${uuidv5(namespace, triggerId)}`;
/** The id of the command that a step sends: the same however often the trigger is delivered, whichever node reacts. */
export const stepCommandId = (name: string, triggerId: string, step: string): string => uuidv5(namespace, `${name}:${triggerId}:${step}`);

/** The outcome to write down, where the step's own stream does not remember it. */
const tracelessOf = (outcome: CommandOutcome): Traceless | undefined => {
  switch (outcome.kind) {
    case 'refused':
      return outcome.rejection;
    case 'notFound':
      return { code: 'notFound', message: 'What the step named does not exist.' };
    case 'invalid':
      return { code: 'invalid', message: outcome.errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ') };
    case 'keyReused':
      return { code: 'keyReused', message: 'This step was sent before with other contents.' };
    case 'unchanged':
      return 'unchanged';
    case 'revisionMismatch':
    case 'accepted':
    case 'contention':
      return undefined;
    default:
      return outcome satisfies never;
  }
};

export class ProcessRunner {
  readonly definition: ProcessDefinition;
  readonly #parts: Parts;
  readonly #reactions = new Map<string, Reaction>();
  /** Events up to here may have been reacted to before this start: their recorded outcomes are looked up first. */
  #redeliveredUpTo = 0n;

  constructor(definition: ProcessDefinition, parts: Parts) {
    this.definition = definition;
    this.#parts = parts;
    for (const { category, reactions } of definition.on) {
      for (const [type, reaction] of Object.entries(reactions)) this.#reactions.set(`${category}/${type}`, reaction);
    }
  }

  /** Says that everything up to the log's end as it is now may come again. */
  async started(): Promise<void> {
    this.#redeliveredUpTo = await this.#parts.log.tail();
  }

  /** Reacts to a batch; when it resolves, every step is done, refused and compensated. Throws where a store is away: the batch comes again. */
  async handle(events: readonly StoredEvent[]): Promise<void> {
    const byLane = new Map<number, StoredEvent[]>();
    for (const event of events) {
      if (!this.#reactions.has(`${event.category}/${event.type}`)) continue;
      const lane = Number.parseInt(event.aggregateId.slice(-4), 16) % lanes;
      byLane.set(lane, [...(byLane.get(lane) ?? []), event]);
    }
    // All lanes end before a failure of one is told: the redelivery must not run beside them.
    const ended = await Promise.allSettled(
      [...byLane.values()].map(async (lane) => {
        for (const event of lane) await this.#react(event);
      }),
    );
    for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
  }

  async #react(event: StoredEvent): Promise<void> {
    const reaction = this.#reactions.get(`${event.category}/${event.type}`);
    if (reaction === undefined) return;
    const { id, type, aggregateId, data } = event;
    const { occurredAt, actor, tenant, account } = event.metadata;
    // The boundary of types: a reaction under this name takes this event's data.
    const trigger = { id, type, aggregateId, occurredAt, actor, tenant, account, data: data as never } satisfies Trigger<never>;
    const facts = await this.#facts(reaction, trigger);
    const recorded = event.position <= this.#redeliveredUpTo ? await this.#recorded(event) : nothingRecorded;
    await this.#performAll(reaction.react(trigger, facts), { event, recorded });
  }

  async #facts(reaction: Reaction, trigger: Trigger<never>): Promise<Facts> {
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

  async #recorded(event: StoredEvent): Promise<Recorded> {
    const events = await this.#parts.log.read(processStream(this.definition.name, event.id));
    const traceless = events.map(({ type, data }): readonly [string, Traceless] => [
      String(data['step']),
      type === 'StepUnchanged' ? 'unchanged' : { code: String(data['refusal']), message: String(data['message']) },
    ]);
    return { revision: events.length - 1, traceless: new Map(traceless) };
  }

  async #performAll(sends: readonly Send[], on: { readonly event: StoredEvent; readonly recorded: Recorded }): Promise<void> {
    let recorded = on.recorded;
    for (const send of sends) {
      const known = recorded.traceless.get(send.step);
      const outcome = known ?? (await this.#send(send, on.event));
      if (known === undefined && outcome !== undefined) recorded = await this.#record(send, outcome, { event: on.event, recorded });
      const isRefused = outcome !== undefined && outcome !== 'unchanged';
      const following = isRefused ? send.refused?.(outcome) : send.next;
      if (following === undefined || following.length === 0) continue;
      await this.#performAll(following, { event: on.event, recorded });
      // What came of those is in the stream too; the next step looks again.
      recorded = await this.#recorded(on.event);
    }
  }

  async #send(send: Send, event: StoredEvent): Promise<Traceless | undefined> {
    const commandId = stepCommandId(this.definition.name, event.id, send.step);
    for (let attempt = 0; attempt < contentionRetriesMax; attempt += 1) {
      const outcome = await this.#parts.commands.handle({
        commandId,
        commandHash: commandId,
        category: send.category,
        id: send.to,
        type: send.command,
        caller: systemCaller(`process:${this.definition.name}`),
        at: this.#parts.clock(),
        correlationId: event.metadata.$correlationId,
        causationId: event.id,
        data: send.data,
      });
      if (outcome.kind !== 'contention') return tracelessOf(outcome);
      await delay(Math.min(1000, 10 * 2 ** attempt));
    }
    throw new Error(`process ${this.definition.name}: ${send.command} to ${send.category}-${send.to} met contention ${contentionRetriesMax} times`);
  }

  async #record(send: Send, outcome: Traceless, on: { readonly event: StoredEvent; readonly recorded: Recorded }): Promise<Recorded> {
    const { event, recorded } = on;
    const commandId = stepCommandId(this.definition.name, event.id, send.step);
    const by: Appender = {
      commandId,
      commandHash: commandId,
      correlationId: event.metadata.$correlationId,
      actor: { kind: 'system', id: `process:${this.definition.name}` },
      at: this.#parts.clock(),
    };
    const step = { process: this.definition.name, step: send.step, trigger: event.id };
    const record =
      outcome === 'unchanged'
        ? systemEvent(by, 'StepUnchanged', step)
        : systemEvent(by, 'StepRefused', { ...step, refusal: outcome.code, message: outcome.message });
    const appended = await this.#parts.log.append(processStream(this.definition.name, event.id), [record], recorded.revision);
    if (!appended.ok) throw new Error(`process ${this.definition.name} reacts to ${event.id} in two places`);
    return { revision: appended.revision, traceless: new Map([...recorded.traceless, [send.step, outcome]]) };
  }
}
