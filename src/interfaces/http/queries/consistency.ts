/** Reading one's own writes: a query may carry the position it wants to see, and waits for the read model to get there. */
import type { Request, Response } from 'express';
import type { HttpParts } from '../parts.ts';
import { type Problem, problem } from '../problems.ts';

const waitSecondsDefault = 2;
const waitSecondsMax = 10;

/** `Prefer: wait=n` (RFC 7240), in milliseconds; at most 10 s. */
const waitMsOf = (request: Request): number => {
  const wanted = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,4})"?/i.exec(String(request.headers['prefer'] ?? ''))?.[1];
  return Math.min(waitSecondsMax, wanted === undefined ? waitSecondsDefault : Number(wanted)) * 1000;
};

/** Says how far the read model is; nothing, where it has not taken in any event yet. */
export const tellPosition = (response: Response, position: string): void => {
  if (!position.startsWith('-')) response.setHeader('Consistency-Token', position);
};

/** Waits for what the `Consistency-Token` of the request asks for. The problem, where it is not reached in time. */
export const reached = async (request: Request, projection: string, { readModels }: Pick<HttpParts, 'readModels'>): Promise<Problem | undefined> => {
  const token = request.headers['consistency-token'];
  if (token === undefined) return undefined;
  if (typeof token !== 'string' || !/^\d{1,19}$/.test(token)) return problem('bad-request', 'Consistency-Token must be a position as a command answered it.');
  const outcome = await readModels.waitFor(projection, BigInt(token), waitMsOf(request));
  if (outcome === 'reached') return undefined;
  const detail = outcome === 'faulted' ? 'The read model stands still; the operators can see why.' : 'The read model has not reached the position in time.';
  return problem('read-model-behind', detail, { headers: { 'Retry-After': outcome === 'faulted' ? '30' : '1' } });
};
