/** The user's policies: each a sentence with a name, a refusal or nothing. */
import type { Context, Frozen } from '../kernel/aggregate.ts';
import { reject } from '../kernel/rejection.ts';
import { permissionsOfRole, type Role, roleFact } from '../role/decider.ts';
import { holdsAll } from '../role/permissions.ts';
import { isEnded, type PresentUser, type Situation } from './state.ts';

export const rolesMax = 20;
export const accountsMax = 500;
export const invitationDays = 7;

/** The commands that move a user on, by where it stands (STATES.md). */
export const movesFrom: Readonly<Record<Situation, readonly string[]>> = {
  invited: ['LinkIdentity', 'RevokeInvitation', 'ExpireInvitation'],
  pending_approval: ['ApproveUser', 'RejectUser'],
  active: ['SuspendUser', 'DeactivateUser'],
  suspended: ['ReactivateUser', 'DeactivateUser'],
  withdrawn: [],
  rejected: [],
  deactivated: [],
};
export const refuseMove = ({ situation }: PresentUser) =>
  reject('notInThisState', `This is not possible while the user is ${situation}.`, { status: situation, allowed: movesFrom[situation] });
/** What moves no state is possible until the user has ended. */
export const notEnded = (state: PresentUser) => (isEnded(state.situation) ? refuseMove(state) : undefined);

/** TE-10: neither the person nor who invited it lets it in. Parts of the system act for nobody. */
export const isAnotherPerson = ({ invitedBy }: PresentUser, { actor, id }: Pick<Context, 'actor' | 'id'>) =>
  actor.kind === 'user' && (actor.id === id || actor.id === invitedBy)
    ? reject('ownApproval', 'Somebody else has to approve: not the user, nor who invited it.')
    : undefined;

/** TE-4: an administrator leaves the administrators first, and the last one cannot. */
export const isNoAdministrator = ({ appointmentId }: PresentUser) =>
  appointmentId === null ? undefined : reject('isAdministrator', 'Take the user from the administrators first.');

/** A user holds roles of its own customer and shared ones of the company; staff hold the company's. */
const isRoleFor = (role: Frozen<Exclude<Role, { situation: 'absent' }>>, customerId: string | null): boolean =>
  role.customerId === customerId || (role.customerId === null && role.isShared);

/** The role exists for this customer's users, is not retired, and gives nothing that the caller does not hold. */
export const mayGiveRole = (roleId: string, customerId: string | null, context: Pick<Context, 'facts' | 'held'>) => {
  const role = roleFact.of(context.facts, roleId);
  if (role === undefined || role.situation === 'absent' || !isRoleFor(role, customerId)) {
    return reject('foreignRole', 'The role is not one of this customer’s.', { roleId });
  }
  if (role.situation === 'retired') return reject('roleRetired', 'The role is retired.', { roleId });
  return holdsAll(context, permissionsOfRole(role));
};
