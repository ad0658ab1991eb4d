/** What had happened before a test begins. */
import type { EventData, EventLog, NewEvent } from '../../src/application/ports/event-log.ts';
import type { AnyEvent } from '../../src/domain/kernel/aggregate.ts';
import { uuidv5 } from '../../src/domain/kernel/ids.ts';
import { id, now } from './decider.ts';

/** Events as their aggregates once stored them, past the commands. */
export const happened = async (log: EventLog, stream: string, ...events: readonly AnyEvent[]): Promise<void> => {
  const before = await log.read(stream);
  // The boundary of types: what tests write down is what aggregates store.
  const stored = events.map(({ type, data }, n): NewEvent => {
    const eventId = uuidv5(id('happened'), `${stream}:${before.length + n}`);
    return {
      id: eventId,
      type,
      data: data as EventData,
      metadata: {
        $correlationId: eventId,
        $causationId: eventId,
        commandId: uuidv5(eventId, 'command'),
        commandHash: 'set-up',
        tenant: null,
        account: null,
        actor: { kind: 'system', id: 'test' },
        schemaVersion: 1,
        occurredAt: now,
      },
    };
  });
  const outcome = await log.append(stream, stored, before.length - 1);
  if (!outcome.ok) throw new Error(`${stream} was written to meanwhile`);
};
