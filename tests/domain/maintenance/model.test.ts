/** PM-2, PM-3, PM-4, PM-5, PM-10 over any sequence of what people and schedulers do as days go by: the schedule against one drawn on paper. */
import { expect, test } from '@jest/globals';
import type { CommandOf, Frozen } from '../../../src/domain/kernel/aggregate.ts';
import { addDays } from '../../../src/domain/kernel/calendar.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import type { maintenance } from '../../../src/domain/maintenance/decider.ts';
import { outlookOf } from '../../../src/domain/maintenance/rules.ts';
import type { Maintenance } from '../../../src/domain/maintenance/state.ts';
import { id, wordsOf } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { defaults, defined, on, presentIn, words } from './kit.ts';

type Command = CommandOf<typeof maintenance.commands>;
/** Every so many days from when it was done last; days are numbers from the first. */
type Paper = {
  day: number;
  every: number;
  situation: 'active' | 'paused';
  done: { day: number; order: string; n: number }[];
  n: number;
  snoozedUntil: number;
  due: Set<number>;
};
type Real = { state: Frozen<Maintenance>; told: string[]; n: number };
const first = '2026-01-31';
const soon = 3;
const plan = (every: number) => ({ dueSoonDays: soon, calendar: { every, unit: 'day' as const } });
const dayOf = (day: number): string => addDays(first, day);

