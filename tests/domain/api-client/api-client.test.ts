import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { apiClient, ownSubject, validSecretHashes } from '../../../src/domain/api-client/decider.ts';
import { apiClientEvents } from '../../../src/domain/api-client/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { id, scenarios } from '../../kit/decider.ts';

const { given, claimsAfter } = scenarios(apiClient);
const event = emit(apiClientEvents);
const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const command = { name: 'Vendor', clientKind: 'telematicsVendor', scopes: ['telemetry:create'] } as const;
const registered = event('ApiClientRegistered', { ...command, subject: ownSubject(id('self')) });
const rotated = (secret: string, previousEndsAt = '2026-03-02T12:00:00.000Z') => event('ApiClientSecretRotated', { secretHash: hash(secret), previousEndsAt });

describe('an API client', () => {
  test('is registered with scopes that the caller holds (TE-4), for the caller’s customer (TE-1)', () => {
    given().when('RegisterApiClient', command).then(registered).andRepeatedNothing();
    given().when('RegisterApiClient', command, { held: new Set() }).thenRejected('permissionNotHeld');
    const own = given().when('RegisterApiClient', command, { tenant: id('customer') }).state;
    expect(apiClient.tenantOf(own, id('self'))).toBe(id('customer'));
    given(registered)
      .when('RegisterApiClient', { ...command, name: 'Other' })
      .thenRejected('alreadyRegistered');
  });

  test('a rotated secret leaves the one before until its grace ends, and none of the older ones', () => {
    const state = given(registered, rotated('one'), rotated('two'), rotated('three')).state;
    expect(validSecretHashes(state, '2026-03-02T11:59:59.999Z')).toEqual([hash('three'), hash('two')]);
    expect(validSecretHashes(state, '2026-03-02T12:00:00.000Z')).toEqual([hash('three')]);
    given(registered, rotated('one'))
      .when('RotateSecret', { secretHash: hash('two') })
      .then(rotated('two'))
      .andRepeatedNothing();
    given(registered, rotated('one'))
      .when('RotateSecret', { secretHash: hash('two'), graceHours: 0 })
      .then(rotated('two', '2026-03-01T12:00:00.000Z'));
  });

  test('TE-4 scopes can always be narrowed; what is added the caller has to hold', () => {
    const wide = event('ApiClientRegistered', { ...command, subject: 's', scopes: ['telemetry:create', 'equipment:view'] });
    given(wide)
      .when('LimitScopes', { scopes: ['equipment:view'] }, { held: new Set() })
      .thenTypes('ApiClientScopesLimited');
    given(wide)
      .when('LimitScopes', { scopes: ['equipment:view', 'invoice:view'] }, { held: new Set(['equipment:view']) })
      .thenRejected('permissionNotHeld');
  });

  test('revoked it has no secret, takes no change, and its identity is free', () => {
    const revoked = event('ApiClientRevoked', { reason: 'leaked' });
    given(registered, rotated('one')).when('RevokeApiClient', { reason: 'leaked' }).then(revoked).andRepeatedNothing();
    given(registered, revoked)
      .when('RotateSecret', { secretHash: hash('two') })
      .thenRejected('revoked');
    given(registered, revoked).when('LimitScopes', { scopes: [] }).thenRejected('revoked');
    expect(validSecretHashes(given(registered, rotated('one'), revoked).state, '2026-03-01T12:00:00.000Z')).toEqual([]);
    expect(claimsAfter(registered)).toEqual([{ kind: 'identity', scope: 'company', value: ownSubject(id('self')) }]);
    expect(claimsAfter(registered, revoked)).toEqual([]);
  });
});
