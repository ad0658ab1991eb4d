import type { AssignmentIds } from '../equipment/state.ts';
import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { derivedId } from '../kernel/ids.ts';
import { withChange } from '../kernel/records.ts';
import { areConvertible, toSi } from '../kernel/units.ts';
import type { meterEvents } from './events.ts';

const namespace = 'd0c8a6f1-7b1e-5e8c-9d55-3a1f7c24b9e2';
/** What a kind of meter measures, by its SI unit. */
const siUnits = { odometer: 'MTR', 'engine-hours': 'SEC', 'reefer-hours': 'SEC' } as const;
export type MeterKind = keyof typeof siUnits;

/** The id of one year of a unit's meter: `meter-<uuid of equipment, kind, year>`. */
export const meterId = (equipmentId: string, kind: MeterKind, year: number): string => derivedId(namespace, [equipmentId, kind, String(year)]);
/** The year (UTC) whose meter an instant belongs to. */
export const meterYear = (instant: string): number => Number(instant.slice(0, 4));
/** Does a meter of this kind show values in this unit? */
export const measures = (kind: MeterKind, uom: string): boolean => areConvertible(uom, siUnits[kind]);
/** Past this (10¹¹ m, 10¹¹ s) no meter ever showed: a hundred million kilometres, three thousand years. */
const siValueMax = 1e11;
/** Could a meter show this? `uom` is one that it measures in. */
export const isPlausible = (value: number, uom: string): boolean => toSi(value, uom) <= siValueMax;
export const isPlausibleSi = (siValue: number): boolean => siValue <= siValueMax;

export type Reading = { readonly readAt: string; readonly value: number; readonly isVoid: boolean; readonly isRollUp: boolean; readonly holder: Holder };
/** One meter in the place of the one before: since when, where it began, what was used before it (SI). */
export type Generation = { readonly since: string | null; readonly start: number; readonly carried: number; readonly final: number | null };
export type Holder = Pick<AssignmentIds, 'customerId' | 'accountId'> | null;
type Present = {
  readonly equipmentId: string;
  readonly kind: MeterKind;
  readonly year: number;
  /** Where it stood when the year began (SI). */
  readonly opening: number;
  readonly generations: readonly Generation[];
  readonly readings: Readonly<Record<string, Reading>>;
  /** Readings that were voided with nothing but voiding since, the latest last: only the last can be un-voided. */
  readonly voided: readonly string[];
  /** Whose what happened last was. */
  readonly holder: Holder;
};
export type Meter = ({ readonly situation: 'open' } & Present) | { readonly situation: 'absent' };
export type OpenMeter = Frozen<Extract<Meter, { readonly situation: 'open' }>>;
/** A year of a meter as other aggregates' guards see it: `meterFact.at(meterId(equipmentId, 'odometer', 2026))`. */
export const meterFact = fact<Meter>('meter');
export const initial: Meter = { situation: 'absent' };

const holderOf = ({ customerId, accountId }: { readonly customerId?: string; readonly accountId?: string }): Holder =>
  customerId === undefined || accountId === undefined ? null : { customerId, accountId };
const counted = ({ readings }: OpenMeter): readonly Reading[] => Object.values(readings).filter(({ isVoid }) => !isVoid);

/** Which of the year's meters an instant falls to. */
export const generationAt = ({ generations }: OpenMeter, instant: string): number =>
  generations.findLastIndex(({ since }) => since === null || since <= instant);
/** The readings that count of one of the year's meters, in time. */
export const readingsOf = (state: OpenMeter, generation: number): readonly Reading[] =>
  counted(state)
    .filter(({ readAt }) => generationAt(state, readAt) === generation)
    .sort((a, b) => (a.readAt < b.readAt ? -1 : a.readAt > b.readAt ? 1 : a.value - b.value));

/** EQ-6: what the meter shows now (SI): the latest reading that counts, else where the meter began or the year opened. */
export const currentValue = (state: OpenMeter): number => {
  const last = state.generations.length - 1;
  return readingsOf(state, last).at(-1)?.value ?? (last === 0 ? state.opening : (state.generations[last]?.start ?? 0));
};
/** When the reading was taken that `currentValue` comes from, if it came from one. */
export const currentReadAt = (state: OpenMeter): string | undefined => readingsOf(state, state.generations.length - 1).at(-1)?.readAt;
/** What the unit was used for in all (SI), over every meter it has had. */
export const lifetimeUsage = (state: OpenMeter): number => {
  const generation = state.generations.at(-1);
  return generation === undefined ? 0 : generation.carried + currentValue(state) - generation.start;
};

const open =
  <D extends { readonly customerId?: string; readonly accountId?: string }>(change: (state: OpenMeter, data: D) => Partial<Present>) =>
  (state: Frozen<Meter>, data: D): Frozen<Meter> =>
    state.situation === 'absent' ? state : { ...state, ...change(state, data), holder: holderOf(data) };
const withReading = ({ readings }: OpenMeter, id: string, change: Partial<Reading>): Present['readings'] => withChange(readings, id, change);

export const evolve: Evolve<Meter, typeof meterEvents> = {
  MeterOpened: (_state, { equipmentId, kind, year, carried, start, opening }) => ({
    situation: 'open',
    equipmentId,
    kind,
    year,
    opening,
    generations: [{ since: null, start, carried, final: null }],
    readings: {},
    voided: [],
    holder: null,
  }),
  MeterReadingRecorded: open(({ readings }, data) => ({
    readings: {
      ...readings,
      [data.readingId]: { readAt: data.readAt, value: data.siValue, isVoid: false, isRollUp: data.isRollUp, holder: holderOf(data) },
    },
    voided: [],
  })),
  MeterReadingVoided: open((state, { readingId }) => ({ readings: withReading(state, readingId, { isVoid: true }), voided: [...state.voided, readingId] })),
  MeterReadingUnvoided: open((state, { readingId }) => ({ readings: withReading(state, readingId, { isVoid: false }), voided: state.voided.slice(0, -1) })),
  MeterReplaced: open(({ generations }, { replacedAt, siFinal, siStart, carried }) => ({
    generations: [
      ...generations.map((generation, index) => (index === generations.length - 1 ? { ...generation, final: siFinal } : generation)),
      { since: replacedAt, start: siStart, carried, final: null },
    ],
    voided: [],
  })),
};
