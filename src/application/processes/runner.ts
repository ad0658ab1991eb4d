/** Runs one process over the log: reacts in order per aggregate, sends with ids that follow from the trigger, compensates what was refused. */
import type { Rejection } from '../../domain/kernel/rejection.ts';
import type { CommandHandler, CommandOutcome } from '../handle-command.ts';
import type { EventLog, StoredEvent } from '../ports/event-log.ts';
import type { States } from '../states.ts';
import { type Appender, systemEvent } from '../system-stream.ts';
import type { ProcessDefinition, Reaction, Send } from './process.ts';
import { factsFor, processStream, Reactions, sendStep, stepCommandId, triggerOf } from './reacting.ts';

const lanes = 16;

type Parts = { readonly log: EventLog; readonly states: States; readonly commands: CommandHandler; readonly clock: () => string };
/** What came of steps that left no event in the stream they were sent to. */
type Traceless = Rejection | 'unchanged';
type Recorded = { readonly revision: number; readonly traceless: ReadonlyMap<string, Traceless> };
const nothingRecorded: Recorded = { revision: -1, traceless: new Map() };

/** The outcome to write down, where the step's own stream does not remember it. */
const tracelessOf = (outcome: Exclude<CommandOutcome, { readonly kind: 'contention' }>): Traceless | undefined => {
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
      return undefined;
    default:
      return outcome satisfies never;
  }
};

export class ProcessRunner {
  readonly definition: ProcessDefinition;
  readonly #parts: Parts;
  readonly #reactions: Reactions<Reaction>;
  /** Events up to here may have been reacted to before this start: their recorded outcomes are looked up first. */
  #redeliveredUpTo = 0n;

  constructor(definition: ProcessDefinition, parts: Parts) {
    this.definition = definition;
    this.#parts = parts;
    this.#reactions = new Reactions(definition.on);
  }

  /** Says that everything up to the log's end as it is now may come again. */
  async started(): Promise<void> {
    this.#redeliveredUpTo = await this.#parts.log.tail();
  }

  /** Reacts to a batch; when it resolves, every step is done, refused and compensated. Throws where a store is away: the batch comes again. */
  handle(events: readonly StoredEvent[]): Promise<void> {
    return this.#reactions.inLanes(events, lanes, (event, reaction) => this.#react(event, reaction));
  }

  async #react(event: StoredEvent, reaction: Reaction): Promise<void> {
    const trigger = triggerOf(event);
    const facts = await factsFor(reaction, trigger, this.#parts.states);
    const recorded = event.position <= this.#redeliveredUpTo ? await this.#recorded(event) : nothingRecorded;
    await this.#performAll(reaction.react(trigger, facts), { event, recorded });
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
    const { name } = this.definition;
    return tracelessOf(await sendStep(this.#parts, { send, event, name, by: `process:${name}` }));
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
      restrictedTo: event.metadata.restrictedTo,
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
