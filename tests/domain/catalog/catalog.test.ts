import { describe, expect, test } from '@jest/globals';
import { catalog } from '../../../src/domain/catalog/decider.ts';
import { catalogEvents } from '../../../src/domain/catalog/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { catalogId, entryId } from '../../../src/domain/kernel/well-known.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, fold, run } = scenarios(catalog);
const event = emit(catalogEvents);
const zonas = { id: catalogId('zona') };
const entry = (code: string, name = code, parent?: string) => ({ code, name, ...(parent === undefined ? {} : { parent }) });
const defined = event('CatalogDefined', { name: 'zona', source: 'a test' });
const imported = (...entries: readonly ReturnType<typeof entry>[]) => event('EntriesImported', { entries });
const importing = (...entries: readonly ReturnType<typeof entry>[]) => ({ catalog: 'zona', source: 'a test', entries });

describe('a catalog', () => {
  test('is made by its first import, under the id that follows from its name', () => {
    given()
      .when('ImportEntries', importing(entry('1'), entry('2')), zonas)
      .then(defined, imported(entry('1'), entry('2')))
      .andRepeatedNothing();
    given()
      .when('ImportEntries', importing(entry('1')), { id: id('another') })
      .thenRejected('notThisCatalog');
    expect(entryId('zona', '1')).not.toBe(entryId('zon', 'a:1'));
  });

  test('takes of an import only what says something new', () => {
    given(defined, imported(entry('1'), entry('2')))
      .when('ImportEntries', importing(entry('1'), entry('2', 'Two'), entry('3')), zonas)
      .then(imported(entry('2', 'Two'), entry('3')));
  });

  test('does not guess which of two entries with one code is meant', () => {
    given(defined)
      .when('ImportEntries', importing(entry('1'), entry('1', 'One')), zonas)
      .thenRejected('codeTwice');
  });

  test('lets no entry have a parent that is not there; one that comes along is', () => {
    given()
      .when('ImportEntries', importing(entry('1', '1', 'zona/2')), zonas)
      .thenRejected('unknownParent');
    given()
      .when('ImportEntries', importing(entry('1', '1', 'zona/2'), entry('2')), zonas)
      .thenTypes('CatalogDefined', 'EntriesImported');
    given(defined)
      .when('DefineEntry', { entry: entry('1', '1', 'municipio/0101') }, zonas)
      .thenRejected('unknownParent');
    const facts = { [`catalog-${catalogId('municipio')}`]: { name: 'municipio', entries: { '0101': { isActive: true, entry: entry('0101') } } } };
    given(defined)
      .when('DefineEntry', { entry: entry('1', '1', 'municipio/0101') }, { ...zonas, facts })
      .thenTypes('EntryDefined');
    given(defined, imported(entry('1')))
      .when('ChangeEntry', { entry: entry('1', 'One', 'municipio/0102') }, { ...zonas, facts })
      .thenRejected('unknownParent');
  });

  test('EQ-10 a code is unique in its catalog and stays what it is', () => {
    const one = { entry: entry('1') };
    given(defined).when('DefineEntry', one, zonas).then(event('EntryDefined', one)).andRepeatedNothing();
    given(defined, imported(entry('1')))
      .when('DefineEntry', { entry: entry('1', 'Other') }, zonas)
      .thenRejected('codeInUse');
    given(defined).when('ChangeEntry', one, zonas).thenRejected('unknownCode');
    const changed = { entry: entry('1', 'One') };
    given(defined, imported(entry('1')))
      .when('ChangeEntry', changed, zonas)
      .then(event('EntryChanged', changed))
      .andRepeatedNothing();
  });

  test('never removes an entry: it is deactivated, stays so when imported anew, and can be chosen again', () => {
    const off = event('EntryDeactivated', { code: '1' });
    given(defined, imported(entry('1')))
      .when('DeactivateEntry', { code: '1' })
      .then(off)
      .andRepeatedNothing();
    const { state } = given(defined, imported(entry('1')), off).when('ImportEntries', importing(entry('1', 'One')), zonas);
    expect(state.entries['1']).toEqual({ isActive: false, entry: entry('1', 'One') });
    given(defined, imported(entry('1')), off)
      .when('ReactivateEntry', { code: '1' })
      .then(event('EntryReactivated', { code: '1' }))
      .andRepeatedNothing();
    for (const type of ['DeactivateEntry', 'ReactivateEntry'] as const) given(defined).when(type, { code: '1' }).thenRejected('unknownCode');
  });

  test('no code ever disappears, whatever is imported, defined, changed and deactivated', () => {
    const code = fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__');
    const name = fc.constantFrom('x', 'y');
    const command = fc.oneof(
      fc.tuple(code, name).map(([one, called]) => ({ type: 'ImportEntries' as const, data: importing(entry(one, called)) })),
      fc.tuple(code, name).map(([one, called]) => ({ type: 'DefineEntry' as const, data: { entry: entry(one, called) } })),
      fc.tuple(code, name).map(([one, called]) => ({ type: 'ChangeEntry' as const, data: { entry: entry(one, called) } })),
      code.map((one) => ({ type: 'DeactivateEntry' as const, data: { code: one } })),
      code.map((one) => ({ type: 'ReactivateEntry' as const, data: { code: one } })),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30, size: 'max' }), (commands) => {
        const { events } = run([{ type: 'ImportEntries', data: importing(entry('0')) }, ...commands], () => zonas);
        const seen = new Set<string>();
        let state = catalog.initial;
        for (const happened of events) {
          state = fold([happened], state);
          if (happened.type === 'EntriesImported') for (const each of happened.data.entries) seen.add(each.code);
          if (happened.type === 'EntryDefined') seen.add(happened.data.entry.code);
          expect(new Set(Object.keys(state.entries))).toEqual(seen);
        }
      }),
      { numRuns: 150 },
    );
  });
});
