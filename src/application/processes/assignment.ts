/**
 * P1: a unit takes an account's slot. Reserve → assign → confirm; refused → free the slot and say why. A reservation whose lease ends first
 * fences the unit (its id is refused from then on), only then frees the slot, so that a late assignment never lands without one.
 */
import { allocation } from '../../domain/allocation/decider.ts';
import { assignment } from '../../domain/assignment/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import { equipmentFact } from '../../domain/equipment/state.ts';
import type { Facts } from '../../domain/kernel/aggregate.ts';
import { addMilliseconds } from '../../domain/kernel/calendar.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { defineProcess, on, type Send, send } from './process.ts';

const leaseMs = 15 * 60_000;
/** A swap keeps its slot while somebody looks for another unit. */
const swapLeaseMs = 7 * 24 * 3_600_000;

const fail = (assignmentId: string, step: string, { code, message }: Rejection): Send =>
  send(assignment, 'FailAssignment', { step: `fail-${step}`, to: assignmentId, data: { step, code, message } });
type Reserved = { readonly assignmentId: string; readonly equipmentId: string };
/** Only where the slot is still this unit's: a retry may have given it to another one meanwhile. */
const release = (allocationId: string, { assignmentId, equipmentId }: Reserved, reason: string): Send =>
  send(allocation, 'ReleaseSlot', { step: 'release', to: allocationId, data: { assignmentId, equipmentId, reason } });

/** Did this unit's assignment end? Then nobody will free its slot any more. */
const isOver = (facts: Facts, { assignmentId, equipmentId }: Reserved): boolean => {
  const unit = equipmentFact.of(facts, equipmentId);
  const held = unit === undefined || unit.situation === 'absent' ? undefined : unit.assignments[assignmentId];
  return held === undefined || held.status === 'returned' || held.status === 'cancelled';
};

type Unit = { readonly allocationId: string; readonly equipmentId: string; readonly from: string; readonly until?: string };
const wanted = ({ equipmentId, from, until }: Unit) => ({ equipmentId, from, ...(until === undefined ? {} : { until }) });
const reserve = (assignmentId: string, unit: Unit, leaseUntil: string): Send =>
  send(allocation, 'ReserveSlot', {
    step: 'reserve',
    to: unit.allocationId,
    data: { assignmentId, ...wanted(unit), leaseUntil },
    refused: (rejection) => [fail(assignmentId, 'reserve', rejection)],
  });

type Held = {
  readonly assignmentId: string;
  readonly equipmentId: string;
  readonly agreementId: string;
  readonly scheduleId: string;
  readonly lineItemId: string;
  readonly customerId: string;
  readonly accountId: string;
  readonly equipmentType: string;
  readonly from: string;
  readonly until?: string;
  readonly timeZone: string;
};
/** Gives the unit to the slot; `refused`: what becomes of the slot then. */
const assign = (allocationId: string, held: Held, refused: (rejection: Rejection) => readonly Send[]): Send => {
  const { assignmentId, agreementId, scheduleId, lineItemId, customerId, accountId, equipmentType, from, until, timeZone } = held;
  const data = { assignmentId, allocationId, agreementId, scheduleId, lineItemId, customerId, accountId, equipmentType, from, timeZone };
  return send(equipment, 'AssignEquipment', { step: 'assign', to: held.equipmentId, data: until === undefined ? data : { ...data, until }, refused });
};

export const assignments = defineProcess({
  name: 'Assignment',
  docs: 'Reserve a slot, assign the unit, confirm the slot; or free the slot and say why. Lapsed reservations are fenced before they are freed.',
  from: 'start',
  on: [
    on(assignment, {
      AssignmentRequested: ({ aggregateId, occurredAt, data }) => [reserve(aggregateId, data, addMilliseconds(occurredAt, leaseMs))],
      AssignmentRetried: ({ aggregateId, occurredAt, data }) => [reserve(aggregateId, data, addMilliseconds(occurredAt, swapLeaseMs))],
      SwapRequested: ({ aggregateId, occurredAt, data }) => [
        send(allocation, 'BeginSwap', {
          step: 'swap',
          to: data.allocationId,
          data: {
            assignmentId: aggregateId,
            replaces: data.replaces,
            ...wanted(data),
            leaseUntil: addMilliseconds(occurredAt, swapLeaseMs),
            swappedOut: data.swappedOut,
          },
          refused: (rejection) => [fail(aggregateId, 'swap', rejection)],
        }),
      ],
    }),
    on(allocation, {
      SlotReserved: ({ aggregateId, data }) => [
        assign(aggregateId, data, (rejection) => [release(aggregateId, data, rejection.message), fail(data.assignmentId, 'assign', rejection)]),
      ],
      SlotSwapBegun: ({ aggregateId, data }) => [
        send(equipment, 'ReturnEquipment', {
          step: 'return',
          to: data.replacesEquipmentId,
          data: { assignmentId: data.replaces, returnedOn: data.from, ...data.swappedOut },
          // The unit that should have come back keeps its slot.
          refused: (rejection) => [
            send(allocation, 'CancelSwap', { step: 'keep', to: aggregateId, data: { assignmentId: data.assignmentId, replaces: data.replaces } }),
            fail(data.assignmentId, 'return', rejection),
          ],
          // Refused, the slot stays reserved for another unit until its lease ends.
          next: [assign(aggregateId, data, (rejection) => [fail(data.assignmentId, 'assign', rejection)])],
        }),
      ],
      SlotSwapCancelled: {
        reads: ({ data }) => [equipmentFact.at(data.replacesEquipmentId)],
        react: ({ aggregateId, data }, facts) => {
          // Returned between the wish to swap it and the swap: its return found no slot to free, and now the slot is its again.
          const old = { assignmentId: data.replaces, equipmentId: data.replacesEquipmentId };
          return isOver(facts, old) ? [release(aggregateId, old, 'The unit was returned.')] : [];
        },
      },
      ReservationLapsed: ({ aggregateId, data }) => [
        send(equipment, 'AbandonAssignment', { step: 'fence', to: data.equipmentId, data: { assignmentId: data.assignmentId, allocationId: aggregateId } }),
      ],
    }),
    on(equipment, {
      EquipmentAssigned: ({ aggregateId, data }) => [
        send(allocation, 'ConfirmSlot', { step: 'confirm', to: data.allocationId, data: { assignmentId: data.assignmentId } }),
        send(assignment, 'CompleteAssignment', { step: 'complete', to: data.assignmentId, data: { equipmentId: aggregateId } }),
      ],
      AssignmentAbandoned: ({ aggregateId, data }) =>
        data.allocationId === undefined
          ? []
          : [
              release(data.allocationId, { assignmentId: data.assignmentId, equipmentId: aggregateId }, 'The reservation lapsed.'),
              fail(data.assignmentId, 'lapse', { code: 'reservationLapsed', message: 'The unit was not assigned before the reservation ended.' }),
            ],
      AssignmentCancelled: ({ aggregateId, data }) => [release(data.allocationId, { assignmentId: data.assignmentId, equipmentId: aggregateId }, data.reason)],
    }),
  ],
});
