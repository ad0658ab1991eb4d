/** How far the read models are, and waiting for them: what read-your-writes and health need. Adapters: infrastructure/projector. */

export type ReadModelState = 'live' | 'building' | 'faulted';
/** Why a read model stands still: a handler threw, or its rows were refused by the database. It never skips an event. */
export type ReadModelFault = { readonly position: string; readonly eventId: string; readonly eventType: string; readonly message: string };
export type ReadModelStatus = {
  readonly name: string;
  readonly version: number;
  readonly state: ReadModelState;
  /** All events up to and including this commit position are in the rows. */
  readonly position: bigint;
  readonly fault?: ReadModelFault;
};
export type WaitOutcome = 'reached' | 'behind' | 'faulted';

export interface ReadModels {
  /** The position that the rows reflect; −1 before the first build. Asked before a query it is a lower bound of what the query sees. */
  positionOf(name: string): Promise<bigint>;
  /** Waits until the rows reflect `position`; `behind` after `timeoutMs`, `faulted` at once where it stands still before it. */
  waitFor(name: string, position: bigint, timeoutMs: number): Promise<WaitOutcome>;
  status(): Promise<readonly ReadModelStatus[]>;
}

/** Thrown when Postgres cannot be reached, is shutting down or has no connection left: the same work may be tried again later. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}
/** Thrown when a statement ran into its time limit: trying again at once would too. */
export class QueryTooSlow extends Error {
  override readonly name = 'QueryTooSlow';
}
