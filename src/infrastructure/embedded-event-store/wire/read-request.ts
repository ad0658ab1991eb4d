/** `ReadReq` of the streams service: reads and subscriptions. Combinations that mean nothing are refused with INVALID_ARGUMENT. */

import { streamName } from '../../protocol/messages.ts';
import { WireReader } from '../../protocol/reader.ts';
import { invalidRequest } from '../grpc/failure.ts';
import type { Expression, FilterOptions } from '../read/filter.ts';

/** -1 is u64's maximum, which servers read as the end. */
export type From = 'start' | 'end' | number;
export type ReadSource = { readonly kind: 'stream'; readonly name: string; readonly from: From } | { readonly kind: 'all'; readonly from: From };
export type ReadRequest = {
  readonly source: ReadSource;
  readonly isBackwards: boolean;
  readonly resolveLinks: boolean;
  /** Absent for a subscription. */
  readonly count?: number;
  readonly filter?: FilterOptions;
  readonly structuredIds: boolean;
};

const fromNumber = (value: number): From => (value === -1 ? 'end' : value);

const streamSource = (bytes: Uint8Array): ReadSource => {
  const reader = new WireReader(bytes);
  let name: string | undefined;
  let from: From | undefined;
  while (reader.next()) {
    if (reader.field === 1) name = streamName(reader.message());
    else if (reader.field === 2) from = fromNumber(reader.number());
    else {
      if (reader.field === 3) from = 'start';
      if (reader.field === 4) from = 'end';
      reader.skip();
    }
  }
  if (name === undefined || from === undefined) throw invalidRequest('A stream and where to start are required.');
  return { kind: 'stream', name, from };
};

/** `Position{1 commit, 2 prepare}`; both are the same in this store. */
export const commitPosition = (bytes: Uint8Array): number => {
  const reader = new WireReader(bytes);
  let commit = 0;
  while (reader.next()) {
    if (reader.field === 1) commit = reader.number();
    else reader.skip();
  }
  return commit;
};

const allSource = (bytes: Uint8Array): ReadSource => {
  const reader = new WireReader(bytes);
  let from: From | undefined;
  while (reader.next()) {
    if (reader.field === 1) from = fromNumber(commitPosition(reader.bytes()));
    else {
      if (reader.field === 2) from = 'start';
      if (reader.field === 3) from = 'end';
      reader.skip();
    }
  }
  if (from === undefined) throw invalidRequest('Where to start is required.');
  return { kind: 'all', from };
};

const expression = (bytes: Uint8Array): Expression => {
  const reader = new WireReader(bytes);
  let regex = '';
  const prefixes: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) regex = reader.string();
    else if (reader.field === 2) prefixes.push(reader.string());
    else reader.skip();
  }
  return { regex, prefixes };
};

const windowByCount = 32;
/** `FilterOptions{1 stream | 2 type, 3 max | 4 count, 5 checkpointIntervalMultiplier}` of both services. */
export const filterOptions = (bytes: Uint8Array): FilterOptions => {
  const reader = new WireReader(bytes);
  let by: Pick<FilterOptions, 'on' | 'expression'> | undefined;
  let window: number | undefined;
  let multiplier = 0;
  while (reader.next()) {
    if (reader.field === 1) by = { on: 'stream', expression: expression(reader.bytes()) };
    else if (reader.field === 2) by = { on: 'type', expression: expression(reader.bytes()) };
    else if (reader.field === 3) window = reader.number();
    else if (reader.field === 5) multiplier = reader.number();
    else {
      if (reader.field === 4) window = windowByCount;
      reader.skip();
    }
  }
  if (by === undefined) throw invalidRequest('A filter needs an expression on stream names or event types.');
  if (window === undefined) throw invalidRequest('A filter needs a search window.');
  return { ...by, window, multiplier };
};

type Draft = {
  source?: ReadSource;
  direction: number;
  resolveLinks: boolean;
  count?: number;
  isSubscription: boolean;
  filter?: FilterOptions;
  hasNoFilter: boolean;
  structuredIds: boolean;
};

const structuredOption = (bytes: Uint8Array): boolean => {
  const reader = new WireReader(bytes);
  let isStructured = false;
  while (reader.next()) {
    isStructured = reader.field === 1;
    reader.skip();
  }
  return isStructured;
};

const readField = (reader: WireReader, draft: Draft): void => {
  switch (reader.field) {
    case 1:
      draft.source = streamSource(reader.bytes());
      break;
    case 2:
      draft.source = allSource(reader.bytes());
      break;
    case 3:
      draft.direction = reader.number();
      break;
    case 4:
      draft.resolveLinks = reader.boolean();
      break;
    case 5:
      draft.count = reader.number();
      break;
    case 6:
      draft.isSubscription = true;
      reader.skip();
      break;
    case 7:
      draft.filter = filterOptions(reader.bytes());
      break;
    case 8:
      draft.hasNoFilter = true;
      reader.skip();
      break;
    case 9:
      draft.structuredIds = structuredOption(reader.bytes());
      break;
    default:
      reader.skip();
  }
};

const validated = (draft: Draft): ReadRequest => {
  const { source, filter, count, isSubscription } = draft;
  if (source === undefined) throw invalidRequest('A stream or $all is required.');
  if (count === undefined && !isSubscription) throw invalidRequest('A count or a subscription is required.');
  if (filter === undefined && !draft.hasNoFilter) throw invalidRequest('A filter or none is required.');
  if (source.kind === 'stream' && filter !== undefined) throw invalidRequest('The combination of a stream and a filter is invalid.');
  if (draft.direction !== 0 && draft.direction !== 1) throw invalidRequest(`Read direction ${draft.direction} is invalid.`);
  if (isSubscription && draft.direction === 1) throw invalidRequest('The combination of a subscription and reading backwards is invalid.');
  if (isSubscription && filter !== undefined && filter.multiplier < 1) throw invalidRequest('The checkpoint interval multiplier must be greater than 0.');
  const count0 = count === -1 ? Number.MAX_SAFE_INTEGER : count;
  return {
    source,
    isBackwards: draft.direction === 1,
    resolveLinks: draft.resolveLinks,
    structuredIds: draft.structuredIds,
    ...(isSubscription || count0 === undefined ? {} : { count: count0 }),
    ...(filter === undefined ? {} : { filter }),
  };
};

export const readRequest = (message: Uint8Array): ReadRequest => {
  const draft: Draft = { direction: 0, resolveLinks: false, isSubscription: false, hasNoFilter: false, structuredIds: false };
  const outer = new WireReader(message);
  while (outer.next()) {
    if (outer.field !== 1) {
      outer.skip();
      continue;
    }
    const reader = outer.message();
    while (reader.next()) readField(reader, draft);
  }
  return validated(draft);
};
