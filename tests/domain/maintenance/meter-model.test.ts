/** PM-1, PM-4, PM-5, PM-6 by a meter alone: whatever is read late, voided, counted again, done or not done after all, against one drawn on paper. */
import { expect, test } from '@jest/globals';
import type { CommandOf, Frozen } from '../../../src/domain/kernel/aggregate.ts';
import { addDays } from '../../../src/domain/kernel/calendar.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import type { maintenance } from '../../../src/domain/maintenance/decider.ts';
import { outlookOf } from '../../../src/domain/maintenance/rules.ts';
import type { Maintenance } from '../../../src/domain/maintenance/state.ts';
import { id, wordsOf } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { defined, kilometre, on, presentIn, type Read, words } from './kit.ts';

type Command = CommandOf<typeof maintenance.commands>;
/** The unit drives as far every day; days are numbers from the first, and each is read at most once. */
type Paper = { day: number; readings: Map<number, boolean>; done: { day: number; order: string; n: number }[]; n: number; due: Set<number> };
type Real = { state: Frozen<Maintenance>; told: number[]; n: number };
const first = '2026-01-31';
const interval = 1000;
const perDay = 40;
const soon = interval / 10;
const dayOf = (day: number): string => addDays(first, day);

/** What the meter shows of a day, as far as it was read: the last time until then, else the first time after. */
const shown = ({ readings }: Paper): readonly number[] => [...readings].flatMap(([day, counts]) => (counts ? [day] : [])).sort((a, b) => a - b);
const drivenBy = (paper: Paper, day: number): number | undefined => {
  const read = shown(paper);
  const at = read.findLast((each) => each <= day) ?? read[0];
  return at === undefined ? undefined : at * perDay;
};
const give = (real: Real, paper: Paper, command: Command): string => {
  real.n += 1;
  const { n } = real;
  const readings = shown(paper).map((day): Read => [`${dayOf(day)}T10:00:00.000Z`, day * perDay]);
  const { decision, state } = words.act(real.state, command, { ...on(dayOf(paper.day), readings), newId: (k) => id(`${n} ${k}`) });
  real.state = state;
  if (!isRejection(decision)) for (const { type, data } of decision) if (type === 'MaintenanceDue') real.told.push(data.occurrence);
  return wordsOf(decision);
};
const agree = (real: Real, paper: Paper): void => {
  give(real, paper, { type: 'RecordUsage', data: { kind: 'odometer', year: 2026 } });
  const read = shown(paper);
  const last = [...paper.done].sort((a, b) => a.day - b.day || a.n - b.n).at(-1);
  const [begun, used, readOn] = [drivenBy(paper, last?.day ?? 0), drivenBy(paper, paper.day), read.at(-1) ?? 0];
  const { dueAt, forecastOn } = outlookOf(presentIn(real.state));
  if (begun === undefined || used === undefined) {
    expect([dueAt, forecastOn, presentIn(real.state).status]).toEqual([[], undefined, 'ok']);
    return;
  }
  const due = begun + interval;
  expect(dueAt).toEqual([{ kind: 'odometer', usage: due * kilometre }]);
  expect(presentIn(real.state).status).toBe(used > due ? 'overdue' : used === due ? 'due' : used >= due - soon ? 'due_soon' : 'ok');
  // Two readings within ninety days say how much it drives a day.
  const isMoving = read.filter((day) => day >= readOn - 90).length > 1;
  expect(forecastOn).toBe(used >= due ? dayOf(readOn) : isMoving ? dayOf(readOn + Math.ceil((due - used) / perDay)) : undefined);
  if (used >= due) paper.due.add(last?.n ?? 0);
  expect([new Set(real.told).size, real.told.length]).toEqual([paper.due.size, paper.due.size]);
};

type Act = { readonly label: string; readonly run: (paper: Paper, real: Real) => void };
const act = ({ label, run }: Act): fc.Command<Paper, Real> => ({
  check: ({ day }) => day < 300,
  run: (paper, real) => {
    run(paper, real);
    agree(real, paper);
  },
  toString: () => label,
});
const read = (ago: number): Act => ({ label: `read as of ${ago} days ago`, run: (paper) => void paper.readings.set(Math.max(0, paper.day - ago), true) });
const turn = (n: number): Act => ({
  label: `reading ${n} counts no more, or again`,
  run: ({ readings }) => {
    const [day, counts] = [...readings][n % Math.max(1, readings.size)] ?? [];
    if (day !== undefined) readings.set(day, counts !== true);
  },
});
const pass = (days: number): Act => ({
  label: `${days} days pass`,
  run: (paper) => {
    paper.day += days;
  },
});
const record = (order: string, ago: number): Act => ({
  label: `order ${order} did it ${ago} days ago`,
  run: (paper, real) => {
    const day = Math.max(0, paper.day - ago);
    const answer = give(real, paper, { type: 'RecordMaintenancePerformed', data: { workOrderId: id(order), performedOn: dayOf(day), readings: [] } });
    const before = paper.done.find((each) => each.order === order);
    if (before !== undefined) return void expect(answer).toBe(before.day === day ? '' : 'alreadyRecorded');
    expect(answer).toMatch(/^MaintenancePerformed/);
    paper.n += 1;
    paper.done.push({ day, order, n: paper.n });
  },
});
const takeBack = (order: string): Act => ({
  label: `order ${order} goes on`,
  run: (paper, real) => {
    give(real, paper, { type: 'WithdrawMaintenancePerformed', data: { workOrderId: id(order) } });
    paper.done = paper.done.filter((each) => each.order !== order);
  },
});
const order = fc.constantFrom('A', 'B', 'C');
const acts = [
  fc.nat(12).map((ago) => act(read(ago))),
  fc.nat(3).map((ago) => act(read(ago))),
  fc.nat(20).map((n) => act(turn(n))),
  fc.integer({ min: 1, max: 15 }).map((days) => act(pass(days))),
  fc.tuple(order, fc.nat(8)).map(([which, ago]) => act(record(which, ago))),
  order.map((which) => act(takeBack(which))),
];

test('PM-1 PM-4 PM-5 PM-6 by its meter it stands, comes and is told as paper says, whatever was read, done or taken back in which order', () => {
  const plan = { calendar: undefined, primaryMeter: { kind: 'odometer', every: interval, uom: 'KMT', siEvery: interval * kilometre } };
  const seen = new Set<string>();
  let told = 0;
  fc.assert(
    fc.property(fc.commands(acts, { maxCommands: 40, size: 'max' }), (commands) => {
      const real: Real = { state: words.fold([defined(plan, first)]), told: [], n: 0 };
      fc.modelRun(() => ({ model: { day: 0, readings: new Map<number, boolean>(), done: [], n: 0, due: new Set<number>() }, real }), commands);
      seen.add(presentIn(real.state).status);
      told += real.told.length;
    }),
    { numRuns: 150 },
  );
  expect([...seen].sort()).toEqual(expect.arrayContaining(['due_soon', 'ok', 'overdue']));
  expect(told).toBeGreaterThan(20);
});
