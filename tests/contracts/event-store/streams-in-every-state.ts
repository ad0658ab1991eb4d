/** Streams in each situation that expected revisions distinguish, and how to bring a stream into it. */
import type { EventStoreDBClient } from '@eventstore/db-client';
import { freshName, several } from './harness.ts';

export const situations = ['absent', 'one event', 'three events', 'soft-deleted', 'tombstoned', 'metadata only', 'recreated'] as const;
export type Situation = (typeof situations)[number];

/** The last revision there, -1 for none. */
export const lastRevision: Readonly<Record<Situation, bigint>> = {
  absent: -1n,
  'one event': 0n,
  'three events': 2n,
  'soft-deleted': 2n,
  tombstoned: 2n,
  'metadata only': -1n,
  recreated: 3n,
};

export const bring = async (client: EventStoreDBClient, situation: Situation): Promise<string> => {
  const stream = freshName('situation');
  if (situation === 'metadata only') await client.setStreamMetadata(stream, { owner: 'nobody' });
  if (situation === 'absent' || situation === 'metadata only') return stream;
  await client.appendToStream(stream, several(situation === 'one event' ? 1 : 3));
  if (situation === 'soft-deleted' || situation === 'recreated') await client.deleteStream(stream);
  if (situation === 'tombstoned') await client.tombstoneStream(stream);
  if (situation === 'recreated') await client.appendToStream(stream, several(1));
  return stream;
};
