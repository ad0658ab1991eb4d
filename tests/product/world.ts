/** A company running inside the test's process, and the people of both sides, each with their own token. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCaller } from '../../src/application/caller.ts';
import { DeadlineScheduler } from '../../src/application/deadlines/scheduler.ts';
import { PostgresDueDeadlines } from '../../src/infrastructure/postgres/due-deadlines.ts';
import type { System } from '../../src/interfaces/composition/system.ts';
import { parts } from '../../src/interfaces/composition/tokens.ts';
import { id } from '../kit/decider.ts';
import { Person } from '../kit/product.ts';
import { loadRental, senderOn, systemOn } from '../kit/system.ts';

export type Row = Readonly<Record<string, unknown>>;
type Answer = { readonly id: string; readonly made: readonly string[]; readonly position: string };
/** The smallest picture there is. */
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
/** A customer whose people must see nothing of the others. */
export const strangerId = id('stranger customer');

const settledIn = async (system: System): Promise<void> => (await system.part(parts.processes)).settled();

/** What a story's set-up is written with: commands of the system itself, and people who were let in. */
const founderOf = async (system: System) => {
  const { send } = await senderOn(system);
  /** The first id that the command made. */
  const done = async (category: string, to: string, type: string, data: Row): Promise<string> => {
    const outcome = await send(category, to, type, data, { key: `${type} ${JSON.stringify(data)}` });
    if (outcome.kind !== 'accepted') throw new Error(`${type}: ${JSON.stringify(outcome)}`);
    return outcome.made[0] ?? '';
  };
  /** With the one role, as a user of the company or of a customer. */
  const person = async (user: string, role: string, of: { readonly customerId?: string; readonly accountIds?: readonly string[] } = {}): Promise<void> => {
    const { accountIds, ...whose } = of;
    await done('user', id(user), 'InviteUser', { email: `${user}@example.org`, name: `Person ${user}`, language: 'es', roleIds: [role], ...whose });
    await done('user', id(user), 'LinkIdentity', { subject: `demo|${user}` });
    await send('user', id(user), 'ApproveUser', {}, { key: `approve ${user}`, caller: systemCaller('approver') });
    if (accountIds !== undefined) await done('user', id(user), 'AssignAccounts', { accountIds });
  };
  const roles = async (all: Readonly<Record<string, readonly string[]>>): Promise<void> => {
    for (const [name, permissions] of Object.entries(all))
      await done('role', id(`role ${name}`), 'DefineRole', { name: `test ${name}`, isShared: true, permissions });
  };
  return { done, person, roles, settled: () => settledIn(system) };
};
export type Founder = Awaited<ReturnType<typeof founderOf>>;

/** What people do, in few words. */
const wordsOn = (system: System) => {
  const consistent = async () => ({ 'Consistency-Token': String(await (await system.part(parts.log)).tail()), Prefer: 'wait=10' });
  return {
    consistent,
    /** Gives a command; what follows from it in processes is done when it resolves. */
    give: async (person: Person, path: string, body: object): Promise<Answer> => {
      const answer = await person.command(path, body);
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      const said = (await answer.json()) as Answer;
      await settledIn(system);
      return said;
    },
    refusal: async (person: Person, path: string, body: object): Promise<number> => (await person.command(path, body)).status,
    /** Rows that have seen everything so far. */
    rows: async (person: Person, path: string): Promise<readonly Row[]> => person.rows(path, await consistent()),
    upload: async (person: Person, documentCategory: string, name: string): Promise<string> => {
      const begun = await person.post('/files', { documentCategory, name, declaredType: 'image/png', declaredSizeBytes: picture.length });
      if (!begun.ok) throw new Error(await begun.text());
      const { id: attachmentId, upload: to } = (await begun.json()) as { readonly id: string; readonly upload: { readonly path: string } };
      const put = await person.put(to.path, picture, 'image/png');
      if (!put.ok) throw new Error(await put.text());
      return attachmentId;
    },
    /** What is due within that time falls due now. */
    timePasses: async ({ days = 0, minutes = 0 }: { readonly days?: number; readonly minutes?: number }): Promise<void> => {
      const log = await system.part(parts.log);
      await (await system.part(parts.readModels)).waitFor('deadlines', await log.tail(), 30_000);
      const clock = () => new Date(Date.now() + days * 86_400_000 + minutes * 60_000).toISOString();
      const deadlines = new PostgresDueDeadlines((await system.part(parts.database)).owner);
      await new DeadlineScheduler({ log, commands: await system.part(parts.commands), clock, deadlines }).fireDue();
      await settledIn(system);
    },
  };
};

/** The rental business with what `setUp` adds to it. */
export const openWorld = async (setUp: (founder: Founder) => Promise<void>) => {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'world-'));
  opening.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const system = await systemOn(folder);
  opening.defer(() => system.stop());
  await loadRental(system, []);
  const founder = await founderOf(system);
  const abroad = { currency: 'USD', country: 'US', timeZone: 'America/Chicago' };
  await founder.done('customer', strangerId, 'RegisterCustomer', { customerName: 'Other', customerClass: 'enterprise', ...abroad });
  await setUp(founder);
  await founder.settled();
  const url = system.httpUrl ?? '';
  const opened = opening.move();
  return {
    system,
    url,
    signIn: (user: string) => Person.signIn({ httpUrl: url }, user),
    ...wordsOn(system),
    stop: () => opened.disposeAsync(),
  };
};
