import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { derivedId, isUuid, namespaces, parseUuid, uuidv5, uuidv7 } from '../../../src/domain/kernel/ids.ts';

const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('ids', () => {
  test('version 5 gives the published examples of RFC 9562', () => {
    expect(uuidv5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
    expect(uuidv5(dns, 'python.org')).toBe('886313e1-3b8a-5372-9b90-0c9aee199e5d');
    expect(() => uuidv5('nonsense', 'x')).toThrow('not a UUID');
  });

  test('version 7 gives the published example of RFC 9562', () => {
    // RFC 9562, appendix A.6
    expect(uuidv7(0x017f22e279b0, Buffer.from('0cc398c4dc0c0c07398f', 'hex'))).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  test('ES-11 the same name gives the same id, another name or namespace another one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const id = uuidv5(namespaces.root, a);
        expect(isUuid(id)).toBe(true);
        expect(parseUuid(id)?.version).toBe(5);
        expect(uuidv5(namespaces.root, a)).toBe(id);
        expect(uuidv5(namespaces.event, a)).not.toBe(id);
        if (Buffer.from(a).compare(Buffer.from(b)) !== 0) expect(uuidv5(namespaces.root, b)).not.toBe(id);
      }),
    );
  });

  test('ES-11 no two lists of parts make the same derived id', () => {
    const parts = fc.array(fc.string({ maxLength: 3, unit: fc.constantFrom('a', '"', ',', '[', '\\') }), { maxLength: 3 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(derivedId(namespaces.command, a) === derivedId(namespaces.command, b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 2000 },
    );
  });

  test('version 7 ids sort by time and keep it', () => {
    fc.assert(
      fc.property(time, time, random, random, (a, b, bytesA, bytesB) => {
        const [idA, idB] = [uuidv7(a, bytesA), uuidv7(b, bytesB)];
        expect([isUuid(idA), parseUuid(idA)?.version, parseUuid(idA)?.timestampMs]).toEqual([true, 7, a]);
        if (a !== b) expect(idA < idB).toBe(a < b);
      }),
    );
    expect(() => uuidv7(-1, new Uint8Array(10))).toThrow('not a time');
    expect(() => uuidv7(2 ** 48, new Uint8Array(10))).toThrow('not a time');
    expect(() => uuidv7(0, new Uint8Array(9))).toThrow('ten random bytes');
  });

  test('only the canonical text is a UUID', () => {
    const id = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
    for (const text of [
      id.toUpperCase(),
      ` ${id}`,
      `${id}\n`,
      `{${id}}`,
      id.replaceAll('-', ''),
      '00000000-0000-0000-0000-000000000000',
      id.replace('-9', '-c'),
      '',
    ])
      expect([text, isUuid(text), parseUuid(text)]).toEqual([text, false, undefined]);
  });

  test('the namespaces are distinct, and never change', () => {
    expect(namespaces.root).toBe(uuidv5(dns, 'leasing-backend'));
    expect(new Set(Object.values(namespaces)).size).toBe(Object.keys(namespaces).length);
    for (const [name, id] of Object.entries(namespaces)) if (name !== 'root') expect([name, id]).toEqual([name, uuidv5(namespaces.root, name)]);
  });
});
