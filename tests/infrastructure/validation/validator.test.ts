import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as words from '../../../src/domain/kernel/schema.ts';
import { model } from '../../../src/domain/model.ts';
import { Validator } from '../../../src/infrastructure/validation/validator.ts';

const validator = new Validator();
const errorsOf = (schema: words.TSchema, value: unknown) => validator.errorsOf(words.fields({ it: schema }), { it: value });
const holds = (schema: words.TSchema, value: unknown): boolean => errorsOf(schema, value).length === 0;

describe('every mistake is told, at its field', () => {
  test('all at once, with JSON Pointers, unknown fields by their names', () => {
    const schema = words.fields({ name: words.text(), place: words.position(), lines: words.list(words.fields({ count: words.integer({ min: 1 }) })) });
    const errors = validator.errorsOf(schema, { place: { latitude: 'x' }, lines: [{ count: 1 }, { count: 0 }, {}], 'a/b~c': 1, __proto: 2 });
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/__proto',
      '/a~1b~0c',
      '/lines/1/count',
      '/lines/2/count',
      '/name',
      '/place/latitude',
      '/place/longitude',
    ]);
    expect(errors.find(({ pointer }) => pointer === '/a~1b~0c')?.message).toBe('is not a known field');
  });

  test('of several shapes only that of the named kind is told', () => {
    const circle = words.fields({ kind: words.oneOf(['circle']), radius: words.integer({ min: 10 }) });
    const line = words.fields({ kind: words.oneOf(['line']), length: words.integer() });
    expect(errorsOf(words.either(circle, line), { kind: 'circle', radius: 1 })).toEqual([{ pointer: '/it/radius', message: 'must be 10 or more' }]);
    expect(errorsOf(words.either(circle, line), { kind: 'square' })).toEqual([{ pointer: '/it/kind', message: 'must name one of the known kinds' }]);
    expect(errorsOf(words.either(circle, line), {})).toEqual([{ pointer: '/it/kind', message: 'must name one of the known kinds' }]);
  });

  test('every command of the model has a schema that compiles: a start does not look at them', () => {
    for (const aggregate of model) for (const { schema } of Object.values(aggregate.commands)) validator.prepare(schema);
  });

  test('a mistake of our own schema is found when it is prepared', () => {
    expect(() => validator.prepare(words.fields({ it: { type: 'sting' } as words.TSchema }))).toThrow();
    expect(() => validator.prepare(words.fields({ it: { type: 'string', format: 'unheard-of' } as words.TSchema }))).toThrow();
  });
});

describe('formats', () => {
  test.each([
    ['2026-01-31', true],
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['0000-01-01', false],
    ['2026-1-1', false],
    ['2026-01-31T00:00:00.000Z', false],
  ])('date %s: %p', (text, ok) => expect(holds(words.businessDate(), text)).toBe(ok));

  test.each([
    ['2026-01-31T08:15:00.000Z', true],
    ['2026-01-31T08:15:00Z', false],
    ['2026-01-31T08:15:00.000+00:00', false],
    ['2026-02-30T08:15:00.000Z', false],
    ['2026-01-31T24:00:00.000Z', false],
    ['2016-12-31T23:59:60.000Z', false],
    ['0000-01-31T08:15:00.000Z', false],
  ])('instant %s: %p', (text, ok) => expect(holds(words.instant(), text)).toBe(ok));

  test('every instant that JavaScript prints is one', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), (date) =>
        holds(words.instant(), date.toISOString()),
      ),
    );
  });

  test.each([
    ['America/Guatemala', true],
    ['UTC', true],
    ['Asia/Kolkata', true],
    ['+06:00', false],
    ['Mars/Olympus', false],
    ['', false],
    ['A'.repeat(10_000), false],
  ])('time zone %s: %p', (text, ok) => expect(holds(words.timeZone(), text)).toBe(ok));

  test.each([
    ['ana@example.com', true],
    ['ana.maria+gt@correo.example.com.gt', true],
    ['ñandú@correo.example', true],
    ['ana@localhost', false],
    ['ana@@example.com', false],
    ['<ana@example.com>', false],
    ['ana@example.com\nbcc: x@example.com', false],
    [`${'a'.repeat(250)}@example.com`, false],
  ])('e-mail %s: %p', (text, ok) => expect(holds(words.email(), text)).toBe(ok));

  test.each([
    ['https://example.com/a?b=c', true],
    ['http://example.com', true],
    ['ftp://example.com', false],
    ['javascript:alert(1)', false],
    ['https://user:secret@example.com', false],
    ['https://exa mple.com', false],
    ['https://', false],
  ])('link %s: %p', (text, ok) => expect(holds(words.link(), text)).toBe(ok));

  test('a UUID is lower case, and of a version that exists', () => {
    expect(holds(words.uuid(), '0190a6c4-3f2b-7c1d-8e4f-5a6b7c8d9e0f')).toBe(true);
    for (const text of ['0190A6C4-3F2B-7C1D-8E4F-5A6B7C8D9E0F', '00000000-0000-0000-0000-000000000000', '{0190a6c4-3f2b-7c1d-8e4f-5a6b7c8d9e0f}', 'x'])
      expect(holds(words.uuid(), text)).toBe(false);
  });
});

