import { describe, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { subject } from '../../../src/domain/subject/decider.ts';
import { subjectEvents } from '../../../src/domain/subject/events.ts';
import { id, scenarios } from '../../kit/decider.ts';

const { given } = scenarios(subject);
const event = emit(subjectEvents);
const customerId = id('customer');
const user = (situation: string) => ({ facts: { [`user-${id('self')}`]: { situation, customerId } } });
const contacts = (...names: readonly string[]) => ({
  facts: { [`customer-${customerId}`]: { situation: 'active', contacts: Object.fromEntries(names.map((name) => [id(name), {}])) } },
});
const forgetUser = { kind: 'user', reason: 'asked' } as const;
const forgetContact = { kind: 'contact', customerId, reason: 'asked' } as const;

describe('forgetting', () => {
  test('ES-9 a user is forgotten once it has ended, once', () => {
    given().when('ForgetSubject', forgetUser, user('active')).thenRejected('stillActive');
    given()
      .when('ForgetSubject', forgetUser, user('deactivated'))
      .then(event('SubjectForgotten', { subjectId: id('self'), kind: 'user', customerId, reason: 'asked' }))
      .andRepeatedNothing();
  });

  test('a customer’s user forgets only its own customer’s people; foreign and missing are told alike', () => {
    given().when('ForgetSubject', forgetUser).thenRejected('unknownSubject');
    given()
      .when('ForgetSubject', forgetUser, { ...user('deactivated'), tenant: id('another') })
      .thenRejected('unknownSubject');
    given()
      .when('ForgetSubject', forgetContact, { ...contacts('somebody else'), tenant: customerId })
      .thenRejected('unknownSubject');
    given()
      .when('ForgetSubject', forgetContact, { ...contacts('self'), tenant: customerId })
      .thenTypes('SubjectForgotten');
  });

  test('staff also forget contacts that were taken off the list', () => {
    given().when('ForgetSubject', forgetContact, contacts()).thenTypes('SubjectForgotten');
    given().when('ForgetSubject', { kind: 'contact', reason: 'asked' }, contacts()).thenRejected('unknownSubject');
  });
});
