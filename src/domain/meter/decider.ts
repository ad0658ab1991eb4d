import { equipmentFact, holderAt } from '../equipment/state.ts';
import {
  type Aggregate,
  type Context,
  type Decide,
  type EventOf,
  emit,
  type Facts,
  type Frozen,
  type Guards,
  type Reference,
  reject,
} from '../kernel/aggregate.ts';
import { reached } from '../kernel/presence.ts';
import { toSi } from '../kernel/units.ts';
import { meterCommands } from './commands.ts';
import { meterEvents } from './events.ts';
import {
  currentReadAt,
  currentValue,
  evolve,
  generationAt,
  type Holder,
  initial,
  isPlausible,
  isPlausibleSi,
  lifetimeUsage,
  type Meter,
  type MeterKind,
  measures,
  meterFact,
  meterId,
  meterYear,
  type OpenMeter,
  readingsOf,
} from './state.ts';

const event = emit(meterEvents);
/** A year holds daily roll-ups and what people and workshops read beside them. */
const readingsMax = 3000;
/** How many years without a reading a meter may have in between and still go on from where it stood. */
const gapYearsMax = 10;
const nearYearsMax = 3;

const open = reached<Frozen<Meter>>('a meter');
const holderIn = (holder: Holder) => (holder === null ? {} : { customerId: holder.customerId, accountId: holder.accountId });
const holderOn = (facts: Facts, equipmentId: string, instant: string): Holder => {
  const unit = equipmentFact.of(facts, equipmentId);
  return unit === undefined ? null : (holderAt(unit, instant) ?? null);
};

type Which = { readonly equipmentId: string; readonly kind: MeterKind; readonly year: number };
const years = (from: number, step: 1 | -1): readonly number[] =>
  Array.from({ length: gapYearsMax }, (_, n) => from + step * (n + 1)).filter((year) => year >= 1970 && year <= 9999);
const meters = ({ equipmentId, kind }: Which, which: readonly number[]): readonly Reference[] =>
  which.map((year) => meterFact.at(meterId(equipmentId, kind, year)));
/** A year that begins looks far for where it goes on from; one that runs knows its own opening and looks only a little way. */
const yearsBeside = (state: Frozen<Meter>, which: Which): readonly Reference[] =>
  state.situation === 'absent'
    ? meters(which, [...years(which.year, -1), ...years(which.year, 1)])
    : meters(which, [which.year - 1, ...years(which.year, 1).slice(0, nearYearsMax)]);
/** The nearest other year of the same meter, earlier or later. */
const nearest = (facts: Facts, { equipmentId, kind, year }: Which, step: 1 | -1): OpenMeter | undefined => {
  for (const other of years(year, step)) {
    const found = meterFact.of(facts, meterId(equipmentId, kind, other));
    if (found?.situation === 'open') return found;
  }
  return undefined;
};

/** The year as it is, or as it begins: where the last one ended, or at nothing. */
const begun = (state: Frozen<Meter>, which: Which, facts: Facts): { readonly meter: OpenMeter; readonly events: readonly EventOf<typeof meterEvents>[] } => {
  if (state.situation === 'open') return { meter: state, events: [] };
  const last = nearest(facts, which, -1);
  const generation = last?.generations.at(-1);
  const data = { ...which, carried: generation?.carried ?? 0, start: generation?.start ?? 0, opening: last === undefined ? 0 : currentValue(last) };
  const at = { id: '', occurredAt: '', actor: { kind: 'system', id: '' } } as const;
  const meter = evolve.MeterOpened(initial, data, at);
  return { meter: open(meter), events: [event('MeterOpened', data)] };
};

