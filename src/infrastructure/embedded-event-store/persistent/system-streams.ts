/** What a group writes: its checkpoint and its parked messages, as events of system streams like a real server's. */
import type { Store } from '../read/context.ts';
import { resolve } from '../read/resolve.ts';
import { firstReadable } from '../read/visibility.ts';
import { metastreamOf, withTruncateBefore } from '../storage/metadata.ts';
import { contentOf } from '../wire/stored-event.ts';
import { append, softDelete, systemEvent } from '../write/operations.ts';
import { checkpointStreamOf, type GroupKey, type Message, messageOf, parkedStreamOf, parkedTargetOf, placeOfText, placeText } from './model.ts';

const anyRevision = { kind: 'any' } as const;

/** The place a group has processed everything up to, or nothing if it never said. */
export const loadCheckpoint = ({ log }: Store, key: GroupKey): number | undefined => {
  const state = log.stateOf(checkpointStreamOf(key));
  if (state.last < 0 || state.metadata.isSoftDeleted) return undefined;
  const event = log.eventOf(state.stream, state.last);
  const text: unknown = event === undefined ? undefined : JSON.parse(contentOf(event.record).data.toString('utf8'));
  return typeof text === 'string' ? placeOfText(text) : undefined;
};

export const saveCheckpoint = ({ log, queue }: Store, key: GroupKey, place: number): Promise<void> =>
  queue.write(() => {
    const stream = checkpointStreamOf(key);
    if (!log.stateOf(stream).hasMetadata) {
      append(log, { stream: metastreamOf(stream), expected: anyRevision, events: [systemEvent('$metadata', '{"$maxCount":2}')] });
    }
    append(log, { stream, expected: anyRevision, events: [systemEvent('SubscriptionCheckpoint', JSON.stringify(placeText(key, place)))] });
  });

/** Parks a message: a link to its event, with the reason beside it. */
export const park = ({ log, queue }: Store, key: GroupKey, parked: { readonly message: Message; readonly reason: string }): Promise<void> =>
  queue.write(() => {
    const { message, reason } = parked;
    const metadata = JSON.stringify({ added: new Date().toISOString(), reason, subscriptionEventNumber: message.sequence });
    const link = {
      ...systemEvent('$>', parkedTargetOf(message.resolved)),
      contentType: 'application/octet-stream',
      customMetadata: Buffer.from(metadata),
    };
    append(log, { stream: parkedStreamOf(key), expected: anyRevision, events: [link] });
  });

export const parkedCount = ({ log }: Store, key: GroupKey): number => {
  const state = log.stateOf(parkedStreamOf(key));
  return state.metadata.isSoftDeleted ? 0 : Math.max(0, state.last + 1 - firstReadable(state));
};

/** The parked messages before `stopAt`, oldest first, as messages to deliver again. */
export const loadParked = (store: Store, key: GroupKey, stopAt: number | undefined): { readonly messages: readonly Message[]; readonly stop: number } => {
  const { log, links } = store;
  const state = log.stateOf(parkedStreamOf(key));
  if (state.last < 0 || state.metadata.isSoftDeleted) return { messages: [], stop: 0 };
  const stop = Math.min(stopAt ?? Number.MAX_SAFE_INTEGER, state.last + 1);
  const messages: Message[] = [];
  let next = firstReadable(state);
  while (next < stop) {
    const page = log.streamForwards(state.stream, next, stop - 1);
    for (const event of page) messages.push(messageOf(resolve(log, links, event), { sequence: event.revision, isReplayed: true }));
    next = (page.at(-1)?.revision ?? stop) + 1;
  }
  return { messages, stop };
};

/** Forgets the parked messages before `stop`. */
export const truncateParked = ({ log, queue }: Store, key: GroupKey, stop: number): Promise<void> =>
  queue.write(() => {
    const stream = metastreamOf(parkedStreamOf(key));
    const meta = log.stateOf(stream);
    const current = meta.last < 0 ? undefined : log.eventOf(meta.stream, meta.last);
    const data = current === undefined ? Buffer.alloc(0) : contentOf(current.record).data;
    append(log, { stream, expected: anyRevision, events: [systemEvent('$metadata', withTruncateBefore(data, stop))] });
  });

/** What a deleted group leaves: its streams read as absent. */
export const deleteStreams = ({ log, queue }: Store, key: GroupKey): Promise<void> =>
  queue.write(() => {
    for (const stream of [checkpointStreamOf(key), parkedStreamOf(key)]) {
      const state = log.stateOf(stream);
      if (state.last >= 0 && !state.metadata.isSoftDeleted) softDelete(log, { stream, expected: anyRevision });
    }
  });
