import { describe, expect, test } from '@jest/globals';
import { allocation } from '../../../src/domain/allocation/decider.ts';
import type { allocationEvents } from '../../../src/domain/allocation/events.ts';
import type { EventOf } from '../../../src/domain/kernel/aggregate.ts';
import { id, scenarios, wordsOf } from '../../kit/decider.ts';
import { closed, confirmed, event, notRunning, opened, place, reserved, running, swap, swapBegun, wants } from './fixtures.ts';

const { act, given, fold } = scenarios(allocation);
const context = { facts: running };
type Event = EventOf<typeof allocationEvents>;
type Name = keyof typeof allocation.commands & string;

describe('slots', () => {
  test('are opened by a grant and raised by the next; never for another line or account', () => {
    given()
      .when('AllowUnits', { ...place, units: 3 })
      .then(opened(3));
    given(opened(3))
      .when('AllowUnits', { ...place, units: 2 })
      .then(event('AllowanceRaised', { units: 2, allowed: 5 }));
    given(opened(3))
      .when('AllowUnits', { ...place, accountId: id('another'), units: 2 })
      .thenRejected('otherPlace');
  });

  test('EQ-3 are given back only as far as none of them is in use', () => {
    const { agreementId, scheduleId, lineItemId } = place;
    given(opened(3), reserved('one'), reserved('two'), confirmed('two'))
      .when('LowerAllowance', { units: 1 })
      .then(event('AllowanceLowered', { units: 1, allowed: 2, agreementId, scheduleId, lineItemId }));
    given(opened(3), reserved('one'), reserved('two'), confirmed('two')).when('LowerAllowance', { units: 2 }).thenRejected('belowUse');
    given(opened(3)).when('LowerAllowance', { units: 4 }).thenRejected('belowUse');
  });

  test('EQ-3 are reserved while there are any, each for one assignment', () => {
    given(opened(1)).when('ReserveSlot', wants('one'), context).then(reserved('one')).andRepeatedNothing();
    given(opened(1), reserved('one')).when('ReserveSlot', wants('two'), context).thenRejected('quotaExceeded');
    given(opened(1), reserved('one'), event('SlotReleased', { assignmentId: id('one'), reason: 'refused' }))
      .when('ReserveSlot', wants('two'), context)
      .then(reserved('two'));
  });

  test('AG-1 are reserved only where a unit may go out under the line on that day', () => {
    given(opened(1)).when('ReserveSlot', wants('one'), { facts: notRunning }).thenRejected('notAssignable');
    given(opened(1)).when('ReserveSlot', wants('one')).thenRejected('notAssignable');
    given(opened(1))
      .when('ReserveSlot', { ...wants('one'), from: '2026-12-01' }, context)
      .thenRejected('notAssignable');
  });

  test('AG-8 a swap keeps the count: the slot of the unit that goes is held for the one that comes, also when nothing new starts', () => {
    const full = [opened(1), reserved('old'), confirmed('old')] as const;
    given(...full)
      .when('BeginSwap', swap('new', 'old'), context)
      .then(swapBegun('new', 'old'))
      .andRepeatedNothing();
    given(...full, closed)
      .when('BeginSwap', swap('new', 'old'), context)
      .then(swapBegun('new', 'old'));
    given(opened(2), reserved('old')).when('BeginSwap', swap('new', 'old'), context).thenRejected('notAssigned');
    given(opened(2), reserved('old'), confirmed('old'), reserved('new')).when('BeginSwap', swap('new', 'old'), context).thenRejected('alreadyUsed');
  });

  test('AG-8 a refused swap gives the slot back, or holds it for a third unit; the count stays', () => {
    const begun = [opened(1), reserved('old'), confirmed('old'), swapBegun('new', 'old')] as const;
    const back = given(...begun).when('CancelSwap', { assignmentId: id('new'), replaces: id('old') });
    back.then(event('SlotSwapCancelled', { assignmentId: id('new'), replaces: id('old'), replacesEquipmentId: id('unit of old') })).andRepeatedNothing();
    const { state } = back;
    expect(state).toMatchObject({ slots: { [id('old')]: { status: 'assigned', equipmentId: id('unit of old') } } });
    for (const facts of [running, notRunning]) {
      given(...begun, closed)
        .when('ReserveSlot', wants('new', 'a third unit'), { facts })
        .then(reserved('new', 'a third unit'));
    }
    given(...begun, reserved('new', 'a third unit'))
      .when('CancelSwap', { assignmentId: id('new'), replaces: id('old') })
      .thenNothing();
  });

  test('a lease that ends asks for the unit’s fencing once; what is confirmed by then stays', () => {
    given(opened(1), reserved('one'))
      .when('LapseReservation', { assignmentId: id('one') })
      .then(event('ReservationLapsed', { assignmentId: id('one'), equipmentId: id('unit of one') }));
    given(opened(1), reserved('one'), confirmed('one'))
      .when('LapseReservation', { assignmentId: id('one') })
      .thenNothing();
    expect(allocation.deadlines?.SlotReserved?.({ ...wants('one'), ...place, timeZone: 'UTC' }, '')).toEqual([
      { change: 'set', name: `lease:${id('one')}`, dueAt: '2026-03-01T12:15:00.000Z', command: 'LapseReservation', data: { assignmentId: id('one') } },
    ]);
    expect(allocation.deadlines?.SlotConfirmed?.({ assignmentId: id('one') }, '')).toEqual([{ change: 'cancel', name: `lease:${id('one')}` }]);
  });
});