type At = { readonly readAt: string; readonly value: number };
/** Between what a reading at an instant must lie (SI): its neighbours in time, also over the turn of a year (read at decision time). */
const boundsAt = (meter: OpenMeter, readAt: string, facts: Facts): { readonly low: number; readonly high: number } => {
  const index = generationAt(meter, readAt);
  const generation = meter.generations[index];
  const readings = readingsOf(meter, index);
  const before = readings.filter((reading) => reading.readAt <= readAt).at(-1)?.value;
  const after = readings.find((reading) => reading.readAt >= readAt)?.value;
  const last = index === 0 ? nearest(facts, meter, -1) : undefined;
  const floor = index === 0 ? (last === undefined ? meter.opening : currentValue(last)) : (generation?.start ?? 0);
  const next = index === meter.generations.length - 1 ? nearest(facts, meter, 1) : undefined;
  const ceiling =
    generation?.final ?? (next === undefined ? undefined : (readingsOf(next, 0)[0]?.value ?? next.generations[0]?.final)) ?? Number.POSITIVE_INFINITY;
  return { low: before ?? floor, high: after ?? ceiling };
};
const isMonotone = (meter: OpenMeter, { readAt, value }: At, facts: Facts) => {
  const { low, high } = boundsAt(meter, readAt, facts);
  if (value >= low && value <= high) return undefined;
  return reject('notMonotone', 'A meter never goes back.', { siValue: value, siAtLeast: low, ...(Number.isFinite(high) ? { siAtMost: high } : {}) });
};

type Said = { readonly equipmentId: string; readonly kind: MeterKind; readonly uom: string };
const implausible = () => reject('implausible', 'No meter shows that much.');
/** The command is for this meter, in a unit it shows, and not of the future. */
const fits = (
  { equipmentId, kind, uom }: Said,
  { instant, values }: { readonly instant: string; readonly values: readonly number[] },
  { id, now }: Context,
) => {
  const year = meterYear(instant);
  const right = meterId(equipmentId, kind, year);
  if (right !== id) return reject('notThisMeter', `The ${kind} of ${year} has the id ${right}.`, { meterId: right });
  if (!measures(kind, uom)) return reject('wrongUnit', `${uom} is no unit of a meter ${kind}.`);
  if (!values.every((value) => isPlausible(value, uom))) return implausible();
  return instant > now ? reject('inFuture', 'A meter is read before it is told.') : undefined;
};
const room = ({ readings }: OpenMeter) =>
  Object.keys(readings).length >= readingsMax ? reject('tooMany', `At most ${readingsMax} readings a year.`, { max: readingsMax }) : undefined;

type Read = Said & { readonly value: number; readonly readAt: string };
type Source = {
  readonly source: 'manual' | 'return' | 'inspection' | 'work_order' | 'maintenance' | 'telemetry';
  readonly sourceId?: string;
  readonly isRollUp: boolean;
};
const record = (state: Frozen<Meter>, said: Read, { source, context }: { readonly source: Source; readonly context: Context }) => {
  const { equipmentId, kind, value, uom, readAt } = said;
  const wrong = fits(said, { instant: readAt, values: [value] }, context);
  if (wrong !== undefined) return wrong;
  const which = { equipmentId, kind, year: meterYear(readAt) };
  const { meter, events } = begun(state, which, context.facts);
  const siValue = toSi(value, uom);
  const known = readingsOf(meter, generationAt(meter, readAt));
  if (known.some((reading) => reading.readAt === readAt && reading.value === siValue)) return [];
  if (source.isRollUp && known.some((reading) => reading.isRollUp && reading.readAt.slice(0, 10) === readAt.slice(0, 10))) return [];
  const holder = holderIn(holderOn(context.facts, equipmentId, readAt));
  const recorded = { readingId: context.newId(0), ...which, value, uom, siValue, readAt, ...source, ...holder };
  return room(meter) ?? isMonotone(meter, { readAt, value: siValue }, context.facts) ?? [...events, event('MeterReadingRecorded', recorded)];
};

const itsOwn = (meter: OpenMeter, equipmentId: string) =>
  meter.equipmentId === equipmentId ? undefined : reject('notThisMeter', 'This meter is another unit’s.', { equipmentId: meter.equipmentId });
const unknownReading = () => reject('unknownReading', 'The meter has no such reading in this year.');

