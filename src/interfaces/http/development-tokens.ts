/** `POST /dev/token` and the embedded issuer's keys: only where there is such an issuer, which is never in production. */
import type { RequestHandler } from 'express';
import { readJson } from './middleware/body.ts';
import { sendJson } from './middleware/exchange.ts';
import type { RateLimits } from './middleware/rate-limits.ts';
import type { DevelopmentTokens, HttpParts } from './parts.ts';
import { type Problem, problem, sendProblem } from './problems.ts';

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{ user }` of the demonstration, or `{ grant_type: "client_credentials", client_id, client_secret }` of an API client. */
type Answer = { readonly token: object } | { readonly problem: Problem };
const refused = (refusal: Problem): Answer => ({ problem: refusal });
const issued = (token: object | undefined, otherwise: Problem): Answer => (token === undefined ? refused(otherwise) : { token });

const tokenFor = async (body: unknown, tokens: DevelopmentTokens): Promise<Answer> => {
  const { user, grant_type: grant, client_id: id, client_secret: secret, ...rest } = isMembers(body) ? body : {};
  const wrong = problem('invalid', 'Send { "user": … } or { "grant_type": "client_credentials", "client_id": …, "client_secret": … }.', {
    errors: [{ pointer: '/user', message: 'must name a demo user' }],
  });
  if (Object.keys(rest).length > 0) return refused(wrong);
  if (typeof user === 'string' && grant === undefined && id === undefined && secret === undefined) return issued(tokens.tokenFor(user), wrong);
  if (user !== undefined || grant !== 'client_credentials' || typeof id !== 'string' || typeof secret !== 'string') return refused(wrong);
  return issued(await tokens.tokenForClient(id, secret), problem('unauthenticated', 'The client id or the secret is not right.'));
};

export const tokenEndpoint =
  (parts: HttpParts, tokens: DevelopmentTokens, limits: RateLimits): RequestHandler =>
  async (request, response) => {
    const limited = await limits.countAddress(request.ip ?? 'unknown', response);
    if (limited !== undefined) return sendProblem(request, response, limited);
    const read = await readJson(request, parts);
    const answer = read.ok ? await tokenFor(read.value, tokens) : refused(read.problem);
    if ('problem' in answer) return sendProblem(request, response, answer.problem);
    return sendJson(response, 200, answer.token);
  };

export const usersEndpoint =
  (tokens: DevelopmentTokens): RequestHandler =>
  (_request, response) =>
    sendJson(response, 200, { users: tokens.users() });

export const keysEndpoint =
  (tokens: DevelopmentTokens): RequestHandler =>
  (_request, response) => {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Cache-Control', 'public, max-age=60');
    response.end(JSON.stringify(tokens.keys()));
  };
