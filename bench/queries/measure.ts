/** Interleaved rounds, and what is said of them. */
const nearestRank = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
export const quantile = (samples: readonly number[], share: number): number =>
  nearestRank(
    [...samples].sort((a, b) => a - b),
    share,
  );
export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** Milliseconds that the work took. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
};

/** Runs both sides in turn, so that what else the machine does falls on both; the first rounds warm up and do not count. */
export const interleaved = async (
  rounds: { readonly warmUp: number; readonly counted: number },
  sides: { readonly ours: (round: number) => Promise<unknown>; readonly baseline: (round: number) => Promise<unknown> },
): Promise<{ readonly ours: readonly number[]; readonly baseline: readonly number[] }> => {
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let round = 0; round < rounds.warmUp + rounds.counted; round += 1) {
    const isFirst = round % 2 === 0;
    const first = await timed(() => (isFirst ? sides.ours(round) : sides.baseline(round)));
    const second = await timed(() => (isFirst ? sides.baseline(round) : sides.ours(round)));
    if (round < rounds.warmUp) continue;
    ours.push(isFirst ? first : second);
    baseline.push(isFirst ? second : first);
  }
  return { ours, baseline };
};

export const rounded = (value: number): number => Number(value.toPrecision(4));
