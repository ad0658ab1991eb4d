/** Who asks, and what they may: resolved from the token and the live directory, before anything else happens. */
import type { Actor } from '../domain/kernel/aggregate.ts';

export type Caller = {
  readonly actor: Actor;
  /** The customer whose user this is; `null` for company staff and for the system's own parts. */
  readonly tenant: string | null;
  /** The accounts the caller sees, descendants included; `all` for staff and for users of the whole customer. */
  readonly accounts: 'all' | ReadonlySet<string>;
  /** `module:action`, or `*` alone for the system's own parts. */
  readonly permissions: ReadonlySet<string>;
};

export const may = (caller: Caller, permission: string): boolean => caller.permissions.has('*') || caller.permissions.has(permission);

/** A part of the system by name: a process, the scheduler, the catalog loader. It acts across tenants. */
export const systemCaller = (name: string): Caller => ({
  actor: { kind: 'system', id: name },
  tenant: null,
  accounts: 'all',
  permissions: new Set(['*']),
});

/** May the caller see something of this tenant and account? Staff see all tenants; a tenant's user its own and, within it, its accounts. */
export const sees = (caller: Caller, tenant: string | null, account: string | null): boolean => {
  if (caller.tenant === null) return true;
  if (tenant !== caller.tenant) return false;
  return account === null || caller.accounts === 'all' || caller.accounts.has(account);
};
