/** Requests of the persistent subscriptions service. */

import { streamName } from '../../protocol/messages.ts';
import { WireReader } from '../../protocol/reader.ts';
import { groupFailed, invalidRequest } from '../grpc/failure.ts';
import type { NackAction } from '../persistent/group.ts';
import { allStream, type GroupConfig, type GroupKey, type GroupSettings } from '../persistent/model.ts';
import type { FilterOptions } from '../read/filter.ts';
import { commitPosition, filterOptions } from './read-request.ts';
import { uuid } from './shared-messages.ts';

/** Field 1 of every request. */
export const optionsOf = (message: Uint8Array): Uint8Array => {
  const reader = new WireReader(message);
  let options: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.field === 1) options = reader.bytes();
    else reader.skip();
  }
  if (options === undefined) throw invalidRequest('The options are missing.');
  return options;
};

const strategyByNumber = ['DispatchToSingle', 'RoundRobin', 'Pinned'] as const;
const ticksPerMs = 10_000;

const numberSettings: Readonly<Record<number, keyof GroupSettings>> = {
  5: 'maxRetryCount',
  7: 'minCheckpointCount',
  8: 'maxCheckpointCount',
  9: 'maxSubscriberCount',
  10: 'liveBufferSize',
  11: 'readBatchSize',
  12: 'historyBufferSize',
  14: 'messageTimeoutMs',
  15: 'checkpointAfterMs',
};

const noSettings: GroupSettings = {
  resolveLinks: false,
  extraStatistics: false,
  messageTimeoutMs: 0,
  maxRetryCount: 0,
  checkpointAfterMs: 0,
  minCheckpointCount: 0,
  maxCheckpointCount: 0,
  maxSubscriberCount: 0,
  liveBufferSize: 0,
  readBatchSize: 0,
  historyBufferSize: 0,
  strategy: 'DispatchToSingle',
};

const settingField = (reader: WireReader): Partial<GroupSettings> => {
  const named = numberSettings[reader.field];
  if (named !== undefined) return { [named]: Number(reader.signed()) };
  switch (reader.field) {
    case 1:
      return { resolveLinks: reader.boolean() };
    case 3:
      return { extraStatistics: reader.boolean() };
    case 4:
      return { messageTimeoutMs: Math.trunc(Number(reader.signed()) / ticksPerMs) };
    case 6:
      return { checkpointAfterMs: Math.trunc(Number(reader.signed()) / ticksPerMs) };
    default:
      reader.skip();
      return {};
  }
};

/** Field 2 is the start of older clients, 13 the strategy by number, 16 by name, which wins. */
const settingsOf = (bytes: Uint8Array): { readonly settings: GroupSettings; readonly revision: number } => {
  const reader = new WireReader(bytes);
  let settings = noSettings;
  let revision = 0;
  let numbered = 0;
  let named = '';
  while (reader.next()) {
    if (reader.field === 2) revision = reader.number();
    else if (reader.field === 13) numbered = reader.number();
    else if (reader.field === 16) named = reader.string();
    else settings = { ...settings, ...settingField(reader) };
  }
  const strategy = named === '' ? (strategyByNumber[numbered] ?? `${numbered}`) : named;
  return { settings: { ...settings, strategy }, revision };
};

type Start = { readonly stream?: string; readonly start?: number; readonly filter?: FilterOptions };

/** `StreamOptions{1 stream, 2 revision | 3 start | 4 end}` of newer clients. */
const streamStart = (bytes: Uint8Array): Start => {
  const reader = new WireReader(bytes);
  let found: Start = {};
  while (reader.next()) {
    if (reader.field === 1) found = { ...found, stream: streamName(reader.message()) };
    else if (reader.field === 2) found = { ...found, start: reader.number() };
    else {
      if (reader.field === 3) found = { ...found, start: 0 };
      if (reader.field === 4) found = { ...found, start: -1 };
      reader.skip();
    }
  }
  return found;
};

/** `AllOptions{1 position | 2 start | 3 end, 4 filter | 5 no_filter}`. */
const allStart = (bytes: Uint8Array): Start => {
  const reader = new WireReader(bytes);
  let found: Start = { stream: allStream, start: 0 };
  while (reader.next()) {
    if (reader.field === 1) found = { ...found, start: commitPosition(reader.bytes()) };
    else if (reader.field === 4) found = { ...found, filter: filterOptions(reader.bytes()) };
    else {
      if (reader.field === 3) found = { ...found, start: -1 };
      reader.skip();
    }
  }
  return found;
};

/** `$all` is named by its own option, never as a stream. */
const requireNotAll = (key: GroupKey): void => {
  if (key.stream === allStream) throw groupFailed(key, 'Persistent subscriptions to $all are made with the option for $all');
};

