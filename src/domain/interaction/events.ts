import { defineEvents } from '../kernel/aggregate.ts';
import { fields, instant, note, oneOf, optional, uuid } from '../kernel/schema.ts';

export const channels = ['call', 'email', 'sms', 'whatsapp', 'visit', 'meeting', 'other'] as const;
export const directions = ['inbound', 'outbound'] as const;
/** What was said, how, and when. */
export const conversation = {
  channel: oneOf(channels),
  direction: oneOf(directions),
  heldAt: instant(),
  notes: note({ personal: true }),
} as const;

export const interactionEvents = defineEvents({
  InteractionLogged: {
    version: 1,
    docs: 'Somebody talked with a contact of a customer.',
    subject: 'contactId',
    schema: fields({ customerId: uuid(), contactId: uuid(), accountId: optional(uuid()), ...conversation }),
  },
  InteractionCorrected: {
    version: 1,
    docs: 'What was written about a talk was corrected; the earlier words stay in the history.',
    subject: 'contactId',
    schema: fields({ contactId: uuid(), ...conversation }),
  },
});
