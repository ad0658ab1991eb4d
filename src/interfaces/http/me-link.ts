/** `POST /me/link`: the first sign-in of somebody who was invited. The one address for a valid token that speaks for nobody yet. */
import type { Request, RequestHandler } from 'express';
import { fields, instant, text, uuid } from '../../domain/kernel/schema.ts';
import { refusalOf } from './commands/outcome.ts';
import { problemOfFailure } from './failures.ts';
import { readJson } from './middleware/body.ts';
import { bearerOf, refusalOfToken, sendJson } from './middleware/exchange.ts';
import type { RateLimits } from './middleware/rate-limits.ts';
import type { FirstSignIn, HttpParts } from './parts.ts';
import { correlationOf, notFound, type Problem, problem, sendProblem } from './problems.ts';

/** As it stands in the invitation's link. */
export const invitedSchema = fields({ userId: uuid(), until: instant(), code: text({ max: 64 }) });
type Invited = Parameters<FirstSignIn['join']>[0]['invited'];

const isEmpty = (body: unknown): boolean => typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;

/** The invitation that the body names; nothing: the one that went to the token's verified e-mail. */
const invitedIn = (body: unknown, { validation }: HttpParts): { readonly invited: Invited } | Problem => {
  if (isEmpty(body)) return { invited: undefined };
  const errors = validation.errorsOf(invitedSchema, body);
  // The boundary: the schema has held.
  return errors.length === 0
    ? { invited: body as NonNullable<Invited> }
    : problem('invalid', `${errors.length} field(s) of the body are not right.`, { errors });
};

type Asked = { readonly request: Request; readonly correlationId: string };
type Answer = { readonly problem: Problem } | { readonly status: number; readonly body: object };

const answerTo = async ({ request, correlationId }: Asked, parts: HttpParts, { verify, join }: FirstSignIn): Promise<Answer> => {
  const token = bearerOf(request);
  const verified = token === undefined ? undefined : await verify(token);
  if (verified?.ok !== true) return { problem: refusalOfToken(verified?.reason) };
  const read = await readJson(request, parts);
  if (!read.ok) return { problem: read.problem };
  const named = invitedIn(read.value, parts);
  if ('status' in named) return { problem: named };
  const { subject, verifiedEmail } = verified;
  const joined = await join({
    subject: subject.sub,
    correlationId,
    ...(verifiedEmail === undefined ? {} : { verifiedEmail }),
    ...(named.invited === undefined ? {} : { invited: named.invited }),
  });
  if (joined.kind === 'notFound') return { problem: notFound() };
  const { userId, outcome } = joined;
  if (outcome.kind !== 'accepted' && outcome.kind !== 'unchanged') return { problem: refusalOf(outcome) };
  return { status: 200, body: { id: userId } };
};

/** Counted against the address, like everything of a caller who is nobody yet. */
export const linkIdentityEndpoint =
  (parts: HttpParts, firstSignIn: FirstSignIn, limits: RateLimits): RequestHandler =>
  async (request, response) => {
    const limited = await limits.countAddress(request.ip ?? 'unknown', response);
    if (limited !== undefined) return sendProblem(request, response, limited);
    try {
      const answer = await answerTo({ request, correlationId: correlationOf(response) }, parts, firstSignIn);
      return 'problem' in answer ? sendProblem(request, response, answer.problem) : sendJson(response, answer.status, answer.body);
    } catch (error) {
      return sendProblem(request, response, problemOfFailure(error, parts.logger, correlationOf(response)));
    }
  };
