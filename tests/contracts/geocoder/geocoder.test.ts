/** What every geocoder promises, held to the one that works without a service outside. */
import { describe, expect, test } from '@jest/globals';
import type { Geocoder } from '../../../src/application/ports/geocoder.ts';
import type { Catalog } from '../../../src/domain/catalog/decider.ts';
import type { Frozen } from '../../../src/domain/kernel/aggregate.ts';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import { CatalogGeocoder } from '../../../src/infrastructure/geocoding/catalog-geocoder.ts';
import { loadReferenceData } from '../../../src/infrastructure/reference-data/reference-data.ts';

const shipped = new Map(
  loadReferenceData().map(({ catalog, entries }): readonly [string, Frozen<Catalog>] => [
    catalogId(catalog),
    { name: catalog, entries: Object.fromEntries(entries.map((entry) => [entry.code, { isActive: true, entry }])) } as Frozen<Catalog>,
  ]),
);
const nothing: Frozen<Catalog> = { name: null, entries: {} };
const geocoders: readonly (readonly [name: string, geocoder: Geocoder])[] = [['catalogs', new CatalogGeocoder(async (id) => shipped.get(id) ?? nothing)]];

describe.each(geocoders)('the geocoder %s', (_name, geocoder) => {
  const municipios = [...(shipped.get(catalogId('municipio'))?.entries === undefined ? [] : Object.keys(shipped.get(catalogId('municipio'))?.entries ?? {}))];

  test('finds every municipality that the catalogs list, inside the country', async () => {
    expect(municipios).toHaveLength(340);
    for (const municipio of municipios) {
      const found = await geocoder.find({ municipio });
      expect({ municipio, precision: found?.precision }).toEqual({ municipio, precision: 'municipality' });
      expect(Number(found?.position.latitude)).toBeGreaterThan(13.5);
      expect(Number(found?.position.latitude)).toBeLessThan(18);
      expect(Number(found?.position.longitude)).toBeGreaterThan(-92.5);
      expect(Number(found?.position.longitude)).toBeLessThan(-88);
    }
  });
  test('the same place is the same point, however often it is asked', async () => {
    expect(await geocoder.find({ municipio: '0101', street: '5a avenida' })).toEqual(await geocoder.find({ municipio: '0101', street: '6a avenida' }));
  });
  test('a zone lies in its municipality', async () => {
    expect(await geocoder.find({ zona: '0101-12' })).toMatchObject({ position: (await geocoder.find({ municipio: '0101' }))?.position ?? {} });
  });
  test('says nothing of what it does not know', async () => {
    for (const place of [{}, { street: 'somewhere' }, { municipio: '9999' }, { municipio: 'constructor' }, { zona: '__proto__' }])
      expect(await geocoder.find(place)).toBeUndefined();
  });
});

test('the nearest point that a catalog gives is the one', async () => {
  const at = (latitude: string) => ({ attributes: { latitude, longitude: '-90.5' } });
  const catalogs: Readonly<Record<string, object>> = {
    [catalogId('zona')]: { z1: { code: 'z1', parent: 'municipio/m1', ...at('14.63') }, z2: { code: 'z2', parent: 'municipio/m1' } },
    [catalogId('municipio')]: { m1: { code: 'm1', parent: 'department/d1', ...at('14.6') }, m2: { code: 'm2', parent: 'department/d1' } },
    [catalogId('department')]: { d1: { code: 'd1', ...at('14') } },
  };
  const geocoder = new CatalogGeocoder(async (id) => {
    const entries = Object.entries(catalogs[id] ?? {}).map(([code, entry]) => [code, { isActive: true, entry }]);
    return { name: 'x', entries: Object.fromEntries(entries) } as Frozen<Catalog>;
  });
  const found = async (place: object) => {
    const { position, precision } = (await geocoder.find(place)) ?? { position: { latitude: '' }, precision: '' };
    return [position.latitude, precision];
  };
  expect(await found({ zona: 'z1', municipio: 'm1' })).toEqual(['14.63', 'zone']);
  expect(await found({ zona: 'z2' })).toEqual(['14.6', 'municipality']);
  expect(await found({ municipio: 'm2' })).toEqual(['14', 'municipality']);
});
