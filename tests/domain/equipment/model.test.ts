/** EQ-2, EQ-11, EQ-12 over any sequence of commands as days go by: the unit against a calendar drawn on paper. */
import { expect, test } from '@jest/globals';
import { intervalOf } from '../../../src/domain/equipment/calendar.ts';
import type { equipment } from '../../../src/domain/equipment/decider.ts';
import { type Equipment, isInService } from '../../../src/domain/equipment/state.ts';
import type { CommandOf, Frozen } from '../../../src/domain/kernel/aggregate.ts';
import { addDays } from '../../../src/domain/kernel/calendar.ts';
import { areDisjoint } from '../../../src/domain/kernel/interval.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { startOfLocalDay } from '../../../src/domain/kernel/time-zone.ts';
import { id, wordsOf } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { assign, facts, good, registeredToilet, today, words, zone } from './kit.ts';

type Command = CommandOf<typeof equipment.commands>;
type Status = 'reserved' | 'on_rent' | 'off_rent' | 'returned' | 'cancelled';
/** Days are numbers from the first; the paper calendar knows who has the unit and what was promised. */
type Paper = { day: number; holds: Set<string>; stays: Map<string, { status: Status; from: number; until: number; backOn: number }> };
type Real = { state: Frozen<Equipment>; types: string[] };

const names = ['A', 'B', 'C', 'D', 'E'] as const;
const open = Number.POSITIVE_INFINITY;
const dateOf = (day: number): string => addDays(today, day);
const out = ({ stays }: Paper) => [...stays.values()].find(({ status }) => status === 'on_rent' || status === 'off_rent');

/** Decides and folds as the shell does; the answer is the events' types or the refusal's code. */
const perform = (real: Real, paper: Paper, command: Command): string => {
  const context = { facts, now: startOfLocalDay(dateOf(paper.day), zone) };
  const { decision, state } = words.act(real.state, command, context);
  if (isRejection(decision)) return decision.code;
  real.state = state;
  real.types.push(...decision.map(({ type }) => type));
  expect(isRejection(words.act(state, command, context).decision)).toBe(false);
  return wordsOf(decision);
};

const agree = (real: Real, paper: Paper): void => {
  const { state } = real;
  if (state.situation === 'absent') throw new Error('unreachable');
  const shown = Object.fromEntries(Object.entries(state.assignments).map(([key, { status }]) => [key, status]));
  expect(shown).toEqual(Object.fromEntries([...paper.stays].map(([name, { status }]) => [id(name), status])));
  expect(isInService(state)).toBe(paper.holds.size === 0);
  const all = Object.values(state.assignments);
  expect(areDisjoint(all.flatMap((each) => intervalOf(each) ?? []))).toBe(true);
  const outNow = all.filter(({ status }) => status === 'on_rent' || status === 'off_rent');
  expect(outNow.map(({ ids }) => ids.assignmentId)).toEqual(state.outId === null ? [] : [state.outId]);
  for (const { offRentOn, returnedOn } of all) if (returnedOn !== null) expect(offRentOn !== null && offRentOn <= returnedOn).toBe(true);
};

type Step = { readonly label: string; readonly run: (paper: Paper, real: Real) => void };
const step = ({ label, run }: Step): fc.Command<Paper, Real> => ({
  check: () => true,
  run: (paper, real) => {
    run(paper, real);
    agree(real, paper);
  },
  toString: () => label,
});

