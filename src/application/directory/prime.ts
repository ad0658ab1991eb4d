/**
 * Filling the directory at a start without reading the whole log: the streams it folds are read one by one, and the log is followed from a
 * position at which all of them were known. What comes twice is known by its revision.
 */
import type { Directory } from '../directory.ts';
import type { EventLog, StoredEvent } from '../ports/event-log.ts';

const inFlightMax = 32;

/** The categories that the directory folds. */
export const directoryCategories = ['user', 'role', 'administrators', 'apiClient', 'customer', 'subject'] as const;
/** `streams`: every stream of those categories that existed at `position`. */
export type DirectoryStart = { readonly streams: readonly string[]; readonly position: bigint };

/** Afterwards the directory holds everything up to `position`, and perhaps more of single streams. */
export const primeDirectory = async (directory: Directory, log: Pick<EventLog, 'read'>, { streams, position }: DirectoryStart): Promise<void> => {
  const events: StoredEvent[] = [];
  let next = 0;
  const reader = async (): Promise<void> => {
    for (let index = next++; index < streams.length; index = next++) {
      for (const event of await log.read(streams[index] ?? '')) events.push(event);
    }
  };
  await Promise.all(Array.from({ length: inFlightMax }, reader));
  // In the log's order: an identity that one user gave up and another took is the other's.
  events.sort((a, b) => (a.position < b.position ? -1 : 1));
  directory.handle({ events, position });
};
