import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { units } from '../../../src/domain/kernel/units.ts';
import { codesOf, entriesOf, numberOf, textOf } from './shipped.ts';

const counts = [17, 8, 16, 16, 14, 14, 19, 8, 24, 21, 9, 30, 33, 21, 8, 17, 14, 5, 11, 11, 7, 17];
const twoDigits = (n: number): string => String(n).padStart(2, '0');

describe('places', () => {
  test('22 departments, their codes those of ISO 3166-2:GT', () => {
    expect(codesOf('department')).toEqual(counts.map((_, index) => twoDigits(index + 1)));
    for (const department of entriesOf('department')) expect(department.attributes['iso']).toBe(`GT-${department.code}`);
  });
  test('the points of the departments lie in Guatemala and no two are alike', () => {
    const points = entriesOf('department').map((department) => [Number(textOf(department, 'latitude')), Number(textOf(department, 'longitude'))] as const);
    for (const [latitude, longitude] of points) {
      expect(latitude > 13.7 && latitude < 17.9).toBe(true);
      expect(longitude > -92.3 && longitude < -88.2).toBe(true);
    }
    expect(new Set(points.map(String)).size).toBe(22);
  });
  test('340 municipalities, numbered without a gap in each department as INE counts them', () => {
    expect(codesOf('municipio')).toHaveLength(340);
    const expected = counts.flatMap((count, index) => Array.from({ length: count }, (_, n) => twoDigits(index + 1) + twoDigits(n + 1)));
    expect(codesOf('municipio')).toEqual(expected);
    for (const municipio of entriesOf('municipio')) expect(municipio.parent).toBe(`department/${municipio.code.slice(0, 2)}`);
  });
  test('no two municipalities of a department share a name or an alias, and the first is the capital', () => {
    for (const { code, attributes } of entriesOf('department')) {
      const rows = entriesOf('municipio').filter(({ parent }) => parent === `department/${code}`);
      const names = rows.flatMap((row) => [row.name, ...[row.attributes['aliases'] ?? []].flat().map(String)]);
      expect(new Set(names).size).toBe(names.length);
      expect(rows.filter((row) => row.attributes['isCapital'] === true).map((row) => row.name)).toEqual([attributes['capital']]);
    }
  });
  test('the 22 zones of the capital: 1 to 19, 21, 24 and 25', () => {
    const zones = entriesOf('zona');
    expect(zones.map((zone) => numberOf(zone, 'number'))).toEqual([...Array.from({ length: 19 }, (_, n) => n + 1), 21, 24, 25]);
    expect(new Set(zones.map(({ parent }) => parent))).toEqual(new Set(['municipio/0101']));
  });
  test('249 countries; alpha-3 and numeric unique; CLDR knows each code and leads the numeric one to it', () => {
    const countries = entriesOf('country');
    expect(countries).toHaveLength(249);
    expect(new Set(countries.map((country) => textOf(country, 'alpha3'))).size).toBe(249);
    const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    for (const country of countries) {
      expect(country.code).toMatch(/^[A-Z]{2}$/);
      expect(textOf(country, 'alpha3')).toMatch(/^[A-Z]{3}$/);
      expect(names.of(country.code)).toBeDefined();
      expect(Intl.getCanonicalLocales(`und-${textOf(country, 'numeric')}`)).toEqual([`und-${country.code}`]);
    }
    expect(entriesOf('country').find(({ code }) => code === 'GT')?.attributes).toEqual({ alpha3: 'GTM', numeric: '320' });
  });
});

describe('money', () => {
  test('currencies have unique numbers, XCG is there, what is not money is not', () => {
    const currencies = entriesOf('currency');
    expect(new Set(currencies.map((currency) => textOf(currency, 'numeric'))).size).toBe(currencies.length);
    expect(codesOf('currency')).toEqual(expect.arrayContaining(['GTQ', 'USD', 'MXN', 'HNL', 'EUR', 'XCG']));
    for (const gone of ['XXX', 'XTS', 'ANG', 'BGN']) expect(codesOf('currency')).not.toContain(gone);
  });
  test('every national currency says its digits, and only what ISO leaves without a minor unit does not', () => {
    for (const { code, attributes } of entriesOf('currency')) {
      const isCash = ['national', 'fund'].includes(String(attributes['currencyType']));
      expect([code, [0, 2, 3, 4].includes(Number(attributes['digits'] ?? Number.NaN))]).toEqual([code, isCash]);
    }
  });
  test('taxes carry decimal strings, are dated, and one general rate of IVA holds on any day since 1996', () => {
    const rates = entriesOf('tax').filter(({ attributes }) => attributes['kind'] === 'vat' && attributes['rate'] !== '0');
    for (const rate of rates) expect(textOf(rate, 'rate')).toMatch(/^0\.[0-9]{1,6}$/);
    const day = fc
      .date({ min: new Date('1996-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, (on) => {
        const inForce = rates.filter((rate) => textOf(rate, 'validFrom') <= on && on < String(rate.attributes['validTo'] ?? '9999-12-31'));
        expect(inForce).toHaveLength(1);
      }),
    );
  });
  test('banks wait for a person: none claims to be verified', () => {
    expect(entriesOf('bank').map(({ attributes }) => attributes['verifiedOn'])).toEqual(entriesOf('bank').map(() => null));
  });
});

describe('units', () => {
  const rows = entriesOf('uom').map((row) => ({
    code: row.code,
    name: row.name,
    kind: textOf(row, 'kind'),
    symbol: textOf(row, 'symbol'),
    factor: numberOf(row, 'factor'),
    offset: numberOf(row, 'offset'),
  }));

  test('are exactly those the kernel converts, with its factors', () => {
    expect(rows).toEqual(units.map(({ code, name, kind, symbol, factor, offset }) => ({ code, name, kind, symbol, factor, offset })));
  });
  test('a value in any unit goes to SI by factor and offset and comes back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rows), fc.double({ min: -1e6, max: 1e6, noNaN: true }), ({ factor, offset }, value) => {
        const back = (value * factor + offset - offset) / factor;
        expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
      }),
    );
  });
  test('freezing and boiling water agree in Celsius, Fahrenheit and kelvin', () => {
    const si = (code: string, value: number) => {
      const row = rows.find((one) => one.code === code);
      return row === undefined ? Number.NaN : value * row.factor + row.offset;
    };
    expect(si('CEL', 0)).toBeCloseTo(si('FAH', 32), 9);
    expect(si('CEL', 100)).toBeCloseTo(si('FAH', 212), 9);
    expect(si('CEL', 0)).toBeCloseTo(si('KEL', 273.15), 9);
  });
});
