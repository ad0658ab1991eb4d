/** What people write at length fits, whatever they write; it is searched within and nothing else. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tableQuery } from '../../../projections/kernel/query.ts';
import { tenantTable, text, uuid } from '../../../projections/kernel/table.ts';
import { queryRunner } from '../../../src/infrastructure/queries/runner.ts';
import { type Filled, openFilled } from './database.ts';
import { callerOf, tenants } from './kit.ts';

const letters = tenantTable('letter', {
  key: 'letter_id',
  permission: 'sample:read',
  docs: 'A letter.',
  isAudited: false,
  columns: { letter_id: uuid(), body: text().nullable().prose(), title: text().searched() },
});
const query = tableQuery('letter', letters);
const caller = callerOf();
const letterId = (n: number): string => `0000000${n}-0000-4000-8000-00000000000${n}`;
/** Characters outside the basic plane, hardly any twice: what no compression makes smaller. */
const incompressible = Array.from({ length: 4000 }, (_, n) => String.fromCodePoint(0x20000 + ((n * 7919) % 42_000))).join('');

let filled: Filled;
const runner = () => queryRunner({ database: filled.database, cursorKey: Buffer.alloc(32, 1) });
const found = async (address: string): Promise<readonly unknown[]> => {
  const parsed = runner().parse(query, new URLSearchParams(address), caller);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return (await runner().page(query, parsed.request, caller)).data.map((row) => row['letter_id']);
};
beforeAll(async () => {
  filled = await openFilled({ letter: [letters] });
  const row = (n: number, body: string | null) => ({ letter_id: letterId(n), customer_id: tenants[0], account_id: null, body, title: `Letter ${n}` });
  await filled.fill(letters, [row(1, incompressible), row(2, 'The pump leaks at the left gate'), row(3, null)]);
});
afterAll(async () => filled?.close());

test('QU-1 4,000 characters that nothing compresses are stored and found again', async () => {
  expect(await found(`filter[body]=like:${encodeURIComponent(incompressible.slice(0, 40))}`)).toEqual([letterId(1)]);
  expect(await found('filter[body]=like:LEFT gate')).toEqual([letterId(2)]);
  expect(await found('filter[body]=null:true')).toEqual([letterId(3)]);
});

test('QU-1 it is not sorted by, compared or matched whole: no index serves that', () => {
  for (const address of ['sort=body', 'filter[body]=The pump', 'filter[body]=gt:a', 'filter[body]=in:a,b']) {
    expect(runner().parse(query, new URLSearchParams(address), caller)).toMatchObject({ ok: false });
  }
});