const perform = (real: Real, paper: Paper, command: Command): string => {
  real.n += 1;
  const { n } = real;
  const { decision, state } = words.act(real.state, command, { ...on(dayOf(paper.day)), newId: (k) => id(`${n} ${k}`) });
  real.state = state;
  if (!isRejection(decision)) for (const { type, data } of decision) if (type === 'MaintenanceDue') real.told.push(`${type} ${data.occurrence}`);
  return wordsOf(decision);
};
const last = ({ done }: Paper) => [...done].sort((a, b) => a.day - b.day || a.n - b.n).at(-1);
/** What paper says has to be told by now is told, once each. */
const agree = (real: Real, paper: Paper): void => {
  const base = last(paper);
  const dueDay = (base?.day ?? 0) + paper.every;
  const state = presentIn(real.state);
  expect(outlookOf(state).dueOn).toBe(dayOf(dueDay));
  expect(state.situation).toBe(paper.situation);
  const left = dueDay - paper.day;
  expect(state.status).toBe(paper.situation === 'paused' ? 'paused' : left < 0 ? 'overdue' : left === 0 ? 'due' : left <= soon ? 'due_soon' : 'ok');
  if (paper.situation === 'active' && paper.day >= paper.snoozedUntil && paper.day >= dueDay) paper.due.add(base?.n ?? 0);
  expect(new Set(real.told).size).toBe(real.told.length);
};
/** The scheduler looks once a day, and after whatever happened. */
const look = (real: Real, paper: Paper): void => {
  perform(real, paper, { type: 'CheckMaintenance', data: {} });
  agree(real, paper);
  expect(real.told.length).toBe(paper.due.size);
};
type Act = { readonly label: string; readonly run: (paper: Paper, real: Real) => void };
const act = ({ label, run }: Act): fc.Command<Paper, Real> => ({
  check: () => true,
  run: (paper, real) => {
    run(paper, real);
    look(real, paper);
  },
  toString: () => label,
});
const pass = (days: number): Act => ({
  label: `${days} days pass`,
  run: (paper, real) => {
    for (let n = 0; n < days; n += 1) {
      paper.day += 1;
      look(real, paper);
    }
  },
});
const record = (order: string, ago: number): Act => ({
  label: `order ${order} did it ${ago} days ago`,
  run: (paper, real) => {
    const day = Math.max(0, paper.day - ago);
    const answer = perform(real, paper, { type: 'RecordMaintenancePerformed', data: { workOrderId: id(order), performedOn: dayOf(day), readings: [] } });
    const before = paper.done.find((each) => each.order === order);
    if (before !== undefined) return void expect(answer).toBe(before.day === day ? '' : 'alreadyRecorded');
    expect(answer).toMatch(/^MaintenancePerformed/);
    paper.n += 1;
    paper.done.push({ day, order, n: paper.n });
    paper.snoozedUntil = 0;
  },
});
const takeBack = (order: string): Act => ({
  label: `order ${order} goes on`,
  run: (paper, real) => {
    perform(real, paper, { type: 'WithdrawMaintenancePerformed', data: { workOrderId: id(order) } });
    paper.done = paper.done.filter((each) => each.order !== order);
  },
});
const pause = (isPaused: boolean): Act => ({
  label: isPaused ? 'pause' : 'resume',
  run: (paper, real) => {
    if (isPaused) perform(real, paper, { type: 'PauseMaintenance', data: { reason: 'yard' } });
    else perform(real, paper, { type: 'ResumeMaintenance', data: {} });
    if (isPaused && paper.situation === 'active') paper.snoozedUntil = 0;
    paper.situation = isPaused ? 'paused' : 'active';
  },
});
const snooze = (days: number): Act => ({
  label: `snooze for ${days} days`,
  run: (paper, real) => {
    const answer = perform(real, paper, { type: 'SnoozeMaintenance', data: { until: dayOf(paper.day + days), reason: 'strike' } });
    expect(answer).toMatch(paper.situation === 'paused' ? 'notAllowedNow' : /^(MaintenanceSnoozed)?$/);
    if (paper.situation === 'active') paper.snoozedUntil = paper.day + days;
  },
});
const change = (every: number): Act => ({
  label: `every ${every} days`,
  run: (paper, real) => {
    perform(real, paper, { type: 'ChangeMaintenance', data: { ...defaults, ...plan(every) } });
    paper.every = every;
  },
});
const skip: Act = {
  label: 'skip',
  run: (paper, real) => {
    const base = last(paper);
    const answer = perform(real, paper, { type: 'SkipMaintenance', data: { reason: 'new tyres' } });
    if (paper.situation === 'paused') return void expect(answer).toBe('notAllowedNow');
    if (base !== undefined && base.day >= paper.day) return void expect(answer).toBe('alreadySkipped');
    expect(answer).toMatch(/^MaintenanceSkipped/);
    paper.n += 1;
    paper.done.push({ day: Math.max(paper.day, (base?.day ?? 0) + paper.every), order: 'skipped', n: paper.n });
    paper.snoozedUntil = 0;
  },
};
const order = fc.constantFrom('A', 'B', 'C');
const acts = [
  fc.integer({ min: 1, max: 9 }).map((days) => act(pass(days))),
  fc.integer({ min: 5, max: 25 }).map((days) => act(pass(days))),
  fc.tuple(order, fc.nat(6)).map(([which, ago]) => act(record(which, ago))),
  order.map((which) => act(takeBack(which))),
  fc.boolean().map((isPaused) => act(pause(isPaused))),
  fc.integer({ min: 1, max: 12 }).map((days) => act(snooze(days))),
  fc.integer({ min: 2, max: 20 }).map((every) => act(change(every))),
  fc.constant(act(skip)),
];

test('PM-2 PM-3 PM-4 PM-5 PM-10 any sequence, as days go by, is due when paper says, stands as paper says, and each occurrence is told once', () => {
  let told = 0;
  fc.assert(
    fc.property(fc.commands(acts, { maxCommands: 30, size: 'max' }), (commands) => {
      const real: Real = { state: words.fold([defined(plan(10))]), told: [], n: 0 };
      const model: Paper = { day: 0, every: 10, situation: 'active', done: [], n: 0, snoozedUntil: 0, due: new Set() };
      fc.modelRun(() => ({ model, real }), commands);
      told += real.told.length;
    }),
    { numRuns: 150 },
  );
  expect(told).toBeGreaterThan(50);
});
