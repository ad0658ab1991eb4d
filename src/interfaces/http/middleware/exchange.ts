/** One request of a signed-in caller, and the wrapper that every endpoint behind a token is put into. */
import type { Request, RequestHandler, Response } from 'express';
import { type Caller, may } from '../../../application/caller.ts';
import type { AuthenticationRefusal, HttpParts, Subject } from '../parts.ts';
import { correlationOf, type Problem, problem, sendProblem } from '../problems.ts';
import type { RateLimits } from './rate-limits.ts';

export type Exchange = {
  readonly request: Request;
  readonly response: Response;
  readonly correlationId: string;
  readonly token: string;
  readonly caller: Caller;
  readonly subject: Subject;
  readonly expiresAtMs: number;
};
/** Answers by itself, or gives the problem to answer with. */
export type Endpoint = (exchange: Exchange) => Promise<Problem | undefined>;

const refusals: Readonly<Record<AuthenticationRefusal, Problem>> = {
  invalid: problem('unauthenticated', 'The token is not valid.', { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }),
  expired: problem('unauthenticated', 'The token has expired.', {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token", error_description="expired"' },
  }),
  unknown: problem('unauthenticated', 'The token names nobody who may use this.', { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } }),
  unavailable: problem('identity-unavailable', 'The keys of the issuer cannot be had.', { headers: { 'Retry-After': '5' } }),
  behind: problem('identity-unavailable', 'This node does not know the newest permissions.', { headers: { 'Retry-After': '1' } }),
};
const missing = problem('unauthenticated', 'A bearer token is needed.', { headers: { 'WWW-Authenticate': 'Bearer' } });
const bearer = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

export const bearerOf = (request: Request): string | undefined => bearer.exec(request.headers.authorization ?? '')?.[1];
/** Why nobody is let in; without a reason there was no token. */
export const refusalOfToken = (reason: AuthenticationRefusal | undefined): Problem => (reason === undefined ? missing : refusals[reason]);

/** `counted` is told of every request of a signed-in caller that the limits let through. */
export type Gate = Pick<HttpParts, 'authenticate'> & { readonly counted?: (caller: Caller, request: Request) => void };

/** Lets in whom the token vouches for, within the limits; then the endpoint answers. */
export const signedIn =
  ({ authenticate, counted }: Gate, limits: RateLimits, endpoint: Endpoint): RequestHandler =>
  async (request, response) => {
    const token = bearerOf(request);
    const authentication = token === undefined ? undefined : await authenticate(token);
    if (token === undefined || authentication?.ok !== true) {
      const limited = await limits.countAddress(request.ip ?? 'unknown', response);
      sendProblem(request, response, limited ?? refusalOfToken(authentication?.ok === false ? authentication.reason : undefined));
      return;
    }
    const { caller, subject, expiresAtMs } = authentication;
    const limited = await limits.countCaller(caller, response);
    if (limited === undefined) counted?.(caller, request);
    const exchange = { request, response, correlationId: correlationOf(response), token, caller, subject, expiresAtMs };
    const refused = limited ?? (await endpoint(exchange));
    if (refused !== undefined) sendProblem(request, response, refused);
  };

/** The refusal, where the caller lacks the permission. */
export const lacking = (caller: Caller, permission: string): Problem | undefined =>
  may(caller, permission) ? undefined : problem('forbidden', `The permission ${permission} is needed.`, { details: { permission } });

/** Sends JSON that must not be kept by anybody on the way. */
export const sendJson = (response: Response, status: number, body: unknown): void => {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.status(status).end(JSON.stringify(body));
};
