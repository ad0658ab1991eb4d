/** The whole system inside the test's process, and the rental business of `rental.ts` in it with somebody who may do everything. */
import { readModels } from '../../projections/read-models.ts';
import { systemCaller } from '../../src/application/caller.ts';
import { loadCatalogs } from '../../src/application/catalog-loader.ts';
import { permissionsOf } from '../../src/application/permissions.ts';
import type { StoredEvent } from '../../src/application/ports/event-log.ts';
import { loadRoles } from '../../src/application/role-loader.ts';
import { roleTemplates, templateRoleId } from '../../src/application/role-templates.ts';
import { canonicalJson } from '../../src/domain/kernel/hash.ts';
import { uuidv5 } from '../../src/domain/kernel/ids.ts';
import { model } from '../../src/domain/model.ts';
import { readConfiguration } from '../../src/infrastructure/configuration.ts';
import { loadReferenceData } from '../../src/infrastructure/reference-data/reference-data.ts';
import { silentProgress } from '../../src/interfaces/composition/progress.ts';
import { type System, startSystem } from '../../src/interfaces/composition/system.ts';
import { parts } from '../../src/interfaces/composition/tokens.ts';
import { id } from './decider.ts';
import { foldWhole, storedTables } from './projections.ts';
import { accountId, acts, otherAccountId, rentalLog } from './rental.ts';
import type { Shell } from './shell.ts';

/** What keeps a test's system quiet and unlimited. */
export const quiet = {
  DEMO: 'false',
  HTTP_PORT: '0',
  LOG_LEVEL: 'silent',
  RATE_LIMIT_PER_MINUTE: '0',
  RATE_LIMIT_ANONYMOUS_PER_MINUTE: '0',
} as const;

/** Starts it on a data folder; the caller stops it. */
export const systemOn = async (folder: string, environment: Readonly<Record<string, string>> = {}): Promise<System> => {
  const read = readConfiguration({ ...quiet, DATA_DIR: folder, ...environment });
  if (!read.ok) throw new Error(read.errors.join('\n'));
  return startSystem(read.configuration, silentProgress);
};

/** Sends commands as the system itself, in the words of the shell's tests. */
export const senderOn = async (system: System): Promise<Pick<Shell, 'send'>> => {
  const commands = await system.part(parts.commands);
  const clock = await system.part(parts.clock);
  let sent = 0;
  return {
    send: (category, target, type, data, options = {}) => {
      sent += 1;
      const commandId = uuidv5(id('system commands'), `${category} ${target}:${options.key ?? `unkeyed ${sent}`}`);
      const caller = options.caller ?? systemCaller('test');
      const ids = { commandId, commandHash: canonicalJson([type, target, data]), correlationId: commandId, causationId: commandId };
      return commands.handle({ ...ids, category, id: target, type, caller, at: options.at ?? clock(), data });
    },
  };
};

/** The demonstration's `admin`, but without the demonstration. */
const admit = async (send: Shell['send']): Promise<void> => {
  const person = id('admin');
  await send(
    'user',
    person,
    'InviteUser',
    { email: 'admin@example.org', name: 'Ana Morales', language: 'es', roleIds: [templateRoleId('admin')] },
    { key: 'i' },
  );
  await send('user', person, 'LinkIdentity', { subject: 'demo|admin' }, { key: 'l' });
  await send('user', person, 'ApproveUser', {}, { key: 'a', caller: systemCaller('approver') });
};

/** The business's agreement, without an end that the real clock could reach. */
const lasting = (event: StoredEvent): StoredEvent => ({
  ...event,
  data: JSON.parse(JSON.stringify(event.data).replaceAll(/"2026-1[12]-3[01]"/g, '"2099-12-31"')) as StoredEvent['data'],
});

/** Loads what a start loads, the business and its units, and two accounts' slots; resolves when the processes are done. */
export const loadRental = async (system: System, units: readonly string[]): Promise<void> => {
  const { send } = await senderOn(system);
  const log = await system.part(parts.log);
  const shell = { commands: await system.part(parts.commands), clock: await system.part(parts.clock) };
  await loadCatalogs(loadReferenceData(), { ...shell, log });
  const permissions = permissionsOf(
    model,
    readModels.flatMap(({ queries }) => queries.map(({ permission }) => permission)),
  );
  await loadRoles(roleTemplates(permissions), { ...shell, states: await system.part(parts.states) });
  const streams = Map.groupBy((await rentalLog(units)).events.map(lasting), ({ stream }) => stream);
  for (const [stream, events] of streams) if (!stream.startsWith('catalog-')) await log.append(stream, events, -1);
  await admit(send);
  const business = acts({ send });
  await business.grant(accountId, 6, 'first');
  await business.grant(otherAccountId, 4, 'second');
  await (await system.part(parts.processes)).settled();
};

/** Every event of the log, in order. */
export const wholeLog = async (system: System): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for await (const batch of (await system.part(parts.log)).readAll({})) events.push(...batch);
  return events;
};

/** Until processes have nothing to do and nothing is due: what is read then stays so, as long as nobody asks for anything. */
export const untilAtRest = async (system: System): Promise<void> => {
  const [processes, scheduler] = [await system.part(parts.processes), await system.part(parts.scheduler)];
  const [live, log] = [await system.part(parts.readModels), await system.part(parts.log)];
  do {
    await processes.settled();
    await live.waitFor('deadlines', await log.tail(), 30_000);
  } while ((await scheduler.fireDue()) > 0);
};

/** Names of the read models whose rows in Postgres are not those of the whole log folded anew (ES-3). */
export const readModelsThatDiffer = async (system: System, events: readonly StoredEvent[]): Promise<readonly string[]> => {
  const database = await system.part(parts.database);
  const live = await system.part(parts.readModels);
  const tail = events.at(-1)?.position ?? 0n;
  const wrong: string[] = [];
  for (const { projection } of readModels) {
    const outcome = await live.waitFor(projection.name, tail, 30_000);
    if (outcome !== 'reached') wrong.push(`${projection.name}: ${outcome}`);
    else if (canonicalJson(await storedTables(database, projection)) !== canonicalJson(foldWhole(projection, events))) wrong.push(projection.name);
  }
  return wrong;
};
