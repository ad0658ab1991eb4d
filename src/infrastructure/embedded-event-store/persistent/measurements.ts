/** Counts and latencies of one consumer, as `GetInfo` shows them. */

const samplesMax = 1000;

export type Measurement = { readonly key: string; readonly value: number };

const percentiles: readonly (readonly [key: string, share: number])[] = [
  ['Quintile 1', 0.2],
  ['Quintile 2', 0.4],
  ['Quintile 3', 0.6],
  ['Quintile 4', 0.8],
  ['Quintile 5', 1],
  ['90%', 0.9],
  ['95%', 0.95],
  ['99%', 0.99],
  ['99.5%', 0.995],
  ['99.9%', 0.999],
];

/** Milliseconds of the last thousand messages. */
export class Latencies {
  readonly #samples: number[] = [];
  #at = 0;

  add(latencyMs: number): void {
    this.#samples[this.#at] = latencyMs;
    this.#at = (this.#at + 1) % samplesMax;
  }

  /** Empty until something was measured. */
  measurements(): readonly Measurement[] {
    const sorted = [...this.#samples].sort((one, other) => one - other);
    const highest = sorted.at(-1);
    if (highest === undefined) return [];
    const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0);
    return [
      { key: 'Mean', value: Math.round(sorted.reduce((sum, value) => sum + value, 0) / sorted.length) },
      { key: 'Median', value: at(0.5) },
      { key: 'Fastest', value: Math.round(sorted[0] ?? 0) },
      ...percentiles.map(([key, share]) => ({ key, value: at(share) })),
      { key: 'Highest', value: Math.round(highest) },
    ];
  }
}

/** How many, in total and since somebody last asked. */
export class Throughput {
  total = 0;
  readonly #sinceMs: number;
  #shown = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  count(): void {
    this.total += 1;
  }

  averagePerSecond(nowMs: number): number {
    const seconds = (nowMs - this.#sinceMs) / 1000;
    return seconds <= 0 ? 0 : Math.round(this.total / seconds);
  }

  sinceLastMeasurement(): number {
    const since = this.total - this.#shown;
    this.#shown = this.total;
    return since;
  }
}
