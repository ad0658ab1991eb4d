/**
 * One part of one unit: when it was repaired, by which line of which order. Small enough to decide alone whether a repair is rework, in
 * whatever order completions are told.
 */
import { type Aggregate, type DataOf, type Decide, type Evolve, emit, type Frozen } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { derivedId } from '../kernel/ids.ts';
import { reworkDefault } from '../work-order/rules.ts';
import { repairHistoryCommands } from './commands.ts';
import { repairHistoryEvents } from './events.ts';

type Noted = DataOf<(typeof repairHistoryEvents)['RepairNoted']>;
type Repair = Pick<Noted, 'workOrderId' | 'lineId' | 'repairReason' | 'openedAt' | 'completedAt' | 'odometerMeters' | 'rework'>;
export type RepairHistory =
  | { readonly situation: 'absent' }
  | { readonly situation: 'present'; readonly repairs: readonly Repair[]; readonly found: Readonly<Record<string, true>> };

const event = emit(repairHistoryEvents);
const initial: RepairHistory = { situation: 'absent' };
const dayMs = 24 * 3_600_000;
/** Older ones are beyond any rework; this only bounds the state. */
const repairsMax = 100;
const excused: readonly Repair['repairReason'][] = ['pm', 'accident', 'driver_damage'];

type Part = { readonly equipmentId: string; readonly vmrsCode: string; readonly position?: string };
/** The id of the history of one part of one unit. */
export const repairHistoryId = ({ equipmentId, vmrsCode, position }: Part): string => derivedId(equipmentId, ['repairs', vmrsCode, position ?? '']);

const keyOf = ({ workOrderId, lineId }: Pick<Repair, 'workOrderId' | 'lineId'>): string => `${workOrderId}/${lineId}`;
const lineOf = ({ workOrderId, lineId }: Repair) => ({ workOrderId, lineId });

/** SR-5: is `later` the same work as `earlier`, within the time or the distance that the policy of its order says? */
export const isRework = (later: Repair, earlier: Repair): boolean => {
  if (later.workOrderId === earlier.workOrderId || excused.includes(later.repairReason) || later.openedAt < earlier.completedAt) return false;
  const { days, distanceMeters } = later.rework ?? reworkDefault;
  const isSoon = Date.parse(later.openedAt) - Date.parse(earlier.completedAt) <= days * dayMs;
  const from = earlier.odometerMeters;
  const to = later.odometerMeters;
  return isSoon || (from !== undefined && to !== undefined && to >= from && to - from <= distanceMeters);
};
/** The last repair before it of which it is rework. */
const reworkOf = (later: Repair, repairs: readonly Repair[]): Repair | undefined =>
  repairs
    .filter((earlier) => isRework(later, earlier))
    .sort((a, b) => (a.completedAt < b.completedAt ? -1 : a.completedAt > b.completedAt ? 1 : keyOf(a) < keyOf(b) ? -1 : 1))
    .at(-1);

const repairsOf = (state: Frozen<RepairHistory>): readonly Repair[] => (state.situation === 'absent' ? [] : state.repairs);
const decide: Decide<RepairHistory, typeof repairHistoryCommands, typeof repairHistoryEvents> = {
  NoteRepair: (state, command) => {
    const { equipmentId: _e, vmrsCode: _v, position: _p, ...repair } = command;
    const others = repairsOf(state).filter((known) => keyOf(known) !== keyOf(repair));
    const known = repairsOf(state).find((each) => keyOf(each) === keyOf(repair));
    if (known !== undefined && canonicalJson(known) === canonicalJson(repair)) return [];
    const all = [...others, repair];
    const found = state.situation === 'absent' ? {} : state.found;
    const marks = all.flatMap((later) => {
      const earlier = Object.hasOwn(found, keyOf(later)) ? undefined : reworkOf(later, all);
      return earlier === undefined ? [] : [event('ReworkFound', { ...lineOf(later), reworkOf: lineOf(earlier) })];
    });
    return [event('RepairNoted', command), ...marks];
  },
  WithdrawRepair: (state, command) => (repairsOf(state).some((known) => keyOf(known) === keyOf(command)) ? [event('RepairWithdrawn', command)] : []),
};
const evolve: Evolve<RepairHistory, typeof repairHistoryEvents> = {
  RepairNoted: (state, { equipmentId: _e, vmrsCode: _v, position: _p, ...repair }) => ({
    situation: 'present',
    repairs: [...repairsOf(state).filter((known) => keyOf(known) !== keyOf(repair)), repair].slice(-repairsMax),
    found: state.situation === 'absent' ? {} : state.found,
  }),
  RepairWithdrawn: (state, line) =>
    state.situation === 'absent' ? state : { ...state, repairs: state.repairs.filter((known) => keyOf(known) !== keyOf(line)) },
  ReworkFound: (state, line) => (state.situation === 'absent' ? state : { ...state, found: { ...state.found, [keyOf(line)]: true } }),
};

/** The repairs of one part of one unit. */
export const repairHistory: Aggregate<'repairHistory', RepairHistory, typeof repairHistoryCommands, typeof repairHistoryEvents> = {
  category: 'repairHistory',
  docs: 'The repairs of one part (VMRS code and position) of one unit, by completed work orders: what decides whether a repair is rework.',
  confidentiality: 'company',
  stateVersion: 1,
  events: repairHistoryEvents,
  commands: repairHistoryCommands,
  initial,
  decide,
  evolve,
  tenantOf: () => null,
  exists: ({ situation }) => situation !== 'absent',
};
