/** Which consumer gets a message. */
import { crc32 } from 'node:zlib';
import { contentOf } from '../wire/stored-event.ts';
import type { Consumer } from './consumer.ts';
import { type Message, type StrategyName, sourceStreamOf } from './model.ts';

/** A consumer; `wait`: this message has to wait, others may go on; `full`: nobody can take anything. */
export type Choice = Consumer | 'wait' | 'full';
export type Strategy = {
  readonly added: (consumer: Consumer) => void;
  readonly removed: (consumer: Consumer) => void;
  readonly choose: (message: Message) => Choice;
};

/** The next consumer in turn with a free slot. */
const roundRobin = (): Strategy => {
  let turn: readonly Consumer[] = [];
  return {
    added: (consumer) => {
      turn = [...turn, consumer];
    },
    removed: (consumer) => {
      turn = turn.filter((other) => other !== consumer);
    },
    choose: () => {
      const chosen = turn.find((consumer) => !consumer.isFull);
      if (chosen === undefined) return 'full';
      turn = [...turn.filter((consumer) => consumer !== chosen), chosen];
      return chosen;
    },
  };
};

/** The first consumer until it is full. */
const dispatchToSingle = (): Strategy => {
  let connected: readonly Consumer[] = [];
  return {
    added: (consumer) => {
      connected = [...connected, consumer];
    },
    removed: (consumer) => {
      connected = connected.filter((other) => other !== consumer);
    },
    choose: () => connected.find((consumer) => !consumer.isFull) ?? 'full',
  };
};

const bucketCount = 1024;
/** A CRC alone keeps names that differ in their last digit close together; the multiplication spreads them, its top ten bits count. */
const bucketOf = (key: string): number => Math.imul(crc32(key), 0x9e3779b1) >>> 22;

/** Messages of one key stay with one consumer while it is connected; a newcomer takes its share from those that have most. */
const pinned = (keyOf: (message: Message) => string): Strategy => {
  let connected: readonly Consumer[] = [];
  const owners: (Consumer | undefined)[] = Array.from({ length: bucketCount }, () => undefined);
  const owned = (consumer: Consumer): number => owners.filter((owner) => owner === consumer).length;
  const share = (): void => {
    const counts = new Map(connected.map((consumer) => [consumer, owned(consumer)]));
    const fair = Math.ceil(bucketCount / Math.max(1, connected.length));
    const least = (): Consumer | undefined => [...counts].sort(([, one], [, other]) => one - other)[0]?.[0];
    for (const [bucket, owner] of owners.entries()) {
      if (owner !== undefined && (counts.get(owner) ?? 0) <= fair) continue;
      const next = least();
      owners[bucket] = next;
      if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) - 1);
      if (next !== undefined) counts.set(next, (counts.get(next) ?? 0) + 1);
    }
  };
  return {
    added: (consumer) => {
      connected = [...connected, consumer];
      share();
    },
    removed: (consumer) => {
      connected = connected.filter((other) => other !== consumer);
      for (const [bucket, owner] of owners.entries()) if (owner === consumer) owners[bucket] = undefined;
      share();
    },
    choose: (message) => {
      const owner = owners[bucketOf(keyOf(message))];
      if (owner !== undefined && !owner.isFull) return owner;
      return connected.every((consumer) => consumer.isFull) ? 'full' : 'wait';
    },
  };
};

/** `$correlationId` of the event's metadata; without one, its stream. */
const correlationOf = (message: Message): string => {
  const record = message.resolved.event?.record;
  if (record !== undefined) {
    try {
      const metadata: unknown = JSON.parse(contentOf(record).customMetadata.toString('utf8'));
      if (typeof metadata === 'object' && metadata !== null && '$correlationId' in metadata && typeof metadata.$correlationId === 'string')
        return metadata.$correlationId;
    } catch {
      // Metadata that is not JSON has no correlation id.
    }
  }
  return sourceStreamOf(message.resolved);
};

export const strategyOf = (name: StrategyName): Strategy => {
  switch (name) {
    case 'RoundRobin':
      return roundRobin();
    case 'DispatchToSingle':
      return dispatchToSingle();
    case 'Pinned':
      return pinned((message) => sourceStreamOf(message.resolved));
    case 'PinnedByCorrelation':
      return pinned(correlationOf);
    default:
      return name satisfies never;
  }
};
