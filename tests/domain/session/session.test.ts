import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { session } from '../../../src/domain/session/decider.ts';
import { sessionEvents } from '../../../src/domain/session/events.ts';
import { id, scenarios } from '../../kit/decider.ts';

const { given } = scenarios(session);
const event = emit(sessionEvents);
const device = { kind: 'browser', name: 'Firefox' } as const;
const me = { kind: 'user', id: id('me') } as const;
const signedIn = event('SignedIn', { holderKind: 'user', holderId: id('me'), customerId: id('customer'), device });

describe('a session', () => {
  test('is the caller’s own: of its user or machine and its customer', () => {
    given()
      .when('SignIn', { device }, { actor: me, tenant: id('customer') })
      .then(signedIn)
      .andRepeatedNothing();
    given()
      .when('SignIn', { device }, { actor: { kind: 'system', id: 'x' } })
      .thenRejected('notAPerson');
    given(signedIn)
      .when('SignIn', { device }, { actor: { kind: 'user', id: id('another') } })
      .thenRejected('alreadySignedIn');
    expect(session.tenantOf(given(signedIn).state, id('self'))).toBe(id('customer'));
  });

  test('is ended by who began it, once', () => {
    given(signedIn)
      .when('SignOut', {}, { actor: me })
      .then(event('SignedOut', { holderKind: 'user', holderId: id('me'), device }))
      .andRepeatedNothing();
    given(signedIn)
      .when('SignOut', {}, { actor: { kind: 'user', id: id('another') } })
      .thenRejected('notYours');
  });
});
