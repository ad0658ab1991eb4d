import { describe, expect, test } from '@jest/globals';
import { allocationCounts } from '../../projections/allocation-counts/projection.ts';
import { allocationIdOf } from '../../src/domain/agreement/decider.ts';
import type { Agreement } from '../../src/domain/agreement/state.ts';
import type { Allocation } from '../../src/domain/allocation/decider.ts';
import {
  accountId,
  activated,
  added,
  customerId,
  drafted,
  lined,
  lineItemId,
  otherAccountId,
  scheduleActivated,
  scheduleId,
  signed,
} from '../domain/agreement/fixtures.ts';
import { place, swap, wants } from '../domain/allocation/fixtures.ts';
import { id } from '../kit/decider.ts';
import { checkProjection, foldedRows } from '../kit/projections.ts';
import { fc } from '../kit/seed.ts';
import { type History, historyOf, type Move } from './decided.ts';

const holders = [accountId, otherAccountId] as const;
const allocationOf = (holder: string): string => allocationIdOf(lineItemId, holder);

/** An agreement in force whose line nobody was granted anything of yet. */
const prepared = (history: History): void => {
  const profile = { customerName: 'Sur', customerClass: 'enterprise', currency: 'USD', country: 'GT', timeZone: 'America/Guatemala' };
  const account = { accountType: 'REGIONAL', currency: 'USD', country: 'GT', timeZone: 'America/Guatemala' };
  history.happen('customer', customerId, [
    { type: 'CustomerRegistered', data: profile },
    ...holders.map((holder, n) => ({ type: 'AccountOpened', data: { accountId: holder, accountName: `${n}`, accountNumber: `${n}`, ...account } })),
  ]);
  history.happen('agreement', place.agreementId, [drafted, signed, added, lined, activated, scheduleActivated]);
};

const holder = fc.constantFrom(...holders);
const name = fc.constantFrom('a', 'b', 'c');
const slot = (type: string, data: (one: string, other: string) => Readonly<Record<string, unknown>>): fc.Arbitrary<Move> =>
  fc.tuple(holder, name, name).map(([owner, one, other]) => () => ({
    category: 'allocation',
    target: allocationOf(owner),
    type,
    data: data(`${owner} ${one}`, `${owner} ${other}`),
  }));
const master =
  (type: string, data: Readonly<Record<string, unknown>>): Move =>
  () => ({ category: 'agreement', target: place.agreementId, type, data });
const often = (weight: number, arbitrary: fc.Arbitrary<Move>) => ({ weight, arbitrary });
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.tuple(holder, fc.integer({ min: 1, max: 3 })).map(([owner, units]) => master('GrantUnits', { scheduleId, lineItemId, accountId: owner, units })),
  fc.integer({ min: 1, max: 12 }).map((numberOfUnits) => master('ChangeLineUnits', { scheduleId, lineItemId, numberOfUnits })),
  // As the process would: an allocation is raised by what was granted.
  holder.map(
    (owner): Move =>
      (history) => {
        const at = history.state<Agreement>('agreement', place.agreementId);
        const slots = history.state<Allocation>('allocation', allocationOf(owner));
        const granted = at.status === 'absent' ? 0 : (at.schedules[scheduleId]?.lines[lineItemId]?.grants[allocationOf(owner)]?.units ?? 0);
        const units = granted - (slots.status === 'absent' ? 0 : slots.allowed);
        return units < 1 ? undefined : { category: 'allocation', target: allocationOf(owner), type: 'AllowUnits', data: { ...place, accountId: owner, units } };
      },
  ),
  slot('LowerAllowance', () => ({ units: 1 })),
  often(
    8,
    slot('ReserveSlot', (one) => wants(one)),
  ),
  slot('ReserveSlot', (one, other) => wants(one, `unit of ${other}`)),
  often(
    8,
    slot('ConfirmSlot', (one) => ({ assignmentId: id(one) })),
  ),
  slot('ReleaseSlot', (one) => ({ assignmentId: id(one), reason: 'x' })),
  slot('LapseReservation', (one) => ({ assignmentId: id(one) })),
  often(
    4,
    slot('BeginSwap', (one, other) => swap(one, other)),
  ),
  often(
    2,
    slot('CancelSwap', (one, other) => ({ assignmentId: id(one), replaces: id(other) })),
  ),
  slot('CloseAllocation', () => ({ reason: 'x' })),
  often(
    3,
    slot('ReopenAllocation', () => ({ reason: 'x' })),
  ),
);
/** Two units each, granted and allowed: where the moves begin. */
const granted = (history: History): void => {
  prepared(history);
  for (const owner of holders) {
    history.give({ category: 'agreement', target: place.agreementId, type: 'GrantUnits', data: { scheduleId, lineItemId, accountId: owner, units: 2 } });
    history.give({ category: 'allocation', target: allocationOf(owner), type: 'AllowUnits', data: { ...place, accountId: owner, units: 2 } });
  }
};
const histories = fc.array(move, { maxLength: 60, size: 'max' }).map((moves) => historyOf(moves, granted));

