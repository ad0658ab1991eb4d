import type { DirectoryStart } from '../../application/directory/prime.ts';
import { liveSchema } from './names.ts';
import type { Pool } from './pool.ts';

/** Below this many events reading the log itself is as fast. */
const worthwhile = 500n;

/** Which streams there are of some categories, as the event index knows them; nothing where it is not there yet or the log is short. */
export const directoryStart = async (owner: Pool, categories: readonly string[]): Promise<DirectoryStart | undefined> => {
  const [live] = await owner.rows<{ position: string }>(`select position from kept.projection where name = 'event-index' and is_live and state = 'live'`);
  if (live === undefined || BigInt(live.position) < worthwhile) return undefined;
  // Asked after the position: what the index has gained in between is a stream more, which does no harm.
  const rows = await owner.rows<{ stream: string }>(`select distinct stream from ${liveSchema}.event_index where category = any($1)`, [categories]);
  return { streams: rows.map(({ stream }) => stream), position: BigInt(live.position) };
};
