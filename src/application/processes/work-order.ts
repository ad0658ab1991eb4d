/**
 * P10: what an order means for others. While it is open its unit is held for maintenance, by a hold of its own; its request knows of it.
 * Done, its closing readings go to the meters, its maintenance counts as performed, its hold ends, its request is told, and each repair goes to the history of its part, which
 * says whether it was rework. Facts, so nothing is compensated but an order that its request does not take: that one is cancelled.
 */
import { attachment } from '../../domain/attachment/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { toSi } from '../../domain/kernel/units.ts';
import { maintenance } from '../../domain/maintenance/decider.ts';
import { meter } from '../../domain/meter/decider.ts';
import { meterId, meterYear } from '../../domain/meter/state.ts';
import { repairHistory, repairHistoryId } from '../../domain/repair-history/decider.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { workOrder } from '../../domain/work-order/decider.ts';
import { isBookkeeping, workOrderFact } from '../../domain/work-order/state.ts';
import { performedBy, performedReads } from './maintenance-work.ts';
import { defineProcess, on, type Send, send } from './process.ts';

const reasonMax = 200;
// By code points: half a character could not be stored.
const because = ({ message }: Rejection): string => [...message].slice(0, reasonMax).join('');
const workKind = 'workOrder';
/** The hold that an order puts on its unit: its own, so that no other one ends with it (EQ-11). */
export const holdOf = (workOrderId: string): string => derivedId(workOrderId, ['hold']);

/** What the order names hangs on it, so that nobody removes it (P18). */
const hang = (targetId: string, attachmentId: string): Send =>
  send(attachment, 'LinkAttachment', { step: `link-${attachmentId}`, to: attachmentId, data: { category: 'workOrder', targetId } });

type About = { readonly requestId?: string; readonly equipmentId?: string };
const hold = (workOrderId: string, { equipmentId }: About): readonly Send[] =>
  equipmentId === undefined
    ? []
    : [
        send(equipment, 'PlaceHold', {
          step: 'hold',
          to: equipmentId,
          data: { holdId: holdOf(workOrderId), kind: 'maintenance', source: `work order ${workOrderId}` },
        }),
      ];
const release = (workOrderId: string, { equipmentId }: About, reason: string): readonly Send[] =>
  equipmentId === undefined ? [] : [send(equipment, 'ReleaseHold', { step: 'release', to: equipmentId, data: { holdId: holdOf(workOrderId), reason } })];
const ended = (
  workId: string,
  { requestId }: About,
  told: { readonly outcome: 'completed' | 'cancelled'; readonly evidence?: readonly string[] },
): readonly Send[] =>
  // The request takes twenty kinds of evidence; no type asks for as many.
  requestId === undefined
    ? []
    : [
        send(serviceRequest, 'NoteWorkEnded', {
          step: 'ended',
          to: requestId,
          data: { workId, workKind, outcome: told.outcome, evidence: (told.evidence ?? []).slice(0, 20) },
        }),
      ];

type Repair = { readonly lineId: string; readonly vmrsCode: string; readonly position?: string };
const partOf = (equipmentId: string, { vmrsCode, position }: Repair) => ({ equipmentId, vmrsCode, ...(position === undefined ? {} : { position }) });

