/**
 * P9: who is told of a request, by mail: whoever it is given to, who is to review it, and, once a service level is over, everybody who has it
 * and the company's administrators; these also where work goes on after a cancellation, or no vendor is left to send. Customers are told when a time is agreed and when it is done. Who was told is recorded; whoever has
 * turned such mail off is left out.
 */
import { administratorsFact, companyAdministrators } from '../../domain/administrators/decider.ts';
import type { Facts, Reference } from '../../domain/kernel/aggregate.ts';
import { isUuid } from '../../domain/kernel/ids.ts';
import { erased } from '../../domain/kernel/personal.ts';
import { roadside } from '../../domain/roadside/decider.ts';
import { roadsideFact } from '../../domain/roadside/state.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import type { noticeKinds } from '../../domain/service-request/events.ts';
import { type PresentRequest, serviceRequestFact } from '../../domain/service-request/state.ts';
import { userFact } from '../../domain/user/state.ts';
import { preferenceKey, userSettingsFact } from '../../domain/user-settings/decider.ts';
import { type EffectReaction, effects } from '../effects/effect.ts';
import type { Mailer } from '../ports/mail.ts';
import { send } from './process.ts';

export type NoticePorts = {
  readonly mailer: Mailer;
  /** The portal's page of a request. */
  readonly requestLink: (requestId: string) => string;
};
const { when, effect } = effects<NoticePorts>();
type Kind = (typeof noticeKinds)[number];
const peopleMax = 50;
const channel = 'email';

const words: Readonly<Record<Kind, { readonly subject: string; readonly text: readonly [spanish: string, english: string] }>> = {
  assigned: { subject: 'asignada / assigned', text: ['Se le asignó una solicitud de servicio:', 'A service request was given to you:'] },
  review: { subject: 'por revisar / to review', text: ['Una solicitud de servicio espera su revisión:', 'A service request waits for your review:'] },
  late: { subject: 'atrasada / late', text: ['Una solicitud de servicio excedió su plazo:', 'A service request has passed its service level:'] },
  scheduled: { subject: 'programada / scheduled', text: ['Se acordó una fecha para su solicitud:', 'A time is agreed for your request:'] },
  continues: {
    subject: 'cancelada, con trabajo en curso / cancelled, work goes on',
    text: ['La solicitud se canceló, pero hay trabajo que ya había empezado:', 'The request was cancelled, but work on it had begun:'],
  },
  'no-vendor': {
    subject: 'sin proveedor / no vendor left',
    text: ['Ningún proveedor va en camino y no queda otro en espera:', 'No vendor is on the way, and none is standing by:'],
  },
  resolved: { subject: 'resuelta / done', text: ['Su solicitud está resuelta; confírmela por favor:', 'Your request is done; please confirm:'] },
};

const requestOf = (facts: Facts, requestId: string): PresentRequest | undefined => {
  const found = serviceRequestFact.of(facts, requestId);
  return found === undefined || found.situation === 'absent' ? undefined : found;
};
/** The address of somebody who may be written to about this. */
const addressOf = (facts: Facts, userId: string, kind: Kind): string | undefined => {
  const person = userFact.of(facts, userId);
  if (person === undefined || person.situation !== 'active' || person.email === erased) return undefined;
  const settings = userSettingsFact.of(facts, userId);
  const preference = settings?.preferences[preferenceKey({ kind: `request-${kind}`, channel })];
  return preference?.isOn === false ? undefined : person.email;
};
const administrators = (facts: Facts): readonly string[] => Object.keys(administratorsFact.of(facts, companyAdministrators)?.members ?? {});
const assignees = ({ assignments }: PresentRequest): readonly string[] =>
  Object.values(assignments).flatMap((each) => (each === undefined ? [] : [each.userId]));

