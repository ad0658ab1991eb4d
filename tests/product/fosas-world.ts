/** A company that empties septic tanks, running inside the test's process, and the people of both sides, each with their own token. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCaller } from '../../src/application/caller.ts';
import { DeadlineScheduler } from '../../src/application/deadlines/scheduler.ts';
import { templateRoleId } from '../../src/application/role-templates.ts';
import { PostgresDueDeadlines } from '../../src/infrastructure/postgres/due-deadlines.ts';
import type { System } from '../../src/interfaces/composition/system.ts';
import { parts } from '../../src/interfaces/composition/tokens.ts';
import { id } from '../kit/decider.ts';
import { Person } from '../kit/product.ts';
import { accountId, customerId, otherAccountId } from '../kit/rental.ts';
import { loadRental, senderOn, systemOn } from '../kit/system.ts';

export type Row = Readonly<Record<string, unknown>>;
type Answer = { readonly id: string; readonly made: readonly string[]; readonly position: string };
export const gtq = (amount: string) => ({ amount, currency: 'GTQ' });
/** The smallest picture there is. */
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const attachments = ['attachment:view', 'attachment:create'];
/** Roles as a company and its customer would make them: what each may do, and no more. */
const roles = {
  technician: ['work-order:view', 'work-order:edit', 'service-request:view', 'service-request:edit', 'service-request:assign', ...attachments],
  customer: [
    ...['service-request:view', 'service-request:create', 'service-request:edit', 'quotation:view', 'quotation-acceptance:create', 'work-order:view'],
    // More than a customer may ever do, as somebody careless would grant it.
    ...['quotation:create', 'quotation:edit', 'quotation:approve', 'quotation-advance:approve', 'product:view'],
    ...['activity:view', 'search:view', 'event:view', ...attachments],
  ],
} as const;

export const technicianId = id('technician');

const setUp = async (system: System): Promise<void> => {
  const { send } = await senderOn(system);
  const done = async (category: string, to: string, type: string, data: Row) => {
    const outcome = await send(category, to, type, data, { key: `${type} ${JSON.stringify(data)}` });
    if (outcome.kind !== 'accepted') throw new Error(`${type}: ${JSON.stringify(outcome)}`);
  };
  await loadRental(system, []);
  const fiscal = { kind: 'fiscal', isPrimary: true, street: '5a avenida 1-23', zona: '0101-10', municipio: '0101', country: 'GT' };
  await done('customer', customerId, 'AddLegalEntity', { legalName: 'Sur, S. A.', taxIdKind: 'nit', taxId: '576937-K', country: 'GT' });
  await done('customer', customerId, 'AddAddress', fiscal);
  const other = { customerName: 'Other', customerClass: 'enterprise', currency: 'USD', country: 'US', timeZone: 'America/Chicago' };
  await done('customer', id('stranger customer'), 'RegisterCustomer', other);
  for (const [name, permissions] of Object.entries(roles))
    await done('role', id(`role ${name}`), 'DefineRole', { name: `test ${name}`, isShared: true, permissions });
  const person = async (user: string, role: string, of: Row = {}) => {
    await done('user', id(user), 'InviteUser', { email: `${user}@example.org`, name: `Person ${user}`, language: 'es', roleIds: [role], ...of });
    await done('user', id(user), 'LinkIdentity', { subject: `demo|${user}` });
    await send('user', id(user), 'ApproveUser', {}, { key: `approve ${user}`, caller: systemCaller('approver') });
    return id(user);
  };
  await person('gerente', templateRoleId('gerente'));
  await person('vendedor', templateRoleId('vendedor'));
  await person('technician', id('role technician'));
  const customer = await person('north-dispatch', id('role customer'), { customerId });
  await done('user', customer, 'AssignAccounts', { accountIds: [accountId] });
  const colleague = await person('north-admin', id('role customer'), { customerId });
  await done('user', colleague, 'AssignAccounts', { accountIds: [otherAccountId] });
  await person('south-admin', id('role customer'), { customerId: id('stranger customer') });
  await (await system.part(parts.processes)).settled();
};

export const openSite = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fosas-'));
  const system = await systemOn(folder);
  await setUp(system);
  const url = system.httpUrl ?? '';
  const at = { httpUrl: url };
  const people = {
    manager: await Person.signIn(at, 'gerente'),
    seller: await Person.signIn(at, 'vendedor'),
    technician: await Person.signIn(at, 'technician'),
    customer: await Person.signIn(at, 'north-dispatch'),
    colleague: await Person.signIn(at, 'north-admin'),
    stranger: await Person.signIn(at, 'south-admin'),
  };
  /** Gives a command; what follows from it in processes is done when it resolves. */
  const give = async (person: Person, path: string, body: object): Promise<Answer> => {
    const answer = await person.command(path, body);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    const said = (await answer.json()) as Answer;
    await (await system.part(parts.processes)).settled();
    return said;
  };
  const refusal = async (person: Person, path: string, body: object): Promise<number> => (await person.command(path, body)).status;
  const consistent = async () => ({ 'Consistency-Token': String(await (await system.part(parts.log)).tail()), Prefer: 'wait=10' });
  /** Rows that have seen everything so far. */
  const rows = async (person: Person, path: string): Promise<readonly Row[]> => person.rows(path, await consistent());
  const one = async (person: Person, path: string): Promise<Row> => {
    const all = await rows(person, path);
    if (all.length !== 1 || all[0] === undefined) throw new Error(`${path} has ${all.length} rows`);
    return all[0];
  };
  const upload = async (person: Person, documentCategory: string, name: string): Promise<string> => {
    const begun = await person.post('/files', { documentCategory, name, declaredType: 'image/png', declaredSizeBytes: picture.length });
    if (!begun.ok) throw new Error(await begun.text());
    const { id: attachmentId, upload: to } = (await begun.json()) as { readonly id: string; readonly upload: { readonly path: string } };
    const put = await person.put(to.path, picture, 'image/png');
    if (!put.ok) throw new Error(await put.text());
    return attachmentId;
  };
  const download = async (person: Person, attachmentId: unknown): Promise<Response> => {
    const { body } = await person.json(`/files/${String(attachmentId)}/link`);
    return fetch(`${url}${String(body['url']).replace(/^https?:\/\/[^/]+/, '')}`);
  };
  /** What is due within so many days falls due now. */
  const daysPass = async (days: number): Promise<void> => {
    const log = await system.part(parts.log);
    await (await system.part(parts.readModels)).waitFor('deadlines', await log.tail(), 30_000);
    const clock = () => new Date(Date.now() + days * 86_400_000).toISOString();
    const deadlines = new PostgresDueDeadlines((await system.part(parts.database)).owner);
    await new DeadlineScheduler({ log, commands: await system.part(parts.commands), clock, deadlines }).fireDue();
    await (await system.part(parts.processes)).settled();
  };
  const stop = async (): Promise<void> => {
    await system.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { system, people, give, refusal, consistent, rows, one, upload, download, daysPass, stop };
};
export type Site = Awaited<ReturnType<typeof openSite>>;
export const today = (): string => new Date().toISOString().slice(0, 10);
