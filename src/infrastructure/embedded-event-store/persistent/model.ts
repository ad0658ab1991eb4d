/** What a persistent subscription group is told: its key, settings, where it starts and what it looks at. */
import type { FilterOptions } from '../read/filter.ts';
import type { Resolved } from '../read/resolve.ts';
import { contentOf, idOf, streamNameOf, typeOf } from '../wire/stored-event.ts';

/** `stream` is `$all` for a group on everything. */
export type GroupKey = { readonly stream: string; readonly group: string };
export const allStream = '$all';
export const keyText = ({ stream, group }: GroupKey): string => `${stream}::${group}`;

export const strategyNames = ['DispatchToSingle', 'RoundRobin', 'Pinned', 'PinnedByCorrelation'] as const;
export type StrategyName = (typeof strategyNames)[number];

export type GroupSettings = {
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  readonly messageTimeoutMs: number;
  readonly maxRetryCount: number;
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  /** 0 is unlimited. */
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly strategy: string;
};

/** `start` is a revision or a position, inclusive; -1 is the end. */
export type GroupConfig = { readonly key: GroupKey; readonly settings: GroupSettings; readonly start: number; readonly filter?: FilterOptions };

/**
 * An event on its way to a consumer. `sequence` is its revision (its position in a group on `$all`); a replayed parked message has
 * no part in checkpoints.
 */
export type Message = {
  readonly id: string;
  readonly resolved: Resolved;
  readonly sequence: number;
  readonly position: number;
  readonly retryCount: number;
  readonly isReplayed: boolean;
};

/** The original of a resolved event: the link if there is one. Clients acknowledge by its id. */
export const originalOfResolved = ({ event, link }: Resolved): { readonly record: Buffer; readonly position: number; readonly revision: number } => {
  const original = link ?? event;
  if (original === undefined) throw new Error('a resolved event has neither event nor link');
  return original;
};

export const messageOf = (resolved: Resolved, place: { readonly sequence: number; readonly isReplayed: boolean }): Message => {
  const original = originalOfResolved(resolved);
  return { id: idOf(original.record), resolved, sequence: place.sequence, position: original.position, retryCount: 0, isReplayed: place.isReplayed };
};

const linkTarget = (record: Buffer): string => contentOf(record).data.toString('utf8');

/** The stream an event comes from; of an unresolved link, the stream it points to. */
export const sourceStreamOf = (resolved: Resolved): string => {
  const { record } = resolved.event ?? originalOfResolved(resolved);
  if (typeOf(record) !== '$>') return streamNameOf(record);
  const target = linkTarget(record);
  return target.slice(target.indexOf('@') + 1);
};

/** What a parked message points to: the event itself, or what the link that led nowhere said. */
export const parkedTargetOf = ({ event, link }: Resolved): string => {
  if (event !== undefined) return `${event.revision}@${streamNameOf(event.record)}`;
  return link === undefined ? '' : linkTarget(link.record);
};

export const checkpointStreamOf = (key: GroupKey): string => `$persistentsubscription-${keyText(key)}-checkpoint`;
export const parkedStreamOf = (key: GroupKey): string => `$persistentsubscription-${keyText(key)}-parked`;

/** A place as the protocol prints it: a revision, or both halves of a position. */
export const placeText = (key: GroupKey, place: number): string => (key.stream === allStream ? `C:${place}/P:${place}` : `${place}`);
export const placeOfText = (text: string): number => Number(text.startsWith('C:') ? text.slice(2, text.indexOf('/')) : text);
