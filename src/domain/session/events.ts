import { defineEvents } from '../kernel/aggregate.ts';
import { fields, oneOf, optional, text, uuid } from '../kernel/schema.ts';

export const holderKinds = ['user', 'apiClient'] as const;
/** What signed in: as the browser or app describes itself. */
export const device = fields({
  kind: oneOf(['browser', 'phone', 'tablet', 'machine']),
  name: text({ personal: true }),
  userAgent: optional(text({ max: 500, personal: true })),
});

export const sessionEvents = defineEvents({
  SignedIn: {
    version: 1,
    docs: 'A user or machine signed in with a device.',
    subject: 'holderId',
    schema: fields({ holderKind: oneOf(holderKinds), holderId: uuid(), customerId: optional(uuid()), device }),
  },
  SignedOut: {
    version: 1,
    docs: 'The session is over.',
    subject: 'holderId',
    schema: fields({ holderKind: oneOf(holderKinds), holderId: uuid(), device }),
  },
});