/** `CreateReq` and `UpdateReq` have the same fields. */
export const configOf = (message: Uint8Array): GroupConfig => {
  const reader = new WireReader(optionsOf(message));
  let group = '';
  let top: string | undefined;
  let found: Start | undefined;
  let isAll = false;
  let read = { settings: noSettings, revision: 0 };
  while (reader.next()) {
    if (reader.field === 1) top = streamName(reader.message());
    else if (reader.field === 2) group = reader.string();
    else if (reader.field === 3) read = settingsOf(reader.bytes());
    else if (reader.field === 4) found = streamStart(reader.bytes());
    else if (reader.field === 5) {
      found = allStart(reader.bytes());
      isAll = true;
    } else reader.skip();
  }
  const key = { stream: found?.stream ?? top ?? '', group };
  if (!isAll) requireNotAll(key);
  return { key, settings: read.settings, start: found?.start ?? read.revision, ...(found?.filter === undefined ? {} : { filter: found.filter }) };
};

/** Delete, get-info, replay and read name their group in different fields. */
export type KeyFields = { readonly stream: number; readonly all: number; readonly group: number };
export const keyOf = (options: Uint8Array, fields: KeyFields): GroupKey => {
  const reader = new WireReader(options);
  let stream: string | undefined;
  let group = '';
  while (reader.next()) {
    if (reader.field === fields.stream) stream = streamName(reader.message());
    else if (reader.field === fields.group) group = reader.string();
    else {
      if (reader.field === fields.all) stream = allStream;
      reader.skip();
    }
  }
  if (stream === undefined) throw invalidRequest('A stream or $all is required.');
  return { stream, group };
};

/** `undefined` is no limit. */
export const stopAtOf = (options: Uint8Array): bigint | undefined => {
  const reader = new WireReader(options);
  let stopAt: bigint | undefined;
  while (reader.next()) {
    if (reader.field === 4) stopAt = reader.signed();
    else reader.skip();
  }
  return stopAt;
};

/** `undefined` lists every group. */
export const listedStream = (options: Uint8Array): string | undefined => {
  const reader = new WireReader(options);
  let stream: string | undefined;
  while (reader.next()) {
    if (reader.field !== 2) reader.skip();
    else {
      const option = reader.message();
      stream = allStream;
      while (option.next()) {
        if (option.field === 1) stream = streamName(option.message());
        else option.skip();
      }
    }
  }
  return stream;
};

export type Answer =
  | { readonly kind: 'ack'; readonly ids: readonly string[] }
  | { readonly kind: 'nack'; readonly ids: readonly string[]; readonly action: NackAction; readonly reason: string };
export type ConsumerMessage = { readonly kind: 'options'; readonly key: GroupKey; readonly slots: number; readonly structuredIds: boolean } | Answer;

const actions: readonly NackAction[] = ['unknown', 'park', 'retry', 'skip', 'stop'];

const answerOf = (kind: 'ack' | 'nack', bytes: Uint8Array): Answer => {
  const reader = new WireReader(bytes);
  const ids: string[] = [];
  let action: NackAction = 'unknown';
  let reason = '';
  while (reader.next()) {
    if (reader.field === 2) ids.push(uuid(reader.bytes()));
    else if (reader.field === 3) action = actions[reader.number()] ?? 'unknown';
    else if (reader.field === 4) reason = reader.string();
    else reader.skip();
  }
  return kind === 'ack' ? { kind, ids } : { kind, ids, action, reason };
};

const readOptions = (bytes: Uint8Array): ConsumerMessage => {
  const reader = new WireReader(bytes);
  let slots = 10;
  let structuredIds = false;
  while (reader.next()) {
    if (reader.field === 3) slots = Number(reader.signed());
    else if (reader.field === 4) {
      const option = reader.message();
      while (option.next()) {
        structuredIds = option.field === 1;
        option.skip();
      }
    } else reader.skip();
  }
  return { kind: 'options', key: keyOf(bytes, { stream: 1, all: 5, group: 2 }), slots: Math.max(1, slots), structuredIds };
};

/** One message of a consumer: its options first, then acknowledgements. */
export const consumerMessage = (message: Uint8Array): ConsumerMessage => {
  const reader = new WireReader(message);
  let found: ConsumerMessage | undefined;
  while (reader.next()) {
    if (reader.field === 1) found = readOptions(reader.bytes());
    else if (reader.field === 2) found = answerOf('ack', reader.bytes());
    else if (reader.field === 3) found = answerOf('nack', reader.bytes());
    else reader.skip();
  }
  if (found === undefined) throw invalidRequest('A consumer sends options, acks or nacks.');
  return found;
};
