/** Who may see an event: its tenant's and account's users and staff, within the confidentiality of its aggregate (TE-2, TE-9, TE-11). */
import { type Caller, may, sees } from '../../../application/caller.ts';
import { viewPermissionOf } from '../../../application/permissions.ts';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';

/** What an event says of where it belongs: the holder of its aggregate at that moment. */
export type Belonging = {
  readonly category: string;
  readonly tenant: string | null;
  readonly account: string | null;
  readonly restrictedTo: string | null;
};

/** What one caller may see of the events; two callers of the same `key` see the same. */
export type Visibility = {
  readonly key: string;
  readonly sees: (event: Belonging) => boolean;
  /** The categories of the model that the caller sees nothing of. */
  readonly hidden: readonly string[];
  /** A tenant's users see the model's own categories only, staff also the shell's (claims, numbers, processes). */
  readonly seesSystem: boolean;
};

/** Among all events, restricted ones are for staff alone; a permission of that name is what the database asks for too. */
const maySeeRestricted = (caller: Caller, permission: string, restrictedPermission: string | undefined): boolean =>
  (restrictedPermission === undefined || (caller.tenant === null && may(caller, restrictedPermission))) && may(caller, permission);

const mayEver = (caller: Caller, aggregate: AnyAggregate, restrictedPermission: string | undefined): boolean => {
  switch (aggregate.confidentiality) {
    case 'tenant':
      return true;
    case 'company':
      return caller.tenant === null;
    case 'restricted':
      return maySeeRestricted(caller, viewPermissionOf(aggregate), restrictedPermission);
  }
};

/** What events of the aggregate may be restricted to. */
const restrictionsOf = (aggregate: AnyAggregate): readonly string[] => [
  ...(aggregate.restriction === undefined ? [] : [aggregate.restriction.permission]),
  ...(aggregate.confidentiality === 'restricted' ? [viewPermissionOf(aggregate)] : []),
];

export const visibilityOf = (model: readonly AnyAggregate[], restrictedPermission?: string): ((caller: Caller) => Visibility) => {
  const categories = new Set(model.map(({ category }) => category));
  const restrictions = [...new Set(model.flatMap(restrictionsOf))];
  return (caller) => {
    const hidden = model.filter((aggregate) => !mayEver(caller, aggregate, restrictedPermission)).map(({ category }) => category);
    const seesSystem = caller.tenant === null;
    const isHidden = new Set(hidden);
    const unlocked = new Set(restrictions.filter((permission) => maySeeRestricted(caller, permission, restrictedPermission)));
    const accounts = caller.accounts === 'all' ? 'all' : [...caller.accounts].sort();
    return {
      key: JSON.stringify([caller.tenant, accounts, hidden, [...unlocked]]),
      hidden,
      seesSystem,
      sees: ({ category, tenant, account, restrictedTo }) =>
        !isHidden.has(category) &&
        (restrictedTo === null || unlocked.has(restrictedTo)) &&
        (seesSystem || categories.has(category)) &&
        sees(caller, tenant, account),
    };
  };
};
