/** The commands on real stores: beside the running system first, then on its folder after it has stopped. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readModels } from '../../../projections/read-models.ts';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import { parts } from '../../../src/interfaces/composition/tokens.ts';
import { id } from '../../kit/decider.ts';
import { type Office, openOffice } from './kit/office.ts';
import { terminal } from './kit/terminal.ts';

const customer = { customerClass: 'enterprise', currency: 'USD', country: 'US', timeZone: 'America/Chicago' } as const;
const names = ['Alpha Haulage', '=Beta', 'Gamma "Quick" Freight, Inc.'] as const;

let office: Office;
let type: ReturnType<typeof terminal>;
/** The position after the first customer. */
let afterFirst = 0n;

const sql = async <R extends Record<string, unknown>>(text: string): Promise<readonly R[]> => (await office.system.part(parts.database)).owner.rows<R>(text);
const asOfSchemas = () => sql(`select nspname from pg_namespace where nspname like 'as_of_%'`);
const linesOf = (text: string): readonly Readonly<Record<string, unknown>>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  office = await openOffice();
  type = terminal(office.environment);
  for (const [index, customerName] of names.entries()) {
    const { position } = await office.give('customer', id(`customer ${index}`), 'RegisterCustomer', { customerName, ...customer });
    if (index === 0) afterFirst = position;
  }
  await office.give('customer', id('customer 0'), 'BlockCustomer', { reason: 'unpaid' });
  await office.give('user', id('user'), 'InviteUser', { email: 'nora@example.org', name: 'Nora Klein', customerId: id('customer 0') });
  await office.give('user', id('user'), 'LinkIdentity', { subject: 'test|nora' });
  await office.give('user', id('user'), 'ApproveUser', {}, 'approver');
  await office.settled();
}, 120_000);
afterAll(async () => {
  await office.close();
  await office.remove();
});

