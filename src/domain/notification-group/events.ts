import { defineEvents } from '../kernel/aggregate.ts';
import { fields, note, optional, text, uuid } from '../kernel/schema.ts';

export const notificationGroupEvents = defineEvents({
  NotificationGroupDefined: {
    version: 1,
    docs: 'People who are told of the same things have a name together.',
    schema: fields({ name: text({ max: 120 }), description: optional(note({ max: 1000 })), customerId: optional(uuid()) }),
  },
  NotificationGroupRenamed: { version: 1, docs: 'The group is called something else.', schema: fields({ name: text({ max: 120 }) }) },
  NotificationGroupMemberAdded: { version: 1, docs: 'A user is told what the group is told.', schema: fields({ userId: uuid() }) },
  NotificationGroupMemberRemoved: { version: 1, docs: 'A user is no longer told what the group is told.', schema: fields({ userId: uuid() }) },
  NotificationGroupRetired: { version: 1, docs: 'The group is told nothing any more.', schema: fields({ reason: text() }) },
});
