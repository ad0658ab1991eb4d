/** The reference data that ships with the product: one JSON file a catalog beside this module. */
import { readdirSync, readFileSync } from 'node:fs';
import { arrangeCatalogs, type ReferenceCatalog, readCatalog } from './reference-catalog.ts';

const here = new URL('.', import.meta.url);
const suffix = '.json';

/**
 * Every shipped catalog, parents before children, ready to be imported through commands.
 * @param folder where the files are; this module's own folder unless a test says otherwise.
 * @throws Error naming the file and every mistake in it: wrong shape, repeated code, unknown parent, parents in a circle.
 */
export const loadReferenceData = (folder: URL = here): readonly ReferenceCatalog[] => {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length));
  return arrangeCatalogs(names.map((name) => readCatalog(name, JSON.parse(readFileSync(new URL(`${name}${suffix}`, folder), 'utf8')))));
};