const decide: Decide<Meter, typeof meterCommands, typeof meterEvents> = {
  RecordReading: (state, command, context) => {
    const { source, sourceId } = command;
    return record(state, command, { source: { source, ...(sourceId === undefined ? {} : { sourceId }), isRollUp: false }, context });
  },
  RollUpReading: (state, command, context) => record(state, command, { source: { source: 'telemetry', isRollUp: true }, context }),
  VoidReading: (state, { equipmentId, readingId, reason }) => {
    const meter = open(state);
    const reading = meter.readings[readingId];
    if (reading === undefined) return itsOwn(meter, equipmentId) ?? unknownReading();
    return itsOwn(meter, equipmentId) ?? (reading.isVoid ? [] : [event('MeterReadingVoided', { readingId, reason, ...holderIn(reading.holder) })]);
  },
  UnvoidReading: (state, { equipmentId, readingId }, { facts }) => {
    const meter = open(state);
    const reading = meter.readings[readingId];
    if (reading === undefined) return itsOwn(meter, equipmentId) ?? unknownReading();
    if (!reading.isVoid) return itsOwn(meter, equipmentId) ?? [];
    const isLast = meter.voided.at(-1) === readingId;
    return (
      itsOwn(meter, equipmentId) ??
      (isLast ? undefined : reject('changedSince', 'The meter has changed since; record the reading again.')) ??
      isMonotone(meter, reading, facts) ?? [event('MeterReadingUnvoided', { readingId, ...holderIn(reading.holder) })]
    );
  },
  ReplaceMeter: (state, command, context) => {
    const { equipmentId, kind, replacedAt, finalValue, startValue, uom, reason } = command;
    const wrong = fits(command, { instant: replacedAt, values: [finalValue, startValue] }, context);
    if (wrong !== undefined) return wrong;
    const which = { equipmentId, kind, year: meterYear(replacedAt) };
    const { meter, events } = begun(state, which, context.facts);
    const [siFinal, siStart] = [toSi(finalValue, uom), toSi(startValue, uom)];
    const current = meter.generations.at(-1);
    if (current?.since === replacedAt && current.start === siStart) return [];
    const laterThan = currentReadAt(meter) ?? current?.since ?? '';
    if (laterThan > replacedAt || nearest(context.facts, which, 1) !== undefined)
      return reject('laterReadings', 'The meter was read after that; void those readings first.');
    const low = currentValue(meter);
    if (siFinal < low) return reject('notMonotone', 'A meter never goes back.', { siValue: siFinal, siAtLeast: low });
    const carried = lifetimeUsage(meter) + siFinal - low;
    if (!isPlausibleSi(carried)) return implausible();
    const holder = holderIn(holderOn(context.facts, equipmentId, replacedAt));
    return [...events, event('MeterReplaced', { ...which, replacedAt, finalValue, startValue, uom, siFinal, siStart, carried, reason, ...holder })];
  },
};

type Aimed = { readonly equipmentId: string; readonly kind: MeterKind };
const wanted = (state: Frozen<Meter>, { equipmentId, kind }: Aimed, instant: string): readonly Reference[] => [
  equipmentFact.at(equipmentId),
  ...yearsBeside(state, { equipmentId, kind, year: meterYear(instant) }),
];
const guards: Guards<Meter, typeof meterCommands> = {
  RecordReading: (state, command) => wanted(state, command, command.readAt),
  RollUpReading: (state, command) => wanted(state, command, command.readAt),
  UnvoidReading: (state) => (state.situation === 'absent' ? [] : yearsBeside(state, state)),
  ReplaceMeter: (state, command) => wanted(state, command, command.replacedAt),
};

/** One year of one of a unit's meters: odometer or hours. */
export const meter: Aggregate<'meter', Meter, typeof meterCommands, typeof meterEvents> = {
  category: 'meter',
  docs: 'One year of one of a unit’s meters, odometer or hours. What is told of it is the holder’s at the reading’s time.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: meterEvents,
  commands: meterCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : (state.holder?.customerId ?? null)),
  accountOf: (state) => (state.situation === 'absent' ? null : (state.holder?.accountId ?? null)),
  exists: ({ situation }) => situation !== 'absent',
};
