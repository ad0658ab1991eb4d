import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arrangeCatalogs, type ReferenceCatalog, type ReferenceEntry, readCatalog } from '../../../src/infrastructure/reference-data/reference-catalog.ts';
import { loadReferenceData } from '../../../src/infrastructure/reference-data/reference-data.ts';

const entry = (code: string, parent?: string): ReferenceEntry => ({
  code,
  name: code,
  names: { es: code },
  description: 'A row.',
  ...(parent === undefined ? {} : { parent }),
  attributes: {},
});
const catalog = (name: string, ...entries: readonly ReferenceEntry[]): ReferenceCatalog => ({
  catalog: name,
  source: 'A test',
  date: '2026-01-31',
  notes: 'Invented.',
  entries,
});

/** Forests over catalogs a, b, c …: each row may hang on any row made before it, in the same or an earlier catalog; then all is shuffled. */
const forests = fc
  .array(fc.record({ home: fc.integer({ min: 0, max: 4 }), under: fc.option(fc.nat(), { nil: undefined }) }), { minLength: 1, maxLength: 40 })
  .chain((rows) => {
    const made: { readonly home: number; readonly row: ReferenceEntry }[] = [];
    for (const { home, under } of rows) {
      const above = made.filter((other) => other.home <= home);
      const parent = under === undefined ? undefined : above[under % Math.max(above.length, 1)];
      made.push({ home, row: entry(`r${made.length}`, parent && `c${parent.home}/${parent.row.code}`) });
    }
    const homes = [...new Set(made.map(({ home }) => home))];
    return fc.record({
      homes: fc.shuffledSubarray(homes, { minLength: homes.length }),
      made: fc.shuffledSubarray(made, { minLength: made.length }),
    });
  })
  .map(({ homes, made }) => homes.map((home) => catalog(`c${home}`, ...made.filter((one) => one.home === home).map(({ row }) => row))));

describe('the order of import', () => {
  test('every parent comes before its children, and no row is lost or added', () => {
    fc.assert(
      fc.property(forests, (catalogs) => {
        const flat = (all: readonly ReferenceCatalog[]) =>
          all.flatMap((one) => one.entries.map((row) => ({ key: `${one.catalog}/${row.code}`, parent: row.parent })));
        const arranged = flat(arrangeCatalogs(catalogs));
        const seen = new Set<string>();
        for (const { key, parent } of arranged) {
          expect(parent === undefined || seen.has(parent)).toBe(true);
          seen.add(key);
        }
        expect([...seen].sort()).toEqual(
          flat(catalogs)
            .map(({ key }) => key)
            .sort(),
        );
      }),
    );
  });

  test('does not depend on the order in which the disk lists the files', () => {
    fc.assert(
      fc.property(forests, (catalogs) => {
        expect(arrangeCatalogs([...catalogs].reverse()).map((one) => one.catalog)).toEqual(arrangeCatalogs(catalogs).map((one) => one.catalog));
      }),
    );
  });
});

describe('mistakes are refused', () => {
  test('a code used twice is named', () => {
    expect(() => arrangeCatalogs([catalog('a', entry('x'), entry('x'))])).toThrow('a/x appears twice');
  });
  test('an unknown parent is named', () => {
    expect(() => arrangeCatalogs([catalog('a', entry('x', 'b/y'))])).toThrow('a/x has the unknown parent b/y');
  });
  test('a circle of parents is refused, within a catalog and between two', () => {
    expect(() => arrangeCatalogs([catalog('a', entry('x', 'a/y'), entry('y', 'a/x'))])).toThrow('circle');
    expect(() => arrangeCatalogs([catalog('a', entry('x', 'b/y')), catalog('b', entry('y', 'a/x'))])).toThrow('circle');
  });
  test.each([
    ['a field nobody knows', { ...catalog('a', entry('x')), colour: 'red' }],
    ['a code with a space', catalog('a', entry('x y'))],
    ['a code that is too long', catalog('a', entry('x'.repeat(65)))],
    ['no Spanish name', catalog('a', { ...entry('x'), names: {} })],
    ['a document under a plain attribute', catalog('a', { ...entry('x'), attributes: { size: { width: 1 } } })],
    ['no entries', catalog('a')],
    ['a name with a space at its end', catalog('a', { ...entry('x'), name: 'x ' })],
  ])('%s', (_what, content) => {
    expect(() => readCatalog('a', content)).toThrow('reference data a');
  });
  test('a file whose name is not the catalog’s is refused', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reference-'));
    try {
      writeFileSync(join(folder, 'other.json'), JSON.stringify(catalog('a', entry('x'))));
      expect(() => loadReferenceData(pathToFileURL(`${folder}/`))).toThrow('the file holds the catalog a');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
