/**
 * P11: a roadside job and what it belongs to. Its request knows of it; the next vendor standing by is asked where one does not come; a job
 * that is resolved becomes an order with its parts and fees, told to the request before the job ends, so that the request never takes the
 * job for its last work while its order is about to begin (SR-7).
 */
import { attachment } from '../../domain/attachment/decider.ts';
import type { DataOf, Facts } from '../../domain/kernel/aggregate.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import { isNegativeMoney, isZeroMoney, type Money, subtractMoney, sumMoney } from '../../domain/kernel/money.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { meter } from '../../domain/meter/decider.ts';
import { meterId, meterYear } from '../../domain/meter/state.ts';
import { roadside } from '../../domain/roadside/decider.ts';
import type { roadsideEvents } from '../../domain/roadside/events.ts';
import { type PresentRoadside, roadsideFact } from '../../domain/roadside/state.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { serviceRequestFact } from '../../domain/service-request/state.ts';
import { workOrder } from '../../domain/work-order/decider.ts';
import { workOrderFact } from '../../domain/work-order/state.ts';
import { defineProcess, on, type Send, send } from './process.ts';

const reasonMax = 200;
const filesMax = 100;
const partsMax = 100;
// By code points: half a character could not be stored.
const because = ({ message }: Rejection): string => [...message].slice(0, reasonMax).join('');
/** The order that a job's costs go to. */
export const orderOf = (roadsideId: string): string => derivedId(roadsideId, ['work-order']);
/** The order that only books what a job cost whose own order was called off before it had anything on it. */
export const booksOrderOf = (roadsideId: string): string => derivedId(roadsideId, ['books']);
/** The order that fees go to which came after that one was done. */
export const lateOrderOf = (roadsideId: string): string => derivedId(roadsideId, ['late-fees']);

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
type Booking = { readonly to: string; readonly step: string; readonly next?: readonly Send[]; readonly refused?: (rejection: Rejection) => readonly Send[] };
const book = (roadsideId: string, { parts, feeTotal, summary }: Costs, { to, step, ...follow }: Booking): Send => {
  // One line of an order has room for a hundred parts: what a job used beyond that is one more of them, at its exact sum.
  const rest = parts.slice(partsMax - 1).map(({ amount }) => amount);
  const further = { partName: `${rest.length} further parts`, quantity: '1', unitCost: sumMoney(rest, feeTotal.currency) };
  const shown = parts.length <= partsMax ? parts.map(used) : [...parts.slice(0, partsMax - 1).map(used), further];
  const correction = summary === undefined ? {} : { correction: [...summary].slice(0, 1000).join('') };
  return send(workOrder, 'CarryOverRoadsideCosts', { step, to, data: { roadsideId, parts: shown, fees: feeTotal, ...correction }, ...follow });
};
const link = (roadsideId: string, workOrderId: string, step: string): Send => send(roadside, 'LinkWorkOrder', { step, to: roadsideId, data: { workOrderId } });

type Owner = { readonly customerId?: string; readonly accountId?: string };
type Books = {
  readonly to: string;
  readonly step: string;
  readonly owner: Owner;
  readonly equipmentId: string;
  readonly description: string;
  readonly currency: string;
  readonly attachmentIds: readonly string[];
  readonly correctionOf?: string;
  readonly next: readonly Send[];
};
/** An order for no request: one that only books what a job cost after its request or its order had ended. */
const booksOf = (roadsideId: string, { to, step, owner, next, attachmentIds, ...said }: Books): Send =>
  send(workOrder, 'OpenWorkOrder', {
    step,
    to,
    data: {
      roadsideId,
      ...owner,
      ...said,
      kind: 'roadside',
      attachmentIds: attachmentIds.slice(0, filesMax),
      source: said.correctionOf === undefined ? 'roadside' : 'correction',
    },
    next,
  });
const ownerOf = ({ requested: { customerId, accountId } }: PresentRoadside): Owner => ({
  ...(customerId === undefined ? {} : { customerId }),
  ...(accountId === undefined ? {} : { accountId }),
});
const jobOf = (facts: Facts, roadsideId: string): PresentRoadside | undefined => {
  const found = roadsideFact.of(facts, roadsideId);
  return found === undefined || found.situation === 'absent' ? undefined : found;
};

type Resolved = DataOf<(typeof roadsideEvents)['RoadsideResolved']>;
/**
 * Where the costs of a resolved job go: to an order of its own for the request; to the one that an earlier job of the request left open; or,
 * where the request has ended or that order is done, to one that only books them. Each is tried where the one before was refused: a
 * refusal is remembered, so that a redelivery goes the same way.
 */
const ordered = (roadsideId: string, data: Resolved, facts: Facts): Send => {
  const { requestId, equipmentId, currency, description, attachmentIds } = data;
  const own = orderOf(roadsideId);
  const job = jobOf(facts, roadsideId);
  const request = serviceRequestFact.of(facts, requestId);
  const works = request === undefined || request.situation === 'absent' ? [] : Object.entries(request.works);
  const earlier = works.findLast(([id, { workKind, kind }]) => workKind === 'workOrder' && kind === 'roadside' && id !== own)?.[0];
  const books = (to: string) =>
    booksOf(roadsideId, {
      to,
      step: 'books',
      owner: job === undefined ? {} : ownerOf(job),
      equipmentId,
      description,
      currency,
      attachmentIds,
      next: [book(roadsideId, data, { step: 'books-costs', to }), link(roadsideId, to, 'books-link')],
    });
  return send(workOrder, 'OpenWorkOrder', {
    step: 'order',
    to: own,
    data: { requestId, equipmentId, roadsideId, kind: 'roadside', description, currency, attachmentIds: attachmentIds.slice(0, filesMax), source: 'roadside' },
    next: [
      book(roadsideId, data, {
        step: 'costs',
        to: own,
        next: [
          link(roadsideId, own, 'link'),
          send(serviceRequest, 'NoteWorkOpened', { step: 'order-opened', to: requestId, data: { workId: own, workKind: 'workOrder', kind: 'roadside' } }),
        ],
        // The request was cancelled in between, and its order with it.
        refused: () => [books(booksOrderOf(roadsideId))],
      }),
    ],
    refused: () =>
      earlier === undefined
        ? [books(own)]
        : [
            book(roadsideId, data, {
              step: 'earlier-costs',
              to: earlier,
              next: [link(roadsideId, earlier, 'earlier-link')],
              refused: () => [books(own)],
            }),
          ],
  });
};

