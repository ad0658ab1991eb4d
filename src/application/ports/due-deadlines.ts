/** What falls due, as the scheduler asks for it. Read from the projection `deadline`. */
export type DueDeadline = {
  readonly deadlineId: string;
  readonly category: string;
  readonly aggregateId: string;
  readonly name: string;
  /** The instant it was set for; a deadline set anew for another instant is another firing. */
  readonly dueAt: string;
  readonly command: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** The event that set it: the cause of what it fires. */
  readonly setBy: string;
  readonly correlationId: string;
  /** The permission without which nobody sees the aggregate, where there is one. */
  readonly restrictedTo?: string;
};
export interface DueDeadlines {
  /** Those due at `now` or before, the oldest first. */
  due(now: string, limit: number): Promise<readonly DueDeadline[]>;
}
