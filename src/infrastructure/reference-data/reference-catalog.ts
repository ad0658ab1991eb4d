/**
 * What a file of reference data must look like, and the order in which catalogs can be imported. No disk here: `reference-data.ts` reads.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';

/** A plain attribute; `null` stands for a fact nobody has checked yet (`verifiedOn`). */
export type PlainAttribute = string | number | boolean | null | readonly string[];

/** Values that belong to one catalog; the keys of `documentAttributes` hold a JSON document, all others a plain value. */
export type ReferenceAttributes = Readonly<Record<string, PlainAttribute | Readonly<Record<string, unknown>>>>;

/** One row of a catalog. `code` is stable for ever; `parent` is `<catalog>/<code>`. */
export type ReferenceEntry = {
  readonly code: string;
  /** English, or the proper name. */
  readonly name: string;
  /** The name by language tag; always has `es`. */
  readonly names: Readonly<Record<string, string>>;
  readonly description: string;
  readonly parent?: string;
  readonly attributes: ReferenceAttributes;
};

/** One file: a catalog with its origin and with what was and was not checked. */
export type ReferenceCatalog = {
  readonly catalog: string;
  readonly source: string;
  /** The day the content was written or last compared with its source, `YYYY-MM-DD`. */
  readonly date: string;
  readonly notes: string;
  readonly entries: readonly ReferenceEntry[];
};

/** The attribute keys whose value is a JSON document (a JSON Schema or a policy) rather than a plain value. */
export const documentAttributes: readonly string[] = ['specificationSchema', 'detailsSchema', 'policy', 'limits'];

const words = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength, pattern: '^\\S(.*\\S)?$' });
const kebab = '[a-z][a-z0-9]*(-[a-z0-9]+)*';
const code = '[A-Za-z0-9._:-]{1,64}';
const plain = { anyOf: [{ type: ['string', 'number', 'boolean', 'null'] }, { type: 'array', items: { type: 'string' } }] };
const entry = {
  type: 'object',
  required: ['code', 'name', 'names', 'description', 'attributes'],
  additionalProperties: false,
  properties: {
    code: { type: 'string', pattern: `^${code}$` },
    name: words(200),
    names: { type: 'object', required: ['es'], propertyNames: { pattern: '^[a-z]{2,3}(-[A-Z]{2})?$' }, additionalProperties: words(200) },
    description: words(1000),
    parent: { type: 'string', pattern: `^${kebab}/${code}$` },
    attributes: {
      type: 'object',
      propertyNames: { pattern: '^[a-z][A-Za-z0-9]{0,63}$' },
      properties: Object.fromEntries(documentAttributes.map((key) => [key, { type: 'object' }])),
      additionalProperties: plain,
    },
  },
};
const file = {
  type: 'object',
  required: ['catalog', 'source', 'date', 'notes', 'entries'],
  additionalProperties: false,
  properties: {
    catalog: { type: 'string', pattern: `^${kebab}$`, maxLength: 64 },
    source: words(500),
    date: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' },
    notes: words(2000),
    entries: { type: 'array', minItems: 1, items: entry },
  },
};
const hasShape = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile<ReferenceCatalog>(file);

/**
 * The catalog in a parsed file called `name` (without `.json`).
 * @throws Error listing every place where the shape is wrong, or when the file's name is not the catalog's.
 */
export const readCatalog = (name: string, content: unknown): ReferenceCatalog => {
  if (!hasShape(content)) {
    const mistakes = (hasShape.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
    throw new Error(`reference data ${name}: ${mistakes.join('; ')}`);
  }
  if (content.catalog !== name) throw new Error(`reference data ${name}: the file holds the catalog ${content.catalog}`);
  return content;
};

const catalogOf = (parent: string): string => parent.slice(0, parent.indexOf('/'));
const keyOf = (catalog: string, entryCode: string): string => `${catalog}/${entryCode}`;

/** Every mistake that spans rows: a code used twice, a parent that is not there. */
const mistakesOf = (catalogs: readonly ReferenceCatalog[]): readonly string[] => {
  const mistakes: string[] = [];
  const known = new Set<string>();
  for (const { catalog, entries } of catalogs) {
    for (const { code: entryCode } of entries) {
      const key = keyOf(catalog, entryCode);
      if (known.has(key)) mistakes.push(`${key} appears twice`);
      known.add(key);
    }
  }
  for (const { catalog, entries } of catalogs) {
    for (const { code: entryCode, parent } of entries) {
      if (parent !== undefined && !known.has(parent)) mistakes.push(`${keyOf(catalog, entryCode)} has the unknown parent ${parent}`);
    }
  }
  return mistakes;
};

/** `items` with every item after those it depends on, otherwise by key; throws on a circle. */
const afterTheirParents = <T>(items: readonly T[], keyOfItem: (item: T) => string, parentsOf: (item: T) => readonly string[]): readonly T[] => {
  const waiting = new Map(items.map((item) => [keyOfItem(item), item]));
  const ordered: T[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, item]) => parentsOf(item).every((parent) => !waiting.has(parent)));
    if (ready.length === 0) throw new Error(`reference data: parents in a circle among ${[...waiting.keys()].slice(0, 10).join(', ')}`);
    for (const [key, item] of ready) {
      waiting.delete(key);
      ordered.push(item);
    }
  }
  return ordered;
};

/**
 * The catalogs in an order in which they can be imported: a catalog after those its entries have parents in, an entry after its parent.
 * @throws Error listing repeated codes and unknown parents, or naming a circle of parents.
 */
export const arrangeCatalogs = (catalogs: readonly ReferenceCatalog[]): readonly ReferenceCatalog[] => {
  const mistakes = mistakesOf(catalogs);
  if (mistakes.length > 0) throw new Error(`reference data: ${mistakes.join('; ')}`);
  const ordered = afterTheirParents(
    [...catalogs].sort((a, b) => (a.catalog < b.catalog ? -1 : 1)),
    ({ catalog }) => catalog,
    ({ catalog, entries }) => entries.flatMap(({ parent }) => (parent === undefined || catalogOf(parent) === catalog ? [] : [catalogOf(parent)])),
  );
  return ordered.map((catalog) => ({
    ...catalog,
    entries: afterTheirParents(
      catalog.entries,
      (row) => keyOf(catalog.catalog, row.code),
      ({ parent }) => (parent === undefined ? [] : [parent]),
    ),
  }));
};
