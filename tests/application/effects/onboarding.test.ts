import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Directory } from '../../../src/application/directory.ts';
import { EffectRunner } from '../../../src/application/effects/runner.ts';
import { checkIdentityDrift } from '../../../src/application/identity-drift.ts';
import { invitationCode, isInvitationCode } from '../../../src/application/invitation-code.ts';
import type { IdentityProvider } from '../../../src/application/ports/identity-provider.ts';
import type { Mail, Mailer } from '../../../src/application/ports/mail.ts';
import { accessSync, administration } from '../../../src/application/processes/access-sync.ts';
import { onboarding } from '../../../src/application/processes/onboarding.ts';
import { ProcessRunner } from '../../../src/application/processes/runner.ts';
import { administratorsOf } from '../../../src/domain/administrators/decider.ts';
import { model } from '../../../src/domain/model.ts';
import { OfflineIdentityProvider } from '../../../src/infrastructure/delivery/offline-identity-provider.ts';
import { OutboxFolderMailer } from '../../../src/infrastructure/delivery/outbox-folder-mailer.ts';
import { id, now } from '../../kit/decider.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { installationKey, shellOn } from '../../kit/shell.ts';

/** A switch in front of a port: the real one, or one that is away. */
class Switched implements Mailer {
  problem: string | undefined;
  /** It takes the mail over, and the answer is lost. */
  isUnheard = false;
  readonly sent: Mail[] = [];
  readonly #real: Mailer;
  constructor(real: Mailer) {
    this.#real = real;
  }
  async send(mail: Mail) {
    if (this.problem !== undefined) return { ok: false as const, problem: this.problem };
    this.sent.push(mail);
    const outcome = await this.#real.send(mail);
    return this.isUnheard ? { ok: false as const, problem: 'lost' } : outcome;
  }
}
const away: Pick<IdentityProvider, 'ensureUser'> = { ensureUser: async () => ({ ok: false, problem: 'auth0-503' }) };

const customer = id('customer');
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onboarding-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const system = () => {
  const log = new MemoryEventLog();
  const shell = shellOn(log, model);
  const { states, commands } = shell;
  const directory = new Directory({ tail: () => log.tail(), nowMs: () => 0 });
  const provider = new OfflineIdentityProvider(join(folder, 'identities'));
  const mailer = new Switched(new OutboxFolderMailer({ folder: join(folder, 'outbox'), from: 'portal@example.org', clock: () => now }));
  const provided: { current: Pick<IdentityProvider, 'ensureUser'> } = { current: provider };
  const parts = { log, states, commands, clock: () => now };
  const mails = new EffectRunner(onboarding, {
    ...parts,
    ports: {
      mailer,
      invitationLink: (invitation) => `https://portal.example/invitation/${invitation.userId}?code=${invitationCode(installationKey, invitation)}`,
      approvalLink: (userId) => `https://portal.example/users/${userId}`,
    },
  });
  const identityProvider: IdentityProvider = { ...bound(provider), ensureUser: (user) => provided.current.ensureUser(user) };
  const sync = new EffectRunner(accessSync, { ...parts, ports: { identityProvider, usersWithRole: (roleId) => directory.usersWithRole(roleId) } });
  const appoint = new ProcessRunner(administration, parts);
  let seen = 0;
  /** Everything that is in the log reaches everybody, until nothing new comes of it. */
  const settle = async () => {
    while (seen < log.events.length) {
      const batch = log.events.slice(seen);
      seen = log.events.length;
      directory.handle({ events: batch, position: await log.tail() });
      await mails.handle(batch);
      await sync.handle(batch);
      await appoint.handle(batch);
    }
  };
  const again = async () => {
    seen = 0;
    await settle();
  };
  const types = (stream: string) => log.events.filter((event) => event.stream === stream).map(({ type }) => type);
  return { ...shell, log, directory, provider, provided, mailer, settle, again, types };
};
const registerCustomer = (send: ReturnType<typeof system>['send']) =>
  send('customer', customer, 'RegisterCustomer', {
    customerName: 'Sur',
    customerClass: 'enterprise',
    currency: 'GTQ',
    country: 'GT',
    timeZone: 'America/Guatemala',
  });
