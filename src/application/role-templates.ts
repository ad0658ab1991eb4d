/** The roles that ship: company roles that customers may use too, made from the permissions of the model. */
import { derivedId, namespaces } from '../domain/kernel/ids.ts';
import { actionOf, moduleOf } from '../domain/role/permissions.ts';

export type RoleTemplate = { readonly roleId: string; readonly name: string; readonly description: string; readonly permissions: readonly string[] };

/** Who may enter, and what catalogs say, is for administrators. */
const accessModules = new Set(['user', 'role', 'administrator', 'api-client', 'identity', 'subject', 'catalog']);
/** What a salesperson works on; the model's modules of these names, as far as there are any. */
const salesModules = new Set([
  'customer',
  'account',
  'interaction',
  'service-request',
  'quotation',
  'attachment',
  'notification',
  'clientes',
  'ventas',
  'chat',
]);
/** TE-11: looking at the whole business does not include what is restricted. */
const restrictedModules = new Set(['extortion-incident', 'restricted-event']);
const everyday = new Set(['view', 'create', 'edit']);

/** The id of a shipped role, the same in every installation. */
export const templateRoleId = (name: string): string => derivedId(namespaces.aggregate, ['role', name]);
const template = (name: string, description: string, permissions: readonly string[]): RoleTemplate => ({
  roleId: templateRoleId(name),
  name,
  description,
  permissions,
});

/** admin may everything, gerente all but who may enter (that it only sees), vendedor sees the business and works on sales. */
export const roleTemplates = (permissions: readonly string[]): readonly RoleTemplate[] => [
  template('admin', 'Administra todo / Administers everything', permissions),
  template(
    'gerente',
    'Dirige y aprueba / Manages and approves',
    permissions.filter((one) => !accessModules.has(moduleOf(one)) || actionOf(one) === 'view'),
  ),
  template(
    'vendedor',
    'Vende / Sells',
    permissions.filter((one) =>
      salesModules.has(moduleOf(one))
        ? everyday.has(actionOf(one))
        : actionOf(one) === 'view' && !accessModules.has(moduleOf(one)) && !restrictedModules.has(moduleOf(one)),
    ),
  ),
];
