import { defineEvents } from '../kernel/aggregate.ts';
import { fields, oneOf, optional, text, uuid } from '../kernel/schema.ts';

export const subjectKinds = ['user', 'contact'] as const;
export const subjectEvents = defineEvents({
  SubjectForgotten: {
    version: 1,
    docs: 'A person is forgotten: its key is destroyed, and every field of its own reads as erased, here and in every read model, for ever.',
    schema: fields({ subjectId: uuid(), kind: oneOf(subjectKinds), customerId: optional(uuid()), reason: text() }),
  },
});
