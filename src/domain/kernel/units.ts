/**
 * Units of measure by their UN/ECE Recommendation 20 codes. A reading is kept in SI with the unit it came in; what a person sees is
 * converted by preference. `si = value × factor + offset`.
 */

/** What a unit measures; only units of one kind convert into each other. */
export type UnitKind =
  | 'length'
  | 'area'
  | 'volume'
  | 'volumeFlow'
  | 'mass'
  | 'duration'
  | 'speed'
  | 'acceleration'
  | 'temperature'
  | 'pressure'
  | 'voltage'
  | 'current'
  | 'power'
  | 'energy'
  | 'frequency'
  | 'angle'
  | 'count'
  | 'ratio';

export type Unit = {
  /** UN/ECE Rec 20 common code. */
  readonly code: string;
  readonly kind: UnitKind;
  readonly name: string;
  readonly symbol: string;
  /** SI units in one of this unit. */
  readonly factor: number;
  /** Added after the factor; zero but for temperatures. */
  readonly offset: number;
};

const unit = (code: string, kind: UnitKind, [name, symbol, factor, offset = 0]: readonly [string, string, number, number?]): Unit => ({
  code,
  kind,
  name,
  symbol,
  factor,
  offset,
});

// Codes and names: UN/ECE Recommendation 20 (revision 17), checked against published copies of the list. Factors: exact by definition
// (international yard and pound 1959, US gallon of 231 in³), psi from g₀ = 9.80665; month and year as Rec 20 has them (365.25 days).
const squareInch = 0.00064516;
const poundForce = 0.45359237 * 9.80665;
/** All units the product knows, one row a code. */
export const units: readonly Unit[] = [
  unit('MTR', 'length', ['metre', 'm', 1]),
  unit('KMT', 'length', ['kilometre', 'km', 1000]),
  unit('CMT', 'length', ['centimetre', 'cm', 0.01]),
  unit('MMT', 'length', ['millimetre', 'mm', 0.001]),
  unit('SMI', 'length', ['mile (statute mile)', 'mi', 1609.344]),
  unit('YRD', 'length', ['yard', 'yd', 0.9144]),
  unit('FOT', 'length', ['foot', 'ft', 0.3048]),
  unit('INH', 'length', ['inch', 'in', 0.0254]),
  unit('MTK', 'area', ['square metre', 'm²', 1]),
  unit('HAR', 'area', ['hectare', 'ha', 10_000]),
  unit('KMK', 'area', ['square kilometre', 'km²', 1_000_000]),
  unit('MTQ', 'volume', ['cubic metre', 'm³', 1]),
  unit('LTR', 'volume', ['litre', 'l', 0.001]),
  unit('GLL', 'volume', ['gallon (US)', 'gal (US)', 0.003785411784]),
  unit('MQH', 'volumeFlow', ['cubic metre per hour', 'm³/h', 1 / 3600]),
  unit('G52', 'volumeFlow', ['cubic metre per day', 'm³/d', 1 / 86_400]),
  unit('L2', 'volumeFlow', ['litre per minute', 'l/min', 0.001 / 60]),
  unit('KGM', 'mass', ['kilogram', 'kg', 1]),
  unit('TNE', 'mass', ['tonne (metric ton)', 't', 1000]),
  unit('LBR', 'mass', ['pound', 'lb', 0.45359237]),
  unit('STN', 'mass', ['ton (US) or short ton (UK/US)', 'ton (US)', 907.18474]),
  unit('SEC', 'duration', ['second', 's', 1]),
  unit('MIN', 'duration', ['minute', 'min', 60]),
  unit('HUR', 'duration', ['hour', 'h', 3600]),
  unit('RH', 'duration', ['running or operating hour', 'op h', 3600]),
  unit('DAY', 'duration', ['day', 'd', 86_400]),
  unit('WEE', 'duration', ['week', 'wk', 604_800]),
  unit('MON', 'duration', ['month', 'mo', 2_629_800]),
  unit('ANN', 'duration', ['year', 'y', 31_557_600]),
  unit('MTS', 'speed', ['metre per second', 'm/s', 1]),
  unit('KMH', 'speed', ['kilometre per hour', 'km/h', 1 / 3.6]),
  unit('HM', 'speed', ['mile per hour (statute mile)', 'mile/h', 0.44704]),
  unit('KNT', 'speed', ['knot', 'kn', 1852 / 3600]),
  unit('MSK', 'acceleration', ['metre per second squared', 'm/s²', 1]),
  unit('KEL', 'temperature', ['kelvin', 'K', 1]),
  unit('CEL', 'temperature', ['degree Celsius', '°C', 1, 273.15]),
  unit('FAH', 'temperature', ['degree Fahrenheit', '°F', 5 / 9, (459.67 * 5) / 9]),
  unit('PAL', 'pressure', ['pascal', 'Pa', 1]),
  unit('KPA', 'pressure', ['kilopascal', 'kPa', 1000]),
  unit('BAR', 'pressure', ['bar', 'bar', 100_000]),
  unit('PS', 'pressure', ['pound-force per square inch', 'psi', poundForce / squareInch]),
  unit('VLT', 'voltage', ['volt', 'V', 1]),
  unit('AMP', 'current', ['ampere', 'A', 1]),
  unit('KWT', 'power', ['kilowatt', 'kW', 1000]),
  unit('KWH', 'energy', ['kilowatt hour', 'kWh', 3_600_000]),
  unit('RPM', 'frequency', ['revolutions per minute', 'r/min', 1 / 60]),
  unit('DD', 'angle', ['degree [unit of angle]', '°', Math.PI / 180]),
  unit('C62', 'count', ['one', '1', 1]),
  unit('H87', 'count', ['piece', 'pc', 1]),
  unit('SET', 'count', ['set', 'set', 1]),
  unit('P1', 'ratio', ['percent', '%', 0.01]),
];

const byCode: ReadonlyMap<string, Unit> = new Map(units.map((row) => [row.code, row]));

export const isUnit = (code: string): boolean => byCode.has(code);
/** The unit of a Rec 20 code; throws for one the product does not know. */
export const unitOf = (code: string): Unit => {
  const row = byCode.get(code);
  if (row === undefined) throw new Error(`unknown unit ${JSON.stringify(code)}`);
  return row;
};
/** Whether one unit's values can be told in the other. */
export const areConvertible = (from: string, to: string): boolean => isUnit(from) && isUnit(to) && unitOf(from).kind === unitOf(to).kind;

/** The value in the SI unit of its kind (metre, kelvin, pascal, …; radian for angles, a fraction of one for percent). */
export const toSi = (value: number, code: string): number => {
  const { factor, offset } = unitOf(code);
  return value * factor + offset;
};

/** A value of the kind's SI unit in the unit `code`. */
export const fromSi = (value: number, code: string): number => {
  const { factor, offset } = unitOf(code);
  return (value - offset) / factor;
};

/**
 * `value` of unit `from` in unit `to`; the same number when they are the same. There and back gives the value again to 12 significant
 * digits (temperatures: to ten decimals, for their zero is shifted). Throws when the two measure different things.
 */
export const convertUnit = (value: number, from: string, to: string): number => {
  if (!areConvertible(from, to)) throw new Error(`${from} does not convert into ${to}`);
  return from === to ? value : fromSi(toSi(value, from), to);
};
