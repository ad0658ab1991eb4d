/** Refusals on the wire: RFC 9457 problem details. Every code has a page at `/problems/<code>`. */
import type { Request, Response } from 'express';
import type { FieldError } from './parts.ts';

type Known = { readonly status: number; readonly title: string; readonly docs: string };
const known = <const C extends Readonly<Record<string, Known>>>(codes: C): C => codes;

/** The interface's own refusals. A decision's own are 409 with the code that the command declares. */
export const problemCodes = known({
  'bad-request': {
    status: 400,
    title: 'The request cannot be read',
    docs: 'A header, a path or a parameter has a form that is not permitted; the detail says which.',
  },
  'not-json': { status: 400, title: 'The body is not JSON', docs: 'The body must be UTF-8 JSON in which no name stands twice in one object.' },
  'bad-query': {
    status: 400,
    title: 'The query cannot be answered',
    docs: 'A filter, a sort column, a field or a cursor is not known; the errors name each, with the known ones.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid token',
    docs: 'Send `Authorization: Bearer <token>` with a token that its issuer signed for this API and that has not expired.',
  },
  forbidden: { status: 403, title: 'Not permitted', docs: 'The caller does not hold the permission that the detail names. `GET /me` lists what it holds.' },
  'not-found': { status: 404, title: 'Not there', docs: 'There is nothing at this address, or it is not yours: the two are not told apart.' },
  'method-not-allowed': { status: 405, title: 'Method not allowed', docs: 'The address exists for other methods; the `Allow` header lists them.' },
  'not-acceptable': { status: 406, title: 'No such form', docs: 'None of the media types of the `Accept` header can be had here.' },
  'request-timeout': { status: 408, title: 'The body came too slowly', docs: 'The whole body must arrive within some seconds. Nothing was done.' },
  'concurrent-change': {
    status: 409,
    title: 'Changed by others meanwhile',
    docs: 'Others changed it again and again while this was being decided. Nothing was done; send it again.',
  },
  'link-expired': { status: 410, title: 'The link has ended', docs: 'Links to files end after some minutes. Whoever may see the file can get another one.' },
  'revision-mismatch': {
    status: 412,
    title: 'At another revision',
    docs: '`If-Match` names a revision that the aggregate is not at. Read it again and decide anew.',
  },
  'body-too-large': { status: 413, title: 'The body is too large', docs: 'A body may have 1 MiB.' },
  'file-too-large': {
    status: 413,
    title: 'The file is too large',
    docs: 'It is larger than was announced, or than this installation takes; `details` says how large it may be. Nothing of it was kept.',
  },
  'uri-too-long': { status: 414, title: 'The address is too long', docs: 'An address with its parameters may have 8 KiB.' },
  'unsupported-media-type': { status: 415, title: 'Not this media type', docs: 'Send `Content-Type: application/json`, uncompressed.' },
  invalid: { status: 422, title: 'Some fields are not right', docs: 'Every mistake is listed, with a JSON Pointer to its field.' },
  'file-rejected': {
    status: 422,
    title: 'The file is not what was announced, or not safe',
    docs: 'Its size or its kind is another one, it is of no kind that is taken, or the virus scanner found something in it or does not look at one so large: `details.reason` says which. Nothing of it was kept; announce it again.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The key was used for something else',
    docs: 'An `Idempotency-Key` repeats one request; for another one, use another key.',
  },
  'rate-limited': { status: 429, title: 'Too many requests', docs: '`RateLimit-Policy` says what is permitted, `Retry-After` when to come again.' },
  'header-too-large': { status: 431, title: 'The headers are too large', docs: 'All headers together may have 16 KiB.' },
  'internal-error': {
    status: 500,
    title: 'A mistake of ours',
    docs: 'It has been logged under the correlation id. The request may be sent again with the same `Idempotency-Key`.',
  },
  starting: { status: 503, title: 'Being started', docs: 'The system is being started. Send the request again after `Retry-After` seconds.' },
  'store-unavailable': {
    status: 503,
    title: 'A store is away',
    docs: 'It is being reached for. Send the request again after `Retry-After` seconds, with the same `Idempotency-Key`.',
  },
  'read-model-behind': {
    status: 503,
    title: 'The read model is behind',
    docs: 'It has not reached the position of the `Consistency-Token` in time. Ask again.',
  },
  'identity-unavailable': {
    status: 503,
    title: 'Nobody can be told from anybody',
    docs: 'The issuer’s keys or the newest permissions cannot be had, so nobody is let in until they can.',
  },
  overloaded: { status: 503, title: 'Too much at once', docs: 'More requests are being answered than there is room for. Come again.' },
});
export type ProblemCode = keyof typeof problemCodes;

export type Problem = {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly (FieldError | { readonly parameter: string; readonly message: string; readonly known?: readonly string[] })[];
  /** The facts of a decision's refusal. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
};
type More = Pick<Problem, 'errors' | 'details' | 'headers'>;

/** A problem by its code; `detail` is a sentence about this very request. */
export const problem = (code: ProblemCode, detail: string, more: More = {}): Problem => {
  const { status, title } = problemCodes[code];
  return { status, code, title, detail, ...more };
};

export const notFound = (): Problem => problem('not-found', 'There is nothing here, or it is not yours.');

export const correlationHeader = 'X-Correlation-Id';
export const correlationOf = (response: Response): string => String(response.getHeader(correlationHeader) ?? '');

/** The problem document, without headers. */
export const problemDocument = (
  { headers: _, status, title, detail, code, errors, details }: Problem,
  at: { readonly instance: string; readonly correlationId: string },
) => ({
  type: `/problems/${code}`,
  title,
  status,
  detail,
  instance: at.instance,
  code,
  correlationId: at.correlationId,
  ...(errors === undefined ? {} : { errors }),
  ...(details === undefined ? {} : { details }),
});

/** Sends it, unless an answer has begun: then the connection is cut, so that nobody takes half an answer for a whole one. */
export const sendProblem = (request: Request, response: Response, sent: Problem): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const instance = (request.originalUrl.split('?')[0] ?? '').slice(0, 500);
  for (const [name, value] of Object.entries(sent.headers ?? {})) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.status(sent.status).end(JSON.stringify(problemDocument(sent, { instance, correlationId: correlationOf(response) })));
};
