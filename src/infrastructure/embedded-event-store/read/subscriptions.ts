/** Catch-up subscriptions: one cursor for history and live events, woken by commits; a slow client holds its own cursor back and nothing else. */
import { randomUUID } from 'node:crypto';
import type { Call } from '../grpc/call.ts';
import { streamDeleted } from '../grpc/failure.ts';
import type { ReadRequest } from '../wire/read-request.ts';
import type { StoredEvent } from '../wire/stored-event.ts';
import { caughtUpFrame, checkpointFrame, confirmationFrame } from '../wire/streams-responses.ts';
import type { Store } from './context.ts';
import { type Filter, filterOf } from './filter.ts';
import { afterPage, framer } from './reads.ts';
import { everything } from './signals.ts';
import { readerOf } from './stream-reader.ts';
import { isHiddenFromAll } from './visibility.ts';

type Batch = { readonly frames: readonly Buffer[]; readonly isEnd: boolean };

/**
 * Sends what `read` gives until the call is over; at the end of the log waits on `wait`, after saying so once. Commits happen in turns of
 * their own, so none can slip between the page that was empty and the wait.
 */
const follow = async (call: Call, read: () => Promise<Batch>, wait: () => Promise<void>): Promise<void> => {
  let isCaughtUp = false;
  while (!call.isOver) {
    const { frames, isEnd } = await read();
    const announces = isEnd && !isCaughtUp;
    const sent = announces ? [...frames, caughtUpFrame] : frames;
    isCaughtUp ||= isEnd;
    const isTaken = sent.length === 0 || call.write(Buffer.concat(sent));
    if (!isTaken || !isEnd) await afterPage(call, isTaken);
    else await wait();
  }
};

const subscribeToStream = async (store: Store, call: Call, request: ReadRequest & { readonly source: { readonly kind: 'stream' } }): Promise<void> => {
  const { source } = request;
  const reader = readerOf(store.log, store.links, source.name);
  await reader.refresh();
  if (reader.situation() === 'tombstoned') throw streamDeleted(source.name);
  const toFrame = framer(store, request);
  let next = source.from === 'start' ? 0 : source.from === 'end' ? reader.last() + 1 : source.from + 1;
  call.write(confirmationFrame(randomUUID()));
  const readPage = async (): Promise<Batch> => {
    await reader.refresh();
    const situation = reader.situation();
    if (situation === 'tombstoned') throw streamDeleted(source.name);
    if (situation === 'absent') return { frames: [], isEnd: true };
    const page = reader.forwards(next);
    next = Math.max(next, page.next);
    return { frames: page.events.map(toFrame), isEnd: page.isEnd || next > reader.last() };
  };
  await follow(call, readPage, () => store.signals.next(reader.topic, call));
};

/** Counts considered events and makes a checkpoint after each interval; without a filter there are none. */
const checkpointer = (request: ReadRequest): ((event: StoredEvent) => Buffer | undefined) => {
  if (request.filter === undefined) return () => undefined;
  const interval = request.filter.window * request.filter.multiplier;
  let considered = 0;
  return (event) => {
    considered += 1;
    if (considered < interval) return undefined;
    considered = 0;
    return checkpointFrame(event.position);
  };
};

const everythingMatches: Filter = () => true;

const subscribeToAll = async (store: Store, call: Call, request: ReadRequest & { readonly source: { readonly kind: 'all' } }): Promise<void> => {
  const { log, signals } = store;
  const { source, filter } = request;
  const matches = filter === undefined ? everythingMatches : filterOf(filter);
  const toFrame = framer(store, request);
  const checkpointAfter = checkpointer(request);
  let next = source.from === 'start' ? 0 : source.from === 'end' ? log.next : source.from + 1;
  call.write(confirmationFrame(randomUUID()));
  const readPage = (): Promise<Batch> => {
    const frames: Buffer[] = [];
    for (const event of log.forwards(next)) {
      next = event.position + 1;
      if (isHiddenFromAll(event.record)) continue;
      if (matches(event)) frames.push(toFrame(event));
      const checkpoint = checkpointAfter(event);
      if (checkpoint !== undefined) frames.push(checkpoint);
    }
    return Promise.resolve({ frames, isEnd: next >= log.next });
  };
  await follow(call, readPage, () => signals.next(everything, call));
};

/** Serves a subscription until the call is over; throws what the call has to fail with. */
export const subscribe = (store: Store, call: Call, request: ReadRequest): Promise<void> => {
  const { source } = request;
  return source.kind === 'stream' ? subscribeToStream(store, call, { ...request, source }) : subscribeToAll(store, call, { ...request, source });
};
