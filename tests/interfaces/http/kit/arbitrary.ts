/** Values that a schema permits, and values that it should not, for fuzzing. */
import fc from 'fast-check';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

const ids = fc.constantFrom('0190a6c4-3f2b-7c1d-8e4f-5a6b7c8d9e0f', '11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222');
const byFormat: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: ids,
  date: fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
  instant: fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
  'time-zone': fc.constantFrom('UTC', 'America/Guatemala', 'Europe/Berlin'),
  email: fc.constantFrom('ana@example.com', 'b@c.example'),
  uri: fc.constantFrom('https://example.com/a'),
};

const textFor = (schema: Node): fc.Arbitrary<string> => {
  const format = typeof schema['format'] === 'string' ? byFormat[schema['format']] : undefined;
  if (format !== undefined) return format;
  const pattern = typeof schema['pattern'] === 'string' ? schema['pattern'] : '';
  const min = Number(schema['minLength'] ?? 0);
  const max = Math.min(Number(schema['maxLength'] ?? 50), min + 30);
  if (pattern === '' || pattern.includes('\\uD800'))
    return fc
      .string({ minLength: Math.max(1, min), maxLength: Math.max(1, max), unit: 'grapheme' })
      .map((text) => (text.trim() === '' ? 'x'.repeat(Math.max(1, min)) : text));
  return fc.stringMatching(new RegExp(pattern, 'u'), { size: '-1' }).filter((text) => text.length >= min && text.length <= Number(schema['maxLength'] ?? 1e6));
};

/** What the schema permits (up to what only the shell's own formats refuse). */
export const permitted = (schema: unknown): fc.Arbitrary<unknown> => {
  if (!isNode(schema)) return fc.constant(null);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...schema['anyOf'].map(permitted));
  switch (schema['type']) {
    case 'object':
      return objectFor(schema);
    case 'array': {
      const minLength = Number(schema['minItems'] ?? 0);
      return fc.array(permitted(schema['items']), { minLength, maxLength: Math.max(minLength, Math.min(3, Number(schema['maxItems'] ?? 3))) });
    }
    case 'integer':
      return fc.integer({
        min: Math.max(Number(schema['minimum'] ?? 0), -1e6),
        max: Math.min(Number(schema['maximum'] ?? 1e6), Number(schema['minimum'] ?? 0) + 1e6),
      });
    case 'number':
      return fc.double({ min: Number(schema['minimum'] ?? -1e6), max: Number(schema['maximum'] ?? 1e6), noNaN: true });
    case 'boolean':
      return fc.boolean();
    default:
      return textFor(schema);
  }
};

const objectFor = (schema: Node): fc.Arbitrary<unknown> => {
  const properties = isNode(schema['properties']) ? schema['properties'] : undefined;
  if (properties === undefined) return fc.dictionary(fc.constantFrom('a', 'b_1', 'c'), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { maxKeys: 3 });
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  return fc.record(Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, permitted(member)])), {
    requiredKeys: Object.keys(properties).filter((name) => required.includes(name)),
  });
};

/** What has broken somebody's server before. */
const nasty: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  -0,
  2 ** 53,
  '',
  ' ',
  '\0',
  '\ud800',
  '\u202e',
  'x'.repeat(5000),
  "' or 1=1; --",
  '=1+1',
  '#{7*7}',
  '{{7*7}}',
  '../../etc/passwd',
  '<script>',
  '__proto__',
  [],
  [[]],
  [null],
  {},
  { __proto__: null },
  { toString: 'x' },
  { length: 1e9 },
  { $ref: '#' },
  'NaN',
  '1e999',
  '2026-02-30',
  '0000-00-00',
  'America/',
  '٣',
  'ﬁ',
  '\ufeff',
];

type Mutation = { readonly at: number; readonly kind: 'replace' | 'remove' | 'add'; readonly value: unknown; readonly name: string };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat({ max: 1000 }),
  kind: fc.constantFrom('replace', 'remove', 'add'),
  value: fc.oneof(fc.constantFrom(...nasty), fc.jsonValue({ maxDepth: 3 })),
  name: fc.constantFrom('extra', '__proto__', 'constructor', 'id', 'a/b', ''),
});

/** All places of a value, as paths. */
const placesOf = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value === 'object' && value !== null ? [path, ...Object.entries(value).flatMap(([name, member]) => placesOf(member, [...path, name]))] : [path];

const mutated = (value: unknown, path: readonly string[], change: Mutation): unknown => {
  const [head, ...rest] = path;
  if (head === undefined || typeof value !== 'object' || value === null) {
    if (change.kind !== 'add' || typeof value !== 'object' || value === null || Array.isArray(value)) return change.value;
    return Object.defineProperty({ ...value }, change.name, { value: change.value, enumerable: true, configurable: true, writable: true });
  }
  const entries = Object.entries(value).flatMap(([name, member]) => {
    if (name !== head) return [[name, member] as const];
    return rest.length === 0 && change.kind === 'remove' ? [] : [[name, mutated(member, rest, change)] as const];
  });
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
};

/** A permitted value with up to three mistakes in it. */
export const mistaken = (schema: unknown): fc.Arbitrary<unknown> =>
  fc.tuple(permitted(schema), fc.array(mutation, { minLength: 1, maxLength: 3 })).map(([value, changes]) =>
    changes.reduce((before, change) => {
      const places = placesOf(before);
      return mutated(before, places[change.at % places.length] ?? [], change);
    }, value),
  );

/** The text of a value, now and then damaged. */
export const textOf = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.tuple(value, fc.nat({ max: 9 }), fc.nat()).map(([one, damage, at]) => {
    const text = JSON.stringify(one) ?? 'null';
    if (damage === 0) return text.slice(0, at % (text.length + 1));
    if (damage === 1) return `${text.slice(0, at % (text.length + 1))}${'{["\\,:'.charAt(at % 6)}${text.slice(at % (text.length + 1))}`;
    return text;
  });
