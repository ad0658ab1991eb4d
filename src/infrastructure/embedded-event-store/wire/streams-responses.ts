/** Answers of the streams service. */

import { bytesField, countField, emptyField, join, messageField, numberField, type Part, stringField, textField } from '../../protocol/writer.ts';
import { frame } from '../grpc/frames.ts';
import type { Expected } from '../write/expectation.ts';
import type { AppendOutcome } from '../write/operations.ts';
import { positionParts, successParts } from './shared-messages.ts';

export const confirmationFrame = (subscriptionId: string): Buffer => frame(messageField(2, [stringField(1, subscriptionId)]));

export const checkpointFrame = (position: number): Buffer => frame(bytesField(3, positionParts(position)));

export const streamNotFoundFrame = (name: string): Buffer => frame(messageField(4, [messageField(1, [bytesField(3, Buffer.from(name, 'utf8'))])]));

export const caughtUpFrame: Buffer = frame(emptyField(8));

/** The expectation echoed in fields: exact, any, stream_exists, no_stream. */
const echo = (expected: Expected, fields: { readonly exact: number; readonly any: number; readonly exists: number; readonly none: number }): Part => {
  switch (expected.kind) {
    case 'exact':
      return numberField(fields.exact, expected.asked);
    case 'any':
      return emptyField(fields.any);
    case 'streamExists':
      return emptyField(fields.exists);
    case 'noStream':
      return emptyField(fields.none);
    default:
      return expected satisfies never;
  }
};

/** `AppendResp`: success, or the wrong version as a body with status OK. */
export const appendResponse = (outcome: Exclude<AppendOutcome, { readonly kind: 'deleted' }>, expected: Expected): Buffer => {
  if (outcome.kind === 'appended') return join([bytesField(1, successParts(outcome))]);
  const current = outcome.current < 0 ? emptyField(7) : numberField(6, outcome.current);
  return join([messageField(2, [current, echo(expected, { exact: 8, any: 9, exists: 10, none: 11 })])]);
};

/** `DeleteResp` and `TombstoneResp`. */
export const deleteResponse = (position: number | undefined): Buffer => join([position === undefined ? emptyField(2) : bytesField(1, positionParts(position))]);

/** A batch append's refusal as `google.rpc.Status` with one detail. `message` is the detail's short type name unless a sentence is given. */
export type BatchError = { readonly code: number; readonly type: string; readonly detail: Buffer; readonly message?: string };

const noDetail = Buffer.alloc(0);
export const batchConflict = (current: number, expected: Expected): BatchError => ({
  code: 6,
  type: 'WrongExpectedVersion',
  detail: join([current < 0 ? emptyField(2) : numberField(1, current), echo(expected, { exact: 3, any: 4, exists: 5, none: 6 })]),
});
export const batchStreamDeleted = (stream: string): BatchError => ({
  code: 5,
  type: 'StreamDeleted',
  detail: join([messageField(1, [bytesField(3, Buffer.from(stream, 'utf8'))])]),
});
export const batchAccessDenied: BatchError = { code: 7, type: 'AccessDenied', detail: noDetail };
export const batchTimeout: BatchError = { code: 4, type: 'Timeout', detail: noDetail };
export const batchUnknown: BatchError = { code: 2, type: 'Unknown', detail: noDetail };
export const batchTooBig = (bytesMax: number): BatchError => ({ code: 3, type: 'MaximumAppendSizeExceeded', detail: join([countField(1, bytesMax)]) });
/** The Node client shows `message` for this one, so the sentence goes there as well. */
export const batchBadRequest = (sentence: string): BatchError => ({ code: 3, type: 'BadRequest', detail: join([textField(1, sentence)]), message: sentence });

export type BatchHeader = { readonly correlationId: Uint8Array; readonly stream: string; readonly expected: Expected };

const statusParts = ({ code, type, detail, message }: BatchError): Part =>
  join([
    numberField(1, code),
    textField(2, message ?? type),
    messageField(3, [stringField(1, `type.googleapis.com/event_store.client.${type}`), bytesField(2, detail)]),
  ]);

/** `BatchAppendResp`; the stream identifier is required, clients read it without asking. */
export const batchResponse = (header: BatchHeader, result: { readonly success: Part } | { readonly error: BatchError }): Buffer =>
  join([
    bytesField(1, header.correlationId),
    'error' in result ? bytesField(2, statusParts(result.error)) : bytesField(3, result.success),
    messageField(4, [bytesField(3, Buffer.from(header.stream, 'utf8'))]),
    echo(header.expected, { exact: 5, none: 6, any: 7, exists: 8 }),
  ]);
