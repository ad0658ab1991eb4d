import { defineCommands } from '../kernel/aggregate.ts';
import { fields, oneOf, optional, ref, text } from '../kernel/schema.ts';
import { subjectKinds } from './events.ts';

export const subjectCommands = defineCommands({
  ForgetSubject: {
    permission: 'subject:delete',
    docs: 'Forgets a person, by the id of the user or of the customer’s contact (then with the customer). It cannot be undone. A user has to be deactivated first.',
    creates: true,
    rejects: ['unknownSubject', 'stillActive'],
    schema: fields({ kind: oneOf(subjectKinds), customerId: optional(ref('customer')), reason: text() }),
  },
});