/** Invited, linked and approved by parts of the system. */
const letIn = async (send: ReturnType<typeof system>['send'], name: string, more: Readonly<Record<string, unknown>> = {}) => {
  await send('user', id(name), 'InviteUser', { email: `${name}@example.org`, name, customerId: customer, ...more });
  await send('user', id(name), 'LinkIdentity', { subject: `auth0|${name}` });
  await send('user', id(name), 'ApproveUser', {});
};

describe('P7 onboarding', () => {
  test('mails the invitation with a link whose code holds until it ends, once however often the events come', async () => {
    const { send, settle, again, types, log, mailer } = system();
    await registerCustomer(send);
    await send('user', id('ana'), 'InviteUser', { email: 'ana@example.org', name: 'Ana', customerId: customer });
    await settle();
    expect(types(`user-${id('ana')}`)).toEqual(['UserInvited', 'InvitationMailed']);
    const [file = ''] = await readdir(join(folder, 'outbox'));
    const text = Buffer.from((await readFile(join(folder, 'outbox', file), 'utf8')).split('\r\n\r\n')[1] ?? '', 'base64').toString();
    const code = /code=([\w-]+)/.exec(text)?.[1] ?? '';
    const expiresAt = String(log.events.find(({ type }) => type === 'UserInvited')?.data['expiresAt']);
    const given = { userId: id('ana'), expiresAt, code, now };
    expect(isInvitationCode(installationKey, given)).toBe(true);
    expect(isInvitationCode(installationKey, { ...given, now: expiresAt })).toBe(false);
    expect(isInvitationCode(installationKey, { ...given, userId: id('beto') })).toBe(false);
    expect(isInvitationCode(installationKey, { ...given, code: `${code}x` })).toBe(false);
    const before = log.events.length;
    await again();
    expect([log.events.length, mailer.sent.length, (await readdir(join(folder, 'outbox'))).length]).toEqual([before, 1, 1]);
  });

  test('a mail that fails is recorded, and sent when it is asked for again', async () => {
    const { send, settle, types, mailer } = system();
    await registerCustomer(send);
    mailer.problem = 'away';
    await send('user', id('ana'), 'InviteUser', { email: 'ana@example.org', name: 'Ana', customerId: customer });
    await settle();
    mailer.problem = undefined;
    await send('user', id('ana'), 'RequestInvitationMail', { failedAttempt: 1 });
    await settle();
    expect(types(`user-${id('ana')}`)).toEqual(['UserInvited', 'InvitationMailFailed', 'InvitationMailRequested', 'InvitationMailed']);
  });

  test('every attempt at an invitation is the same mail, because one that was not answered may have arrived; a renewed one is another', async () => {
    const { send, settle, mailer } = system();
    await registerCustomer(send);
    mailer.isUnheard = true;
    await send('user', id('ana'), 'InviteUser', { email: 'ana@example.org', name: 'Ana', customerId: customer });
    await settle();
    mailer.isUnheard = false;
    await send('user', id('ana'), 'RequestInvitationMail', { failedAttempt: 1 });
    await settle();
    expect(new Set(mailer.sent.map((mail) => mail.id)).size).toBe(1);
    expect(mailer.sent).toHaveLength(2);
    expect(await readdir(join(folder, 'outbox'))).toHaveLength(1);
    expect(await send('user', id('ana'), 'RenewInvitation', {}, { at: '2026-03-02T12:00:00.000Z' })).toMatchObject({ kind: 'accepted' });
    await settle();
    expect(await readdir(join(folder, 'outbox'))).toHaveLength(2);
  });

  test('a withdrawn invitation is not mailed', async () => {
    const { send, settle, mailer } = system();
    await registerCustomer(send);
    await send('user', id('ana'), 'InviteUser', { email: 'ana@example.org', name: 'Ana', customerId: customer });
    await send('user', id('ana'), 'RevokeInvitation', { reason: 'mistake' });
    await settle();
    expect(mailer.sent).toEqual([]);
  });

  test('tells the administrators that somebody waits; once approved the identity provider has the user with its roles', async () => {
    const { send, settle, again, types, mailer, provider } = system();
    await registerCustomer(send);
    await letIn(send, 'boss');
    await send('user', id('boss'), 'AppointAdministrator', {});
    await send('role', id('sales'), 'DefineRole', { name: 'Ventas', customerId: customer, permissions: ['equipment:view'] });
    await settle();
    mailer.sent.length = 0;
    await send('user', id('ana'), 'InviteUser', { email: 'ana@example.org', name: 'Ana', customerId: customer, roleIds: [id('sales')] });
    await send('user', id('ana'), 'LinkIdentity', { subject: 'auth0|ana' });
    await settle();
    expect(mailer.sent.map(({ to }) => to)).toEqual(['boss@example.org']);
    expect(types(`user-${id('ana')}`)).toContain('ApprovalRequested');
    expect(await provider.userOf('auth0|ana')).toEqual({ ok: true, value: undefined });
    await send('user', id('ana'), 'ApproveUser', {});
    await settle();
    expect(await provider.userOf('auth0|ana')).toEqual({ ok: true, value: { isBlocked: false, externalRoleIds: [`offline_${id('sales')}`] } });
    await again();
    expect(types(`user-${id('ana')}`).filter((type) => type === 'IdentitySynced')).toHaveLength(1);
    expect(mailer.sent).toHaveLength(1);
  });
});

