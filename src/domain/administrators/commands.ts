import { defineCommands } from '../kernel/aggregate.ts';
import { fields, text, uuid } from '../kernel/schema.ts';

export const administratorsCommands = defineCommands({
  JoinAdministrators: {
    permission: 'administrator:assign',
    docs: 'The second step of an appointment: an active user that can be neither suspended nor deactivated until it has left again.',
    creates: true,
    internal: true,
    rejects: ['tooMany'],
    schema: fields({ userId: uuid(), appointmentId: uuid() }),
  },
  RemoveAdministrator: {
    permission: 'administrator:edit',
    docs: 'Takes a user from the administrators, as before suspending it. Refused for the last one (TE-4).',
    startsProcess: true,
    rejects: ['lastAdministrator'],
    schema: fields({ userId: uuid(), reason: text() }),
  },
});
