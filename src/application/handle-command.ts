/** One command in, its events stored, one answer out; the same for every command of the model. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AnyAggregate, Context, Reference } from '../domain/kernel/aggregate.ts';
import { isRejection, type Rejection } from '../domain/kernel/rejection.ts';
import { type Caller, may, mayName, seesAggregate } from './caller.ts';
import { type Claims, sameClaim } from './claims.ts';
import { madeId, madeIn } from './made-ids.ts';
import type { Numbering } from './numbering.ts';
import { type Planned, planned } from './planned.ts';
import type { EventData, EventLog, StoredEvent } from './ports/event-log.ts';
import type { ReferenceCheck } from './reference-check.ts';
import { fold, type Loaded, type States } from './states.ts';

const redecisionsMax = 5;
const guardRoundsMax = 4;

export type CommandEnvelope = {
  readonly commandId: string;
  /** Keyed hash of type, target and payload: the same key with another payload is refused. */
  readonly commandHash: string;
  readonly category: string;
  readonly id: string;
  readonly type: string;
  readonly caller: Caller;
  /** The command's clock, ISO 8601 UTC with milliseconds. */
  readonly at: string;
  readonly expectedRevision?: number;
  readonly correlationId: string;
  readonly causationId: string;
  /** Validated by the command's schema. */
  readonly data: EventData;
};

export type Accepted = {
  readonly kind: 'accepted';
  readonly id: string;
  readonly revision: number;
  readonly position: bigint;
  readonly created: boolean;
  readonly events: readonly { readonly type: string; readonly id: string }[];
  /** The ids that the command made for what it created inside the aggregate (an account, a contact), in the order they were made. */
  readonly made: readonly string[];
};

export type CommandOutcome =
  | Accepted
  | { readonly kind: 'unchanged'; readonly id: string; readonly revision: number }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  /** Not there, or not the caller's: told alike. `pointer` names the field of the body that asked for it. */
  | { readonly kind: 'notFound'; readonly pointer?: string }
  | { readonly kind: 'invalid'; readonly errors: readonly { readonly pointer: string; readonly message: string }[] }
  | { readonly kind: 'revisionMismatch'; readonly revision: number }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'contention' };

type Parts = {
  readonly log: EventLog;
  readonly states: States;
  readonly claims: Claims;
  readonly numbering: Numbering;
  readonly references: ReferenceCheck;
  /** Told of every append of this node, so that what it knows live is never behind what it did itself. */
  readonly appended?: (events: readonly StoredEvent[]) => Promise<void> | void;
  /** How a conflict is waited out before deciding again; with jitter, in milliseconds. */
  readonly pause?: (ms: number) => Promise<void>;
};

/** `by`: the aggregate whose guards ask. */
type FactsFound = { readonly facts: Map<string, unknown>; readonly asked: Set<string>; readonly by: AnyAggregate };

export class CommandHandler {
  readonly #parts: Parts;
  readonly #inFlight = new Map<string, { readonly hash: string; readonly outcome: Promise<CommandOutcome> }>();
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Decides and appends. Throws `StoreUnavailable` only while the outcome is unknown: the same command id may then be sent again. */
  async handle(envelope: CommandEnvelope): Promise<CommandOutcome> {
    const running = this.#inFlight.get(envelope.commandId);
    if (running !== undefined) return running.hash === envelope.commandHash ? running.outcome : { kind: 'keyReused' };
    const outcome = this.#queued(`${envelope.category}-${envelope.id}`, () => this.#decideUntilStored(envelope));
    this.#inFlight.set(envelope.commandId, { hash: envelope.commandHash, outcome });
    try {
      return await outcome;
    } finally {
      this.#inFlight.delete(envelope.commandId);
    }
  }

  /** Commands to one aggregate wait for each other here, so that a node does not conflict with itself. */
  #queued<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(stream);
    const mine = before === undefined ? work() : before.then(work, work);
    this.#queues.set(stream, mine);
    const forget = () => void (this.#queues.get(stream) === mine && this.#queues.delete(stream));
    mine.then(forget, forget);
    return mine;
  }

