/** SR-4 and SR-15 over any sequence of commands: the order against a ledger and a time sheet kept on paper. */
import { expect, test } from '@jest/globals';
import type { CommandOf, Frozen } from '../../../src/domain/kernel/aggregate.ts';
import { areDisjoint } from '../../../src/domain/kernel/interval.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import type { workOrder } from '../../../src/domain/work-order/decider.ts';
import { totals, type WorkOrder, workedMs } from '../../../src/domain/work-order/state.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { event, facts, opened, otherTechId, reading, saidLine, techId, usd, words } from './kit.ts';

type Command = CommandOf<typeof workOrder.commands>;
/** Cents a line, what was approved, and minutes worked. */
type Paper = {
  minute: number;
  readonly lines: Map<string, number>;
  approved: number | null;
  asked: number | null;
  status: 'in_progress' | 'paused' | 'completed';
  readonly since: Map<string, number>;
  worked: number;
  written: number;
};
type Real = { state: Frozen<WorkOrder>; readonly types: Set<string> };
const limit = 50_000;
const day = Date.UTC(2026, 2, 1, 12);
const cents = (amount: number): string => (amount / 100).toFixed(2);
const sum = ({ lines }: Paper): number => [...lines.values()].reduce((all, each) => all + each, 0);

const perform = (real: Real, paper: Paper, { command, by, n }: { readonly command: Command; readonly by: string; readonly n?: string }): string => {
  const now = new Date(day + paper.minute * 60_000).toISOString();
  const context = { facts, now, actor: { kind: 'user', id: id(by) }, newId: () => id(n ?? `made ${paper.minute} ${real.types.size}`) } as const;
  const { decision, state } = words.act(real.state, command, context);
  if (isRejection(decision)) return decision.code;
  real.state = state;
  for (const { type } of decision) real.types.add(type);
  expect(words.act(state, command, context).decision).toEqual([]);
  return decision.at(-1)?.type ?? '-';
};

const agree = ({ state }: Real, paper: Paper): void => {
  if (state.situation === 'absent') throw new Error('unreachable');
  expect(totals(state).total).toEqual(usd(cents(sum(paper))));
  expect(state.status).toBe(paper.status);
  expect(state.approval.status === 'approved' ? state.approval.amount : null).toEqual(paper.approved === null ? null : usd(cents(paper.approved)));
  expect(workedMs(state)).toBe(paper.worked * 60_000);
  for (const technician of [techId, otherTechId]) {
    const spells = state.spells.filter(({ technicianId }) => technicianId === technician);
    expect(areDisjoint(spells.map(({ startedAt, endedAt }) => ({ from: startedAt, to: endedAt })))).toBe(true);
    expect(spells.some(({ endedAt }) => endedAt === null)).toBe(paper.since.has(technician));
  }
};

const step = (label: string, run: (paper: Paper, real: Real) => void): fc.Command<Paper, Real> => ({
  check: () => true,
  run: (paper, real) => {
    run(paper, real);
    agree(real, paper);
  },
  toString: () => label,
});
const afterLines = (paper: Paper): void => {
  if (paper.approved !== null && sum(paper) > paper.approved) paper.approved = null;
};
const stopAll = (paper: Paper): void => {
  for (const since of paper.since.values()) paper.worked += paper.minute - since;
  paper.since.clear();
};
const write = (name: string, amount: number) =>
  step(`write ${name} ${amount}`, (paper, real) => {
    const isNew = !paper.lines.has(name);
    const data = saidLine(cents(amount));
    const command: Command = isNew ? { type: 'AddOrderLine', data } : { type: 'ChangeOrderLine', data: { lineId: id(name), ...data } };
    const isSame = paper.lines.get(name) === amount;
    const answer = perform(real, paper, { command, by: 'writer', n: name });
    if (paper.status !== 'in_progress') return expect(answer).toBe('notAllowedNow');
    const before = paper.approved;
    paper.lines.set(name, amount);
    afterLines(paper);
    expect(answer).toBe(isSame ? '-' : before !== paper.approved ? 'CostApprovalLapsed' : isNew ? 'OrderLineAdded' : 'OrderLineChanged');
  });
const remove = (name: string) =>
  step(`remove ${name}`, (paper, real) => {
    perform(real, paper, { command: { type: 'RemoveOrderLine', data: { lineId: id(name) } }, by: 'writer' });
    if (paper.status === 'in_progress') paper.lines.delete(name);
  });
