import type { ProcessCheckpoints } from '../../application/ports/checkpoints.ts';
import type { Pool } from './pool.ts';

/** How far processes are, in the schema of what is kept. */
export class PostgresProcessCheckpoints implements ProcessCheckpoints {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async load(name: string): Promise<bigint | undefined> {
    const [row] = await this.#pool.rows<{ position: string }>('select position from kept.process_checkpoint where name = $1', [name]);
    return row === undefined ? undefined : BigInt(row.position);
  }

  async save(name: string, position: bigint): Promise<void> {
    // Never backwards: a second runner that is behind changes nothing.
    await this.#pool.rows(
      `insert into kept.process_checkpoint as kept (name, position) values ($1, $2)
       on conflict (name) do update set position = excluded.position where kept.position < excluded.position`,
      [name, position.toString()],
    );
  }
}