  async #decideUntilStored(envelope: CommandEnvelope): Promise<CommandOutcome> {
    let { loaded, cached } = await this.#parts.states.load(envelope.category, envelope.id);
    for (let attempt = 0; attempt <= redecisionsMax; attempt += 1) {
      if (attempt > 0) {
        await (this.#parts.pause ?? delay)(Math.random() * 5 * 2 ** attempt);
        loaded = await this.#parts.states.refresh(loaded);
        cached = false; // Read a moment ago.
      }
      let verdict = await this.#verdict(envelope, loaded, false);
      if (verdict.kind !== 'append' && verdict.kind !== 'accepted') {
        // Nothing negative is answered from memory alone: another node may have moved on.
        if (cached) loaded = await this.#parts.states.refresh(loaded);
        verdict = await this.#verdict(envelope, loaded, true);
      }
      if (verdict.kind !== 'append') return verdict.kind === 'again' ? { kind: 'contention' } : verdict;
      const stored = await this.#store(envelope, verdict);
      if (stored !== 'again') return stored;
      if (envelope.expectedRevision !== undefined) {
        const { revision } = await this.#parts.states.refresh(loaded);
        if (revision !== envelope.expectedRevision) return this.#mismatchUnlessMine(envelope, revision);
      }
    }
    return { kind: 'contention' };
  }

  async #mismatchUnlessMine(envelope: CommandEnvelope, revision: number): Promise<CommandOutcome> {
    const { loaded } = await this.#parts.states.load(envelope.category, envelope.id);
    return (await this.#repeat(envelope, loaded)) ?? { kind: 'revisionMismatch', revision };
  }

