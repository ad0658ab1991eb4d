/** Messages that several services use: identifiers, UUIDs, expected revisions, proposed events. Unset oneofs are refused with INVALID_ARGUMENT. */

import { idText, mapEntry, streamName } from '../../protocol/messages.ts';
import { WireReader } from '../../protocol/reader.ts';
import { bytesField, emptyField, join, numberField, type Part } from '../../protocol/writer.ts';
import { appendTooBig, invalidRequest, missingMetadata } from '../grpc/failure.ts';
import type { Expected } from '../write/expectation.ts';
import type { ProposedEvent } from './record.ts';

/** 23.10's `MaxAppendSize`: over the sum of data bytes of one append. */
export const appendBytesMax = 1024 * 1024;

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const none = Buffer.alloc(0);

/** `UUID{1 structured | 2 string}` as lower-case text. */
export const uuid = (message: Uint8Array): string => {
  const id = idText(new WireReader(message)).toLowerCase();
  if (!uuidText.test(id)) throw invalidRequest(`'${id}' is not a UUID.`);
  return id;
};

/** Fields 2 to 5 of append, delete and tombstone options: revision | no_stream | any | stream_exists. `undefined` for any other field. */
export const expectedOf = (reader: WireReader): Expected | undefined => {
  switch (reader.field) {
    case 2: {
      const asked = reader.bigint();
      if (asked === 0xffffffffffffffffn) return { kind: 'noStream' };
      return { kind: 'exact', asked, revision: asked > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(asked) };
    }
    case 3:
      reader.skip();
      return { kind: 'noStream' };
    case 4:
      reader.skip();
      return { kind: 'any' };
    case 5:
      reader.skip();
      return { kind: 'streamExists' };
    default:
      return undefined;
  }
};

export type Target = { readonly stream: string; readonly expected: Expected };

/** Options of append, delete and tombstone. */
export const targetOf = (options: Uint8Array): Target => {
  const reader = new WireReader(options);
  let stream: string | undefined;
  let expected: Expected | undefined;
  while (reader.next()) {
    if (reader.field === 1) stream = streamName(reader.message());
    else {
      const found = expectedOf(reader);
      if (found === undefined) reader.skip();
      else expected = found;
    }
  }
  if (stream === undefined) throw invalidRequest('The stream identifier is missing.');
  if (expected === undefined) throw invalidRequest('The expected revision is missing.');
  return { stream, expected };
};

/** `ProposedMessage{1 id, 2 metadata, 3 custom_metadata, 4 data}`; its bytes stay views of the request. */
export const proposedEvent = (message: Uint8Array): ProposedEvent => {
  const reader = new WireReader(message);
  let id: string | undefined;
  let type: string | undefined;
  let contentType: string | undefined;
  let customMetadata: Uint8Array = none;
  let data: Uint8Array = none;
  while (reader.next()) {
    if (reader.field === 1) id = uuid(reader.bytes());
    else if (reader.field === 2) {
      const [key, value] = mapEntry(reader.message());
      if (key === 'type') type = value;
      else if (key === 'content-type') contentType = value;
    } else if (reader.field === 3) customMetadata = reader.bytes();
    else if (reader.field === 4) data = reader.bytes();
    else reader.skip();
  }
  if (id === undefined) throw invalidRequest('An event has no id.');
  if (type === undefined || type === '') throw missingMetadata('type');
  if (contentType === undefined) throw missingMetadata('content-type');
  return { id, type, contentType, customMetadata, data };
};

/** Adds an event's data to the size of its append; refuses what is over the limit. */
export const addSize = (bytes: number, event: ProposedEvent): number => {
  const total = bytes + event.data.length;
  if (total > appendBytesMax) throw appendTooBig(appendBytesMax);
  return total;
};

/** A position pair: commit equals prepare in everything a modern server writes. */
export const positionParts = (position: number): Part => join([numberField(1, position), numberField(2, position)]);

/** `{1 current_revision | 2 no_stream, 3 position | 4 no_position}`: the success of both kinds of append. */
export const successParts = (outcome: { readonly revision: number; readonly position?: number }): Part =>
  join([
    outcome.revision < 0 ? emptyField(2) : numberField(1, outcome.revision),
    outcome.position === undefined ? emptyField(4) : bytesField(3, positionParts(outcome.position)),
  ]);
