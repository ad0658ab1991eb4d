import { defineCommands } from '../kernel/aggregate.ts';
import { fields, optional, ref, uuid } from '../kernel/schema.ts';
import { conversation } from './events.ts';

export const interactionCommands = defineCommands({
  LogInteraction: {
    permission: 'interaction:create',
    docs: 'Writes down a talk with a contact of a customer.',
    creates: true,
    rejects: ['alreadyLogged', 'unknownContact', 'unknownAccount', 'inTheFuture'],
    schema: fields({ customerId: ref('customer'), contactId: uuid(), accountId: optional(ref('account')), ...conversation }),
  },
  CorrectInteraction: {
    permission: 'interaction:edit',
    docs: 'Corrects what was written about a talk. With whom it was stays.',
    rejects: ['inTheFuture'],
    schema: fields(conversation),
  },
});
