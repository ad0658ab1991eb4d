import { defineEvents } from '../kernel/aggregate.ts';
import { fields, text, uuid } from '../kernel/schema.ts';

export const administratorsEvents = defineEvents({
  AdministratorJoined: {
    version: 1,
    docs: 'The user is an administrator: it sees the whole customer.',
    schema: fields({ userId: uuid(), appointmentId: uuid() }),
  },
  AdministratorLeft: {
    version: 1,
    docs: 'The user is no administrator any more. At least one other is.',
    schema: fields({ userId: uuid(), appointmentId: uuid(), reason: text() }),
  },
});
