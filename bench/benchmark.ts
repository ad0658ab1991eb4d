/** What every benchmark gives: a ratio to a baseline of the same run, and whether the answers were right. */
export type BenchmarkRow = {
  readonly name: string;
  /** Rows, documents or events it was measured over. */
  readonly size: number;
  readonly unit: string;
  readonly ours: number;
  readonly baseline: number;
  /** Ours over the baseline, in the unit. */
  readonly ratio: number;
  readonly must: number;
  readonly dream: number;
  readonly correct: boolean;
};
export type Benchmark = { readonly name: string; readonly run: () => Promise<readonly BenchmarkRow[]> };