  /** What this command comes to on this state: an append, or an answer. */
  async #verdict(envelope: CommandEnvelope, loaded: Loaded, fresh: boolean): Promise<Planned | CommandOutcome | { readonly kind: 'again' }> {
    const repeated = await this.#repeat(envelope, loaded);
    if (repeated !== undefined) return repeated;
    const { aggregate, state } = loaded;
    const definition = aggregate.commands[envelope.type];
    if (definition === undefined) throw new Error(`no command ${envelope.type} in ${envelope.category}`);
    const exists = aggregate.exists(state);
    if (exists && !seesAggregate(envelope.caller, loaded)) return { kind: 'notFound' };
    if (!exists && definition.creates !== true) return { kind: 'notFound' };
    if (envelope.expectedRevision !== undefined && envelope.expectedRevision !== loaded.revision) {
      return { kind: 'revisionMismatch', revision: loaded.revision };
    }
    const wrong = await this.#parts.references.check(definition.schema, envelope.data, { caller: envelope.caller, fresh, by: aggregate });
    if (wrong !== undefined) return wrong;
    return this.#decide(envelope, loaded, fresh);
  }

  async #repeat(envelope: CommandEnvelope, loaded: Loaded): Promise<CommandOutcome | undefined> {
    const known = loaded.commands.get(envelope.commandId);
    if (known === undefined) return undefined;
    if (known.hash !== envelope.commandHash) return { kind: 'keyReused' };
    const events: StoredEvent[] = [];
    for (const event of await this.#parts.log.read(loaded.stream, { from: known.revision, max: 1000 })) {
      if (event.metadata.commandId !== envelope.commandId) break;
      events.push(event);
    }
    const last = events.at(-1);
    if (last === undefined) throw new Error(`${loaded.stream} remembers command ${envelope.commandId} but does not hold its events`);
    return {
      kind: 'accepted',
      id: loaded.id,
      revision: last.revision,
      position: last.position,
      created: known.revision === 0,
      events: events.map(({ type, id }) => ({ type, id })),
      made: madeIn(envelope.commandId, events),
    };
  }

  async #decide(envelope: CommandEnvelope, loaded: Loaded, fresh: boolean): Promise<Planned | CommandOutcome> {
    const { aggregate, id } = loaded;
    const facts = await this.#facts(envelope, loaded, fresh);
    const wanted = new Set<string>();
    const taken = new Map<string, number>();
    let madeIds = 0;
    const context: Context = {
      now: envelope.at,
      actor: envelope.caller.actor,
      tenant: envelope.caller.tenant,
      id,
      newId: (n) => {
        madeIds = Math.max(madeIds, n + 1);
        return madeId(envelope.commandId, n);
      },
      may: (permission) => may(envelope.caller, permission),
      held: envelope.caller.permissions,
      facts,
      takeNumber: (series) => {
        wanted.add(series);
        return taken.get(series) ?? 0;
      },
    };
    let decision = aggregate.decide(envelope.type, loaded.state, envelope.data, context);
    if (isRejection(decision)) return { kind: 'refused', rejection: decision };
    if (wanted.size > 0) {
      for (const series of wanted) {
        const number = await this.#parts.numbering.take(series, { category: envelope.category, id }, this.#appender(envelope));
        if (number === undefined) return { kind: 'contention' };
        taken.set(series, number);
      }
      decision = aggregate.decide(envelope.type, loaded.state, envelope.data, context);
      if (isRejection(decision)) return { kind: 'refused', rejection: decision };
    }
    if (decision.length === 0) return { kind: 'unchanged', id, revision: loaded.revision };
    return planned(envelope, { loaded, decision, madeIds }) ?? { kind: 'notFound' }; // Nobody creates what they could not see (TE-1).
  }

  #appender(envelope: CommandEnvelope) {
    const { commandId, commandHash, correlationId, at } = envelope;
    return { commandId, commandHash, correlationId, at, actor: envelope.caller.actor };
  }

  /** The states that the command's guards want, asked for again with what was found until nothing new is wanted. */
  async #facts(envelope: CommandEnvelope, loaded: Loaded, fresh: boolean): Promise<ReadonlyMap<string, unknown>> {
    const facts = new Map<string, unknown>();
    const asked = new Set<string>();
    for (let round = 0; round < guardRoundsMax; round += 1) {
      const wanted = loaded.aggregate
        .guards(envelope.type, loaded.state, envelope.data, { facts, id: loaded.id, actor: envelope.caller.actor })
        .filter(({ category, id }) => !asked.has(`${category}-${id}`));
      if (wanted.length === 0) return facts;
      await Promise.all(wanted.map((reference) => this.#fact(reference, fresh, { facts, asked, by: loaded.aggregate })));
    }
    return facts;
  }

  async #fact({ category, id }: Reference, fresh: boolean, { facts, asked, by }: FactsFound): Promise<void> {
    asked.add(`${category}-${id}`);
    const found = fresh ? await this.#parts.states.loadFresh(category, id) : (await this.#parts.states.load(category, id)).loaded;
    if (found.aggregate.exists(found.state) && mayName(by, found)) facts.set(`${category}-${id}`, found.state);
  }

  /** Takes what the new state claims, then appends at the revision that was decided on. */
  async #store(envelope: CommandEnvelope, { loaded, events, after, madeIds }: Planned): Promise<CommandOutcome | 'again'> {
    const held = loaded.aggregate.claims(loaded.state, loaded.id);
    const wanted = after.aggregate.claims(after.state, after.id).filter((claim) => !held.some((other) => sameClaim(claim, other)));
    for (const claim of wanted) {
      const outcome = await this.#parts.claims.take(claim, { category: envelope.category, id: loaded.id }, this.#appender(envelope));
      if (outcome === 'taken') return { kind: 'refused', rejection: { code: `${claim.kind}Taken`, message: `This ${claim.kind} is in use.` } };
      if (outcome === 'busy') return { kind: 'contention' };
    }
    const appended = await this.#parts.log.append(loaded.stream, events, loaded.revision);
    if (!appended.ok) return 'again';
    const first = appended.revision - events.length + 1;
    const stored = events.map(
      (event, index): StoredEvent => ({
        ...event,
        stream: loaded.stream,
        category: envelope.category,
        aggregateId: loaded.id,
        revision: first + index,
        position: appended.position,
      }),
    );
    this.#parts.states.remember(fold(loaded, stored));
    await this.#parts.appended?.(stored);
    return {
      kind: 'accepted',
      id: loaded.id,
      revision: appended.revision,
      position: appended.position,
      created: loaded.revision === -1,
      events: events.map(({ type, id }) => ({ type, id })),
      made: madeIn(envelope.commandId, events, madeIds),
    };
  }
}
