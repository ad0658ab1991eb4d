/** What a server sends, in our codec's form. */
import { type EventData, type EventMetadata, UnreadableEvent } from '../../application/ports/event-log.ts';
import type { RecordedEvent } from '../protocol/messages.ts';
import type { RawEvent } from './event-codec.ts';

const parsed = (bytes: Buffer, { type, stream, revision }: RecordedEvent): unknown => {
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new UnreadableEvent(`${type} in ${stream} at revision ${revision} is not JSON`, { cause });
  }
};

/**
 * The parsed form of a stored event. System events (`$…`) and other programs' have none, nor have binary ones. Throws `UnreadableEvent` where what
 * should be JSON is not.
 */
export const rawEventOf = (recorded: RecordedEvent, concerns: (stream: string) => boolean): RawEvent | undefined => {
  const { id, stream, type, revision, contentType } = recorded;
  if (contentType !== 'application/json' || type.startsWith('$') || stream.startsWith('$') || !concerns(stream)) return undefined;
  return {
    id,
    stream,
    type,
    revision,
    position: BigInt(recorded.position),
    // The boundary where the log's JSON is taken for what our own append wrote; the codec refuses types it does not know.
    data: parsed(recorded.data, recorded) as EventData,
    metadata: parsed(recorded.customMetadata, recorded) as EventMetadata,
  };
};
