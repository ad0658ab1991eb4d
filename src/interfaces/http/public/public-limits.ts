/**
 * How much may be reported without a token (QU-4): by one address, of one unit, and by everybody together. Units are counted by what was
 * typed, whether there is such a unit or not: a limit that only real ones reached would tell which are real.
 */
import type { Response } from 'express';
import { consume, type Level, type Limiter, limiterOf, tellLevels } from '../middleware/rate-limits.ts';
import type { HttpLimits } from '../parts.ts';
import type { Problem } from '../problems.ts';

const hour = 3600;

/** Whoever has one IPv6 address has the 2^64 beside it. */
export const networkOf = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [before = '', after] = plain.split('%')[0]?.split('::') ?? [];
  const head = before.split(':').filter((group) => group !== '');
  const tail = (after ?? '').split(':').filter((group) => group !== '');
  const groups = after === undefined ? head : [...head, ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0'), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
};
/** As unique values are compared. */
const normalised = (unit: string): string => unit.normalize('NFKC').trim().toLowerCase();

const counted = async (limiter: Limiter | undefined, key: string): Promise<readonly Level[]> => (limiter === undefined ? [] : [await consume(limiter, key, 1)]);

export class PublicLimits {
  readonly #address: Limiter | undefined;
  readonly #unit: Limiter | undefined;
  readonly #all: Limiter | undefined;

  constructor({ publicPerAddressAMinute, publicPerUnitAnHour, publicAMinute }: HttpLimits) {
    this.#address = limiterOf('public-address', publicPerAddressAMinute);
    this.#unit = limiterOf('public-unit', publicPerUnitAnHour, hour);
    this.#all = limiterOf('public', publicAMinute);
  }

  /** Counts a request, before anything of it is read. */
  async countAddress(address: string, response: Response): Promise<Problem | undefined> {
    return tellLevels(await counted(this.#address, networkOf(address)), response);
  }

  /**
   * Counts a report that is well-formed. What is left of a unit's and of everybody's limit is told only once nothing is: it would tell that
   * somebody else has reported the same unit, and so that there is one.
   */
  async countReport(unit: string | undefined, response: Response): Promise<Problem | undefined> {
    const ofUnit = unit === undefined ? [] : await counted(this.#unit, normalised(unit));
    const levels = ofUnit.some((level) => level.isOver) ? ofUnit : await counted(this.#all, 'all');
    return tellLevels(
      levels.filter((level) => level.isOver),
      response,
    );
  }
}
