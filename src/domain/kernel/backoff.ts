/** When to try again what failed outside: soon at first, then ever more slowly, and at last once a day. */
const delaysMinutes = [1, 5, 15, 60, 240, 720] as const;
const dayMinutes = 1440;

/** The instant of the try after the `attempt`-th failure (1 is the first), ISO 8601 UTC. */
export const retryAt = (now: string, attempt: number): string => new Date(Date.parse(now) + (delaysMinutes[attempt - 1] ?? dayMinutes) * 60_000).toISOString();
