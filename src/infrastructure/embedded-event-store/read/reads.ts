/** Reads of a stream and of `$all`, both ways: pages of frames, one write a page, waiting while the client is slow. */
import type { Call } from '../grpc/call.ts';
import { readFailed, streamDeleted } from '../grpc/failure.ts';
import type { ReadRequest } from '../wire/read-request.ts';
import { eventFrame, type StoredEvent, withStructuredId } from '../wire/stored-event.ts';
import { streamNotFoundFrame } from '../wire/streams-responses.ts';
import type { Store } from './context.ts';
import { filterOf } from './filter.ts';
import { resolve } from './resolve.ts';
import { readerOf } from './stream-reader.ts';
import { isHiddenFromAll } from './visibility.ts';

type Shape = Pick<ReadRequest, 'resolveLinks' | 'structuredIds'>;

/** Makes an event's frame, as the request asked for it. */
export const framer = (store: Store, shape: Shape): ((event: StoredEvent) => Buffer) => {
  const record = (event: StoredEvent): Buffer => (shape.structuredIds ? withStructuredId(event.record) : event.record);
  if (!shape.resolveLinks) return (event) => eventFrame({ event: record(event), position: event.position });
  return (original) => {
    const { event, link } = resolve(store.log, store.links, original);
    return eventFrame({
      ...(event === undefined ? {} : { event: record(event) }),
      ...(link === undefined ? {} : { link: record(link) }),
      position: original.position,
    });
  };
};

/** Lets other calls have their turn, and waits for the client. */
export const afterPage = async (call: Call, isTaken: boolean): Promise<void> => {
  if (isTaken) await new Promise<void>((resume) => setImmediate(resume));
  else await call.drained();
};

/** Sends up to `count` events of the pages that `read` gives, until it gives none. */
const sendPages = async (call: Call, count: number, read: () => { readonly frames: readonly Buffer[]; readonly isEnd: boolean }): Promise<void> => {
  let left = count;
  while (left > 0 && !call.isOver) {
    const { frames, isEnd } = read();
    const sent = frames.slice(0, left);
    left -= sent.length;
    const isTaken = sent.length === 0 || call.write(Buffer.concat(sent));
    if (isEnd) break;
    await afterPage(call, isTaken);
  }
  call.begin();
  call.finish();
};

const readStream = async (store: Store, call: Call, request: ReadRequest & { readonly source: { readonly kind: 'stream' } }): Promise<void> => {
  const { source, isBackwards, count = 0 } = request;
  const reader = readerOf(store.log, store.links, source.name);
  await reader.refresh();
  const situation = reader.situation();
  if (situation === 'tombstoned') throw streamDeleted(source.name);
  if (!isBackwards && source.from === 'end') throw readFailed();
  if (situation === 'absent') {
    call.write(streamNotFoundFrame(source.name));
    call.finish();
    return;
  }
  const toFrame = framer(store, request);
  let next = source.from === 'start' ? 0 : source.from === 'end' ? reader.last() : source.from;
  await sendPages(call, count, () => {
    const page = isBackwards ? reader.backwards(next) : reader.forwards(next);
    next = page.next;
    return { frames: page.events.map(toFrame), isEnd: page.isEnd };
  });
};

const readAll = async (store: Store, call: Call, request: ReadRequest & { readonly source: { readonly kind: 'all' } }): Promise<void> => {
  const { log } = store;
  const { source, isBackwards, count = 0, filter } = request;
  const toFrame = framer(store, request);
  const matches = filter === undefined ? () => true : filterOf(filter);
  let next = source.from === 'start' ? 0 : source.from === 'end' ? log.next : source.from;
  await sendPages(call, count, () => {
    const page = isBackwards ? log.backwards(next) : log.forwards(next);
    const last = page.at(-1);
    if (last === undefined) return { frames: [], isEnd: true };
    next = isBackwards ? last.position : last.position + 1;
    const frames = page.filter((event) => !isHiddenFromAll(event.record) && matches(event)).map(toFrame);
    return { frames, isEnd: isBackwards ? next === 0 : next >= log.next };
  });
};

/** Answers a read; throws what the call has to fail with. */
export const read = (store: Store, call: Call, request: ReadRequest): Promise<void> => {
  const { source } = request;
  return source.kind === 'stream' ? readStream(store, call, { ...request, source }) : readAll(store, call, { ...request, source });
};
