import { defineEvents } from '../kernel/aggregate.ts';
import { fields, instant, list, oneOf, optional, text, uuid } from '../kernel/schema.ts';
import { permission, permissionsMax } from '../role/permissions.ts';

export const clientKinds = ['telematicsVendor', 'integrator', 'device'] as const;
/** SHA-256 of the secret, 64 lower-case hexadecimal digits. The secret itself (≥ 256 random bits) is shown to its owner once and never sent here. */
export const secretHash = () => text({ min: 64, max: 64, pattern: '^[0-9a-f]{64}$', docs: 'SHA-256 of the secret, lower-case hexadecimal' });
/** The token issuer's name for a machine: the `sub` of its tokens. */
export const machineSubject = () => text({ max: 255, pattern: '^[!-~]+$' });
export const scopes = () => list(permission(), { max: permissionsMax, unique: true });

export const apiClientEvents = defineEvents({
  ApiClientRegistered: {
    version: 1,
    docs: 'A machine may call: a telematics vendor’s, an integrator’s, a device’s; of a customer, or of the company.',
    schema: fields({ name: text(), clientKind: oneOf(clientKinds), customerId: optional(uuid()), subject: machineSubject(), scopes: scopes() }),
  },
  ApiClientSecretRotated: {
    version: 1,
    docs: 'The machine has a new secret; the one before holds until `previousEndsAt`, so that it can be replaced without a gap.',
    schema: fields({ secretHash: secretHash(), previousEndsAt: instant() }),
  },
  ApiClientScopesLimited: { version: 1, docs: 'The machine may do this and nothing else.', schema: fields({ scopes: scopes() }) },
  ApiClientRevoked: { version: 1, docs: 'The machine may never call again.', schema: fields({ reason: text() }) },
});
