/** P8: administrators join and leave in steps, retired roles are taken back, and the identity provider follows our model. */
import { administrators, administratorsOf } from '../../domain/administrators/decider.ts';
import type { Facts, Frozen, Reference } from '../../domain/kernel/aggregate.ts';
import { erased } from '../../domain/kernel/personal.ts';
import { externalIdOf, type Role, role, roleFact } from '../../domain/role/decider.ts';
import { subject } from '../../domain/subject/decider.ts';
import { user } from '../../domain/user/decider.ts';
import { isEnded, type PresentUser, type User, userFact } from '../../domain/user/state.ts';
import { type EffectReaction, type EffectStep, effects } from '../effects/effect.ts';
import type { IdentityProvider, ProviderOutcome } from '../ports/identity-provider.ts';
import { defineProcess, on, type Send, send } from './process.ts';

/** An appointment in three steps (TE-4): marked, joined; and back: left, unmarked. A set that is full gives the mark back. */
export const administration = defineProcess({
  name: 'Administration',
  docs: 'An appointed user joins the administrators; one that left is an ordinary user again.',
  from: 'start',
  on: [
    on(user, {
      AdministratorAppointed: ({ aggregateId, tenant, data: { appointmentId } }) => [
        send(administrators, 'JoinAdministrators', {
          step: 'join',
          to: administratorsOf(tenant),
          data: { userId: aggregateId, appointmentId },
          refused: () => [send(user, 'EndAdministratorAppointment', { step: 'unmark', to: aggregateId, data: { appointmentId } })],
        }),
      ],
    }),
    on(administrators, {
      AdministratorLeft: ({ data: { userId, appointmentId } }) => [
        send(user, 'EndAdministratorAppointment', { step: 'unmark', to: userId, data: { appointmentId } }),
      ],
    }),
  ],
});

export type AccessPorts = {
  readonly identityProvider: IdentityProvider;
  /** The live directory. */
  readonly usersWithRole: (roleId: string) => readonly string[];
};
const { when, effect } = effects<AccessPorts>();

type Person = PresentUser & { readonly subject: string };
const personOf = (state: Frozen<User> | undefined): Person | undefined =>
  state === undefined || state.situation === 'absent' || state.subject === null ? undefined : { ...state, subject: state.subject };
const ofUserWithRoles = ({ aggregateId }: { readonly aggregateId: string }, facts: Facts): readonly Reference[] => [
  userFact.at(aggregateId),
  ...(personOf(userFact.of(facts, aggregateId))?.roles ?? []).map((roleId) => roleFact.at(roleId)),
];

const failed = (step: string, to: string, problem: string): Send =>
  send(user, 'RecordIdentitySync', { step, to, data: { outcome: { kind: 'failed', problem } } });
const synced = (to: string, isBlocked: boolean, externalRoleIds: readonly string[]): Send =>
  send(user, 'RecordIdentitySync', { step: 'identity', to, data: { outcome: { kind: 'synced', isBlocked, externalRoleIds } } });
const roleSynced = (step: string, roleId: string, made: ProviderOutcome<string>): Send =>
  send(role, 'RecordRoleSync', {
    step,
    to: roleId,
    data: { outcome: made.ok ? { kind: 'synced', externalRoleId: made.value } : { kind: 'failed', problem: made.problem } },
  });

type Named = { readonly roleId: string; readonly role: Frozen<Role> | undefined };
/** The roles that the provider does not know yet are made first. */
const ensureRoles = async (roles: readonly Named[], provider: IdentityProvider) => {
  const externalRoleIds: string[] = [];
  const sends: Send[] = [];
  for (const { roleId, role: held } of roles) {
    if (held === undefined || held.situation !== 'active') continue;
    const [known] = externalIdOf(held);
    if (known !== undefined) {
      externalRoleIds.push(known);
      continue;
    }
    const made = await provider.ensureRole({ roleId, name: held.name });
    sends.push(roleSynced(`role:${roleId}`, roleId, made));
    if (!made.ok) return { problem: made.problem, sends, externalRoleIds };
    externalRoleIds.push(made.value);
  }
  return { sends, externalRoleIds: externalRoleIds.sort() };
};

