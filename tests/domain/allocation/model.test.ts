/** Allocations against the simplest thing that could be right: a number, and a set of names. */
import { expect, test } from '@jest/globals';
import { type Allocation, allocation, usedOf } from '../../../src/domain/allocation/decider.ts';
import type { Frozen } from '../../../src/domain/kernel/aggregate.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { contextOf, id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { opened, place, running, swap, wants } from './fixtures.ts';

const { fold } = scenarios(allocation);
type Model = { allowed: number; isClosed: boolean; readonly slots: Map<string, 'reserved' | 'assigned'>; readonly swaps: Map<string, string> };
type Real = { state: Frozen<Allocation> };
type Step = {
  readonly kind: 'raise' | 'lower' | 'reserve' | 'confirm' | 'release' | 'lapse' | 'swap' | 'cancel' | 'close' | 'reopen';
  readonly a: string;
  readonly b: string;
  readonly units: number;
};

const decide = <K extends keyof typeof allocation.commands & string>(real: Real, type: K, data: Parameters<(typeof allocation.decide)[K]>[1]): boolean => {
  const decision = allocation.decide[type](real.state, data, contextOf({ facts: running }));
  if (isRejection(decision)) return false;
  for (const event of decision) {
    real.state = fold([event], real.state);
    // EQ-3, after every single event.
    if (real.state.status === 'absent') throw new Error('unreachable');
    expect(usedOf(real.state)).toBeLessThanOrEqual(real.state.allowed);
  }
  return true;
};

/** What the model makes of a step; returns whether it is taken. */
const expected: { readonly [K in Step['kind']]: (model: Model, step: Step) => boolean } = {
  raise: (model, { units }) => {
    model.allowed += units;
    return true;
  },
  lower: (model, { units }) => {
    if (model.isClosed || model.allowed - units < model.slots.size) return false;
    model.allowed -= units;
    return true;
  },
  reserve: (model, { a }) => {
    // Held already, for the same unit: nothing changes.
    if (model.slots.has(a)) return true;
    if (model.isClosed || model.slots.size >= model.allowed) return false;
    model.slots.set(a, 'reserved');
    return true;
  },
  confirm: (model, { a }) => {
    if (!model.slots.has(a)) return false;
    model.slots.set(a, 'assigned');
    return true;
  },
  release: (model, { a }) => {
    model.slots.delete(a);
    model.swaps.delete(a);
    return true;
  },
  lapse: () => true,
  swap: (model, { a, b }) => {
    if (model.slots.has(a)) return model.swaps.get(a) === b;
    if (model.slots.get(b) !== 'assigned') return false;
    model.slots.delete(b);
    model.slots.set(a, 'reserved');
    model.swaps.set(a, b);
    return true;
  },
  cancel: (model, { a, b }) => {
    if (model.slots.get(a) === 'reserved' && model.swaps.get(a) === b && !model.slots.has(b)) {
      model.slots.delete(a);
      model.slots.set(b, 'assigned');
      model.swaps.delete(a);
    }
    return true;
  },
  close: (model) => {
    model.isClosed = true;
    return true;
  },
  reopen: (model) => {
    model.isClosed = false;
    return true;
  },
};

const perform: { readonly [K in Step['kind']]: (real: Real, step: Step) => boolean } = {
  raise: (real, { units }) => decide(real, 'AllowUnits', { ...place, units }),
  lower: (real, { units }) => decide(real, 'LowerAllowance', { units }),
  reserve: (real, { a }) => decide(real, 'ReserveSlot', wants(a)),
  confirm: (real, { a }) => decide(real, 'ConfirmSlot', { assignmentId: id(a) }),
  release: (real, { a }) => decide(real, 'ReleaseSlot', { assignmentId: id(a), reason: 'x' }),
  lapse: (real, { a }) => decide(real, 'LapseReservation', { assignmentId: id(a) }),
  swap: (real, { a, b }) => decide(real, 'BeginSwap', swap(a, b)),
  cancel: (real, { a, b }) => decide(real, 'CancelSwap', { assignmentId: id(a), replaces: id(b) }),
  close: (real) => decide(real, 'CloseAllocation', { reason: 'x' }),
  reopen: (real) => decide(real, 'ReopenAllocation', { reason: 'x' }),
};

class Move implements fc.Command<Model, Real> {
  readonly #step: Step;
  constructor(step: Step) {
    this.#step = step;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    const step = this.#step;
    const before = model.slots.size;
    expect({ step, isTaken: perform[step.kind](real, step) }).toEqual({ step, isTaken: expected[step.kind](model, step) });
    if (step.kind === 'swap' || step.kind === 'cancel') expect(model.slots.size).toBe(before);
    if (real.state.status === 'absent') throw new Error('unreachable');
    const { allowed, slots, status } = real.state;
    expect({ allowed, isClosed: status === 'closed' }).toEqual({ allowed: model.allowed, isClosed: model.isClosed });
    expect(Object.fromEntries(Object.entries(slots).map(([slot, { status: situation }]) => [slot, situation]))).toEqual(
      Object.fromEntries([...model.slots].map(([name, situation]) => [id(name), situation])),
    );
  }
  toString(): string {
    return JSON.stringify(this.#step);
  }
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const kinds = [
  'raise',
  'lower',
  'reserve',
  'reserve',
  'reserve',
  'confirm',
  'confirm',
  'release',
  'lapse',
  'swap',
  'swap',
  'cancel',
  'close',
  'reopen',
] as const;
const move = fc.record({ kind: fc.constantFrom(...kinds), a: name, b: name, units: fc.integer({ min: 1, max: 2 }) }).map((step) => new Move(step));

test('EQ-3 reserved + assigned ≤ allowed at every version, and the slots are those of a simple set, whatever is asked in whatever order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.commands([move], { maxCommands: 60, size: 'max' }), (allowed, moves) => {
      fc.modelRun(() => ({ model: { allowed, isClosed: false, slots: new Map(), swaps: new Map() }, real: { state: fold([opened(allowed)]) } }), moves);
    }),
    { numRuns: 200 },
  );
});