const rowsOf = (history: History) => foldedRows(allocationCounts, history.steps);
const countsIn = (slots: Exclude<Allocation, { readonly status: 'absent' }>) => {
  const used = Object.values(slots.slots);
  const reserved = used.filter(({ status }) => status === 'reserved').length;
  const assigned = used.length - reserved;
  return {
    units_allowed: slots.allowed,
    units_reserved: reserved,
    units_assigned: assigned,
    units_available: slots.allowed - used.length,
    status: slots.status,
  };
};

describe('allocation counts', () => {
  test('ES-3 are the same however the log is split, repeated or rebuilt', async () => {
    await checkProjection({ definition: allocationCounts, steps: histories.map(({ steps }) => steps), runs: 30 });
  });

  test('EQ-3 always equal the fold of the log: of each allocation, each slot and each line', async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(history);
        const states = holders
          .map((owner) => [allocationOf(owner), history.state<Allocation>('allocation', allocationOf(owner))] as const)
          .flatMap(([target, state]) => (state.status === 'absent' ? [] : [[target, state] as const]));
        for (const [target, state] of states) {
          expect(rows['allocation']?.find((row) => row['equipment_type_allocation_id'] === target)).toMatchObject(countsIn(state));
        }
        expect(rows['allocation']).toHaveLength(states.length);
        const slots = states.flatMap(([, state]) =>
          Object.entries(state.slots).map(([slotId, { status, equipmentId }]) => `${slotId} ${status} ${equipmentId}`),
        );
        expect(rows['slot']?.map((row) => `${row['allocation_slot_id']} ${row['status']} ${row['equipment_id']}`).sort()).toEqual(slots.sort());
        const sum = (column: 'units_allowed' | 'units_reserved' | 'units_assigned') => states.reduce((total, [, state]) => total + countsIn(state)[column], 0);
        const at = history.state<Agreement>('agreement', place.agreementId);
        const contracted = at.status === 'absent' ? 0 : (at.schedules[scheduleId]?.lines[lineItemId]?.numberOfUnits ?? 0);
        const [used, assigned] = [sum('units_reserved') + sum('units_assigned'), sum('units_assigned')];
        expect(rows['line']).toMatchObject([
          {
            units_contracted: contracted,
            units_allowed: sum('units_allowed'),
            units_reserved: used - assigned,
            units_assigned: assigned,
            units_available: contracted - used,
          },
        ]);
        seen += assigned;
      }),
      { numRuns: 150 },
    );
    // The histories reach the interesting part.
    expect(seen).toBeGreaterThan(50);
  });

  test('rows are their holder’s: the allocation’s account, the line’s customer', async () => {
    const history = historyOf(
      [
        master('GrantUnits', { scheduleId, lineItemId, accountId, units: 2 }),
        () => ({ category: 'allocation', target: allocationOf(accountId), type: 'AllowUnits', data: { ...place, units: 2 } }),
        () => ({ category: 'allocation', target: allocationOf(accountId), type: 'ReserveSlot', data: wants('one') }),
      ],
      prepared,
    );
    const rows = await rowsOf(history);
    expect(rows['allocation']).toMatchObject([{ customer_id: customerId, account_id: accountId }]);
    expect(rows['slot']).toMatchObject([{ customer_id: customerId, account_id: accountId, status: 'reserved' }]);
    expect(rows['line']).toMatchObject([{ customer_id: customerId, account_id: null }]);
  });
});
