/** Makes the shipped roles, and gives them what a newer model has added; what people took out of them by hand is not looked at again. */
import { hash } from 'node:crypto';
import { uuidv5 } from '../domain/kernel/ids.ts';
import { permissionsOfRole, type Role, role } from '../domain/role/decider.ts';
import { effectivePermissions } from '../domain/role/permissions.ts';
import { systemCaller } from './caller.ts';
import type { CommandHandler } from './handle-command.ts';
import type { RoleTemplate } from './role-templates.ts';
import type { States } from './states.ts';

type Parts = { readonly commands: Pick<CommandHandler, 'handle'>; readonly states: States; readonly clock: () => string };

/** Throws where a shipped role is refused: then a rule has changed and the templates have not. */
export const loadRoles = async (templates: readonly RoleTemplate[], { commands, states, clock }: Parts): Promise<void> => {
  const send = async (roleId: string, type: string, data: Readonly<Record<string, unknown>>): Promise<void> => {
    const commandId = uuidv5(roleId, hash('sha256', JSON.stringify([type, data])));
    const caller = systemCaller('role-loader');
    const ids = { commandId, commandHash: commandId, correlationId: commandId, causationId: commandId };
    const outcome = await commands.handle({ ...ids, category: role.category, id: roleId, type, caller, at: clock(), data });
    if (outcome.kind !== 'accepted' && outcome.kind !== 'unchanged') throw new Error(`the shipped role ${roleId} was not taken: ${JSON.stringify(outcome)}`);
  };
  const load = async ({ roleId, name, description, permissions }: RoleTemplate): Promise<void> => {
    const { loaded } = await states.load(role.category, roleId);
    if (!loaded.aggregate.exists(loaded.state)) await send(roleId, 'DefineRole', { name, description, isShared: true, permissions });
    else {
      // The boundary of types: what is loaded under the role's category is a role.
      const held = effectivePermissions(permissionsOfRole(loaded.state as Role), []);
      for (const permission of permissions.filter((one) => !held.has(one))) await send(roleId, 'GrantRolePermission', { permission });
    }
  };
  await Promise.all(templates.map(load));
};