const ask = step('ask for approval', (paper, real) => {
  const answer = perform(real, paper, { command: { type: 'RequestCostApproval', data: {} }, by: 'writer' });
  if (answer !== 'CostApprovalRequested') return;
  paper.asked = sum(paper);
  paper.approved = null;
});
const approve = (by: 'writer' | 'manager') =>
  step(`${by} approves`, (paper, real) => {
    const amount = paper.asked ?? sum(paper);
    const answer = perform(real, paper, { command: { type: 'ApproveLargeCost', data: { amount: usd(cents(amount)) } }, by });
    if (answer !== 'CostApproved') return;
    // TE-10: the writer wrote or asked for all of it.
    expect(by).toBe('manager');
    paper.approved = amount;
    paper.asked = null;
  });
const clock = (technicianId: string, isIn: boolean) =>
  step(`clock ${isIn ? 'in' : 'out'}`, (paper, real) => {
    const answer = perform(real, paper, {
      command: { type: isIn ? 'ClockIn' : 'ClockOut', data: { technicianId } },
      by: 'writer',
      n: `${technicianId} ${paper.minute}`,
    });
    if (answer === 'TechnicianClockedIn') paper.since.set(technicianId, paper.minute);
    if (answer !== 'TechnicianClockedOut') return;
    paper.worked += paper.minute - (paper.since.get(technicianId) ?? 0);
    paper.since.delete(technicianId);
  });
const pause = step('pause', (paper, real) => {
  if (perform(real, paper, { command: { type: 'PauseWorkOrder', data: { reason: 'parts' } }, by: 'writer' }) !== 'WorkOrderPaused') return;
  stopAll(paper);
  paper.status = 'paused';
});
const resume = step('resume', (paper, real) => {
  if (perform(real, paper, { command: { type: 'ResumeWorkOrder', data: {} }, by: 'writer' }) === 'WorkOrderResumed') paper.status = 'in_progress';
});
const complete = step('complete', (paper, real) => {
  const answer = perform(real, paper, { command: { type: 'CompleteWorkOrder', data: { closingReadings: [reading] } }, by: 'writer' });
  if (paper.status !== 'in_progress') return;
  const isCovered = sum(paper) <= Math.max(limit, paper.approved ?? 0);
  expect(answer).toBe(paper.since.size > 0 ? 'clockedIn' : isCovered ? 'WorkOrderCompleted' : 'approvalNeeded');
  if (answer === 'WorkOrderCompleted') paper.status = 'completed';
});
const reopen = step('reopen', (paper, real) => {
  if (perform(real, paper, { command: { type: 'ReopenWorkOrder', data: { reason: 'again' } }, by: 'writer' }) === 'WorkOrderReopened')
    paper.status = 'in_progress';
});
const name = fc.constantFrom('a', 'b', 'c');
const technician = fc.constantFrom(techId, otherTechId);
const steps = [
  fc.tuple(name, fc.integer({ min: 1, max: 80_000 })).map(([which, amount]) => write(which, amount)),
  name.map(remove),
  fc.integer({ min: 1, max: 90 }).map((minutes) =>
    step(`${minutes} minutes pass`, (paper) => {
      paper.minute += minutes;
    }),
  ),
  fc.tuple(technician, fc.boolean()).map(([who, isIn]) => clock(who, isIn)),
  fc.constant(ask),
  fc.constantFrom('writer', 'manager', 'manager').map((by) => approve(by as 'writer' | 'manager')),
  fc.constant(pause),
  fc.constant(resume),
  fc.constant(complete),
  fc.constant(reopen),
];
const begun = [
  opened,
  ...[techId, otherTechId].map((technicianId) => event('TechnicianAssigned', { technicianId, technicianName: 'x', isLead: false })),
  event('WorkOrderStarted', { kind: 'repair' }),
];

test('SR-4 SR-15 TE-10 any sequence of commands keeps the ledger and the time sheet of a drawing on paper', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 40 }), (commands) => {
      const real: Real = { state: words.fold(begun), types: seen };
      const model = (): Paper => ({ minute: 0, lines: new Map(), approved: null, asked: null, status: 'in_progress', since: new Map(), worked: 0, written: 0 });
      fc.modelRun(() => ({ model: model(), real }), commands);
    }),
    { numRuns: 300 },
  );
  for (const type of ['CostApprovalLapsed', 'CostApproved', 'WorkOrderCompleted', 'WorkOrderReopened', 'TechnicianClockedOut', 'WorkOrderPaused'])
    expect(seen).toContain(type);
});
