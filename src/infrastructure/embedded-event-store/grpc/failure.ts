/**
 * How refusals reach clients: a gRPC status and, for most, the trailer `exception`, from which clients choose their error class.
 * Each function is one row of the protocol's error table.
 */

export const status = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

export type Trailers = Readonly<Record<string, string>>;

/** A call that ends with a status other than OK. Thrown by handlers, written by the server. */
export class GrpcFailure extends Error {
  readonly code: number;
  readonly trailers: Trailers;

  constructor(code: number, details: string, trailers: Trailers = {}) {
    super(details);
    this.code = code;
    this.trailers = trailers;
  }
}

const printableAscii = /^[\x20-\x7e]*$/;
/** Metadata allows printable ASCII only; any other name travels percent-encoded. */
export const ascii = (text: string): string => (printableAscii.test(text) ? text : encodeURIComponent(text.toWellFormed()));

export const streamDeleted = (stream: string): GrpcFailure =>
  new GrpcFailure(status.failedPrecondition, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': ascii(stream) });

export type VersionConflict = { readonly stream: string; readonly expected: bigint; readonly actual: bigint };
/** Numbers as the real server prints them: any -2, none -1, exists -4; an absent stream is at -1. */
export const wrongVersionOfDelete = ({ stream, expected, actual }: VersionConflict): GrpcFailure =>
  new GrpcFailure(
    status.failedPrecondition,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    { exception: 'wrong-expected-version', 'stream-name': ascii(stream), 'expected-version': `${expected}`, 'actual-version': `${actual}` },
  );

export const appendTooBig = (bytesMax: number): GrpcFailure =>
  new GrpcFailure(status.invalidArgument, `Maximum Append Size of ${bytesMax} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': `${bytesMax}`,
  });

export const missingMetadata = (property: 'type' | 'content-type'): GrpcFailure =>
  new GrpcFailure(status.invalidArgument, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const unauthenticated = (): GrpcFailure => new GrpcFailure(status.unauthenticated, 'Unauthenticated');

export const accessDenied = (): GrpcFailure => new GrpcFailure(status.permissionDenied, 'Access Denied', { exception: 'access-denied' });

export const timedOut = (what: string): GrpcFailure => new GrpcFailure(status.aborted, `Operation timed out: ${what}`);

export const notReady = (): GrpcFailure => new GrpcFailure(status.unavailable, 'Server Is Not Ready');

export const tooBusy = (): GrpcFailure => new GrpcFailure(status.unavailable, 'Server Is Too Busy');

export const invalidRequest = (details: string): GrpcFailure => new GrpcFailure(status.invalidArgument, details);

export const readFailed = (): GrpcFailure => new GrpcFailure(status.unknown, 'Unexpected ReadStreamResult: Error');

/** A record whose checksum or place does not fit: reported, never served. */
export const corruptedRecord = (position: number): GrpcFailure =>
  new GrpcFailure(status.dataLoss, `The record at position ${position} is corrupted; run the event store's \`--verify\`.`);

export const storageFailed = (reason: string): GrpcFailure =>
  new GrpcFailure(status.resourceExhausted, `The event store could not write: ${reason}. Nothing of this append was kept.`);

type Group = { readonly stream: string; readonly group: string };
const groupTrailers = (exception: string, { stream, group }: Group): Trailers => ({ exception, 'stream-name': ascii(stream), 'group-name': ascii(group) });

export const groupNotFound = (key: Group): GrpcFailure =>
  new GrpcFailure(
    status.notFound,
    `Subscription group ${key.group} on stream ${key.stream} does not exist.`,
    groupTrailers('persistent-subscription-does-not-exist', key),
  );

export const groupExists = (key: Group): GrpcFailure =>
  new GrpcFailure(
    status.alreadyExists,
    `Subscription group ${key.group} on stream ${key.stream} exists.`,
    groupTrailers('persistent-subscription-exists', key),
  );

export const groupFailed = (key: Group, reason: string): GrpcFailure =>
  new GrpcFailure(status.internal, `Subscription group ${key.group} on stream ${key.stream} failed: '${reason}'`, {
    ...groupTrailers('persistent-subscription-failed', key),
    reason: ascii(reason),
  });

export const groupIsFull = (key: Group): GrpcFailure =>
  new GrpcFailure(
    status.failedPrecondition,
    `Maximum subscriptions reached for subscription group ${key.group} on stream ${key.stream}.`,
    groupTrailers('maximum-subscribers-reached', key),
  );

export const groupDropped = (key: Group): GrpcFailure =>
  new GrpcFailure(
    status.cancelled,
    `Subscription group ${key.group} on stream ${key.stream} was dropped.`,
    groupTrailers('persistent-subscription-dropped', key),
  );