describe('P8 the identity provider follows our model', () => {
  test('a suspension blocks there, and taking it back opens; a failure stays visible until it is told', async () => {
    const { send, settle, types, provider, provided } = system();
    await registerCustomer(send);
    await letIn(send, 'ana');
    await settle();
    provided.current = away;
    await send('user', id('ana'), 'SuspendUser', { reason: 'x' });
    await settle();
    expect(types(`user-${id('ana')}`).at(-1)).toBe('IdentitySyncFailed');
    expect(await provider.userOf('auth0|ana')).toMatchObject({ value: { isBlocked: false } });
    provided.current = provider;
    await send('user', id('ana'), 'RequestIdentitySync', { failedAttempt: 1 });
    await settle();
    expect(types(`user-${id('ana')}`).slice(-2)).toEqual(['IdentitySyncRequested', 'IdentitySynced']);
    expect(await provider.userOf('auth0|ana')).toMatchObject({ value: { isBlocked: true } });
    await send('user', id('ana'), 'ReactivateUser', {});
    await settle();
    expect(await provider.userOf('auth0|ana')).toMatchObject({ value: { isBlocked: false } });
  });

  test('a retired role is taken from whoever had it, there and here', async () => {
    const { send, settle, types, provider } = system();
    await registerCustomer(send);
    await send('role', id('sales'), 'DefineRole', { name: 'Ventas', customerId: customer, permissions: [] });
    await letIn(send, 'ana', { roleIds: [id('sales')] });
    await settle();
    await send('role', id('sales'), 'RetireRole', { reason: 'x' });
    await settle();
    expect(types(`user-${id('ana')}`)).toContain('RoleUnassigned');
    expect(await provider.userOf('auth0|ana')).toEqual({ ok: true, value: { isBlocked: false, externalRoleIds: [] } });
  });

  test('the daily check tells again what has drifted, and only that', async () => {
    const { send, settle, types, provider, directory, commands } = system();
    await registerCustomer(send);
    await letIn(send, 'ana');
    await letIn(send, 'beto');
    await settle();
    const wanted = { userId: id('ana'), subject: 'auth0|ana', email: 'ana@example.org', name: 'ana', externalRoleIds: [] };
    await provider.ensureUser({ ...wanted, isBlocked: true });
    const report = await checkIdentityDrift({ directory, identityProvider: provider, commands }, now);
    expect(report).toEqual({ checked: 2, drifted: [id('ana')] });
    await settle();
    expect(await provider.userOf('auth0|ana')).toMatchObject({ value: { isBlocked: false } });
    expect(types(`user-${id('beto')}`)).not.toContain('IdentitySyncRequested');
  });

  test('ES-12 forgetting a person reaches the identity provider', async () => {
    const { send, settle, provider } = system();
    await registerCustomer(send);
    await letIn(send, 'ana');
    await send('user', id('ana'), 'DeactivateUser', { reason: 'left' });
    await settle();
    expect(await provider.userOf('auth0|ana')).toMatchObject({ value: { isBlocked: true } });
    await send('subject', id('ana'), 'ForgetSubject', { kind: 'user', reason: 'asked' });
    await settle();
    expect(await provider.userOf('auth0|ana')).toEqual({ ok: true, value: undefined });
  });
});

