import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { subject, subjectFilesMax } from '../../../src/domain/subject/decider.ts';
import { subjectEvents } from '../../../src/domain/subject/events.ts';
import { id, scenarios } from '../../kit/decider.ts';

const { given, fold } = scenarios(subject);
const event = emit(subjectEvents);
const customerId = id('customer');
const user = (situation: string) => ({ facts: { [`user-${id('self')}`]: { situation, customerId } } });
const contacts = (...names: readonly string[]) => ({
  facts: { [`customer-${customerId}`]: { situation: 'active', contacts: Object.fromEntries(names.map((name) => [id(name), {}])) } },
});
const forgetUser = { kind: 'user', reason: 'asked' } as const;
const requestOf = (customerId: string) => ({ facts: { [`serviceRequest-${id('self')}`]: { situation: 'present', customerId } } });
const forgetContact = { kind: 'contact', customerId, reason: 'asked' } as const;

describe('files about a person', () => {
  const noted = event('SubjectFileNoted', { attachmentId: id('file') });
  const forgotten = event('SubjectForgotten', { subjectId: id('self'), kind: 'contact', customerId, reason: 'asked' });

  test('ES-12 are noted once, before and after it is forgotten, and so many', () => {
    given()
      .when('NoteSubjectFile', { attachmentId: id('file') })
      .then(noted)
      .andRepeatedNothing();
    given(forgotten)
      .when('NoteSubjectFile', { attachmentId: id('file') })
      .then(noted);
    const many = Array.from({ length: subjectFilesMax }, (_, n) => event('SubjectFileNoted', { attachmentId: id(`file ${n}`) }));
    given(...many)
      .when('NoteSubjectFile', { attachmentId: id('file') })
      .thenRejected('tooMany');
  });

  test('ES-12 do not make somebody forgotten, and somebody with files is forgotten like anybody', () => {
    expect(subject.exists(fold([noted]))).toBe(false);
    given(noted).when('ForgetSubject', forgetContact, contacts('self')).then(forgotten).andRepeatedNothing();
  });

  test('ES-12 what must be kept is listed, once for each day', () => {
    const kept = event('SubjectFileKept', { attachmentId: id('file'), until: '2026-05-01' });
    given(noted, forgotten)
      .when('NoteFileKept', { attachmentId: id('file'), until: '2026-05-01' })
      .then(kept)
      .andRepeatedNothing();
    given(noted, forgotten, kept)
      .when('NoteFileKept', { attachmentId: id('file'), until: '2026-06-01' })
      .thenTypes('SubjectFileKept');
  });
});

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

test('ES-9 whom a request names is forgotten by the request’s id, by its customer and by staff', () => {
  const forget = { kind: 'request', reason: 'asked' } as const;
  const forgotten = event('SubjectForgotten', { subjectId: id('self'), kind: 'request', customerId, reason: 'asked' });
  given().when('ForgetSubject', forget, requestOf(customerId)).then(forgotten).andRepeatedNothing();
  given()
    .when('ForgetSubject', forget, { ...requestOf(customerId), tenant: customerId })
    .then(forgotten);
  given()
    .when('ForgetSubject', forget, { ...requestOf(id('another')), tenant: customerId })
    .thenRejected('unknownSubject');
  given().when('ForgetSubject', forget).thenRejected('unknownSubject');
});
