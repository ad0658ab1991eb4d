/** How much one caller, one tenant and one address may ask for in a minute (QU-4), and how it is told (draft-ietf-httpapi-ratelimit-headers). */
import type { Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller } from '../../../application/caller.ts';
import type { HttpLimits } from '../parts.ts';
import { type Problem, problem } from '../problems.ts';

const minute = 60;
export type Limiter = { readonly name: string; readonly points: number; readonly windowSeconds: number; readonly memory: RateLimiterMemory };
export type Level = { readonly limiter: Limiter; readonly remaining: number; readonly resetSeconds: number; readonly isOver: boolean };

/** So many points in a window; none where there is no limit. */
export const limiterOf = (name: string, points: number, windowSeconds = minute): Limiter | undefined =>
  points === 0 ? undefined : { name, points, windowSeconds, memory: new RateLimiterMemory({ points, duration: windowSeconds, keyPrefix: name }) };

export const consume = async (limiter: Limiter, key: string, points: number): Promise<Level> => {
  const level = (result: RateLimiterRes, isOver: boolean): Level => ({
    limiter,
    remaining: Math.max(0, result.remainingPoints),
    resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
    isOver,
  });
  try {
    return level(await limiter.memory.consume(key, points), false);
  } catch (refusal) {
    // The limiter throws its result where the limit is reached; anything else is a mistake.
    if (refusal instanceof RateLimiterRes) return level(refusal, true);
    throw refusal;
  }
};

const windows: ReadonlyMap<number, string> = new Map([
  [minute, 'a minute'],
  [3600, 'an hour'],
]);
/** Says in the headers what is left; the refusal, where a level is over. */
export const tellLevels = (levels: readonly Level[], response: Response): Problem | undefined => {
  if (levels.length === 0) return undefined;
  response.setHeader('RateLimit-Policy', levels.map(({ limiter }) => `"${limiter.name}";q=${limiter.points};w=${limiter.windowSeconds}`).join(', '));
  response.setHeader('RateLimit', levels.map(({ limiter, remaining, resetSeconds }) => `"${limiter.name}";r=${remaining};t=${resetSeconds}`).join(', '));
  const over = levels.find(({ isOver }) => isOver);
  if (over === undefined) return undefined;
  const { name, points, windowSeconds } = over.limiter;
  return problem('rate-limited', `More than ${points} requests ${windows.get(windowSeconds) ?? `in ${windowSeconds} s`} (limit "${name}").`, {
    headers: { 'Retry-After': String(over.resetSeconds) },
  });
};

export class RateLimits {
  readonly #caller: Limiter | undefined;
  readonly #tenant: Limiter | undefined;
  readonly #address: Limiter | undefined;

  constructor(limits: HttpLimits) {
    this.#caller = limiterOf('caller', limits.perCallerAMinute);
    this.#tenant = limiterOf('tenant', limits.perTenantAMinute);
    this.#address = limiterOf('address', limits.perAddressAMinute);
  }

  /** Counts a request of a signed-in caller; the refusal, where that is too many. The caller's own limit comes first, so that one user cannot use up its tenant's. */
  async countCaller(caller: Caller, response: Response, points = 1): Promise<Problem | undefined> {
    const levels: Level[] = [];
    if (this.#caller !== undefined) levels.push(await consume(this.#caller, `${caller.actor.kind}:${caller.actor.id}`, points));
    const isOver = levels.some((level) => level.isOver);
    if (this.#tenant !== undefined && caller.tenant !== null && !isOver) levels.push(await consume(this.#tenant, caller.tenant, points));
    return tellLevels(levels, response);
  }

  /** Counts a request without a valid token. */
  async countAddress(address: string, response: Response): Promise<Problem | undefined> {
    return this.#address === undefined ? undefined : tellLevels([await consume(this.#address, address, 1)], response);
  }
}