/** Tells the provider how a user stands now, whatever has happened since the trigger. Only of users that were let in once. */
const syncUser = (userId: string, facts: Facts): readonly EffectStep<AccessPorts>[] => {
  const person = personOf(userFact.of(facts, userId));
  if (person === undefined || person.situation === 'invited' || person.situation === 'pending_approval') return [];
  const perform: EffectStep<AccessPorts>['perform'] = async ({ identityProvider }) => {
    if (person.subject === erased) {
      const gone = await identityProvider.forgetUser(userId);
      return [gone.ok ? synced(userId, true, []) : failed('identity', userId, gone.problem)];
    }
    const isBlocked = person.situation !== 'active';
    const held = isEnded(person.situation) ? [] : person.roles.map((roleId) => ({ roleId, role: roleFact.of(facts, roleId) }));
    const { problem, sends, externalRoleIds } = await ensureRoles(held, identityProvider);
    if (problem !== undefined) return [...sends, failed('identity', userId, problem)];
    const { email, name, subject: of } = person;
    const told = await identityProvider.ensureUser({ userId, subject: of, email, name, isBlocked, externalRoleIds });
    return [...sends, told.ok ? synced(userId, isBlocked, externalRoleIds) : failed('identity', userId, told.problem)];
  };
  return [{ step: 'identity', category: user.category, to: userId, perform }];
};
const userChanged: EffectReaction<AccessPorts, unknown> = {
  reads: ofUserWithRoles,
  plan: ({ aggregateId }, facts) => syncUser(aggregateId, facts),
};

const roleChanged: EffectReaction<AccessPorts, unknown> = {
  reads: ({ aggregateId }) => [roleFact.at(aggregateId)],
  plan: ({ aggregateId: roleId }, facts) => {
    const held = roleFact.of(facts, roleId);
    if (held === undefined || held.situation === 'absent') return [];
    const perform: EffectStep<AccessPorts>['perform'] = async ({ identityProvider }) => {
      if (held.situation === 'active') return [roleSynced('role', roleId, await identityProvider.ensureRole({ roleId, name: held.name }))];
      const gone = await identityProvider.removeRole(roleId);
      return [roleSynced('role', roleId, gone.ok ? { ok: true, value: held.externalRoleId ?? 'none' } : gone)];
    };
    return [{ step: 'role', category: role.category, to: roleId, perform }];
  },
};

/** A retired role grants nothing already; taking it from its users only tidies up. */
const takeBack =
  (roleId: string): EffectStep<AccessPorts>['perform'] =>
  async ({ usersWithRole }) =>
    usersWithRole(roleId).map((userId) => send(user, 'UnassignRole', { step: `unassign:${userId}`, to: userId, data: { roleId } }));

export const accessSync = effect({
  name: 'AccessSync',
  docs: 'P8: users, blocks and roles as the identity provider should have them; failures are recorded and tried again. Our model wins.',
  on: [
    when(user, {
      UserApproved: userChanged,
      UserSuspended: userChanged,
      UserReactivated: userChanged,
      UserDeactivated: userChanged,
      UserProfileChanged: userChanged,
      UserEmailChanged: userChanged,
      RoleAssigned: userChanged,
      RoleUnassigned: userChanged,
      IdentitySyncRequested: userChanged,
    }),
    when(role, {
      RoleDefined: roleChanged,
      RoleRenamed: roleChanged,
      RoleRetired: {
        reads: ({ aggregateId }) => [roleFact.at(aggregateId)],
        plan: (trigger, facts) => [
          ...roleChanged.plan(trigger, facts),
          { step: 'unassign', category: role.category, to: trigger.aggregateId, perform: takeBack(trigger.aggregateId) },
        ],
      },
      IdentityRoleSyncRequested: roleChanged,
    }),
    when(subject, {
      SubjectForgotten: {
        plan: ({ data: { subjectId, kind } }) =>
          kind !== 'user'
            ? []
            : [
                {
                  step: 'identity',
                  category: user.category,
                  to: subjectId,
                  perform: async ({ identityProvider }) => {
                    const gone = await identityProvider.forgetUser(subjectId);
                    return [gone.ok ? synced(subjectId, true, []) : failed('identity', subjectId, gone.problem)];
                  },
                },
              ],
      },
    }),
  ],
});
