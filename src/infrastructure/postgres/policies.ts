/** Who sees which rows, as row-level security: one policy for each of the two login roles. */
import type { PolicyDef } from '@mikro-orm/core';
import type { TableDefinition } from '../../../projections/kernel/table.ts';
import { allAccounts, id, literal, qualified, variables } from './names.ts';

export type RoleNames = { readonly tenant: string; readonly staff: string };

// Bare, so that a session without a tenant fails instead of seeing nothing.
const customer = `current_setting(${literal(variables.customer)})::uuid`;
const accounts = `current_setting(${literal(variables.accounts)})`;
/** The customer drives the index; the rest only sifts its rows. Each sub-select is evaluated once a query, not once a row. */
const tenantRows = (table: TableDefinition): string => {
  const own = `customer_id = ${customer}`;
  if (table.columns['account_id'] === undefined) return own;
  const listed = `account_id in (select unnest(case when ${accounts} = ${literal(allAccounts)} then '{}' else ${accounts} end::uuid[]))`;
  return `${own} and (account_id is null or (select ${accounts} = ${literal(allAccounts)}) or ${listed})`;
};
/** Permissions are a comma-separated list; `*` stands for all. */
const held = `string_to_array(current_setting(${literal(variables.permissions)}), ',')`;
const holds = (permission: string): string => `(select ${held} && array[${literal(permission)}, '*'])`;
/** Rows that are restricted one by one (TE-11). */
const isRestrictable = (table: TableDefinition): boolean => table.columns['restricted_to'] !== undefined;
const staffRows = (table: TableDefinition): string => {
  const all = table.scope === 'restricted' ? holds(table.permission) : 'true';
  return isRestrictable(table) ? `${all} and (restricted_to is null or array[restricted_to, '*'] && (select ${held}))` : all;
};

/** The policies of a table. A role without one, and without a grant, sees nothing. */
export function policiesOf(table: TableDefinition, roles: RoleNames): PolicyDef[] {
  const select = (name: string, role: string, using: string): PolicyDef => ({ name, command: 'select', roles: [role], using });
  const staff = select('staff', roles.staff, staffRows(table));
  if (table.scope === 'company' || table.scope === 'restricted') return [staff];
  const tenants = table.scope === 'tenant' ? tenantRows(table) : 'true';
  return [staff, select('tenant', roles.tenant, isRestrictable(table) ? `${tenants} and restricted_to is null` : tenants)];
}

/** Lets the roles read a table, as far as their policies go. */
export function grantStatement(table: TableDefinition, schema: string, roles: RoleNames): string {
  const readers = policiesOf(table, roles).flatMap((policy) => policy.roles ?? []);
  return `grant select on ${qualified(schema, table.name)} to ${readers.map(id).join(', ')}`;
}

/** Makes a schema whose tables the roles may be allowed to read. */
export const schemaStatements = (schema: string, roles: RoleNames): readonly string[] => [
  `create schema ${id(schema)}`,
  `grant usage on schema ${id(schema)} to ${id(roles.tenant)}, ${id(roles.staff)}`,
];
