/** Values that a schema should not permit, and texts that are no JSON, for fuzzing. */
import fc from 'fast-check';
import { arbitraryOf } from '../../../kit/arbitrary-of.ts';

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
  fc.tuple(arbitraryOf(schema), fc.array(mutation, { minLength: 1, maxLength: 3 })).map(([value, changes]) =>
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
