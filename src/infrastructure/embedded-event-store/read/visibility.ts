/** Which events of a stream can be read: `$maxCount`, `$tb` and `$maxAge`. `$all` shows everything but three system streams. */
import type { StreamState } from '../storage/log.ts';
import { contentOf, isSystemRecord, type StoredEvent, streamNameOf } from '../wire/stored-event.ts';

/** The first revision that can be read. */
export const firstReadable = ({ last, metadata }: Pick<StreamState, 'last' | 'metadata'>): number =>
  Math.max(0, metadata.maxCount === undefined ? 0 : last - metadata.maxCount + 1, metadata.truncateBefore);

export const isExpired = ({ metadata }: Pick<StreamState, 'metadata'>, event: StoredEvent, nowMs: number): boolean =>
  metadata.maxAgeMs !== undefined && contentOf(event.record).createdMs < nowMs - metadata.maxAgeMs;

const epochStream = '$epoch-information';
const groupPrefix = '$persistentsubscription-$all::';

/** `$all` never shows the epochs, nor what persistent subscriptions to `$all` write about themselves. */
export const isHiddenFromAll = (record: Buffer): boolean => {
  if (!isSystemRecord(record)) return false;
  const name = streamNameOf(record);
  return name === epochStream || (name.startsWith(groupPrefix) && (name.endsWith('-checkpoint') || name.endsWith('-parked')));
};
