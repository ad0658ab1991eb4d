import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { documentAttributes } from '../../../src/infrastructure/reference-data/reference-catalog.ts';
import { codesOf, entriesOf, listOf, numberOf, shipped, textOf } from './shipped.ts';

/** The read models that a Catalog feeds, but the modules and their actions, which are computed from the model. */
const fedByCatalog = [
  ...[
    'equipment-type',
    'iot-device-vendor',
    'column-preference-table-name',
    'contract-type',
    'service-urgency',
    'service-urgency-type',
    'service-issues',
    'tire-size',
  ],
  ...['alert-type', 'alert-category', 'geofence-event-type', 'simple-field', 'oem', 'oem-make-model', 'uom', 'facility', 'country', 'tag', 'currency', 'vmrs'],
  ...['delivery-method', 'user-metric', 'service-type', 'service-request-status', 'bank', 'notification-channel', 'department', 'municipio', 'zona'],
];
const states = ['submitted', 'in_review', 'quoted', 'accepted', 'scheduled', 'in_progress', 'resolved', 'closed', 'declined', 'cancelled'];

const compiler = () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  ajv.addKeyword('x-personal');
  return ajv;
};
const schemaOf = (catalog: string, code: string, key: string) => {
  const schema = entriesOf(catalog).find((entry) => entry.code === code)?.attributes[key];
  if (typeof schema !== 'object' || schema === null) throw new Error(`${catalog}/${code} has no ${key}`);
  return compiler().compile(schema);
};

describe('every catalog', () => {
  test('that a read model is fed from ships, with entries', () => {
    for (const name of fedByCatalog) expect([name, entriesOf(name).length > 0]).toEqual([name, true]);
  });
  test('says where it is from and what was not checked', () => {
    for (const { catalog, source, notes, date } of shipped) {
      expect([catalog, source.length > 10, notes.length > 10, Number.isNaN(Date.parse(date))]).toEqual([catalog, true, true, false]);
    }
  });
  test('has the same plain attribute types in all of its entries', () => {
    for (const { catalog, entries } of shipped) {
      const kinds = new Map<string, string>();
      for (const { code, attributes } of entries) {
        for (const [key, value] of Object.entries(attributes)) {
          const kind = Array.isArray(value) ? 'list' : typeof value;
          expect([catalog, code, key, kinds.get(key) ?? kind]).toEqual([catalog, code, key, kind]);
          kinds.set(key, kind);
        }
      }
    }
  });
  test('is small enough to import: no entry over 16 KiB', () => {
    for (const { catalog, entries } of shipped) {
      for (const entry of entries) expect([catalog, entry.code, Buffer.byteLength(JSON.stringify(entry)) < 16_384]).toEqual([catalog, entry.code, true]);
    }
  });
});

describe('attributes that name a code of another catalog name one that ships', () => {
  test.each([
    ['equipment-type', 'mandatoryPapers', 'document-category'],
    ['oem-make-model', 'equipmentType', 'equipment-type'],
    ['alert-type', 'uom', 'uom'],
    ['alert-category', 'eventVendorIds', 'iot-device-vendor'],
    ['user-metric', 'uom', 'uom'],
    ['maintenance-frequency', 'uom', 'uom'],
    ['maintenance-program', 'serviceType', 'service-type'],
    ['sla-policy', 'serviceType', 'service-type'],
    ['sla-policy', 'urgency', 'service-urgency'],
    ['sla-policy', 'state', 'service-request-status'],
    ['service-request-status', 'next', 'service-request-status'],
    ['facility', 'municipio', 'municipio'],
    ['facility', 'countryCode', 'country'],
    ['bank', 'countryCode', 'country'],
    ['vmrs', 'currency', 'currency'],
    ['holiday', 'municipio', 'municipio'],
  ])('%s.%s → %s', (catalog, key, target) => {
    const named = entriesOf(catalog).flatMap(({ attributes }) => [attributes[key] ?? []].flat());
    expect(named.length).toBeGreaterThan(0);
    for (const code of named) expect(codesOf(target)).toContain(code);
  });
  test('intervals of maintenance programmes are a number and a frequency', () => {
    for (const program of entriesOf('maintenance-program')) {
      for (const interval of listOf(program, 'intervals')) {
        const [count, frequency] = interval.split(':');
        expect(Number(count)).toBeGreaterThan(0);
        expect(codesOf('maintenance-frequency')).toContain(frequency);
      }
    }
  });
});

