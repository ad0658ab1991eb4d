/** P19, files: what is about a person goes when the person is forgotten; what must be kept is listed with the day after which it goes (ES-12). */
import { attachment } from '../../domain/attachment/decider.ts';
import type { Facts } from '../../domain/kernel/aggregate.ts';
import { subject, subjectFact } from '../../domain/subject/decider.ts';
import { defineProcess, on, type Send, send, type Trigger } from './process.ts';

const forget = (attachmentId: string): Send => send(attachment, 'ForgetAttachment', { step: `forget-${attachmentId}`, to: attachmentId, data: {} });
/** Whoever is not forgotten is not there. */
const reads = ({ aggregateId }: Trigger) => [subjectFact.at(aggregateId)];
const filesOf = (subjectId: string, facts: Facts): readonly string[] => subjectFact.of(facts, subjectId)?.files ?? [];

export const forgettingFiles = defineProcess({
  name: 'ForgettingFiles',
  docs: 'P19: removes the files about a forgotten person, also those that come later, and lists those that must be kept.',
  from: 'start',
  on: [
    on(attachment, {
      AttachmentUploadBegun: ({ aggregateId, data: { subjectId } }) =>
        subjectId === undefined ? [] : [send(subject, 'NoteSubjectFile', { step: 'note', to: subjectId, data: { attachmentId: aggregateId } })],
      AttachmentForgettingDeferred: ({ aggregateId, data: { subjectId, until, reason } }) => [
        send(subject, 'NoteFileKept', { step: 'kept', to: subjectId, data: { attachmentId: aggregateId, until, ...(reason === undefined ? {} : { reason }) } }),
      ],
    }),
    on(subject, {
      SubjectForgotten: { reads, react: ({ aggregateId }, facts) => filesOf(aggregateId, facts).map(forget) },
      SubjectFileNoted: {
        reads,
        react: ({ aggregateId, data: { attachmentId } }, facts) => (subjectFact.of(facts, aggregateId) === undefined ? [] : [forget(attachmentId)]),
      },
    }),
  ],
});
