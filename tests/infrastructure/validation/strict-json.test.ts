import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, parseJsonBytes } from '../../../src/infrastructure/validation/strict-json.ts';

test('whatever JSON.stringify writes is read back', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => expect(parseJson(JSON.stringify(value))).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) })));
});

test('what JSON.parse refuses is refused, and nothing throws', () => {
  const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', '"a"', ':', ',', '1', '\\', '"', 'null', ' ', '\\u0022'), { maxLength: 12 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join('');
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      return isJson || !parseJson(text).ok;
    }),
    { numRuns: 3000 },
  );
});

test.each(['{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', '[{"a":1,"\\u0061":2}]', '{"__proto__":1,"__proto__":2}', '{"a":":","a":""}'])(
  'a name twice is refused: %s',
  (text) => {
    expect(parseJson(text)).toEqual({ ok: false, message: 'A name stands twice in one object.' });
  },
);

test.each(['{"a":":,{\\"","b":"\\\\"}', '{"":{"":{"":1}}}', '[[],{},"",0,null]', '{"a":"}","b":["{"]}'])('no name twice: %s', (text) => {
  expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
});

test('depth and number of values are bounded before anything is built', () => {
  expect(parseJson('['.repeat(500_000)).ok).toBe(false);
  expect(parseJson(`${'['.repeat(33)}${']'.repeat(33)}`)).toEqual({ ok: false, message: 'It is nested deeper than 32 levels.' });
  expect(parseJson(`[${'0,'.repeat(200_001)}0]`)).toEqual({ ok: false, message: 'It holds more than 200000 values.' });
});

test('bytes that are no UTF-8 are refused; a byte order mark is not', () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0xff, 0xfe, 0x22, 0x00],
  ])
    expect(parseJsonBytes(Uint8Array.from(bytes)).ok).toBe(false);
  expect(parseJsonBytes(Buffer.from('\ufeff{}'))).toEqual({ ok: true, value: {} });
});

test('__proto__ is a name like any other, and changes no prototype', () => {
  const parsed = parseJson('{"__proto__":{"admin":true}}');
  expect(parsed.ok && Object.keys(Object(parsed.value))).toEqual(['__proto__']);
  expect(Reflect.get({}, 'admin')).toBeUndefined();
});