describe('what passes can be stored', () => {
  const textWords = [words.text(), words.note(), words.metadata(), words.document()];
  test('no NUL and no lone surrogate gets through, in any word, as value or name', () => {
    for (const bad of ['\0', 'a\0b', '\ud800', '\udfff', 'a\ud83d', '\ude00\ud83d']) {
      for (const word of textWords.slice(0, 2)) expect(holds(word, `x${bad}`)).toBe(false);
      expect(holds(words.metadata(), { key: bad })).toBe(false);
      expect(holds(words.metadata(), { [`k${bad}`]: 'x' })).toBe(false);
      expect(holds(words.document(), { a: [{ b: bad }] })).toBe(false);
      expect(holds(words.document(), { a: { [bad]: 1 } })).toBe(false);
    }
    expect(holds(words.text(), 'x😀')).toBe(true);
  });

  test('any value that passes goes through JSON and UTF-8 unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        if (!holds(words.document(), value)) return true;
        const text = JSON.stringify(value);
        return !text.includes('\\u0000') && Buffer.from(text, 'utf8').toString('utf8') === text && text.isWellFormed();
      }),
    );
  });

  test('metadata has at most 50 names and 16 KiB, a document 6 levels and 200 names each', () => {
    const many = (count: number, size: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 'x'.repeat(size)]));
    expect([holds(words.metadata(), many(50, 10)), holds(words.metadata(), many(51, 1)), holds(words.metadata(), many(20, 900))]).toEqual([true, false, false]);
    const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
    expect([holds(words.document(), deep(6)), holds(words.document(), deep(7))]).toEqual([true, false]);
    expect([holds(words.document(), many(200, 1)), holds(words.document(), { a: many(201, 1) })]).toEqual([true, false]);
    expect(holds(words.document(), JSON.parse('{"a":{"__proto__":{"admin":true}}}'))).toBe(false);
    expect(holds(words.document(), JSON.parse('{"a":1e999}'))).toBe(false);
  });

  test('numbers are finite and in range, and no text is taken for one', () => {
    for (const value of [Infinity, -Infinity, '1', null, true, [1], 1.5, 2 ** 53]) expect(holds(words.integer(), value)).toBe(false);
    expect([holds(words.integer(), 0), holds(words.integer(), -0), holds(words.integer({ min: 1 }), 0)]).toEqual([true, true, false]);
  });

  test('a list too long is refused in time that grows with its length, also where its items must differ', () => {
    const items = Array.from({ length: 100_000 }, (_, n) => ({ latitude: `${n % 90}`, longitude: '0' }));
    const errors = errorsOf(words.list(words.position(), { unique: true }), items);
    expect(errors.map(({ message }) => message)).toEqual(expect.arrayContaining(['must have at most 100 items', 'must not hold the same item twice']));
  });
});
