/** What the client hands over, in our codec's form. */
import type { RecordedEvent } from '@eventstore/db-client';
import type { EventData, EventMetadata } from '../../application/ports/event-log.ts';
import type { RawEvent } from './event-codec.ts';

/** The parsed form of a stored event. System events (`$…`) and other programs' binary ones have none. */
export const rawEventOf = (recorded: RecordedEvent | undefined): RawEvent | undefined => {
  if (recorded === undefined || !recorded.isJson || recorded.type.startsWith('$') || recorded.streamId.startsWith('$')) return undefined;
  return {
    id: recorded.id,
    stream: recorded.streamId,
    type: recorded.type,
    revision: Number(recorded.revision),
    position: recorded.position?.commit ?? 0n,
    // The boundary where the log's JSON is taken for what our own append wrote; the codec refuses types it does not know.
    data: recorded.data as EventData,
    metadata: recorded.metadata as EventMetadata,
  };
};