describe('equipment types', () => {
  test('what runs on the road has a VIN, toilets, tanks and gensets do not', () => {
    const withoutVin = entriesOf('equipment-type').filter(({ attributes }) => attributes['requiresVin'] === false);
    expect(withoutVin.map(({ code }) => code).sort()).toEqual(['genset', 'holding-tank', 'portable-toilet', 'ptar-unit', 'sink', 'storage']);
  });
  test('every trailer needs permit, annual inspection and insurance', () => {
    for (const type of entriesOf('equipment-type').filter(({ attributes }) => attributes['family'] !== 'site')) {
      expect(listOf(type, 'mandatoryPapers')).toEqual(expect.arrayContaining(['permit', 'annual-inspection', 'insurance']));
    }
  });
  test('specifications take what fits and refuse what does not', () => {
    const reefer = schemaOf('equipment-type', 'reefer', 'specificationSchema');
    expect(reefer({ axles: 2, lengthMeters: 16.15, temperatureZones: 2 })).toBe(true);
    expect(reefer({ lengthMeters: 16.15 })).toBe(false);
    expect(reefer({ axles: 2, wheels: 8 })).toBe(false);
  });
});

describe('JSON Schemas', () => {
  const schemas = shipped.flatMap(({ catalog, entries }) =>
    entries.flatMap(({ code, attributes }) =>
      documentAttributes.filter((key) => key.endsWith('Schema') && key in attributes).map((key) => [catalog, code, key] as const),
    ),
  );
  test('there is one for every equipment type and every service type', () => {
    expect(schemas).toHaveLength(codesOf('equipment-type').length + codesOf('service-type').length);
  });
  test.each(schemas)('%s/%s.%s compiles under draft 2020-12 in strict mode and closes its object', (catalog, code, key) => {
    const validate = schemaOf(catalog, code, key);
    expect(validate({ somethingNobodyKnows: 1 })).toBe(false);
  });
});

