/** Moments as a terminal says them. */
import type { EventLog } from '../../application/ports/event-log.ts';
import { CliFailure, exits } from './context.ts';

/** An instant in the log's own form (UTC, milliseconds) from ISO 8601 with a zone. Throws where the text is none. */
export const instantFrom = (text: string): string => {
  const isWhole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const ms = isWhole ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new CliFailure(`${JSON.stringify(text)} is no instant such as 2026-01-31T08:15:00Z.`, exits.usage);
  return new Date(ms).toISOString();
};

/**
 * The position of the last event up to an instant, inclusive. Clocks of nodes differ a little, so times may step back; the first event past
 * the instant ends it, as everywhere else. −1 where nothing had happened yet.
 */
export const positionAt = async (log: EventLog, text: string): Promise<bigint> => {
  const instant = instantFrom(text);
  let position = -1n;
  for await (const batch of log.readAll({})) {
    for (const event of batch) {
      if (event.metadata.occurredAt > instant) return position;
      position = event.position;
    }
  }
  return position;
};
