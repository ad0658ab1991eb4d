import { defineEvents } from '../kernel/aggregate.ts';
import { businessDate, fields, oneOf, optional, text, uuid } from '../kernel/schema.ts';

/** `request`: whom a service request names in its details. */
export const subjectKinds = ['user', 'contact', 'request'] as const;
export const subjectEvents = defineEvents({
  SubjectFileNoted: { version: 1, docs: 'A file is about the person: it goes when the person is forgotten.', schema: fields({ attachmentId: uuid() }) },
  SubjectForgotten: {
    version: 1,
    docs: 'A person is forgotten: its key is destroyed, and every field of its own reads as erased, here and in every read model, for ever.',
    schema: fields({ subjectId: uuid(), kind: oneOf(subjectKinds), customerId: optional(uuid()), reason: text() }),
  },
  SubjectFileKept: {
    version: 1,
    docs: 'The person is forgotten, but this file must be kept through this day: the part that was refused. It goes on the day after (ES-12).',
    schema: fields({ attachmentId: uuid(), until: businessDate(), reason: optional(text()) }),
  },
});
