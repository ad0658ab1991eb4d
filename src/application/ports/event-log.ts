/** The one append-only log, as the application needs it. Adapter: infrastructure/event-store. */
import type { Actor } from '../../domain/kernel/aggregate.ts';

/** What every event carries beside its data. `$correlationId` and `$causationId` are EventStoreDB's own names. */
export type EventMetadata = {
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly commandId: string;
  readonly commandHash: string;
  /** The customer that holds the aggregate at that moment; `null` for the company's own. */
  readonly tenant: string | null;
  readonly account: string | null;
  /** The permission without which nobody sees that it happened; absent: who may see it follows from its aggregate's class alone. */
  readonly restrictedTo?: string;
  readonly actor: Actor;
  readonly schemaVersion: number;
  /** The command's clock, ISO 8601 UTC with milliseconds. */
  readonly occurredAt: string;
};
export type EventData = Readonly<Record<string, unknown>>;
export type NewEvent = { readonly id: string; readonly type: string; readonly data: EventData; readonly metadata: EventMetadata };

/** An event as read: lifted to its newest version, personal fields in clear (or erased). */
export type StoredEvent = NewEvent & {
  readonly stream: string;
  readonly category: string;
  readonly aggregateId: string;
  /** 0-based in its stream. */
  readonly revision: number;
  /** Commit position in `$all`; strictly increasing. */
  readonly position: bigint;
};

/** The revision an append expects to be the last one; −1: the stream must not exist. */
export type ExpectedRevision = number;
export type AppendOutcome = { readonly ok: true; readonly revision: number; readonly position: bigint } | { readonly ok: false; readonly actual: number };

/** Thrown when the store cannot be reached or does not answer: nothing is known to have happened that a retry would not find. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
/** Thrown when the log holds something this program does not know: an older program must not fold what it cannot read. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

export type StreamRead = { readonly from?: number; readonly max?: number; readonly backwards?: boolean };

export interface EventLog {
  /** All or nothing, durable when it resolves. An unknown outcome is resolved by sending the same ids at the same revision again. */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendOutcome>;
  /** The events of one stream; empty where it does not exist. */
  read(stream: string, options?: StreamRead): Promise<readonly StoredEvent[]>;
  /** The position of the newest event of `$all`; 0 where there is none. */
  tail(): Promise<bigint>;
  /** Batches of `$all` in order after `from` (exclusive; absent = from the beginning), up to the end of the log at the time of the call. */
  readAll(options: { readonly from?: bigint; readonly batch?: number; readonly signal?: AbortSignal }): AsyncIterable<readonly StoredEvent[]>;
  /** Follows `$all` for ever: batches in order without gap or repeat, resumed by itself, ended only by `signal`. */
  follow(options: { readonly from?: bigint; readonly signal: AbortSignal }): AsyncIterable<LogBatch>;
}
/** `position` moves over system events too, so a follower on a quiet log still knows how far it is. */
export type LogBatch = { readonly events: readonly StoredEvent[]; readonly position: bigint };
