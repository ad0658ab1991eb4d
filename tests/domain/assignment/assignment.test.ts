import { describe, expect, test } from '@jest/globals';
import { allocation } from '../../../src/domain/allocation/decider.ts';
import { assignment } from '../../../src/domain/assignment/decider.ts';
import { assignmentEvents } from '../../../src/domain/assignment/events.ts';
import { type EventOf, emit } from '../../../src/domain/kernel/aggregate.ts';
import { id, scenarios, wordsOf } from '../../kit/decider.ts';
import { closed, confirmed, opened, place, reserved, swapBegun, swappedOut } from '../allocation/fixtures.ts';

const { act, given, fold } = scenarios(assignment);
const event = emit(assignmentEvents);
const slots = scenarios(allocation);
type Event = EventOf<typeof assignmentEvents>;
type Name = keyof typeof assignment.commands & string;

const allocationId = id('allocation');
const holding = (...history: Parameters<typeof slots.fold>[0]) => ({ facts: { [`allocation-${allocationId}`]: slots.fold(history) } });
const free = holding(opened(2));
const out = holding(opened(2), reserved('old'), confirmed('old'));
const { customerId, accountId } = place;

const request = { allocationId, equipmentId: id('unit'), from: '2026-03-01' } as const;
const swap = { ...request, replaces: id('old'), reason: 'damaged', swappedOut } as const;
const other = { equipmentId: id('another unit'), from: '2026-03-02' } as const;
const requested = event('AssignmentRequested', { ...request, customerId, accountId });
const swapRequested = event('SwapRequested', { ...swap, customerId, accountId });
const failure = { step: 'assign', code: 'onHold', message: 'The unit is out of service.' } as const;
const failed = event('AssignmentFailed', failure);
/** The slot that a swap holds, under this very assignment's id. */
const held = holding(opened(1), reserved('old'), confirmed('old'), swapBegun('self', 'old'));

describe('an assignment', () => {
  test('is asked for once, for an account’s slot: whose it is comes from the slot, never from the body (TE-1)', () => {
    given().when('RequestAssignment', request, free).then(requested).andRepeatedNothing();
    given(requested)
      .when('RequestAssignment', { ...request, equipmentId: id('another unit') }, free)
      .thenRejected('alreadyRequested');
    given()
      .when('RequestAssignment', { ...request, until: '2026-02-28' }, free)
      .thenRejected('endsBeforeItStarts');
  });

  test('AG-8 a swap is asked for in the place of a unit that is out under this allocation', () => {
    given().when('RequestSwap', swap, out).then(swapRequested).andRepeatedNothing();
    given().when('RequestSwap', swap, free).thenRejected('notAssigned');
    given()
      .when('RequestSwap', swap, holding(opened(2), reserved('old')))
      .thenRejected('notAssigned');
    given(swapRequested)
      .when('RequestSwap', { ...swap, reason: 'other' }, out)
      .thenRejected('alreadyRequested');
  });

  test('AG-8 after a failed swap another unit is named for the slot that is held, also when nothing new starts', () => {
    const retried = event('AssignmentRetried', { ...other, allocationId });
    given(swapRequested, failed).when('RetryAssignment', other, held).then(retried).andRepeatedNothing();
    const stillHeld = holding(opened(1), reserved('old'), confirmed('old'), swapBegun('self', 'old'), closed);
    given(swapRequested, failed).when('RetryAssignment', other, stillHeld).then(retried);
    given(swapRequested, failed).when('RetryAssignment', other, free).thenRejected('slotGone');
    given(swapRequested, failed)
      .when('RetryAssignment', { ...other, until: '2026-03-01' }, held)
      .thenRejected('endsBeforeItStarts');
  });

  test('belongs to the slot’s customer and account', () => {
    const state = fold([requested]);
    expect(assignment.tenantOf(state, id('self'))).toBe(customerId);
    expect(assignment.accountOf?.(state, id('self'))).toBe(accountId);
  });
});

describe('an assignment, every situation × every command', () => {
  const commands: { readonly [K in Name]: Parameters<(typeof assignment.decide)[K]>[1] } = {
    RequestAssignment: request,
    RequestSwap: swap,
    RetryAssignment: other,
    CompleteAssignment: { equipmentId: id('unit') },
    FailAssignment: failure,
  };
  const names = Object.keys(commands) as readonly Name[];
  const outcome = (history: readonly Event[], name: Name): string => {
    const { decision } = act(fold(history), { type: name, data: commands[name] }, held);
    return wordsOf(decision, ',') || 'nothing';
  };
  const completed = event('AssignmentCompleted', { equipmentId: id('unit') });
  const table: Readonly<Record<string, { readonly history: readonly Event[]; readonly expected: Readonly<Record<Name, string>> }>> = {
    requested: {
      history: [swapRequested],
      expected: {
        RequestAssignment: 'alreadyRequested',
        RequestSwap: 'nothing',
        RetryAssignment: 'notFailed',
        CompleteAssignment: 'AssignmentCompleted',
        FailAssignment: 'AssignmentFailed',
      },
    },
    failed: {
      history: [swapRequested, failed],
      expected: {
        RequestAssignment: 'alreadyRequested',
        RequestSwap: 'nothing',
        RetryAssignment: 'AssignmentRetried',
        CompleteAssignment: 'AssignmentCompleted',
        FailAssignment: 'nothing',
      },
    },
    retried: {
      history: [swapRequested, failed, event('AssignmentRetried', { ...other, allocationId })],
      expected: {
        RequestAssignment: 'alreadyRequested',
        RequestSwap: 'nothing',
        RetryAssignment: 'nothing',
        CompleteAssignment: 'AssignmentCompleted',
        FailAssignment: 'AssignmentFailed',
      },
    },
    completed: {
      history: [swapRequested, completed],
      expected: {
        RequestAssignment: 'alreadyRequested',
        RequestSwap: 'nothing',
        RetryAssignment: 'notFailed',
        CompleteAssignment: 'nothing',
        FailAssignment: 'nothing',
      },
    },
  };
  for (const [situation, { history, expected }] of Object.entries(table)) {
    test(`${situation}: answers as the table says`, () => {
      expect(Object.fromEntries(names.map((name) => [name, outcome(history, name)]))).toEqual(expected);
    });
  }
});
