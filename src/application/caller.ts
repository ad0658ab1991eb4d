/** Who asks, and what they may: resolved from the token and the live directory, before anything else happens. */
import type { Actor, AnyAggregate } from '../domain/kernel/aggregate.ts';

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

/** The permission that this one instance is restricted to, where it is. */
export const restrictionOf = ({ restriction }: AnyAggregate, state: unknown): string | undefined =>
  restriction?.isOn(state) === true ? restriction.permission : undefined;

/** May the caller ask something of this aggregate in this state, by whose it is, whom it is known to and whether it is restricted (TE-2, TE-11)? */
export const seesAggregate = (
  caller: Caller,
  { aggregate, state, id }: { readonly aggregate: AnyAggregate; readonly state: unknown; readonly id: string },
): boolean => {
  const restrictedTo = restrictionOf(aggregate, state);
  if (restrictedTo !== undefined && !may(caller, restrictedTo)) return false;
  const known = aggregate.knownTo?.(state) ?? null;
  const isKnown = known !== null && sees(caller, known.tenant, known.account);
  return isKnown || sees(caller, aggregate.tenantOf(state, id), aggregate.accountOf(state, id));
};

/**
 * What is restricted is named, and asked for by guards, by what is restricted only: elsewhere it would be seen by whoever sees that, and a
 * refusal would tell that it is there.
 */
export const mayName = (by: Pick<AnyAggregate, 'confidentiality'>, named: { readonly aggregate: AnyAggregate; readonly state: unknown }): boolean =>
  by.confidentiality === 'restricted' || restrictionOf(named.aggregate, named.state) === undefined;
