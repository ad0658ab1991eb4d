/** A person who is forgotten is readable nowhere: not in the log, not in any table, live or rebuilt, not in memory, not in any answer. */
import { expect, test } from '@jest/globals';
import { readModels } from '../../projections/read-models.ts';
import { systemCaller } from '../../src/application/caller.ts';
import { templateRoleId } from '../../src/application/role-templates.ts';
import type { System } from '../../src/interfaces/composition/system.ts';
import { parts } from '../../src/interfaces/composition/tokens.ts';
import { id } from '../kit/decider.ts';
import { Person, withDataFolder } from '../kit/product.ts';
import { accountId, customerId } from '../kit/rental.ts';
import { loadRental, readModelsThatDiffer, senderOn, systemOn, wholeLog } from '../kit/system.ts';

const marks = ['Remigio', 'ixcot@example.org', 'Petronila', 'petronila@example.org', '50255598765', 'Evaristo'] as const;
const found = (text: string): readonly string[] => marks.filter((mark) => text.toLowerCase().includes(mark.toLowerCase()));

/** Every row of every table of ours, as text, by table. */
const tablesThatTell = async (system: System): Promise<readonly string[]> => {
  const { owner } = await system.part(parts.database);
  const tables = await owner.rows<{ readonly name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
  );
  const telling: string[] = [];
  for (const { name } of tables) {
    const [row] = await owner.rows<{ readonly text: string | null }>(`select string_agg(t::text, ' ') as text from ${name} t`);
    telling.push(...found(row?.text ?? '').map((mark) => `${name}: ${mark}`));
  }
  return telling;
};
const logThatTells = async (system: System) => found(JSON.stringify((await wholeLog(system)).map(({ data, metadata }) => [data, metadata])));
type Ids = { readonly userId: string; readonly requestId: string };
const memoryThatTells = async (system: System, { userId, requestId }: Ids) => {
  const states = await system.part(parts.states);
  const loaded = await Promise.all([states.load('user', userId), states.load('customer', customerId), states.load('serviceRequest', requestId)]);
  return found(JSON.stringify(loaded.map(({ loaded: { state } }) => state)));
};
const answersThatTell = async (admin: Person, { userId, requestId }: Ids) => {
  const paths = [
    `/history/user/${userId}`,
    `/history/customer/${customerId}`,
    '/events?limit=500&types=UserInvited,ContactAdded',
    '/queries/search?q=Remigio',
    '/queries/search?q=Petronila',
    '/queries/user?limit=100',
    `/queries/service-request-person?filter[service_request_id]=${requestId}`,
    `/history/service-request/${requestId}`,
  ];
  const answers = await Promise.all(paths.map(async (path) => ({ path, answer: await admin.get(path) })));
  const texts = await Promise.all(answers.map(async ({ path, answer }) => ({ path, status: answer.status, text: await answer.text() })));
  expect(texts.filter(({ status }) => status !== 200)).toEqual([]);
  return texts.flatMap(({ path, text }) => found(text.replaceAll(/"(q|self|next)":"[^"]*"/g, '')).map((mark) => `${path}: ${mark}`));
};
const level = async (system: System): Promise<void> => {
  await (await system.part(parts.processes)).settled();
  const tail = await (await system.part(parts.log)).tail();
  const models = await system.part(parts.readModels);
  for (const { projection } of readModels) expect(await models.waitFor(projection.name, tail, 30_000)).toBe('reached');
};

test('ES-9 forgetting a user, a contact and a driver leaves nothing of them readable, live, rebuilt, in memory or after a restart', async () => {
  await withDataFolder(async (folder) => {
    let system = await systemOn(folder);
    try {
      await loadRental(system, ['U1']);
      const admin = await Person.signIn({ httpUrl: system.httpUrl ?? '' }, 'admin');
      const made = async (path: string, body: object) => {
        const answer = await admin.command(path, body, { 'Idempotency-Key': `${path} ${JSON.stringify(body)}`.slice(0, 200).replaceAll(/[^\x20-\x7e]/g, '') });
        const told = (await answer.json()) as { readonly id: string; readonly made: readonly string[] };
        expect({ path, status: answer.status < 300, told }).toMatchObject({ status: true });
        return told;
      };
      const user = await made('user/invite-user', { email: 'Ixcot@example.org', name: 'Remigio Ixcot', language: 'es', roleIds: [templateRoleId('vendedor')] });
      const contact = { role: 'primary', name: 'Petronila Tzoc', phones: ['+50255598765'], emails: ['petronila@example.org'] };
      const { made: contacts } = await made(`customer/${customerId}/add-contact`, contact);
      const contactId = contacts[0] ?? '';
      const { send } = await senderOn(system);
      const tire = { positions: ['1LO'], driverName: 'Evaristo Xol', driverPhone: '+50255598765' };
      const wish = { accountId, equipmentId: id('U1'), serviceType: 'tire', urgency: 'normal', description: 'A flat tyre', details: tire };
      const request = await made('service-request/submit-request', wish);
      const ids = { userId: user.id, requestId: request.id };
      await send('user', user.id, 'LinkIdentity', { subject: 'demo|vendedor' }, { key: 'l' });
      await send('user', user.id, 'ApproveUser', {}, { key: 'a', caller: systemCaller('approver') });
      await level(system);
      // There is something to forget, everywhere that is looked at below.
      expect(await logThatTells(system)).toEqual([...marks]);
      expect((await tablesThatTell(system)).length).toBeGreaterThan(3);
      expect((await memoryThatTells(system, ids)).length).toBeGreaterThan(0);
      expect((await answersThatTell(admin, ids)).length).toBeGreaterThan(3);

      await made(`user/${user.id}/deactivate-user`, { reason: 'left' });
      await made(`subject/${user.id}/forget-subject`, { kind: 'user', reason: 'asked for it' });
      await made(`subject/${contactId}/forget-subject`, { kind: 'contact', customerId, reason: 'asked for it' });
      await made(`subject/${request.id}/forget-subject`, { kind: 'request', reason: 'asked for it' });
      await level(system);
      const nowhere = async () => {
        expect(await logThatTells(system)).toEqual([]);
        expect(await tablesThatTell(system)).toEqual([]);
        expect(await memoryThatTells(system, ids)).toEqual([]);
      };
      await nowhere();
      expect(await answersThatTell(admin, ids)).toEqual([]);
      expect(await readModelsThatDiffer(system, await wholeLog(system))).toEqual([]);

      const projector = await system.part(parts.projector);
      for (const { projection } of readModels) await projector?.rebuild(projection.name);
      await level(system);
      await nowhere();

      await system.stop();
      system = await systemOn(folder);
      await level(system);
      await nowhere();
      expect(await answersThatTell(await Person.signIn({ httpUrl: system.httpUrl ?? '' }, 'admin'), ids)).toEqual([]);
    } finally {
      await system.stop();
    }
  });
}, 180_000);
