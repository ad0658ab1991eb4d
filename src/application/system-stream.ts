/** Events that the shell writes to streams of its own, made the same way everywhere. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/kernel/aggregate.ts';
import type { EventData, NewEvent } from './ports/event-log.ts';

/** On whose behalf the shell writes: the command that needed it. */
export type Appender = {
  readonly commandId: string;
  readonly commandHash: string;
  readonly correlationId: string;
  readonly actor: Actor;
  readonly at: string;
  /** What it is about is restricted to holders of this permission, and so is that it happened. */
  readonly restrictedTo?: string | undefined;
};

/** An event of the shell's. Its id is random: whether a step was done is read from the stream, never guessed from an id. */
export const systemEvent = (by: Appender, type: string, data: EventData): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: {
    $correlationId: by.correlationId,
    $causationId: by.commandId,
    commandId: by.commandId,
    commandHash: by.commandHash,
    tenant: null,
    account: null,
    ...(by.restrictedTo === undefined ? {} : { restrictedTo: by.restrictedTo }),
    actor: by.actor,
    schemaVersion: 1,
    occurredAt: by.at,
  },
});
