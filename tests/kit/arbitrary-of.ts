/** Values that a schema permits, made from the schema words alone. */
import fc from 'fast-check';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where a text stands: the property's name, and the category or catalog that its word names. */
export type Place = { readonly name: string; readonly category?: string; readonly catalog?: string };
/** What to take instead of anything that the schema permits. A hook that gives nothing leaves the choice to the schema. */
export type Pools = {
  readonly ids?: (place: Place) => fc.Arbitrary<string>;
  readonly codes?: (catalog: string) => fc.Arbitrary<string>;
  readonly days?: readonly [from: string, to: string];
  /** What free text says, where the schema leaves it so much room. */
  readonly words?: readonly string[];
  /** By field: what to say most of the time, where only some of what the schema permits makes sense. Not held against the schema. */
  readonly likely?: Readonly<Record<string, readonly unknown[]>>;
};

const someIds = fc.constantFrom('0190a6c4-3f2b-7c1d-8e4f-5a6b7c8d9e0f', '11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222');
const someCodes = ['standard', 'A-1', 'x'] as const;

const formatted = (format: string, place: Place, { ids, days: [from, to] = ['1990-01-01', '2090-01-01'] }: Pools): fc.Arbitrary<string> | undefined => {
  const time = fc.date({ min: new Date(from), max: new Date(to), noInvalidDate: true }).map((date) => date.toISOString());
  switch (format) {
    case 'uuid':
      return ids?.(place) ?? someIds;
    case 'date':
      return time.map((text) => text.slice(0, 10));
    case 'instant':
      return time;
    case 'time-zone':
      return fc.constantFrom('UTC', 'America/Guatemala', 'Europe/Berlin');
    case 'email':
      return fc.constantFrom('ana@example.com', 'b@c.example', 'Ben.Long+tag@mail.example');
    case 'uri':
      return fc.constantFrom('https://example.com/a', 'http://example.com/?q=1');
    default:
      return undefined;
  }
};

const textFor = (schema: Node, place: Place, pools: Pools): fc.Arbitrary<string> => {
  const format = typeof schema['format'] === 'string' ? formatted(schema['format'], place, pools) : undefined;
  if (format !== undefined) return format;
  const pattern = typeof schema['pattern'] === 'string' ? schema['pattern'] : '';
  const min = Number(schema['minLength'] ?? 0);
  const max = Number(schema['maxLength'] ?? 1e6);
  if (place.catalog !== undefined) return pools.codes?.(place.catalog) ?? fc.constantFrom(...someCodes);
  if (pattern === '' || pattern.includes('\\uD800')) {
    const least = Math.max(1, min);
    const words = pools.words?.filter((word) => word.length >= min && word.length <= max) ?? [];
    if (words.length > 0) return fc.constantFrom(...words);
    return fc
      .string({ minLength: least, maxLength: Math.max(1, Math.min(max, min + 30)), unit: 'grapheme' })
      .map((text) => (text.trim() === '' || text.length > max ? 'x'.repeat(least) : text));
  }
  return fc.stringMatching(new RegExp(pattern, 'u'), { size: '-1' }).filter((text) => text.length >= min && text.length <= max);
};

const objectFor = (schema: Node, pools: Pools): fc.Arbitrary<unknown> => {
  const properties = isNode(schema['properties']) ? schema['properties'] : undefined;
  if (properties === undefined) return fc.dictionary(fc.constantFrom('a', 'b_1', 'c'), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { maxKeys: 3 });
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  return fc.record(Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, made(member, name, pools)])), {
    requiredKeys: Object.keys(properties).filter((name) => required.includes(name)),
  });
};

const listFor = (schema: Node, name: string, pools: Pools): fc.Arbitrary<unknown> => {
  const minLength = Number(schema['minItems'] ?? 0);
  const length = { minLength, maxLength: Math.max(minLength, Math.min(3, Number(schema['maxItems'] ?? 3))) };
  const item = made(schema['items'], name, pools);
  return schema['uniqueItems'] === true ? fc.uniqueArray(item, { ...length, selector: (value) => JSON.stringify(value) }) : fc.array(item, length);
};

const numberFor = (schema: Node): fc.Arbitrary<number> => {
  const [min, max] = [Number(schema['minimum'] ?? -1e6), Number(schema['maximum'] ?? 1e6)];
  if (schema['type'] === 'number') return fc.double({ min, max, noNaN: true });
  const from = Math.max(min, -1e6);
  return fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: from, max: Math.min(max, from + 12) }) },
    { weight: 1, arbitrary: fc.integer({ min: from, max: Math.min(max, from + 1e6) }) },
  );
};

const made = (schema: unknown, name: string, pools: Pools): fc.Arbitrary<unknown> => {
  const likely = pools.likely !== undefined && Object.hasOwn(pools.likely, name) ? pools.likely[name] : undefined;
  const any = anyOf(schema, name, pools);
  return likely === undefined ? any : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...likely) }, { weight: 1, arbitrary: any });
};

const anyOf = (schema: unknown, name: string, pools: Pools): fc.Arbitrary<unknown> => {
  if (!isNode(schema)) return fc.constant(null);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...schema['anyOf'].map((choice: unknown) => made(choice, name, pools)));
  switch (schema['type']) {
    case 'object':
      return objectFor(schema, pools);
    case 'array':
      return listFor(schema, name, pools);
    case 'integer':
    case 'number':
      return numberFor(schema);
    case 'boolean':
      return fc.boolean();
    default: {
      const [category, catalog] = [schema['x-ref'], schema['x-lookup']];
      const place = { name, ...(typeof category === 'string' ? { category } : {}), ...(typeof catalog === 'string' ? { catalog } : {}) };
      return textFor(schema, place, pools);
    }
  }
};

/** What the schema permits, up to a few rules of the shell's own formats; ids and days from `pools`, so that values meet each other. */
export const arbitraryOf = (schema: unknown, pools: Pools = {}): fc.Arbitrary<unknown> => made(schema, '', pools);
