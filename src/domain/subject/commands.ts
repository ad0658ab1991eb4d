import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, fields, oneOf, optional, ref, text, uuid } from '../kernel/schema.ts';
import { subjectKinds } from './events.ts';

export const subjectCommands = defineCommands({
  NoteSubjectFile: {
    permission: 'subject:delete',
    internal: true,
    docs: 'A file says that it is about the person: given by the process that sees it begun.',
    // Nobody is forgotten yet, as a rule.
    creates: true,
    rejects: ['tooMany'],
    schema: fields({ attachmentId: uuid() }),
  },
  NoteFileKept: {
    permission: 'subject:delete',
    internal: true,
    docs: 'A file of the forgotten person must be kept for a while.',
    rejects: [],
    schema: fields({ attachmentId: uuid(), until: businessDate(), reason: optional(text()) }),
  },
  ForgetSubject: {
    permission: 'subject:delete',
    docs: 'Forgets a person, by the id of the user, of the customer’s contact (then with the customer), or of the service request whose details name somebody: a driver, an inspector. It cannot be undone. A user has to be deactivated first.',
    creates: true,
    rejects: ['unknownSubject', 'stillActive'],
    schema: fields({ kind: oneOf(subjectKinds), customerId: optional(ref('customer')), reason: text() }),
  },
});