export const workOrders = defineProcess({
  name: 'WorkOrder',
  docs: 'An open order holds its unit; a completed one reads its meters, ends its hold, tells its request and says what was repaired.',
  from: 'start',
  on: [
    on(workOrder, {
      WorkOrderOpened: ({ aggregateId, data }) => [
        ...data.attachmentIds.map((id) => hang(aggregateId, id)),
        ...(isBookkeeping(data) ? [] : hold(aggregateId, data)),
        ...(data.requestId === undefined
          ? []
          : [
              send(serviceRequest, 'NoteWorkOpened', {
                step: 'opened',
                to: data.requestId,
                data: { workId: aggregateId, workKind, kind: data.kind },
                // SR-2: the request has ended meanwhile, or another order of this kind works on it.
                refused: (rejection) => [
                  send(workOrder, 'CallOffWorkOrder', {
                    step: 'cancel',
                    to: aggregateId,
                    data: { reason: because(rejection) },
                    refused: (tooLate) => [
                      send(serviceRequest, 'NoteWorkContinues', {
                        step: 'continues',
                        to: data.requestId ?? '',
                        data: { workId: aggregateId, workKind, reason: because(tooLate) },
                      }),
                    ],
                  }),
                ],
              }),
            ]),
      ],
      // An agreed time is over once somebody begins; a request that waits for nothing has begun with its order.
      WorkOrderStarted: ({ data: { requestId } }) =>
        requestId === undefined ? [] : [send(serviceRequest, 'StartRequest', { step: 'started', to: requestId, data: {} })],
      WorkOrderAttached: ({ aggregateId, data }) => [hang(aggregateId, data.attachmentId)],
      WorkOrderSigned: ({ aggregateId, data }) => [hang(aggregateId, data.attachmentId)],
      WorkOrderCompleted: {
        reads: ({ aggregateId, data: { maintenanceId } }) => (maintenanceId === undefined ? [] : performedReads(maintenanceId, aggregateId)),
        react: ({ aggregateId, occurredAt, data }, facts) => {
          const { equipmentId, closingReadings, repairs, openedAt, rework } = data;
          const odometer = closingReadings.find(({ kind }) => kind === 'odometer');
          return [
            ...(equipmentId === undefined
              ? []
              : closingReadings.map((reading, n) =>
                  send(meter, 'RecordReading', {
                    step: `reading-${n}`,
                    to: meterId(equipmentId, reading.kind, meterYear(reading.readAt)),
                    data: { equipmentId, ...reading, source: 'work_order', sourceId: aggregateId },
                  }),
                )),
            ...(data.maintenanceId === undefined ? [] : performedBy(data.maintenanceId, { ...data, workOrderId: aggregateId, at: occurredAt }, facts)),
            ...release(aggregateId, data, 'The work is done.'),
            ...(equipmentId === undefined
              ? []
              : repairs.map((repair) =>
                  send(repairHistory, 'NoteRepair', {
                    step: `repair-${repair.lineId}`,
                    to: repairHistoryId(partOf(equipmentId, repair)),
                    data: {
                      ...partOf(equipmentId, repair),
                      workOrderId: aggregateId,
                      lineId: repair.lineId,
                      repairReason: repair.repairReason,
                      openedAt,
                      completedAt: occurredAt,
                      ...(rework === undefined ? {} : { rework }),
                      ...(odometer === undefined ? {} : { odometerMeters: toSi(odometer.value, odometer.uom) }),
                    },
                  }),
                )),
            ...ended(aggregateId, data, { outcome: 'completed', evidence: data.evidence }),
          ];
        },
      },
      WorkOrderReopened: {
        reads: ({ aggregateId }) => [workOrderFact.at(aggregateId)],
        react: ({ aggregateId, data }, facts) => {
          const order = workOrderFact.of(facts, aggregateId);
          const isDone = order !== undefined && order.situation === 'present' && isBookkeeping(order.opened);
          const { requestId, equipmentId, maintenanceId } = data;
          return [
            ...(isDone ? [] : hold(aggregateId, data)),
            ...(maintenanceId === undefined
              ? []
              : [
                  send(maintenance, 'WithdrawMaintenancePerformed', {
                    step: 'withdraw',
                    to: maintenanceId,
                    data: { workOrderId: aggregateId, reason: 'The work order was reopened.' },
                  }),
                ]),
            ...(equipmentId === undefined
              ? []
              : data.repairs.map((repair) =>
                  send(repairHistory, 'WithdrawRepair', {
                    step: `repair-${repair.lineId}`,
                    to: repairHistoryId(partOf(equipmentId, repair)),
                    data: { workOrderId: aggregateId, lineId: repair.lineId },
                  }),
                )),
            ...(requestId === undefined
              ? []
              : [send(serviceRequest, 'NoteWorkReopened', { step: 'reopened', to: requestId, data: { workId: aggregateId, workKind } })]),
          ];
        },
      },
      WorkOrderCancelled: ({ aggregateId, data }) => [
        ...release(aggregateId, data, 'The work was called off.'),
        ...ended(aggregateId, data, { outcome: 'cancelled' }),
      ],
    }),
    on(repairHistory, {
      ReworkFound: ({ data: { workOrderId, lineId, reworkOf } }) => [
        send(workOrder, 'MarkRework', { step: 'mark', to: workOrderId, data: { lineId, reworkOf } }),
      ],
    }),
  ],
});
