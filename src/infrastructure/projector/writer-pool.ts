import { Pool } from '../postgres/pool.ts';

/** Connections for writing read models: statements are sent without waiting for each other, commits without waiting for the disk. */
export const writerPool = (url: string, max: number): Pool =>
  new Pool({
    url,
    name: 'projector',
    max,
    statementTimeoutMs: 120_000,
    isPipelined: true,
    // A commit lost in a crash is found missing by its checkpoint and done again.
    parameters: { synchronous_commit: 'off' },
  });
