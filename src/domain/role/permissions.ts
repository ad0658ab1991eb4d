/** What a permission is: an action on a module, or all actions of one. Which modules there are follows from the model (application/permissions.ts). */
import type { Context } from '../kernel/aggregate.ts';
import { type Rejection, reject } from '../kernel/rejection.ts';
import { text } from '../kernel/schema.ts';

export const actions = ['view', 'create', 'edit', 'approve', 'export', 'delete', 'assign'] as const;
export type Action = (typeof actions)[number];
export const permissionsMax = 1000;

/** The word for a permission: `equipment:edit`, or `equipment:*` for every action of the module. */
export const permission = () =>
  text({ max: 80, pattern: `^[a-z][a-z0-9-]{0,63}:(${actions.join('|')}|\\*)$`, docs: 'module:action, or module:* for all actions of the module' });

export const moduleOf = (permission: string): string => permission.slice(0, permission.indexOf(':'));
export const actionOf = (permission: string): string => permission.slice(permission.indexOf(':') + 1);
export const isWholeModule = (permission: string): boolean => permission.endsWith(':*');

/** The single permissions that one stands for. */
export const expanded = (permission: string): readonly string[] =>
  isWholeModule(permission) ? actions.map((action) => `${moduleOf(permission)}:${action}`) : [permission];

/**
 * Effective permissions (TE-5): what the roles and the user's own grants give together, less what was revoked. A revocation always wins,
 * so the order in which things were given or taken does not matter.
 */
export const effectivePermissions = (given: Iterable<string>, revoked: Iterable<string>): ReadonlySet<string> => {
  const all = new Set<string>();
  for (const one of given) for (const single of expanded(one)) all.add(single);
  for (const one of revoked) for (const single of expanded(one)) all.delete(single);
  return all;
};

/** TE-4: nobody gives what they do not hold themselves. `details.permissions` lists what is missing. */
export const holdsAll = ({ held }: Pick<Context, 'held'>, permissions: Iterable<string>): Rejection<'permissionNotHeld'> | undefined => {
  if (held.has('*')) return undefined;
  const missing = [...new Set([...permissions].flatMap(expanded))].filter((single) => !held.has(single));
  return missing.length === 0 ? undefined : reject('permissionNotHeld', 'You can only give permissions that you hold yourself.', { permissions: missing });
};
