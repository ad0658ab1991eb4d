/** The product as a stranger meets it: started, used over HTTP the whole way, stopped, killed, started again. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { endAll, Person, type Product, startProduct, withDataFolder } from '../kit/product.ts';

type Answer = {
  readonly id: string;
  readonly revision: number;
  readonly position: string;
  readonly events: readonly { readonly type: string }[];
  readonly made: readonly string[];
};
const profile = { customerName: 'Walked through', customerClass: 'enterprise', currency: 'USD', country: 'US', timeZone: 'America/Chicago' } as const;

const rowsOf = async (url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};
/** Every row of every read model as one text: what must be the same after a restart. */
const fingerprints = async ({ runtime }: Product): Promise<readonly string[]> => {
  const tables = await rowsOf(
    runtime.postgresUrl,
    `select table_name from information_schema.tables where table_schema = 'read_models' and table_type = 'BASE TABLE' order by 1`,
  );
  const prints: string[] = [];
  for (const { table_name: name } of tables) {
    // What the API itself counts is reported at a stop: the one thing that goes on by itself.
    if (name === 'user_api_usage' || name === 'event_index') continue;
    const [row] = await rowsOf(
      runtime.postgresUrl,
      `select count(*)::int as n, md5(coalesce(string_agg(r::text, '' order by r::text), '')) as hash from read_models."${String(name)}" r`,
    );
    prints.push(`${String(name)} ${String(row?.['n'])} ${String(row?.['hash'])}`);
  }
  return prints;
};

/** Reads server-sent events until one satisfies; the stream is then left. */
const firstEvent = async (answer: Response, satisfies: (event: string) => boolean): Promise<string> => {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('the stream has no body');
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended: ${text}`);
    text += value;
    const found = text.split('\n\n').find(satisfies);
    if (found === undefined) continue;
    await reader.cancel();
    return found;
  }
};

afterEach(endAll);

describe('the product', () => {
  test('ES-8 starts with nothing, is walked through, and goes on after a stop and after a kill', async () => {
    await withDataFolder(async (folder) => {
      let product = await startProduct(folder);
      const staff = await Person.signIn(product.runtime, 'admin');

      // A command, its answer, and the query that already knows.
      const created = await staff.command('customer/register-customer', profile, { 'Idempotency-Key': 'walk-1' });
      expect(created.status).toBe(201);
      const answer = (await created.json()) as Answer;
      const token = created.headers.get('Consistency-Token') ?? '';
      expect(token).toBe(answer.position);
      const [row] = await staff.rows(`/queries/customer?filter[customer_id]=${answer.id}`, { 'Consistency-Token': token });
      expect(row).toMatchObject({ customer_id: answer.id, customer_name: 'Walked through', status: 'active' });

      // ES-2: the same key is the same customer; with other contents it is refused.
      const again = await staff.command('customer/register-customer', profile, { 'Idempotency-Key': 'walk-1' });
      expect((await again.json()) as Answer).toMatchObject({ id: answer.id, revision: 0 });
      expect((await staff.command('customer/register-customer', { ...profile, customerName: 'x' }, { 'Idempotency-Key': 'walk-1' })).status).toBe(422);

      // An export says what the query says.
      const csv = await (await staff.get('/queries/equipment?fields=unit_number,status&sort=unit_number', { Accept: 'text/csv' })).text();
      const units = await staff.rows('/queries/equipment?fields=unit_number,status&sort=unit_number&limit=500');
      expect(units.length).toBeGreaterThanOrEqual(300);
      expect(csv.trim().split(/\r?\n/).slice(1)).toEqual(units.map(({ unit_number: number, status }) => `${String(number)},${String(status)}`));

      // A live stream, resumed from the position before the command.
      const stream = await staff.get(`/events/stream?after=${BigInt(answer.position) - 1n}&types=CustomerRegistered`, { Accept: 'text/event-stream' });
      expect(await firstEvent(stream, (event) => event.includes(answer.id))).toContain('CustomerRegistered');

      // TE-2: another tenant sees none of it.
      const north = await Person.signIn(product.runtime, 'north-admin');
      expect((await north.json(`/queries/customer/${answer.id}`)).status).toBe(404);
      expect((await north.rows('/queries/customer')).length).toBe(1);

      // The demonstration went through the real processes.
      const [slots] = await rowsOf(
        product.runtime.postgresUrl,
        'select sum(units_assigned)::int as assigned, sum(units_reserved)::int as reserved from read_models.equipment_type_allocation',
      );
      const [out] = await rowsOf(
        product.runtime.postgresUrl,
        `select count(*)::int as n from read_models.equipment_assignment where status in ('reserved', 'on_rent', 'off_rent')`,
      );
      expect(Number(slots?.['assigned']) + Number(slots?.['reserved'])).toBe(Number(out?.['n']));
      expect(Number(out?.['n'])).toBeGreaterThan(150);

      const before = await fingerprints(product);
      expect(await product.end('SIGTERM')).toMatchObject({ code: 0 });
      expect(existsSync(join(folder, 'runtime.json'))).toBe(false);

      product = await startProduct(folder);
      expect(await fingerprints(product)).toEqual(before);
      const later = await Person.signIn(product.runtime, 'admin');
      expect((await (await later.command('customer/register-customer', profile, { 'Idempotency-Key': 'walk-1' })).json()) as Answer).toMatchObject({
        id: answer.id,
        revision: 0,
      });

      await product.end('SIGKILL');
      product = await startProduct(folder);
      expect(await fingerprints(product)).toEqual(before);
      expect(await product.end('SIGINT')).toMatchObject({ code: 0 });
    });
  }, 300_000);
});
