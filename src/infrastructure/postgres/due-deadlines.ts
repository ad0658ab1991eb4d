import type { DueDeadline, DueDeadlines } from '../../application/ports/due-deadlines.ts';
import { liveSchema } from './names.ts';
import type { Pool } from './pool.ts';

type Row = {
  readonly deadline_id: string;
  readonly category: string;
  readonly aggregate_id: string;
  readonly name: string;
  readonly due_at: string;
  readonly command: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly set_by: string;
  readonly correlation_id: string;
  readonly restricted_to: string | null;
};
const select = `select deadline_id, category, aggregate_id, name, command, data, set_by, correlation_id, restricted_to,
    to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as due_at
  from ${liveSchema}.deadline where due_at <= $1::timestamptz order by due_at limit $2`;

/** What is due, from the read model `deadline`. */
export class PostgresDueDeadlines implements DueDeadlines {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async due(now: string, limit: number): Promise<readonly DueDeadline[]> {
    const rows = await this.#pool.rows<Row>(select, [now, limit]);
    return rows.map((row) => ({
      deadlineId: row.deadline_id,
      category: row.category,
      aggregateId: row.aggregate_id,
      name: row.name,
      dueAt: row.due_at,
      command: row.command,
      data: row.data,
      setBy: row.set_by,
      correlationId: row.correlation_id,
      ...(row.restricted_to === null ? {} : { restrictedTo: row.restricted_to }),
    }));
  }
}