/** STATES.md, "Allocation". */
describe('an allocation, every situation × every command', () => {
  const commands: { readonly [K in Name]: Parameters<(typeof allocation.decide)[K]>[1] } = {
    AllowUnits: { ...place, units: 1 },
    LowerAllowance: { units: 1 },
    ReserveSlot: wants('new'),
    ConfirmSlot: { assignmentId: id('held') },
    ReleaseSlot: { assignmentId: id('held'), reason: 'x' },
    LapseReservation: { assignmentId: id('held') },
    BeginSwap: swap('new', 'out'),
    CancelSwap: { assignmentId: id('swapped'), replaces: id('gone') },
    CloseAllocation: { reason: 'x' },
    ReopenAllocation: { reason: 'x' },
  };
  const names = Object.keys(commands) as readonly Name[];
  const outcome = (history: readonly Event[], name: Name): string => {
    const { decision } = act(fold(history), { type: name, data: commands[name] }, context);
    return wordsOf(decision, ',') || 'nothing';
  };
  const used = [opened(5), reserved('held'), reserved('out'), confirmed('out'), reserved('gone'), confirmed('gone'), swapBegun('swapped', 'gone')] as const;
  const inUse = {
    AllowUnits: 'AllowanceRaised',
    LowerAllowance: 'AllowanceLowered',
    ReserveSlot: 'SlotReserved',
    ConfirmSlot: 'SlotConfirmed',
    ReleaseSlot: 'SlotReleased',
    LapseReservation: 'ReservationLapsed',
    BeginSwap: 'SlotSwapBegun',
    CancelSwap: 'SlotSwapCancelled',
    CloseAllocation: 'AllocationClosed',
    ReopenAllocation: 'nothing',
  };
  const table: Readonly<Record<string, { readonly history: readonly Event[]; readonly expected: Readonly<Record<Name, string>> }>> = {
    'open, in use': { history: used, expected: inUse },
    'open, unused': {
      history: [opened(1)],
      expected: {
        ...inUse,
        ConfirmSlot: 'noReservation',
        ReleaseSlot: 'nothing',
        LapseReservation: 'nothing',
        BeginSwap: 'notAssigned',
        CancelSwap: 'nothing',
      },
    },
    'open, full': {
      history: [opened(1), reserved('out'), confirmed('out')],
      expected: {
        ...inUse,
        LowerAllowance: 'belowUse',
        ReserveSlot: 'quotaExceeded',
        ConfirmSlot: 'noReservation',
        ReleaseSlot: 'nothing',
        LapseReservation: 'nothing',
        CancelSwap: 'nothing',
      },
    },
    'closed, in use': {
      history: [...used, closed],
      expected: { ...inUse, LowerAllowance: 'closed', ReserveSlot: 'closed', CloseAllocation: 'nothing', ReopenAllocation: 'AllocationReopened' },
    },
  };
  for (const [situation, { history, expected }] of Object.entries(table)) {
    test(`${situation}: answers as the table says`, () => {
      expect(Object.fromEntries(names.map((name) => [name, outcome(history, name)]))).toEqual(expected);
    });
  }
});