describe('beside the running system', () => {
  test('projections status tells how far each read model is', async () => {
    const tail = String(await (await office.system.part(parts.log)).tail());
    const said = await type('projections', 'status', '--json');
    expect(said).toMatchObject({ code: 0, err: '' });
    const status: readonly unknown[] = JSON.parse(said.out);
    expect(status).toHaveLength(readModels.length);
    expect(status).toContainEqual({ name: 'customers', version: expect.any(Number), state: 'live', position: tail, behind: '0' });
    expect((await type('projections', 'status')).out).toMatch(/^customers +\d+ +live +\d+ +0$/m);
  });

  test('replay shows the events and the state they fold to, people erased unless asked for', async () => {
    const said = await type('replay', 'customer', id('customer 0'), '--json');
    expect(JSON.parse(said.out)).toMatchObject({
      aggregate: 'customer',
      revision: 1,
      exists: true,
      events: [{ type: 'CustomerRegistered' }, { type: 'CustomerBlocked' }],
    });
    const before = JSON.parse((await type('replay', 'customer', id('customer 0'), '--as-of', '0', '--json')).out);
    expect(before).toMatchObject({ revision: 0, events: [{ type: 'CustomerRegistered' }] });
    expect(before.state).not.toEqual(JSON.parse(said.out).state);
    const [, blocked] = JSON.parse(said.out).events;
    expect(JSON.parse((await type('replay', 'customer', id('customer 0'), '--as-of', blocked.metadata.occurredAt, '--json')).out)).toMatchObject({
      revision: 1,
    });

    const masked = await type('replay', 'user', id('user'));
    expect(masked.out).toMatch(/UserInvited +by system test/);
    expect(masked.out).not.toMatch(/Nora|nora@/);
    expect((await type('replay', 'user', id('user'), '--personal')).out).toMatch(/Nora Klein/);
    expect(await type('replay', 'user', id('nobody'))).toMatchObject({ code: 1, err: `There is no user ${id('nobody')}.\n` });
  });

  test('export gives the same rows in every form, filtered, guarded where a spreadsheet would calculate', async () => {
    const asked = ['customer', '--fields', 'customer_name,status', '--sort', 'customer_name'];
    expect(linesOf((await type('export', ...asked, '--format', 'ndjson')).out)).toEqual([
      { customer_name: '=Beta', status: 'active' },
      { customer_name: 'Alpha Haulage', status: 'blocked' },
      { customer_name: 'Gamma "Quick" Freight, Inc.', status: 'active' },
    ]);
    expect((await type('export', ...asked)).out).toBe(`customer_name,status\n'=Beta,active\nAlpha Haulage,blocked\n"Gamma ""Quick"" Freight, Inc.",active\n`);
    expect(linesOf((await type('export', 'customer', '--format', 'ndjson', '--fields', 'customer_name', '--filter', 'status=in:blocked,closed')).out)).toEqual([
      { customer_name: 'Alpha Haulage' },
    ]);
    expect((await type('export', ...asked, '--format', 'xlsx')).bytes.subarray(0, 4)).toEqual(Buffer.from('PK\u0003\u0004'));
    const file = join(office.environment['DATA_DIR'] ?? '', 'customers.csv');
    expect(await type('export', ...asked, '--to', file)).toMatchObject({ code: 0, out: '' });
    expect(await readFile(file, 'utf8')).toContain('Alpha Haulage,blocked');
    expect(await type('export', 'customer', '--filter', 'colour=red')).toMatchObject({
      code: 64,
      err: expect.stringMatching(/filter\[colour\]: There is no filter of this name\. Known: /),
    });
    expect(await type('export', 'customer', '--filter', 'red')).toMatchObject({ code: 64, err: expect.stringMatching(/column=value/) });
  });

  test('ES-4 as-of gives a read model as it was at a position or an instant, and leaves nothing behind', async () => {
    const rows = ['--rows', 'customer'];
    const first = await type('projections', 'as-of', 'customers', String(afterFirst), ...rows);
    expect(linesOf(first.out)).toMatchObject([{ customer_name: 'Alpha Haulage', status: 'active' }]);
    expect(first.remarks.join()).toMatch(/reading the log/);
    expect((await type('projections', 'as-of', 'customers', '2020-01-01T00:00:00Z', ...rows)).out).toBe('');
    expect((await type('projections', 'as-of', 'customers', '2199-01-01T00:00:00Z')).out).toMatch(/^customer +3$/m);
    expect(await type('projections', 'as-of', 'customers', '99999999')).toMatchObject({
      code: 64,
      err: expect.stringMatching(/^The log ends at position \d+\.\n$/),
    });
    expect(await type('projections', 'as-of', 'customers', '1', '--rows', 'user')).toMatchObject({
      code: 64,
      err: expect.stringMatching(/customers has no table user/),
    });
    expect(await asOfSchemas()).toEqual([]);
    const kept = await type('projections', 'as-of', 'customers', String(afterFirst), '--keep');
    const [schema] = await asOfSchemas();
    expect(kept.remarks.join()).toContain(String(schema?.['nspname']));
    expect(await sql(`select customer_name from ${String(schema?.['nspname'])}.customer`)).toEqual([{ customer_name: 'Alpha Haulage' }]);
    await sql(`drop schema ${String(schema?.['nspname'])} cascade`);
  });

  test('ES-3 verify finds a row that is wrong, missing or too many; rebuild mends it and the system goes on', async () => {
    expect(await type('verify', 'customers', 'users')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^ok +users: \d+ rows in \d+ tables, at position \d+$/m),
    });
    await sql(`update read_models.customer set customer_name = 'planted' where customer_id = '${id('customer 1')}'`);
    await sql(`delete from read_models.customer where customer_id = '${id('customer 2')}'`);
    await sql(`insert into read_models.customer select (jsonb_populate_record(c, '{"customer_id": "${id('nobody')}"}')).* from read_models.customer c limit 1`);
    const found = await type('verify', 'customers');
    expect(found).toMatchObject({ code: 1, err: '1 thing is not as the log says.\n' });
    for (const word of [`${id('customer 1')} differs`, `${id('customer 2')} is missing`, `${id('nobody')} should not be there`])
      expect(found.out).toContain(word);

    expect(await type('projections', 'rebuild', 'customers')).toMatchObject({ code: 0, out: expect.stringMatching(/^rebuilt customers in /) });
    expect(await type('verify', 'customers')).toMatchObject({ code: 0 });
    expect(await asOfSchemas()).toEqual([]);
    await office.give('customer', id('customer 3'), 'RegisterCustomer', { customerName: 'After the rebuild', ...customer });
    await office.settled();
    expect(linesOf((await type('export', 'customer', '--format', 'ndjson', '--filter', 'customer_name=After the rebuild')).out)).toMatchObject([
      { customer_id: id('customer 3') },
    ]);
  });

  test('verify finds a process that claims to have read what is not there', async () => {
    await sql(`insert into kept.process_checkpoint (name, position) values ('Planted', 1000000)`);
    expect(await type('verify', 'deadlines')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^WRONG +processes: .*\n +the process Planted says it has read up to 1000000/m),
    });
    await sql(`delete from kept.process_checkpoint where name = 'Planted'`);
  });

  test('token gives one that the running system takes', async () => {
    const said = await type('token', 'test|nora', '--seconds', '60');
    const claims = JSON.parse(Buffer.from(said.out.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: 'test|nora', exp: claims.nbf + 60 });
    const answer = await fetch(`${office.system.httpUrl}/me`, { headers: { Authorization: `Bearer ${said.out.trim()}` } });
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status: 200, body: { name: 'Nora Klein' } });
  });

  test('ES-9 ES-12 forget does what the command does: refused while active, then erased everywhere, once; what the law keeps is told', async () => {
    const forget = ['forget', id('user'), '--reason', 'asked for it', '--yes'];
    expect(await type(...forget)).toMatchObject({ code: 1, err: 'Deactivate the user first.\n' });
    await office.give('user', id('user'), 'DeactivateUser', { reason: 'leaves' });
    const file = { name: 'Contract of Nora', declaredType: 'application/pdf', declaredSizeBytes: 10 };
    const categories = ['contract', 'dpi'].map((code) => ({ code, name: code }));
    await office.give('catalog', catalogId('document-category'), 'ImportEntries', { catalog: 'document-category', source: 'test', entries: categories });
    for (const [name, documentCategory] of Object.entries({ contract: 'contract', scan: 'dpi' }))
      await office.give('attachment', id(name), 'BeginUpload', { documentCategory, subjectId: id('user'), ...file });
    await office.give('attachment', id('contract'), 'RetainAttachment', { until: '2999-01-31', reason: 'Signed.' });
    await office.settled();
    const isKept = `1 file about it must be kept, and goes on the day after:\n  ${id('contract')} (contract) through 2999-01-31: Signed.\n`;
    const forgotten = await type(...forget);
    expect(forgotten).toMatchObject({ code: 0, out: expect.stringMatching(/is forgotten: the key is destroyed/) });
    expect(forgotten.out.endsWith(isKept)).toBe(true);
    expect(await type(...forget)).toMatchObject({ code: 0, out: `${id('user')} was forgotten before.\n${isKept}` });
    expect((await type('replay', 'user', id('user'), '--personal')).out).not.toMatch(/Nora|nora@/);
    await office.settled();
    expect(await sql(`select name, email from read_models.user`)).toEqual([{ name: '[erased]', email: '[erased]' }]);
    expect(await sql(`select attachment_id, subject_id, kept_until::text, reason, status from read_models.forgetting_refused_part`)).toEqual([
      { attachment_id: id('contract'), subject_id: id('user'), kept_until: '2999-01-31', reason: 'Signed.', status: 'kept' },
    ]);
    expect(await type('verify', 'users', 'event-index')).toMatchObject({ code: 0 });
    expect(await type('forget', id('nobody'), '--reason', 'x', '--yes')).toMatchObject({ code: 1, err: 'There is no such person.\n' });
  });

  test('what was interrupted ends, and says so', async () => {
    const said = await terminal(office.environment, AbortSignal.abort())('verify');
    expect(said).toMatchObject({ code: 130, err: 'Interrupted.\n' });
    expect(await asOfSchemas()).toEqual([]);
  });

  test('demo leaves a folder alone in which a system runs', async () => {
    expect(await type('demo')).toMatchObject({ code: 69, err: expect.stringMatching(/^Another instance .* is using the data folder/) });
  });
});

describe('after it has stopped', () => {
  test('the same answers come from stores that are started for the command, and nothing is left running', async () => {
    const before = (await type('export', 'customer', '--format', 'ndjson')).out;
    await office.close();
    expect((await type('export', 'customer', '--format', 'ndjson')).out).toBe(before);
    expect(await type('projections', 'rebuild', '--all')).toMatchObject({ code: 0 });
    expect(await type('verify')).toMatchObject({ code: 0, err: '' });
  });
});
