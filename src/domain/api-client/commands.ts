import { defineCommands } from '../kernel/aggregate.ts';
import { fields, integer, oneOf, optional, ref, text } from '../kernel/schema.ts';
import { clientKinds, machineSubject, scopes, secretHash } from './events.ts';

export const apiClientCommands = defineCommands({
  RegisterApiClient: {
    permission: 'api-client:create',
    docs: 'Registers a machine with scopes that the caller holds. `subject` is the `sub` of its tokens where another issuer makes them; ours use `<id>@clients`.',
    creates: true,
    rejects: ['alreadyRegistered', 'permissionNotHeld', 'identityTaken'],
    schema: fields({
      name: text(),
      clientKind: oneOf(clientKinds),
      customerId: optional(ref('customer')),
      subject: optional(machineSubject()),
      scopes: scopes(),
      secretHash: optional(secretHash()),
    }),
  },
  RotateSecret: {
    permission: 'api-client:edit',
    docs: 'Sets a new secret, by its hash. The one before holds for `graceHours` more (24 unless said otherwise; 0 ends it at once).',
    rejects: ['revoked'],
    schema: fields({ secretHash: secretHash(), graceHours: optional(integer({ max: 168 })) }),
  },
  LimitScopes: {
    permission: 'api-client:assign',
    docs: 'Says what the machine may do, all of it. What is added the caller has to hold.',
    rejects: ['revoked', 'permissionNotHeld'],
    schema: fields({ scopes: scopes() }),
  },
  RevokeApiClient: { permission: 'api-client:delete', docs: 'Ends the machine’s access for good, at once.', rejects: [], schema: fields({ reason: text() }) },
});