describe('TE-4 administrators', () => {
  test('every member is active: who is to be suspended leaves first, and the last one stays', async () => {
    const { send, settle, states } = system();
    await registerCustomer(send);
    for (const name of ['ana', 'beto']) {
      await letIn(send, name);
      await send('user', id(name), 'AppointAdministrator', {});
    }
    await settle();
    const set = administratorsOf(customer);
    const members = async () => Object.keys(((await states.loadFresh('administrators', set)).state as { members: object }).members);
    expect((await members()).sort()).toEqual([id('ana'), id('beto')].sort());
    expect(await send('user', id('ana'), 'SuspendUser', { reason: 'x' })).toMatchObject({ rejection: { code: 'isAdministrator' } });
    await send('administrators', set, 'RemoveAdministrator', { userId: id('ana'), reason: 'x' });
    await settle();
    expect(await send('user', id('ana'), 'SuspendUser', { reason: 'x' })).toMatchObject({ kind: 'accepted' });
    expect(await send('administrators', set, 'RemoveAdministrator', { userId: id('beto'), reason: 'x' })).toMatchObject({
      rejection: { code: 'lastAdministrator' },
    });
    expect(await send('user', id('beto'), 'DeactivateUser', { reason: 'x' })).toMatchObject({ rejection: { code: 'isAdministrator' } });
    expect(await members()).toEqual([id('beto')]);
  });
});

describe('across the shell', () => {
  test('EQ-10 an e-mail is free for another as soon as its user has ended', async () => {
    const { send } = system();
    await registerCustomer(send);
    await letIn(send, 'ana');
    const invite = { email: 'ANA@example.org', name: 'Another', customerId: customer };
    expect(await send('user', id('other'), 'InviteUser', invite)).toMatchObject({ rejection: { code: 'emailTaken' } });
    await send('user', id('ana'), 'DeactivateUser', { reason: 'left' });
    expect(await send('user', id('other'), 'InviteUser', invite)).toMatchObject({ kind: 'accepted' });
    expect(await send('user', id('other'), 'LinkIdentity', { subject: 'auth0|ana' })).toMatchObject({ kind: 'accepted' });
  });

  test('TE-1 a customer’s user makes only what is its customer’s own', async () => {
    const { send, log } = system();
    await registerCustomer(send);
    const caller = {
      actor: { kind: 'user' as const, id: id('ana') },
      tenant: customer,
      accounts: 'all' as const,
      permissions: new Set(['user:create', 'role:create', 'api-client:create']),
    };
    await send('user', id('new'), 'InviteUser', { email: 'new@example.org', name: 'New' }, { caller });
    await send('role', id('role'), 'DefineRole', { name: 'r', permissions: [] }, { caller });
    await send('apiClient', id('client'), 'RegisterApiClient', { name: 'c', clientKind: 'integrator', scopes: [] }, { caller });
    expect(log.events.filter(({ stream }) => /^(user|role|apiClient)-/.test(stream)).map(({ metadata }) => metadata.tenant)).toEqual([
      customer,
      customer,
      customer,
    ]);
    const foreign = { email: 'x@example.org', name: 'X', customerId: id('another') };
    expect(await send('user', id('x'), 'InviteUser', foreign, { caller })).toMatchObject({ kind: 'notFound', pointer: '/customerId' });
  });
});

/** Methods of a class instance do not spread. */
const bound = (provider: IdentityProvider): IdentityProvider => ({
  ensureUser: (user) => provider.ensureUser(user),
  ensureRole: (role) => provider.ensureRole(role),
  removeRole: (roleId) => provider.removeRole(roleId),
  forgetUser: (userId) => provider.forgetUser(userId),
  userOf: (subject) => provider.userOf(subject),
});
