/** Ids that follow from a name, the same in every installation. */
import { uuidv5 } from './ids.ts';

const catalogs = '5f0d6a0e-6a53-5d2b-9a35-0a8f1f2d7c11';

const catalogsMax = 500;
const idsOfCatalogs = new Map<string, string>();

/** The aggregate id of a catalog by its name (`equipment-type`). */
export const catalogId = (name: string): string => {
  const known = idsOfCatalogs.get(name);
  if (known !== undefined) return known;
  const id = uuidv5(catalogs, `catalog:${name}`);
  // Names come from the model and from requests: those of the model are few.
  if (idsOfCatalogs.size < catalogsMax) idsOfCatalogs.set(name, id);
  return id;
};
/** The row id of a catalog's entry: what the columns `…_lookup_id` hold. */
export const entryId = (catalog: string, code: string): string => uuidv5(catalogs, `${catalog}:${code}`);
