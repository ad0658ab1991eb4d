import { defineCommands } from '../kernel/aggregate.ts';
import { fields, note, optional, ref, text, uuid } from '../kernel/schema.ts';

const edit = 'notification-group:edit';

export const notificationGroupCommands = defineCommands({
  DefineNotificationGroup: {
    permission: 'notification-group:create',
    docs: 'Gives people who are told of the same things a name together, for a customer or for the company itself.',
    creates: true,
    rejects: ['alreadyDefined', 'groupNameTaken'],
    schema: fields({ name: text({ max: 120 }), description: optional(note({ max: 1000 })), customerId: optional(ref('customer')) }),
  },
  RenameNotificationGroup: {
    permission: edit,
    docs: 'Calls the group something else.',
    rejects: ['retired', 'groupNameTaken'],
    schema: fields({ name: text({ max: 120 }) }),
  },
  AddNotificationGroupMember: {
    permission: edit,
    docs: 'Tells a user what the group is told: one of its customer’s, or of the company.',
    rejects: ['retired', 'otherCustomersUser', 'tooMany'],
    schema: fields({ userId: ref('user') }),
  },
  RemoveNotificationGroupMember: {
    permission: edit,
    docs: 'No longer tells a user what the group is told.',
    rejects: ['retired'],
    schema: fields({ userId: uuid() }),
  },
  RetireNotificationGroup: {
    permission: 'notification-group:delete',
    docs: 'Ends the group; its name is free again.',
    rejects: [],
    schema: fields({ reason: text() }),
  },
});
