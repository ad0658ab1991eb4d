import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { jsonSchemaMistakes } from '../../../src/domain/kernel/json-schema.ts';
import { formats } from '../../../src/infrastructure/validation/formats.ts';
import { fc } from '../../kit/seed.ts';
import { shippedEntries } from '../../kit/shipped-catalogs.ts';

const schemas = [
  ...shippedEntries('equipment-type').map(({ code, attributes }) => ({ name: code, schema: attributes?.['specificationSchema'] })),
  ...shippedEntries('service-type').map(({ code, attributes }) => ({ name: code, schema: attributes?.['detailsSchema'] })),
].flatMap(({ name, schema }) => (typeof schema === 'object' && schema !== null ? [{ name, schema: schema as Schema }] : []));

const ajv = new Ajv2020({ allErrors: true, strict: false });
for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate });

type Schema = Readonly<Record<string, unknown>>;
const anything = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer()), fc.constant({}));
/** Values at and just past the bounds of a schema that has no members. */
const atBounds = ({ type, minimum, maximum, minLength, maxLength, ...schema }: Schema): fc.Arbitrary<unknown> => {
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  if (schema['format'] === 'date') return fc.constantFrom('2026-02-28', '2026-02-30');
  if (schema['format'] === 'uuid') return fc.constantFrom('0190a000-0000-7000-8000-000000000000', 'A-1');
  if (type === 'integer' || type === 'number') {
    const [low, high] = [Number(minimum ?? -5), Number(maximum ?? 5)];
    return fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(low, high, Math.round((low + high) / 2)) },
      { weight: 1, arbitrary: fc.constantFrom(low - 1, high + 1, low + 0.5) },
    );
  }
  if (type !== 'string') return fc.boolean();
  const [low, high] = [Number(minLength ?? 0), Math.min(Number(maxLength ?? 10), 400)];
  return fc
    .oneof({ weight: 9, arbitrary: fc.constantFrom(low, high) }, { weight: 1, arbitrary: fc.constantFrom(Math.max(0, low - 1), high + 1) })
    .map((length) => 'é'.repeat(length));
};
/** Values around a schema: mostly right ones, nearly right ones, and now and then anything. */
const near = (schema: Schema): fc.Arbitrary<unknown> => fc.oneof({ weight: 30, arbitrary: nearlyRight(schema) }, { weight: 1, arbitrary: anything });
const nearlyRight = (schema: Schema): fc.Arbitrary<unknown> => {
  if (schema['type'] === 'array') return fc.array(near(schema['items'] as Schema), { minLength: 0, maxLength: 3 });
  if (schema['type'] !== 'object') return atBounds(schema);
  const members = Object.fromEntries(Object.entries(schema['properties'] as Readonly<Record<string, Schema>>).map(([name, member]) => [name, near(member)]));
  const requiredKeys: string[] = (schema['required'] ?? []) as string[];
  return fc.oneof(
    { weight: 8, arbitrary: fc.record(members, { requiredKeys }) },
    { weight: 1, arbitrary: fc.record(members, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.record(members, { requiredKeys }).map((value) => ({ ...value, unknown: 1 })) },
  );
};

test('every schema that the catalogs ship is judged as by Ajv', () => {
  expect(schemas.length).toBeGreaterThan(20);
  let valid = 0;
  for (const { name, schema } of schemas) {
    const check = ajv.compile(schema);
    fc.assert(
      fc.property(near(schema), (value) => {
        const mistakes = jsonSchemaMistakes(schema, value);
        valid += mistakes.length === 0 ? 1 : 0;
        expect({ name, value, valid: mistakes.length === 0 }).toEqual({ name, value, valid: check(value) });
      }),
      { numRuns: 200 },
    );
  }
  expect(valid).toBeGreaterThan(100);
});

test('every mistake is told at its place', () => {
  const schema = {
    type: 'object',
    title: 'A thing',
    properties: { axles: { type: 'integer', minimum: 1 }, tags: { type: 'array', items: { type: 'string' }, uniqueItems: true }, 'a/b': { const: 1 } },
    required: ['axles'],
    additionalProperties: false,
  };
  expect(jsonSchemaMistakes(schema, { tags: ['x', 'x', 3], 'a/b': 2, more: 1 })).toEqual([
    { pointer: '/tags/2', message: 'must be string' },
    { pointer: '/tags', message: 'items must differ' },
    { pointer: '/a~1b', message: 'must be the one value named' },
    { pointer: '/axles', message: 'is required' },
    { pointer: '/more', message: 'is not a known field' },
  ]);
  expect(jsonSchemaMistakes(schema, { axles: 2 })).toEqual([]);
});

test('what the validator does not know refuses, so that no rule is passed over', () => {
  expect(jsonSchemaMistakes({ oneOf: [{ type: 'string' }] }, 'x')).toHaveLength(1);
  expect(jsonSchemaMistakes({ type: 'string', format: 'zip-code' }, 'x')).toHaveLength(1);
  expect(jsonSchemaMistakes({ type: 'string', pattern: '(' }, 'x')).toHaveLength(1);
  expect(jsonSchemaMistakes({ type: 'object', properties: { __proto__: {} } }, JSON.parse('{"__proto__": 1}'))).toEqual([]);
});
