import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { jsonSchemaMistakes } from '../../../src/domain/kernel/json-schema.ts';
import { formats } from '../../../src/infrastructure/validation/formats.ts';
import { fc } from '../../kit/seed.ts';

type Entry = { readonly code: string; readonly attributes?: Readonly<Record<string, unknown>> };
const entries = (catalog: string): readonly Entry[] =>
  JSON.parse(readFileSync(new URL(`../../../src/infrastructure/reference-data/${catalog}.json`, import.meta.url), 'utf8')).entries;
const schemas = [
  ...entries('equipment-type').map(({ code, attributes }) => ({ name: code, schema: attributes?.['specificationSchema'] })),
  ...entries('service-type').map(({ code, attributes }) => ({ name: code, schema: attributes?.['detailsSchema'] })),
].flatMap(({ name, schema }) => (typeof schema === 'object' && schema !== null ? [{ name, schema: schema as Readonly<Record<string, unknown>> }] : []));

const ajv = new Ajv2020({ allErrors: true, strict: false });
for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate });

/** Values around a schema: right ones, nearly right ones, and anything. */
const near = (schema: Readonly<Record<string, unknown>>, depth = 0): fc.Arbitrary<unknown> => {
  const choices: fc.Arbitrary<unknown>[] = [fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.string(), fc.boolean(), fc.constant(null))];
  const { type, minimum, maximum, minLength, maxLength } = schema;
  if (Array.isArray(schema['enum'])) choices.push(fc.constantFrom(...schema['enum']));
  if (type === 'integer' || type === 'number') {
    const [low, high] = [Number(minimum ?? -5), Number(maximum ?? 5)];
    choices.push(fc.constantFrom(low, high, low - 1, high + 1, Math.round((low + high) / 2), low + 0.5));
  }
  if (type === 'string') {
    const [low, high] = [Number(minLength ?? 0), Math.min(Number(maxLength ?? 10), 400)];
    choices.push(fc.constantFrom(low, high, Math.max(0, low - 1), high + 1).map((length) => 'é'.repeat(length)));
    choices.push(fc.constantFrom('2026-02-28', '2026-02-30', '0190a000-0000-7000-8000-000000000000', 'A-1'));
  }
  if (type === 'array' && depth < 3) choices.push(fc.array(near((schema['items'] ?? {}) as Readonly<Record<string, unknown>>, depth + 1), { maxLength: 4 }));
  if (type === 'object' && depth < 3) {
    const members = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    choices.push(
      fc.record(Object.fromEntries([...members.map(([name, member]) => [name, near(member, depth + 1)] as const), ['unknown', fc.integer()]]), {
        requiredKeys: [],
      }),
    );
  }
  return fc.oneof(...choices);
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