type Settled = DataOf<(typeof roadsideEvents)['RoadsideSettled']>;
/** The final costs: brought up to date in the order, or, where that is done, what came late in a correction of it. */
const settled = (roadsideId: string, data: Settled, facts: Facts): readonly Send[] => {
  const { equipmentId, currency } = data;
  const job = jobOf(facts, roadsideId);
  if (job === undefined) return [];
  const workOrderId = job.workOrderId ?? undefined;
  const said = { equipmentId, currency, owner: ownerOf(job), description: job.requested.description, attachmentIds: Object.keys(job.attachments) };
  const own = orderOf(roadsideId);
  if (workOrderId === undefined)
    // Nothing was spent when it was resolved: the first fee came after that.
    return isZeroMoney(data.total)
      ? []
      : [booksOf(roadsideId, { ...said, to: own, step: 'order', next: [book(roadsideId, data, { step: 'costs', to: own }), link(roadsideId, own, 'link')] })];
  const order = workOrderFact.of(facts, workOrderId);
  const line = order === undefined || order.situation === 'absent' ? undefined : Object.values(order.lines).find((each) => each.roadsideId === roadsideId);
  const late = line === undefined ? data.feeTotal : subtractMoney(data.feeTotal, line.labourCost);
  const correction = lateOrderOf(roadsideId);
  const rest = { parts: line === undefined ? data.parts : [], feeTotal: late };
  return [
    book(roadsideId, data, {
      step: 'costs',
      to: workOrderId,
      refused: () =>
        isNegativeMoney(late) || (isZeroMoney(late) && rest.parts.length === 0)
          ? []
          : [
              booksOf(roadsideId, {
                ...said,
                to: correction,
                step: 'late',
                correctionOf: workOrderId,
                next: [book(roadsideId, rest, { step: 'late-costs', to: correction })],
              }),
            ],
    }),
  ];
};
const ended = (workId: string, requestId: string, told: { readonly outcome: 'completed' | 'cancelled'; readonly evidence: readonly string[] }): Send =>
  send(serviceRequest, 'NoteWorkEnded', {
    step: 'ended',
    to: requestId,
    data: { workId, workKind: 'roadside', outcome: told.outcome, evidence: told.evidence.slice(0, 20) },
  });

type Cancelled = DataOf<(typeof roadsideEvents)['RoadsideCancelled']>;
/** What a job cost that was called off: a vendor's fee for having set out, parts that were used already. */
const calledOff = (roadsideId: string, { equipmentId, total, reason }: Cancelled, facts: Facts): readonly Send[] => {
  const job = jobOf(facts, roadsideId);
  if (job === undefined || isZeroMoney(total)) return [];
  const { currency, description } = job.requested;
  const feeTotal = sumMoney(
    Object.values(job.fees).map(({ amount }) => amount),
    currency,
  );
  const to = orderOf(roadsideId);
  const next = [book(roadsideId, { parts: Object.values(job.parts), feeTotal, summary: reason }, { step: 'costs', to })];
  return [
    booksOf(roadsideId, { to, step: 'order', owner: ownerOf(job), equipmentId, description, currency, attachmentIds: Object.keys(job.attachments), next }),
  ];
};

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
      RoadsideResolved: {
        reads: ({ aggregateId, data }) => [roadsideFact.at(aggregateId), serviceRequestFact.at(data.requestId)],
        react: ({ aggregateId, data }, facts) => {
          const { requestId, equipmentId, outcome } = data;
          const isWork = outcome === 'repaired' || outcome === 'towed' || !isZeroMoney(data.total);
          return [
            ...data.readings.map((reading, n) =>
              send(meter, 'RecordReading', {
                step: `reading-${n}`,
                to: meterId(equipmentId, reading.kind, meterYear(reading.readAt)),
                data: { equipmentId, ...reading, source: 'work_order', sourceId: aggregateId },
              }),
            ),
            ...(isWork ? [ordered(aggregateId, data, facts)] : []),
            ended(aggregateId, requestId, { outcome: 'completed', evidence: data.evidence }),
          ];
        },
      },
      RoadsideSettled: {
        // The order as it is linked by now: somebody may have settled the costs before it was made.
        reads: ({ aggregateId }, facts) => {
          const workOrderId = jobOf(facts, aggregateId)?.workOrderId ?? null;
          return [roadsideFact.at(aggregateId), ...(workOrderId === null ? [] : [workOrderFact.at(workOrderId)])];
        },
        react: ({ aggregateId, data }, facts) => settled(aggregateId, data, facts),
      },
      RoadsideCancelled: {
        reads: ({ aggregateId }) => [roadsideFact.at(aggregateId)],
        react: ({ aggregateId, data }, facts) => [
          ended(aggregateId, data.requestId, { outcome: 'cancelled', evidence: [] }),
          ...calledOff(aggregateId, data, facts),
        ],
      },
    }),
  ],
});
