import { describe, expect, test } from '@jest/globals';
import { lookups } from '../../projections/catalogs/lookups.ts';
import { catalogs } from '../../projections/catalogs/projection.ts';
import { catalogQueries } from '../../projections/catalogs/queries.ts';
import { loadCatalogs } from '../../src/application/catalog-loader.ts';
import { catalog } from '../../src/domain/catalog/decider.ts';
import { erase } from '../../src/domain/kernel/aggregate.ts';
import { catalogId, entryId } from '../../src/domain/kernel/well-known.ts';
import { loadReferenceData } from '../../src/infrastructure/reference-data/reference-data.ts';
import { now } from '../kit/decider.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { checkProjection, foldWhole, logOf } from '../kit/projections.ts';
import { fc } from '../kit/seed.ts';
import { shellOn } from '../kit/shell.ts';
import { type History, historyOf, type Move } from './decided.ts';

type Row = Readonly<Record<string, unknown>>;
const parsed = (tables: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly Row[]>> =>
  Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, rows.map((row): Row => JSON.parse(row))]));
const rowsOf = async (history: History) => parsed(foldWhole(catalogs, (await logOf(history.steps)).events));

const names = ['tire-size', 'tag', 'vmrs-013', 'oem-make-model-wabash', 'sla-policy', 'vmrs-code-key'] as const;
const code = fc.constantFrom('a', 'b', 'c');
const entry = fc.record({ code, name: fc.constantFrom('One', 'Two') });
const ofCatalog = fc.constantFrom(...names);
const to =
  (name: string, type: string, data: Readonly<Record<string, unknown>>): Move =>
  () => ({ category: 'catalog', target: catalogId(name), type, data });
const move: fc.Arbitrary<Move> = fc.oneof(
  fc
    .tuple(ofCatalog, fc.uniqueArray(entry, { minLength: 1, maxLength: 3, selector: (each) => each.code }))
    .map(([name, entries]) => to(name, 'ImportEntries', { catalog: name, source: 'a test', entries })),
  fc.tuple(ofCatalog, entry).map(([name, each]) => to(name, 'DefineEntry', { entry: each })),
  fc.tuple(ofCatalog, entry).map(([name, each]) => to(name, 'ChangeEntry', { entry: each })),
  fc.tuple(ofCatalog, code).map(([name, each]) => to(name, 'DeactivateEntry', { code: each })),
  fc.tuple(ofCatalog, code).map(([name, each]) => to(name, 'ReactivateEntry', { code: each })),
);
const histories = fc.array(move, { maxLength: 40, size: 'max' }).map((moves) => historyOf(moves));

const shipped = loadReferenceData();
const loaded = async () => {
  const log = new MemoryEventLog();
  await loadCatalogs(shipped, { ...shellOn(log, [erase(catalog)]), log, clock: () => now });
  return parsed(foldWhole(catalogs, log.events));
};

describe('the catalogs’ read model', () => {
  test('ES-3 is the same however the log is split, repeated or rebuilt', async () => {
    await checkProjection({ definition: catalogs, steps: histories.map(({ steps }) => steps), runs: 25 });
  });

  test('fills every lookup table from the shipped data, and no cell that has to be there is empty', async () => {
    const rows = await loaded();
    expect(rows['catalog']?.map((row) => row['catalog_name']).sort()).toEqual(shipped.map((each) => each.catalog).sort());
    expect(rows['entry']).toHaveLength(shipped.reduce((sum, { entries }) => sum + entries.length, 0));
    for (const { table, catalog: name } of lookups) {
      const of = shipped.find((each) => each.catalog === name);
      expect({ table: table.name, rows: rows[table.name]?.length }).toEqual({ table: table.name, rows: of?.entries.length });
      for (const row of rows[table.name] ?? []) {
        const empty = Object.entries(table.columns).filter(([column, { isNullable }]) => !isNullable && (row[column] === null || row[column] === undefined));
        expect({ table: table.name, empty }).toEqual({ table: table.name, empty: [] });
      }
    }
  });

  test('a row’s id is its entry’s everywhere: what refers to a code finds it, and parents are found', async () => {
    const rows = await loaded();
    const zona = rows['zona']?.find((row) => row['zona_id'] === entryId('zona', '0101-04'));
    expect(zona).toMatchObject({ name: 'Zona 4', municipio_id: entryId('municipio', '0101') });
    const municipio = rows['municipio']?.find((row) => row['municipio_id'] === zona?.['municipio_id']);
    expect(municipio).toMatchObject({ code: '0101', department_id: entryId('department', '01') });
    expect(rows['alert_category_lookup']?.[0]?.['event_vendor_id']).toEqual(expect.arrayContaining([expect.any(String)]));
    const ids = new Set(rows['entry']?.map((row) => row['catalog_entry_id']));
    for (const { table } of lookups) for (const row of rows[table.name] ?? []) expect(ids.has(row[table.key])).toBe(true);
  });

  test('one catalog a maker or system code fills the same table; the structure of VMRS is no code of it', async () => {
    const history = historyOf([
      to('vmrs-013', 'ImportEntries', {
        catalog: 'vmrs-013',
        source: 'licensed',
        entries: [{ code: '013-001-001', name: 'Brake drum', attributes: { laborCost: '10.50' } }],
      }),
      to('vmrs-code-key', 'ImportEntries', { catalog: 'vmrs-code-key', source: 'x', entries: [{ code: '14', name: 'Reason' }] }),
    ]);
    const rows = await rowsOf(history);
    expect(rows['vmrs_lookup']).toMatchObject([{ vmrs_id: entryId('vmrs', '013-001-001'), vmrs_code: '013-001-001', labor_cost: '10.50', part_cost: null }]);
    expect(rows['entry']).toHaveLength(2);
  });

  test('a deactivated code stays deactivated whatever is said of it, in its own table too', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(history);
        for (const name of names) {
          const { entries } = history.state<{
            readonly entries: Readonly<Record<string, { readonly isActive: boolean; readonly entry: { readonly name: string } }>>;
          }>('catalog', catalogId(name));
          const lookup = lookups.find(({ takes }) => takes(name));
          for (const [each, { isActive, entry: known }] of Object.entries(entries)) {
            const key = entryId(lookup?.catalog ?? name, each);
            expect(rows['entry']?.find((row) => row['catalog_entry_id'] === key)).toMatchObject({ name: known.name, is_active: isActive });
            const own = lookup === undefined ? undefined : rows[lookup.table.name]?.find((row) => row[lookup.table.key] === key);
            if (own !== undefined) expect(own['is_active'] ?? own['status'] === 'active').toBe(isActive);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('every lookup has a query of its own, sorted by a word that it can be filtered by', () => {
    for (const { columns, sort, name } of catalogQueries) {
      for (const key of sort) {
        const column = columns[key.replace('-', '')];
        expect({ name, key, filter: column?.filter !== undefined && column.filter !== 'none' }).toEqual({ name, key, filter: true });
      }
    }
    expect(new Set(catalogQueries.map(({ name }) => name)).size).toBe(catalogQueries.length);
  });
});
