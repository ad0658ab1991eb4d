import { describe, expect, test } from '@jest/globals';
import { loadCatalogs } from '../../src/application/catalog-loader.ts';
import { catalog } from '../../src/domain/catalog/decider.ts';
import { erase } from '../../src/domain/kernel/aggregate.ts';
import { catalogId } from '../../src/domain/kernel/well-known.ts';
import { loadReferenceData } from '../../src/infrastructure/reference-data/reference-data.ts';
import { Validator } from '../../src/infrastructure/validation/validator.ts';
import { now } from '../kit/decider.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { shellOn } from '../kit/shell.ts';

const shipped = loadReferenceData();
const entries = shipped.reduce((sum, { entries: rows }) => sum + rows.length, 0);
const started = () => {
  const log = new MemoryEventLog();
  const parts = { ...shellOn(log, [erase(catalog)]), log, clock: () => now };
  return { log, parts, load: (catalogs = shipped) => loadCatalogs(catalogs, parts) };
};
const row = (code: string, name: string) => ({ code, name, names: { es: name }, description: '', attributes: {} });
const tags = (name: string) => [{ catalog: 'tag', source: 'a test', date: '2026-01-01', notes: '', entries: [row('yard', name)] }];
const byHand = { entry: { code: 'yard', name: 'Our yard' } };

describe('the shipped catalogs', () => {
  test('ES-2 are imported whole by the first start; a second one appends nothing', async () => {
    const { log, load } = started();
    expect(await load()).toEqual({ catalogs: shipped.length, entries, imported: entries, unchanged: 0 });
    const appended = log.events.length;
    expect(await load()).toEqual({ catalogs: shipped.length, entries, imported: 0, unchanged: entries });
    expect(log.events).toHaveLength(appended);
  });

  test('are what the command and its events take: every entry passes their schemas', async () => {
    const { log, load } = started();
    await load();
    const validator = new Validator();
    for (const { type, data } of log.events) {
      const definition = Object.entries(catalog.events).find(([name]) => name === type)?.[1];
      if (definition === undefined) throw new Error(`no event ${type}`);
      expect({ catalog: data['name'], errors: validator.errorsOf(definition.schema, data) }).toEqual({ catalog: data['name'], errors: [] });
      expect(JSON.stringify(data).length).toBeLessThan(1 << 20);
    }
  });

  test('tell how far they are, one step a catalog', async () => {
    const { parts } = started();
    const steps: string[] = [];
    await loadCatalogs(shipped, { ...parts, onProgress: ({ catalogsDone, catalogsTotal }) => steps.push(`${catalogsDone}/${catalogsTotal}`) });
    expect(steps).toHaveLength(shipped.length);
    expect(steps.at(-1)).toBe(`${shipped.length}/${shipped.length}`);
  });

  test('leave what people changed by hand until the shipped content itself changes', async () => {
    const { parts, load } = started();
    await load(tags('Yard'));
    await parts.send('catalog', catalogId('tag'), 'ChangeEntry', byHand);
    expect(await load(tags('Yard'))).toMatchObject({ imported: 0 });
    const kept = await parts.states.loadFresh('catalog', catalogId('tag'));
    expect(kept.state).toMatchObject({ entries: { yard: { entry: { name: 'Our yard' } } } });
    expect(await load(tags('Depot'))).toMatchObject({ imported: 1 });
    const renewed = await parts.states.loadFresh('catalog', catalogId('tag'));
    expect(renewed.state).toMatchObject({ entries: { yard: { entry: { name: 'Depot' } } } });
  });

  test('import once where two nodes start together', async () => {
    const { log, parts } = started();
    const other = { ...shellOn(log, [erase(catalog)]), log, clock: parts.clock };
    const [one, two] = await Promise.all([loadCatalogs(shipped, parts), loadCatalogs(shipped, other)]);
    const types = log.events.map(({ type }) => type);
    expect(types.filter((type) => type === 'CatalogDefined')).toHaveLength(shipped.length);
    expect(one.entries + two.entries).toBe(2 * entries);
  });

  test('that cannot be imported stop the start with the refusal', async () => {
    const { load } = started();
    const orphan = [{ catalog: 'tag', source: 'a test', date: '2026-01-01', notes: '', entries: [{ ...row('x', 'X'), parent: 'nowhere/else' }] }];
    await expect(load(orphan)).rejects.toThrow(/tag was not imported.*unknownParent/);
  });
});
