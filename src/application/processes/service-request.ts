/**
 * P9, the request's own part: its files hang on it, and once it is cancelled the orders and roadside jobs that were still open are called
 * off. What had begun meanwhile, or is done, cannot be called off and is reported back.
 */
import { attachment } from '../../domain/attachment/decider.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { roadside } from '../../domain/roadside/decider.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { openWork, serviceRequestFact, type WorkKind } from '../../domain/service-request/state.ts';
import { uploadsIn } from '../../domain/service-request/wanted.ts';
import { workOrder } from '../../domain/work-order/decider.ts';
import { defineProcess, on, type Send, send } from './process.ts';

const category = 'serviceRequest';
const reasonMax = 1000;
// By code points: half a character could not be stored.
const because = ({ message }: Rejection): string => [...message].slice(0, reasonMax).join('');

const hang = (requestId: string, attachmentId: string | undefined, step = 'link'): readonly Send[] =>
  attachmentId === undefined ? [] : [send(attachment, 'LinkAttachment', { step, to: attachmentId, data: { category, targetId: requestId } })];
type Detailed = { readonly details: Readonly<Record<string, unknown>> };
/** The decider has seen that each is the customer's or the company's own. */
const uploads = (requestId: string, { details }: Detailed): readonly Send[] => uploadsIn(details).flatMap((id) => hang(requestId, id, `link-${id}`));

type Work = { readonly workId: string; readonly workKind: WorkKind };
const callOff = ({ workId, workKind }: Work, reason: string, refused: (rejection: Rejection) => readonly Send[] = () => []): Send => {
  const calling = { step: `cancel-${workId}`, to: workId, data: { reason }, refused };
  return workKind === 'workOrder' ? send(workOrder, 'CallOffWorkOrder', calling) : send(roadside, 'CancelRoadside', calling);
};

export const serviceRequests = defineProcess({
  name: 'ServiceRequest',
  docs: 'Links a request’s files to it, and calls off what was open when it was cancelled or declined; what goes on after a cancellation is reported back.',
  from: 'start',
  on: [
    on(serviceRequest, {
      RequestSubmitted: ({ aggregateId, data }) => uploads(aggregateId, data),
      RequestAmended: ({ aggregateId, data }) => uploads(aggregateId, data),
      RequestMediaAttached: ({ aggregateId, data }) => hang(aggregateId, data.attachmentId),
      RequestMediaRemoved: ({ aggregateId, data }) => [
        send(attachment, 'UnlinkAttachment', { step: 'unlink', to: data.attachmentId, data: { category, targetId: aggregateId } }),
      ],
      WasteDisposed: ({ aggregateId, data }) => hang(aggregateId, data.attachmentId),
      RequestCancelled: ({ aggregateId, data }) =>
        data.openWork.map((work) =>
          callOff(work, data.reason, (rejection) => [
            send(serviceRequest, 'NoteWorkContinues', { step: `continues-${work.workId}`, to: aggregateId, data: { ...work, reason: because(rejection) } }),
          ]),
        ),
      // What is not done after all needs nobody; what had begun ends as its people decide.
      RequestDeclined: {
        reads: ({ aggregateId }) => [serviceRequestFact.at(aggregateId)],
        react: ({ aggregateId, data }, facts) => {
          const state = serviceRequestFact.of(facts, aggregateId);
          if (state === undefined || state.situation === 'absent' || state.status !== 'declined') return [];
          return openWork(state).map(([workId, { workKind }]) => callOff({ workId, workKind }, data.reason));
        },
      },
    }),
  ],
});
