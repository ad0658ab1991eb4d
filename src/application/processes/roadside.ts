/**
 * P11: a roadside job and what it belongs to. Its request knows of it; the next vendor standing by is asked where one does not come; a job
 * that is resolved becomes an order with its parts and fees, told to the request before the job ends, so that the request never takes the
 * job for its last work while its order is about to begin (SR-7).
 */
import { attachment } from '../../domain/attachment/decider.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import { isZeroMoney, type Money, sumMoney } from '../../domain/kernel/money.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { meter } from '../../domain/meter/decider.ts';
import { meterId, meterYear } from '../../domain/meter/state.ts';
import { roadside } from '../../domain/roadside/decider.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { workOrder } from '../../domain/work-order/decider.ts';
import { defineProcess, on, type Send, send } from './process.ts';

const reasonMax = 200;
const filesMax = 100;
const partsMax = 100;
// By code points: half a character could not be stored.
const because = ({ message }: Rejection): string => [...message].slice(0, reasonMax).join('');
/** The order that a job's costs go to. */
export const orderOf = (roadsideId: string): string => derivedId(roadsideId, ['work-order']);

const hang = (targetId: string, attachmentId: string): Send =>
  send(attachment, 'LinkAttachment', { step: `link-${attachmentId}`, to: attachmentId, data: { category: 'roadside', targetId } });

type Next = { readonly nextVendor?: string };
const askNext = (roadsideId: string, { nextVendor }: Next, afterAttemptId?: string): readonly Send[] =>
  nextVendor === undefined
    ? []
    : [
        send(roadside, 'DispatchStandby', {
          step: 'next',
          to: roadsideId,
          data: { vendorName: nextVendor, ...(afterAttemptId === undefined ? {} : { afterAttemptId }) },
        }),
      ];
const attemptEnded = ({ aggregateId, data }: { readonly aggregateId: string; readonly data: Next & { readonly attemptId: string } }) =>
  askNext(aggregateId, data, data.attemptId);

type Part = { readonly partName: string; readonly partNumber?: string; readonly quantity: string; readonly unitCost: Money; readonly amount: Money };
type Costs = { readonly parts: readonly Part[]; readonly feeTotal: Money; readonly summary?: string };
const used = ({ amount: _, ...part }: Part) => part;
const costs = (roadsideId: string, to: string, { parts, feeTotal, summary }: Costs): Send => {
  // One line of an order has room for a hundred parts: what a job used beyond that is one more of them, at its exact sum.
  const rest = parts.slice(partsMax - 1).map(({ amount }) => amount);
  const further = { partName: `${rest.length} further parts`, quantity: '1', unitCost: sumMoney(rest, feeTotal.currency) };
  const shown = parts.length <= partsMax ? parts.map(used) : [...parts.slice(0, partsMax - 1).map(used), further];
  return send(workOrder, 'CarryOverRoadsideCosts', {
    step: 'costs',
    to,
    data: { roadsideId, parts: shown, fees: feeTotal, ...(summary === undefined ? {} : { correction: [...summary].slice(0, 1000).join('') }) },
  });
};
const ended = (workId: string, requestId: string, told: { readonly outcome: 'completed' | 'cancelled'; readonly evidence: readonly string[] }): Send =>
  send(serviceRequest, 'NoteWorkEnded', {
    step: 'ended',
    to: requestId,
    data: { workId, workKind: 'roadside', outcome: told.outcome, evidence: told.evidence.slice(0, 20) },
  });

export const roadsideJobs = defineProcess({
  name: 'Roadside',
  docs: 'Asks the next vendor where one does not come; makes an order of what a resolved job used; tells the request how it goes.',
  from: 'start',
  on: [
    on(roadside, {
      RoadsideRequested: ({ aggregateId, data }) => [
        ...data.attachmentIds.map((id) => hang(aggregateId, id)),
        send(serviceRequest, 'NoteWorkOpened', {
          step: 'opened',
          to: data.requestId,
          data: { workId: aggregateId, workKind: 'roadside' },
          refused: (rejection) => [send(roadside, 'CancelRoadside', { step: 'cancel', to: aggregateId, data: { reason: because(rejection) } })],
          next: askNext(aggregateId, data),
        }),
      ],
      RoadsideAttached: ({ aggregateId, data }) => [hang(aggregateId, data.attachmentId)],
      DispatchDeclined: attemptEnded,
      DispatchTimedOut: attemptEnded,
      VendorReplaced: attemptEnded,
      VendorUnable: attemptEnded,
      RoadsideResolved: ({ aggregateId, data }) => {
        const { requestId, equipmentId, currency, description, outcome } = data;
        const order = orderOf(aggregateId);
        const isWork = outcome === 'repaired' || outcome === 'towed' || !isZeroMoney(data.total);
        return [
          ...data.readings.map((reading, n) =>
            send(meter, 'RecordReading', {
              step: `reading-${n}`,
              to: meterId(equipmentId, reading.kind, meterYear(reading.readAt)),
              data: { equipmentId, ...reading, source: 'work_order', sourceId: aggregateId },
            }),
          ),
          ...(isWork
            ? [
                send(workOrder, 'OpenWorkOrder', {
                  step: 'order',
                  to: order,
                  data: {
                    requestId,
                    equipmentId,
                    roadsideId: aggregateId,
                    kind: 'roadside',
                    description,
                    currency,
                    attachmentIds: data.attachmentIds.slice(0, filesMax),
                    source: 'roadside',
                  },
                  next: [
                    costs(aggregateId, order, data),
                    send(roadside, 'LinkWorkOrder', { step: 'link', to: aggregateId, data: { workOrderId: order } }),
                    send(serviceRequest, 'NoteWorkOpened', {
                      step: 'order-opened',
                      to: requestId,
                      data: { workId: order, workKind: 'workOrder', kind: 'roadside' },
                    }),
                  ],
                }),
              ]
            : []),
          ended(aggregateId, requestId, { outcome: 'completed', evidence: data.evidence }),
        ];
      },
      RoadsideSettled: ({ aggregateId, data }) => (data.workOrderId === undefined ? [] : [costs(aggregateId, data.workOrderId, data)]),
      RoadsideCancelled: ({ aggregateId, data }) => [ended(aggregateId, data.requestId, { outcome: 'cancelled', evidence: [] })],
    }),
  ],
});