type Who<D> = (request: PresentRequest, data: D, facts: Facts) => readonly string[];
type Options<D> = {
  /** What the record of it names. */
  readonly about?: (data: D) => string | undefined;
  /** The request, where the event is another aggregate's. */
  readonly requestOf?: { readonly reads: (aggregateId: string) => Reference; readonly id: (aggregateId: string, facts: Facts) => string | undefined };
  readonly isMeant?: (data: D) => boolean;
};
/** Tells the people that `who` names. */
const telling = <D>(
  kind: Kind,
  who: Who<D>,
  { about = () => undefined, requestOf: found, isMeant = () => true }: Options<D> = {},
): EffectReaction<NoticePorts, D> => {
  const idOf = (aggregateId: string, facts: Facts): string | undefined => (found === undefined ? aggregateId : found.id(aggregateId, facts));
  const named: Who<D> = (request, data, facts) => [...new Set(who(request, data, facts))].filter(isUuid).slice(0, peopleMax);
  return {
    reads: ({ aggregateId, data }, facts) => {
      const requestId = isMeant(data) ? idOf(aggregateId, facts) : undefined;
      if (requestId === undefined) return found === undefined || !isMeant(data) ? [] : [found.reads(aggregateId)];
      const request = requestOf(facts, requestId);
      const first = [serviceRequestFact.at(requestId), administratorsFact.at(companyAdministrators)];
      return request === undefined ? first : [...first, ...named(request, data, facts).flatMap((id) => [userFact.at(id), userSettingsFact.at(id)])];
    },
    plan: ({ aggregateId, data }, facts) => {
      const to = isMeant(data) ? idOf(aggregateId, facts) : undefined;
      if (to === undefined) return [];
      const request = requestOf(facts, to);
      const people =
        request === undefined
          ? []
          : named(request, data, facts).flatMap((userId) => {
              const address = addressOf(facts, userId, kind);
              return address === undefined ? [] : [{ userId, address }];
            });
      if (request === undefined || people.length === 0) return [];
      const subject = `Solicitud ${request.requestNumber} ${words[kind].subject}`;
      return [
        {
          step: 'notice',
          category: serviceRequest.category,
          to,
          perform: async ({ mailer, requestLink }, { callId }) => {
            const text = [...words[kind].text, '', requestLink(to), ''].join('\n');
            const told: string[] = [];
            for (const { userId, address } of people) if ((await mailer.send({ id: `${callId}-${userId}`, to: address, subject, text })).ok) told.push(userId);
            const concerned = about(data);
            const notice = { noticeId: callId, kind, userIds: told, ...(concerned === undefined ? {} : { about: concerned }) };
            return [send(serviceRequest, 'RecordRequestNotice', { step: 'notice', to, data: notice })];
          },
        },
      ];
    },
  };
};

/** Whoever has it, and the company's administrators. */
const company = (request: PresentRequest, _data: unknown, facts: Facts): readonly string[] => [...assignees(request), ...administrators(facts)];
const noVendor = telling<{ readonly attemptId: string; readonly nextVendor?: string }>('no-vendor', company, {
  about: ({ attemptId }) => attemptId,
  isMeant: ({ nextVendor }) => nextVendor === undefined,
  requestOf: {
    reads: roadsideFact.at,
    id: (roadsideId, facts) => {
      const job = roadsideFact.of(facts, roadsideId);
      return job === undefined || job.situation === 'absent' ? undefined : job.requested.requestId;
    },
  },
});

export const requestNotices = effect({
  name: 'RequestNotices',
  docs: 'P9: mails whoever a request is given to, is to review it or has let it become late, and whoever asked for it when it is scheduled or done.',
  on: [
    when(serviceRequest, {
      RequestAssigned: telling<{ readonly userId: string; readonly assignmentId: string }>('assigned', (_request, { userId }) => [userId], {
        about: ({ assignmentId }) => assignmentId,
      }),
      ManagerReviewRequested: telling<{ readonly requesterId: string; readonly reviewId: string }>(
        'review',
        ({ assignments, requesters }, { requesterId }, facts) =>
          // TE-10: nobody is asked to review what is their own.
          (assignments.reviewer === undefined ? administrators(facts) : [assignments.reviewer.userId]).filter(
            (userId) => userId !== requesterId && !requesters.includes(userId),
          ),
        { about: ({ reviewId }) => reviewId },
      ),
      RequestSlaBreached: telling('late', company),
      RequestWorkContinues: telling<{ readonly workId: string }>('continues', company, { about: ({ workId }) => workId }),
      RequestScheduled: telling('scheduled', ({ requesters }) => requesters),
      RequestResolved: telling('resolved', ({ requesters }) => requesters),
    }),
    when(roadside, { DispatchDeclined: noVendor, DispatchTimedOut: noVendor, VendorReplaced: noVendor, VendorUnable: noVendor }),
  ],
});
