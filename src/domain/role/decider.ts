import { type Aggregate, type Evolve, emit, type Frozen, fact, reject } from '../kernel/aggregate.ts';
import { retryAt } from '../kernel/backoff.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { changing, reached } from '../kernel/presence.ts';
import { roleCommands } from './commands.ts';
import { roleEvents } from './events.ts';
import { expanded, holdsAll, permissionsMax } from './permissions.ts';

type Present = {
  readonly situation: 'active' | 'retired';
  readonly name: string;
  readonly description: string;
  readonly customerId: string | null;
  readonly isShared: boolean;
  /** Single permissions, sorted; a whole module stands here as its actions. */
  readonly permissions: readonly string[];
  readonly externalRoleId: string | null;
  /** Failures to tell the identity provider since the last success. */
  readonly failedAttempts: number;
};
export type Role = { readonly situation: 'absent' } | Present;
export type PresentRole = Frozen<Present>;

/** A role as other aggregates' guards see it. */
export const roleFact = fact<Role>('role');
const event = emit(roleEvents);
const initial: Role = { situation: 'absent' };

/** What the role gives now: nothing once it is retired. */
export const permissionsOfRole = (role: Frozen<Role> | undefined): readonly string[] =>
  role !== undefined && role.situation === 'active' ? role.permissions : [];

/** The identity provider's id of the role, while it is in use and known there. */
export const externalIdOf = (role: Frozen<Role> | undefined): readonly string[] =>
  role !== undefined && role.situation === 'active' && role.externalRoleId !== null ? [role.externalRoleId] : [];

const union = (held: readonly string[], added: readonly string[]): readonly string[] => [...new Set([...held, ...added.flatMap(expanded)])].sort();
const without = (held: readonly string[], removed: readonly string[]): readonly string[] => held.filter((one) => !removed.includes(one));

const present = reached<Frozen<Role>>('a role');
const active = (state: Frozen<Role>) => (present(state).situation === 'retired' ? reject('retired', 'The role is retired.') : undefined);
const contentOf = (content: { readonly name: string; readonly description: string; readonly customerId: string | null; readonly isShared: boolean }) =>
  canonicalJson([content.name, content.description, content.customerId, content.isShared]);

const decide: Aggregate<'role', Role, typeof roleCommands, typeof roleEvents>['decide'] = {
  DefineRole: (state, command, context) => {
    const customerId = context.tenant ?? command.customerId ?? null;
    const isShared = command.isShared ?? false;
    const { name, description } = command;
    if (state.situation !== 'absent') {
      const isSame =
        contentOf(state) === contentOf({ name, description: description ?? '', customerId, isShared }) &&
        canonicalJson(state.permissions) === canonicalJson(union([], command.permissions));
      return isSame ? [] : reject('alreadyDefined', 'This role is defined.');
    }
    if (isShared && customerId !== null) return reject('onlyTheCompany', 'Only a role of the company’s own can be shared.');
    return (
      holdsAll(context, command.permissions) ?? [
        event('RoleDefined', {
          name,
          isShared,
          permissions: command.permissions,
          ...(description === undefined ? {} : { description }),
          ...(customerId === null ? {} : { customerId }),
        }),
      ]
    );
  },
  RenameRole: (state, command) => {
    const { name, description } = present(state);
    return active(state) ?? (name === command.name && description === (command.description ?? '') ? [] : [event('RoleRenamed', command)]);
  },
  GrantRolePermission: (state, command, context) => {
    const { permissions } = present(state);
    const after = union(permissions, [command.permission]);
    const wrong = active(state) ?? holdsAll(context, [command.permission]);
    if (wrong !== undefined) return wrong;
    if (after.length === permissions.length) return [];
    return after.length > permissionsMax
      ? reject('tooMany', `At most ${permissionsMax} permissions.`, { max: permissionsMax })
      : [event('RolePermissionGranted', command)];
  },
  RevokeRolePermission: (state, command) =>
    active(state) ?? (expanded(command.permission).some((one) => present(state).permissions.includes(one)) ? [event('RolePermissionRevoked', command)] : []),
  RetireRole: (state, command) => (present(state).situation === 'retired' ? [] : [event('RoleRetired', command)]),
  RecordRoleSync: (state, { outcome }, { now }) => {
    const { externalRoleId, failedAttempts } = present(state);
    if (outcome.kind === 'failed') {
      const attempt = Math.min(failedAttempts + 1, 1000);
      return [event('IdentityRoleSyncFailed', { problem: outcome.problem, attempt, retryAt: retryAt(now, attempt) })];
    }
    return externalRoleId === outcome.externalRoleId && failedAttempts === 0 ? [] : [event('IdentityRoleSynced', { externalRoleId: outcome.externalRoleId })];
  },
  RequestRoleSync: (state, { failedAttempt }) =>
    failedAttempt === undefined || failedAttempt === present(state).failedAttempts ? [event('IdentityRoleSyncRequested', {})] : [],
};

const changed = changing<Frozen<Role>>();

const evolve: Evolve<Role, typeof roleEvents> = {
  RoleDefined: (_state, { name, description, customerId, isShared, permissions }) => ({
    situation: 'active',
    name,
    description: description ?? '',
    customerId: customerId ?? null,
    isShared,
    permissions: union([], permissions),
    externalRoleId: null,
    failedAttempts: 0,
  }),
  RoleRenamed: changed((_state, { name, description }) => ({ name, description: description ?? '' })),
  RolePermissionGranted: changed(({ permissions }, { permission }) => ({ permissions: union(permissions, [permission]) })),
  RolePermissionRevoked: changed(({ permissions }, { permission }) => ({ permissions: without(permissions, expanded(permission)) })),
  RoleRetired: changed(() => ({ situation: 'retired' })),
  IdentityRoleSynced: changed((_state, { externalRoleId }) => ({ externalRoleId, failedAttempts: 0 })),
  IdentityRoleSyncFailed: changed((_state, { attempt }) => ({ failedAttempts: attempt })),
  IdentityRoleSyncRequested: (state) => state,
};

/** A named set of permissions: a customer's own, the company's, or a company role that customers may use too. */
export const role: Aggregate<'role', Role, typeof roleCommands, typeof roleEvents> = {
  category: 'role',
  docs: 'A named set of permissions: a customer’s own, the company’s, or a company role that customers may use too.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: roleEvents,
  commands: roleCommands,
  initial,
  decide,
  evolve,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  shared: (state) => state.situation !== 'absent' && state.isShared,
  claims: (state) =>
    state.situation === 'active' ? [{ kind: 'roleName', scope: state.customerId === null ? 'company' : state.customerId, value: state.name }] : [],
  exists: ({ situation }) => situation !== 'absent',
  deadlines: {
    IdentityRoleSyncFailed: ({ attempt, retryAt: dueAt }) => [
      { change: 'set', name: 'identity-sync', dueAt, command: 'RequestRoleSync', data: { failedAttempt: attempt } },
    ],
    IdentityRoleSynced: () => [{ change: 'cancel', name: 'identity-sync' }],
  },
};