describe('service requests', () => {
  const policyOf = (code: string): Readonly<Record<string, unknown>> => ({
    ...Object(entriesOf('service-type').find((type) => type.code === code)?.attributes['policy']),
  });

  test.each([
    ['breakdown', ''],
    ['tire', ''],
    ['other', ''],
    ['pm', 'schedule'],
    ['inspection', 'schedule'],
    ['sanitarios', 'quotation schedule manifest'],
    ['fosas', 'quotation schedule manifest'],
    ['ptar', 'quotation review schedule'],
  ])('%s makes compulsory: %s', (code, compulsory) => {
    const policy = policyOf(code);
    expect(['quotation', 'review', 'schedule', 'manifest'].filter((step) => policy[step] === true).join(' ')).toBe(compulsory);
  });
  test('mandatory fields are required by the details schema', () => {
    for (const code of codesOf('service-type')) {
      const mandatory: unknown = policyOf(code)['mandatoryFields'];
      const schema: unknown = entriesOf('service-type').find((type) => type.code === code)?.attributes['detailsSchema'];
      expect(schema).toMatchObject({ required: mandatory });
    }
  });
  test('what an acceptance plans and opens is named by fields of the details and by a kind of order', () => {
    const led = codesOf('service-type').map((code) => {
      const { visitsFrom, orderOnAcceptance } = policyOf(code);
      const schema = Object(entriesOf('service-type').find((type) => type.code === code)?.attributes['detailsSchema']);
      for (const field of Object.values(Object(visitsFrom)))
        expect([code, field, Object.hasOwn(schema.properties, String(field))]).toEqual([code, field, true]);
      return `${code} ${visitsFrom === undefined ? '' : 'visits '}${String(orderOnAcceptance ?? '')}`.trim();
    });
    const expected = ['sanitarios visits', 'fosas', 'ptar', 'tire tire', 'breakdown repair', 'pm pm', 'inspection inspection', 'other'];
    expect([...led].sort()).toEqual([...expected].sort());
  });
  test('details of sanitarios, fosas and tire take what fits and refuse what does not', () => {
    const sanitarios = schemaOf('service-type', 'sanitarios', 'detailsSchema');
    expect(sanitarios({ quantity: 4, rentalStartDate: '2026-02-01', rentalEndDate: '2026-02-28', cleaningsPerWeek: 2 })).toBe(true);
    expect(sanitarios({ quantity: 4, rentalStartDate: '2026-02-30', rentalEndDate: '2026-03-28' })).toBe(false);
    const fosas = schemaOf('service-type', 'fosas', 'detailsSchema');
    expect(fosas({ waterType: 'grease', volumeM3: 12.5 })).toBe(true);
    expect(fosas({ waterType: 'grease', volumeM3: 0 })).toBe(false);
    const tire = schemaOf('service-type', 'tire', 'detailsSchema');
    expect(tire({ positions: ['1LO', '2RI'], tireSize: '11R22.5' })).toBe(true);
    expect(tire({ positions: ['left'] })).toBe(false);
  });
  test('the states are those of the domain, each with its way out; only cancelled is final', () => {
    expect(codesOf('service-request-status')).toEqual(states);
    for (const status of entriesOf('service-request-status')) expect(status.attributes['isTerminal']).toBe(listOf(status, 'next').length === 0);
    expect(entriesOf('service-request-status').filter(({ attributes }) => attributes['isTerminal'] === true)).toHaveLength(1);
  });
  test('the states that wait for the company add up to the promise of the urgency', () => {
    for (const urgency of entriesOf('service-urgency').filter(({ attributes }) => attributes['slaMinutes'] !== undefined)) {
      for (const type of codesOf('service-type')) {
        const steps = entriesOf('sla-policy').filter(({ attributes }) => attributes['serviceType'] === type && attributes['urgency'] === urgency.code);
        const ours = steps.filter(({ attributes }) => attributes['waitingOn'] === 'company');
        expect(ours.reduce((sum, step) => sum + numberOf(step, 'minutes'), 0)).toBe(numberOf(urgency, 'slaMinutes'));
      }
    }
  });
});

describe('words for states', () => {
  test('every value is unique in its field, numbered in order, and its code is field and value', () => {
    const fields = Map.groupBy(entriesOf('simple-field'), (row) => textOf(row, 'fieldName'));
    for (const [field, rows] of fields) {
      expect(rows.map((row) => numberOf(row, 'order'))).toEqual(rows.map((_, index) => index + 1));
      for (const row of rows) expect([row.code, textOf(row, 'fieldCode')]).toEqual([`${field}.${textOf(row, 'value')}`, row.code]);
    }
  });
  test('a service request’s status values are the catalog of its states', () => {
    const values = entriesOf('simple-field').filter(({ attributes }) => attributes['fieldName'] === 'service_request.status');
    expect(values.map((row) => textOf(row, 'value'))).toEqual(states);
  });
});

describe('compliance', () => {
  test('the listed sections of parts 393 and 396 are there, and a code is its section without parentheses', () => {
    const cargo = Array.from({ length: 19 }, (_, n) => `393.${100 + 2 * n}`);
    const listed = ['9', '11', '45', '47', '48', '50', '53', '55', '70', '75', '86', '201', '203', '205', '207'].map((section) => `393.${section}`);
    expect(codesOf('violation-code')).toEqual(expect.arrayContaining([...listed, ...cargo, '396.3.a.1', '396.5', '396.7', '396.9.c.2', '396.17.c']));
    for (const row of entriesOf('violation-code')) expect(row.code).toBe(textOf(row, 'section').replaceAll(/\(([^)]*)\)/g, '.$1'));
  });
  test('eight inspection levels; every VMRS component has an assembly and every assembly a system', () => {
    expect(codesOf('inspection-level')).toEqual(['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII']);
    for (const { code, parent } of entriesOf('vmrs')) {
      expect(code).toMatch(/^9[0-9]{2}(-[0-9]{3}){0,2}$/);
      expect(parent).toBe(code.includes('-') ? `vmrs/${code.slice(0, code.lastIndexOf('-'))}` : undefined);
    }
  });
});
