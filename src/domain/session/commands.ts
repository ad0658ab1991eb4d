import { defineCommands } from '../kernel/aggregate.ts';
import { fields } from '../kernel/schema.ts';
import { device } from './events.ts';

export const sessionCommands = defineCommands({
  SignIn: {
    permission: 'session:create',
    docs: 'Notes in the access log that the caller began to work, and with what.',
    creates: true,
    rejects: ['notAPerson', 'alreadySignedIn'],
    schema: fields({ device }),
  },
  SignOut: { permission: 'session:edit', docs: 'Ends a session of the caller’s own.', rejects: ['notYours'], schema: fields({}) },
});
