/** Existence and tenancy of what a command's body names: by hand in hundreds of commands one would be missed. */

import type { AnyAggregate } from '../domain/kernel/aggregate.ts';
import type { TSchema } from '../domain/kernel/schema.ts';
import { catalogId } from '../domain/kernel/well-known.ts';
import { type Caller, mayName, sees, seesAggregate } from './caller.ts';
import { type FoundCode, type FoundReference, referencesIn } from './references.ts';
import type { States } from './states.ts';

/** Where an account stands: whose it is. Known live on every node (application/directory.ts). */
export type AccountPlaces = { placeOf(accountId: string): Promise<{ readonly tenant: string } | undefined> };
export type WrongReference =
  | { readonly kind: 'notFound'; readonly pointer: string }
  | { readonly kind: 'invalid'; readonly errors: readonly { readonly pointer: string; readonly message: string }[] };
type CatalogState = { readonly entries: Readonly<Record<string, { readonly isActive: boolean } | undefined>> };
/** `by`: the aggregate whose command names them. */
type Circumstances = { readonly caller: Caller; readonly fresh: boolean; readonly by: Pick<AnyAggregate, 'confidentiality'> };

export class ReferenceCheck {
  readonly #states: States;
  readonly #accounts: AccountPlaces;

  constructor(states: States, accounts: AccountPlaces) {
    this.#states = states;
    this.#accounts = accounts;
  }

  /** The first wrong reference of the data, if there is one. Missing and foreign are told alike. */
  async check(schema: TSchema, data: unknown, circumstances: Circumstances): Promise<WrongReference | undefined> {
    const { references, codes } = referencesIn(schema, data);
    for (const reference of references) {
      if (!(await this.#isTheirs(reference, circumstances))) return { kind: 'notFound', pointer: reference.pointer };
    }
    const errors: { readonly pointer: string; readonly message: string }[] = [];
    for (const found of codes) {
      if (!(await this.#isListed(found, circumstances)))
        errors.push({ pointer: found.pointer, message: `"${found.code}" is not an active code of the catalog ${found.catalog}` });
    }
    return errors.length === 0 ? undefined : { kind: 'invalid', errors };
  }

  async #isTheirs({ category, id }: FoundReference, { caller, fresh, by }: Circumstances): Promise<boolean> {
    if (category === 'account') {
      const place = await this.#accounts.placeOf(id);
      return place !== undefined && sees(caller, place.tenant, id);
    }
    const { loaded, cached } = await this.#states.load(category, id);
    const judged = cached && fresh ? await this.#states.refresh(loaded) : loaded;
    const { aggregate, state } = judged;
    if (!aggregate.exists(state)) return false;
    if (!mayName(by, judged)) return false;
    return aggregate.shared(state) || seesAggregate(caller, judged);
  }

  async #isListed({ catalog, code }: FoundCode, { fresh }: Circumstances): Promise<boolean> {
    const id = catalogId(catalog);
    const loaded = fresh ? await this.#states.loadFresh('catalog', id) : (await this.#states.load('catalog', id)).loaded;
    // The catalog's own state: the one aggregate the shell knows by name.
    const state = loaded.state as CatalogState;
    return Object.hasOwn(state.entries, code) && state.entries[code]?.isActive === true;
  }
}
