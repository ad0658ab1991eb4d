/** A consumer of a persistent subscription under the test's control. */
import {
  type EventStoreDBClient,
  type PersistentSubscriptionToStreamResolvedEvent,
  type PersistentSubscriptionToStreamSettings,
  persistentSubscriptionToStreamSettingsFromDefaults,
} from '@eventstore/db-client';
import { type Followed, follow, freshName, several } from './harness.ts';

export type Delivered = PersistentSubscriptionToStreamResolvedEvent;
export type ControlledConsumer = Followed<Delivered> & {
  readonly ack: (...events: readonly Delivered[]) => Promise<void>;
  readonly nack: (action: 'park' | 'retry' | 'skip' | 'stop', ...events: readonly Delivered[]) => Promise<void>;
  readonly leave: () => Promise<void>;
  /** `revision/retryCount` of everything delivered. */
  readonly seen: () => readonly string[];
};

export const consume = async (
  client: EventStoreDBClient,
  stream: string,
  options: { readonly group?: string; readonly bufferSize?: number } = {},
): Promise<ControlledConsumer> => {
  const subscription = client.subscribeToPersistentSubscriptionToStream(stream, options.group ?? 'g', { bufferSize: options.bufferSize ?? 10 });
  const followed = follow(subscription);
  await followed.until(() => followed.log.includes('confirmation'));
  return {
    ...followed,
    ack: (...events) => subscription.ack(...events),
    nack: (action, ...events) => subscription.nack(action, 'the test says so', ...events),
    leave: () => subscription.unsubscribe(),
    seen: () => followed.events.map(({ event, link, retryCount }) => `${(event ?? link)?.revision}/${retryCount}`),
  };
};

/** A stream with so many events and a group `g` on it from the start. */
export const grouped = async (client: EventStoreDBClient, count: number, changes: Partial<PersistentSubscriptionToStreamSettings> = {}): Promise<string> => {
  const stream = freshName('grouped');
  if (count > 0) await client.appendToStream(stream, several(count));
  await client.createPersistentSubscriptionToStream(stream, 'g', persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: 'start', ...changes }));
  return stream;
};

/** What is asked of streams and their groups; the server is there once the tests run. */
export const groupsOn = (server: () => { readonly client: EventStoreDBClient }) => {
  const info = (stream: string, group = 'g') => server().client.getPersistentSubscriptionToStreamInfo(stream, group);
  return {
    append: (stream: string, count = 1) => server().client.appendToStream(stream, several(count)),
    info,
    /** Asks again until the group says so: acknowledgements are not answered. */
    infoWhere: async (stream: string, holds: (found: Awaited<ReturnType<typeof info>>) => boolean) => {
      for (;;) {
        const found = await info(stream);
        if (holds(found)) return found;
      }
    },
  };
};
