import { describe, expect, test } from '@jest/globals';
import { id } from '../../kit/decider.ts';
import { assign, event, facts, good, ids, registeredToilet, reserved, returned, started, today, words } from './kit.ts';

const { given } = words;

describe('the state machine of an assignment', () => {
  const calledOff = event('EquipmentCalledOff', { ...ids('A'), offRentOn: today });
  const states = {
    none: [],
    reserved: [reserved('A', { from: today })],
    on_rent: [started('A', { from: today })],
    off_rent: [started('A', { from: today }), calledOff],
    returned: [started('A', { from: today }), returned('A')],
    cancelled: [reserved('A', { from: today }), event('AssignmentCancelled', { ...ids('A'), reason: 'x' })],
    abandoned: [event('AssignmentAbandoned', { assignmentId: id('A') })],
  } as const;
  const assignmentId = id('A');
  const commands = {
    AssignEquipment: assign('A', { from: today }),
    AbandonAssignment: { assignmentId },
    ActivateAssignment: { assignmentId },
    CancelAssignment: { assignmentId, reason: 'x' },
    CallOff: { assignmentId, offRentOn: today },
    WithdrawCallOff: { assignmentId },
    ReturnEquipment: { assignmentId, returnedOn: today, ...good },
  } as const;
  const unknown = {
    CancelAssignment: 'unknownAssignment',
    CallOff: 'unknownAssignment',
    WithdrawCallOff: 'unknownAssignment',
    ReturnEquipment: 'unknownAssignment',
  };
  /** What each command comes to: an event, nothing (`-`) or a refusal. */
  const table: Readonly<Record<keyof typeof states, Readonly<Record<keyof typeof commands, string>>>> = {
    none: { AssignEquipment: 'EquipmentAssigned', AbandonAssignment: 'AssignmentAbandoned', ActivateAssignment: '-', ...unknown },
    reserved: {
      AssignEquipment: '-',
      AbandonAssignment: '-',
      ActivateAssignment: 'AssignmentActivated',
      CancelAssignment: 'AssignmentCancelled',
      CallOff: 'notAllowedNow',
      WithdrawCallOff: 'notAllowedNow',
      ReturnEquipment: 'notAllowedNow',
    },
    on_rent: {
      AssignEquipment: '-',
      AbandonAssignment: '-',
      ActivateAssignment: '-',
      CancelAssignment: 'notAllowedNow',
      CallOff: 'EquipmentCalledOff',
      WithdrawCallOff: '-',
      ReturnEquipment: 'EquipmentReturned',
    },
    off_rent: {
      AssignEquipment: '-',
      AbandonAssignment: '-',
      ActivateAssignment: '-',
      CancelAssignment: 'notAllowedNow',
      CallOff: '-',
      WithdrawCallOff: 'CallOffWithdrawn',
      ReturnEquipment: 'EquipmentReturned',
    },
    returned: {
      AssignEquipment: '-',
      AbandonAssignment: '-',
      ActivateAssignment: '-',
      CancelAssignment: 'notAllowedNow',
      CallOff: 'notAllowedNow',
      WithdrawCallOff: 'notAllowedNow',
      ReturnEquipment: '-',
    },
    cancelled: {
      AssignEquipment: '-',
      AbandonAssignment: '-',
      ActivateAssignment: '-',
      CancelAssignment: '-',
      CallOff: 'notAllowedNow',
      WithdrawCallOff: 'notAllowedNow',
      ReturnEquipment: 'notAllowedNow',
    },
    abandoned: { AssignEquipment: 'abandoned', AbandonAssignment: '-', ActivateAssignment: '-', ...unknown },
  };

  test('EQ-2 EQ-12 every state × every command does what the table says, and a refusal lists what is allowed', () => {
    for (const [state, history] of Object.entries(states)) {
      for (const [type, data] of Object.entries(commands)) {
        const { decision } = given(registeredToilet, ...history).when(type as keyof typeof commands, data as never, { facts });
        const outcome = Array.isArray(decision) ? (decision[0]?.type ?? '-') : (decision as { readonly code: string }).code;
        expect({ state, type, outcome }).toEqual({ state, type, outcome: table[state as keyof typeof states][type as keyof typeof commands] });
        if (outcome === 'notAllowedNow') {
          const row = table[state as keyof typeof states];
          const moves = (['CancelAssignment', 'CallOff', 'WithdrawCallOff', 'ReturnEquipment'] as const).filter((name) =>
            /^(Assignment|Equipment|CallOff)/.test(row[name]),
          );
          expect(decision).toMatchObject({ details: { status: state, allowed: moves.filter((name) => row[name] !== '-') } });
        }
      }
    }
  });
});