/** The days a stay takes on paper; a unit that is out takes the present day too. */
const taken = (paper: Paper, stay: { status: Status; from: number; until: number; backOn: number }): readonly [number, number] => {
  if (stay.status === 'cancelled') return [0, 0];
  if (stay.status === 'returned') return [stay.from, stay.backOn];
  return [stay.from, stay.status === 'reserved' ? stay.until : Math.max(stay.until, paper.day + 1)];
};
const wish = (name: string, ahead: number, length: number | undefined): Step => ({
  label: `assign ${name} in ${ahead} days for ${length ?? 'ever'}`,
  run: (paper, real) => {
    const from = paper.day + ahead;
    const until = length === undefined ? open : from + Math.max(1, length);
    const data = assign(name, { from: dateOf(from), ...(length === undefined ? {} : { until: dateOf(from + length) }) });
    const answer = perform(real, paper, { type: 'AssignEquipment', data });
    if (paper.stays.has(name)) return;
    const isNow = ahead === 0;
    const runsInto = [...paper.stays.values()].some((other) => {
      const [start, end] = taken(paper, other);
      return start < end && from < end && start < until;
    });
    const expected = runsInto || (isNow && out(paper) !== undefined) ? 'overlap' : isNow && paper.holds.size > 0 ? 'onHold' : 'EquipmentAssigned';
    expect(answer).toBe(expected);
    if (answer === 'EquipmentAssigned') paper.stays.set(name, { status: isNow ? 'on_rent' : 'reserved', from, until, backOn: open });
  },
});
const pass = (days: number): Step => ({
  label: `${days} days pass`,
  run: (paper, real) => {
    // The scheduler: every reservation whose day has come is tried at the start of each day.
    for (let n = 0; n < days; n += 1) {
      paper.day += 1;
      for (const [name, stay] of [...paper.stays].sort(([, a], [, b]) => a.from - b.from)) {
        if (stay.status !== 'reserved' || stay.from > paper.day) continue;
        const answer = perform(real, paper, { type: 'ActivateAssignment', data: { assignmentId: id(name) } });
        const isBarred = out(paper) !== undefined || paper.holds.size > 0;
        const isOver = stay.until <= paper.day;
        expect(answer).toBe(isOver ? 'AssignmentCancelled' : isBarred ? 'AssignmentActivationRefused' : 'AssignmentActivated');
        if (isOver) stay.status = 'cancelled';
        else if (!isBarred) Object.assign(stay, { status: 'on_rent', from: paper.day });
        agree(real, paper);
      }
    }
  },
});
const move = (paper: Paper, backOn: number): void => {
  for (const stay of paper.stays.values()) if (stay.status === 'reserved' && stay.from < backOn) stay.from = backOn;
};
const giveBack = (name: string): Step => ({
  label: `return ${name}`,
  run: (paper, real) => {
    const stay = paper.stays.get(name);
    const answer = perform(real, paper, { type: 'ReturnEquipment', data: { assignmentId: id(name), returnedOn: dateOf(paper.day), ...good } });
    if (stay === undefined || (stay.status !== 'on_rent' && stay.status !== 'off_rent')) return;
    expect(answer).toBe('EquipmentReturned');
    Object.assign(stay, { status: 'returned', backOn: paper.day });
    move(paper, paper.day);
  },
});
const callOff = (name: string, ahead: number): Step => ({
  label: `call ${name} off in ${ahead} days`,
  run: (paper, real) => {
    const stay = paper.stays.get(name);
    const answer = perform(real, paper, { type: 'CallOff', data: { assignmentId: id(name), offRentOn: dateOf(paper.day + ahead) } });
    if (stay?.status !== 'on_rent' || answer !== 'EquipmentCalledOff') return;
    stay.status = 'off_rent';
    stay.until = Math.max(stay.from + 1, paper.day + ahead);
    move(paper, paper.day + ahead);
  },
});
const cancel = (name: string): Step => ({
  label: `cancel ${name}`,
  run: (paper, real) => {
    const stay = paper.stays.get(name);
    perform(real, paper, { type: 'CancelAssignment', data: { assignmentId: id(name), reason: 'test' } });
    if (stay?.status === 'reserved') stay.status = 'cancelled';
  },
});
const holdUp = (name: string, isPlaced: boolean): Step => ({
  label: `${isPlaced ? 'place' : 'release'} hold ${name}`,
  run: (paper, real) => {
    if (isPlaced) perform(real, paper, { type: 'PlaceHold', data: { holdId: id(name), kind: 'damage', source: 'test' } });
    else perform(real, paper, { type: 'ReleaseHold', data: { holdId: id(name), reason: 'test' } });
    if (isPlaced) paper.holds.add(name);
    else paper.holds.delete(name);
  },
});

const name = fc.constantFrom(...names);
const steps = [
  fc.tuple(name, fc.nat(8), fc.option(fc.nat(6), { nil: undefined })).map(([who, ahead, length]) => step(wish(who, ahead, length))),
  fc.integer({ min: 1, max: 5 }).map((days) => step(pass(days))),
  name.map((who) => step(giveBack(who))),
  fc.tuple(name, fc.nat(4)).map(([who, ahead]) => step(callOff(who, ahead))),
  name.map((who) => step(cancel(who))),
  fc.tuple(fc.constantFrom('h', 'i'), fc.boolean()).map(([which, isPlaced]) => step(holdUp(which, isPlaced))),
];

test('EQ-2 EQ-11 EQ-12 any sequence of commands, as days go by, keeps the calendar of a drawing on paper', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 40 }), (commands) => {
      const real: Real = { state: words.fold([registeredToilet]), types: [] };
      fc.modelRun(() => ({ model: { day: 0, holds: new Set<string>(), stays: new Map() }, real }), commands);
      for (const type of real.types) seen.add(type);
    }),
    { numRuns: 500 },
  );
  for (const type of [
    'EquipmentAssigned',
    'AssignmentActivated',
    'AssignmentActivationRefused',
    'AssignmentCancelled',
    'EquipmentCalledOff',
    'EquipmentReturned',
  ]) {
    expect(seen).toContain(type);
  }
});
