/**
 * A log as lines of JSON, one an event, so that it moves to another server and back. What a server keeps about itself (streams that begin
 * with `$`, but for the metadata of ordinary streams) does not move.
 */
import { type ProposedEvent, tombstoneRevision } from '../wire/record.ts';
import { type ProtocolClient, type ReadRecord, RevisionConflict } from './protocol-client.ts';

const isMoved = (stream: string): boolean => !stream.startsWith('$') || (stream.startsWith('$$') && !stream.startsWith('$$$'));

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
};

/** JSON is readable in the file if reading it back gives the same bytes; anything else is base64. */
const payload = (key: string, bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  if (bytes.length === 0) return {};
  const value = parsed(bytes);
  const isExact = value !== undefined && Buffer.from(JSON.stringify(value)).equals(bytes);
  return isExact ? { [key]: value } : { [`${key}Base64`]: Buffer.from(bytes).toString('base64') };
};

const lineOf = (record: ReadRecord): string =>
  `${JSON.stringify({
    position: `${record.position}`,
    stream: record.stream,
    revision: record.revision === tombstoneRevision ? '9223372036854775807' : `${record.revision}`,
    id: record.id,
    type: record.type,
    created: record.created,
    contentType: record.contentType,
    ...payload('data', record.data),
    ...payload('metadata', record.customMetadata),
  })}\n`;

/** The lines of everything that moves, in the order of `$all`. */
export async function* exportLines(client: ProtocolClient): AsyncGenerator<string> {
  for await (const record of client.readAll()) if (isMoved(record.stream)) yield lineOf(record);
}

type Line = { readonly stream: string; readonly event: ProposedEvent };

const bytesOf = (line: Readonly<Record<string, unknown>>, key: string): Buffer => {
  const encoded = line[`${key}Base64`];
  if (typeof encoded === 'string') return Buffer.from(encoded, 'base64');
  return key in line ? Buffer.from(JSON.stringify(line[key])) : Buffer.alloc(0);
};

const parseLine = (text: string, number: number): Line => {
  const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const { stream, id, type, contentType } = line;
  if (typeof stream !== 'string' || typeof id !== 'string' || typeof type !== 'string' || typeof contentType !== 'string') {
    throw new Error(`Line ${number} is no event: stream, id, type and contentType are required.`);
  }
  return { stream, event: { id, type, contentType, data: bytesOf(line, 'data'), customMetadata: bytesOf(line, 'metadata') } };
};

type Placed = { readonly event: ProposedEvent; readonly revision: number | undefined };

/** Events of which an earlier run wrote a part are no retry together, but each is one alone. */
const appendOrRepeat = async (client: ProtocolClient, stream: string, placed: readonly Placed[]): Promise<void> => {
  const events = placed.map(({ event }) => event);
  try {
    await client.append(stream, events, placed[0]?.revision);
  } catch (error) {
    if (!(error instanceof RevisionConflict) || placed.length === 1) throw error;
    for (const { event, revision } of placed) await client.append(stream, [event], revision);
  }
};

const eventsAtOnce = 200;
const bytesAtOnce = 512 * 1024;
const sizeOf = (events: readonly ProposedEvent[]): number => events.reduce((sum, event) => sum + event.data.length, 0);

/**
 * Appends the lines in their order; neighbours of one stream go together. Every append names the revision it expects, so an import that was
 * cut off can be run again: what is there already is recognised by its ids. Answers the number of events.
 */
export const importLines = async (client: ProtocolClient, lines: AsyncIterable<string>): Promise<number> => {
  const revisions = new Map<string, number>();
  let waiting: Line[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    const [first] = waiting;
    if (first === undefined) return;
    const revision = revisions.get(first.stream) ?? -1;
    await appendOrRepeat(
      client,
      first.stream,
      waiting.map(({ event }, index) => ({ event, revision: first.stream.startsWith('$$') ? undefined : revision + index })),
    );
    revisions.set(first.stream, revision + waiting.length);
    waiting = [];
  };
  for await (const text of lines) {
    if (text.trim() === '') continue;
    count += 1;
    const line = parseLine(text, count);
    const isSame =
      waiting[0]?.stream === line.stream && waiting.length < eventsAtOnce && sizeOf([...waiting.map(({ event }) => event), line.event]) < bytesAtOnce;
    if (!isSame || line.event.type === '$streamDeleted') await flush();
    if (line.event.type === '$streamDeleted') await client.tombstone(line.stream);
    else waiting.push(line);
  }
  await flush();
  return count;
};
