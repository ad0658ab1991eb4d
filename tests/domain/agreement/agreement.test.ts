import { describe, expect, test } from '@jest/globals';
import { agreement } from '../../../src/domain/agreement/decider.ts';
import type { agreementEvents } from '../../../src/domain/agreement/events.ts';
import { assignableOn } from '../../../src/domain/agreement/rules.ts';
import type { EventOf } from '../../../src/domain/kernel/aggregate.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import {
  activated,
  added,
  allocationId,
  blocked,
  draft,
  drafted,
  event,
  facts,
  granted,
  inLine,
  line,
  lined,
  schedule,
  scheduleActivated,
  scheduleId,
  signed,
  timeZone,
} from './fixtures.ts';

const { given } = scenarios(agreement);
const context = { facts };
const running = [drafted, signed, added, lined, activated, scheduleActivated] as const;

describe('a master agreement', () => {
  test('is drafted once for a customer who is not blocked; the same again changes nothing', () => {
    given().when('DraftAgreement', draft, context).then(drafted).andRepeatedNothing();
    given(drafted)
      .when('DraftAgreement', { ...draft, termMonths: 24 }, context)
      .thenRejected('alreadyDrafted');
    given().when('DraftAgreement', draft, { facts: blocked }).thenRejected('customerBlocked');
    given()
      .when('DraftAgreement', { ...draft, currency: 'ZZZ' }, context)
      .thenRejected('unknownCurrency');
  });

  test('is changed as a draft only, keeps its customer, and its currency once lines have rates', () => {
    const longer = { ...draft, termMonths: 24 };
    given(drafted).when('ChangeAgreement', longer, context).then(event('AgreementChanged', longer)).andRepeatedNothing();
    given(drafted)
      .when('ChangeAgreement', { ...draft, customerId: id('another') }, context)
      .thenRejected('otherCustomer');
    given(drafted)
      .when('ChangeAgreement', { ...draft, currency: 'GTQ' }, context)
      .thenTypes('AgreementChanged');
    given(drafted, added, lined)
      .when('ChangeAgreement', { ...draft, currency: 'GTQ' }, context)
      .thenRejected('otherCurrency');
  });

  test('is put in force with a signed document and a customer who is not blocked, through the last day of its term', () => {
    given(drafted).when('ActivateAgreement', {}, context).thenRejected('notSigned');
    given(drafted, signed).when('ActivateAgreement', {}, { facts: blocked }).thenRejected('customerBlocked');
    given(drafted, signed).when('ActivateAgreement', {}, context).then(activated).andRepeatedNothing();
  });

  test('is renewed from the day after its end, as long as asked', () => {
    given(drafted, signed, activated)
      .when('RenewAgreement', { termMonths: 6, isEvergreen: true })
      .then(event('AgreementRenewed', { endDate: '2027-06-30', isEvergreen: true, timeZone }));
  });

  test('expires on the day after its end, unless renewed or evergreen meanwhile', () => {
    const due = { on: '2026-12-31' };
    given(drafted, signed, activated).when('ExpireAgreement', due).then(event('AgreementExpired', due)).andRepeatedNothing();
    given(drafted, signed, activated, event('AgreementRenewed', { endDate: '2027-12-31', isEvergreen: false, timeZone }))
      .when('ExpireAgreement', due)
      .thenNothing();
    given(drafted, signed, event('AgreementActivated', { endDate: '2026-12-31', isEvergreen: true, timeZone }))
      .when('ExpireAgreement', due)
      .thenNothing();
  });

  test('AG-1 termination, expiry and discarding name every allocation, so that nothing new starts under any', () => {
    const closing = event('AllocationsClosing', { scheduleId, allocationIds: [allocationId] });
    const ended = { on: '2026-06-30', reason: 'sold' };
    given(...running, granted)
      .when('TerminateAgreement', ended)
      .then(event('AgreementTerminated', ended), closing)
      .andRepeatedNothing();
    given(...running, granted)
      .when('ExpireAgreement', { on: '2026-12-31' })
      .then(event('AgreementExpired', { on: '2026-12-31' }), closing);
    given(...running, granted)
      .when('TerminateSchedule', { scheduleId, ...ended })
      .then(event('ScheduleTerminated', { scheduleId, ...ended }), closing)
      .andRepeatedNothing();
    given(...running, granted)
      .when('ExpireSchedule', { scheduleId, on: '2026-11-30' })
      .then(event('ScheduleExpired', { scheduleId, on: '2026-11-30' }), closing)
      .andRepeatedNothing();
    given(drafted, added, lined, granted)
      .when('DiscardSchedule', { scheduleId, reason: 'x' })
      .then(event('ScheduleDiscarded', { scheduleId, reason: 'x' }), closing)
      .andRepeatedNothing();
    given(drafted, added, lined, granted)
      .when('DiscardAgreement', { reason: 'x' })
      .then(event('AgreementDiscarded', { reason: 'x' }), closing)
      .andRepeatedNothing();
    given(...running)
      .when('TerminateAgreement', ended)
      .thenTypes('AgreementTerminated');
  });

  test('takes papers until it is discarded; the same paper in the same role again changes nothing', () => {
    const paper = { attachmentId: id('paper'), role: 'certificate' } as const;
    given(drafted).when('AttachAgreementDocument', paper).then(event('AgreementDocumentAttached', paper)).andRepeatedNothing();
    given(drafted, event('AgreementDiscarded', { reason: 'x' }))
      .when('AttachAgreementDocument', paper)
      .thenRejected('notAllowed');
    const onSchedule = { scheduleId, ...paper };
    given(drafted, added).when('AttachScheduleDocument', onSchedule).then(event('ScheduleDocumentAttached', onSchedule)).andRepeatedNothing();
    given(drafted, added, event('ScheduleDiscarded', { scheduleId, reason: 'x' }))
      .when('AttachScheduleDocument', onSchedule)
      .thenRejected('notAllowed');
    given(drafted).when('AttachScheduleDocument', onSchedule).thenRejected('unknownSchedule');
  });
});

describe('the dates of agreements (AG-1)', () => {
  const day = fc.integer({ min: -400, max: 1200 }).map((days) => new Date(Date.parse('2026-01-01') + days * 86_400_000).toISOString().slice(0, 10));
  const isDraft = fc.boolean();

  test('AG-1 a schedule begins within its master’s term, in a draft too; its end may exceed the term but not precede its start', () => {
    fc.assert(
      fc.property(day, fc.option(day, { nil: undefined }), isDraft, fc.boolean(), (effectiveDate, endDate, draftOnly, isEvergreen) => {
        const history = draftOnly
          ? [event('AgreementDrafted', { ...draft, isEvergreen })]
          : [event('AgreementDrafted', { ...draft, isEvergreen }), signed, event('AgreementActivated', { endDate: '2026-12-31', isEvergreen, timeZone })];
        const { decision } = given(...history).when('AddSchedule', {
          effectiveDate,
          contractType: 'net-lease.monthly.advance',
          ...(endDate === undefined ? {} : { endDate }),
        });
        const fits = effectiveDate >= '2026-01-01' && (isEvergreen || effectiveDate <= '2026-12-31') && (endDate ?? effectiveDate) >= effectiveDate;
        expect(Array.isArray(decision)).toBe(fits);
      }),
      { numRuns: 300 },
    );
  });

  test('AG-1 a schedule whose master was changed under it does not become active outside the term', () => {
    const shorter = event('AgreementChanged', { ...draft, effectiveDate: '2026-03-01' });
    given(drafted, signed, added, lined, shorter, activated).when('ActivateSchedule', { scheduleId }).thenRejected('outsideTerm');
  });

  test('AG-1 a line’s dates, and those of its rates, lie in the schedule’s', () => {
    fc.assert(
      fc.property(day, fc.option(day, { nil: undefined }), fc.boolean(), (from, until, isOpen) => {
        const base = { effectiveDate: '2026-02-01', contractType: 'net-lease.monthly.advance' };
        const at = event('ScheduleAdded', { scheduleId, ...base, ...(isOpen ? {} : { endDate: '2026-11-30' }) });
        const dates = { from, ...(until === undefined ? {} : { until }) };
        const { decision } = given(drafted, at).when('AddLine', { scheduleId, ...line, ...dates });
        const inSchedule = (date: string) => date >= '2026-02-01' && (isOpen || date <= '2026-11-30');
        expect(Array.isArray(decision)).toBe(inSchedule(from) && (until === undefined || (until >= from && inSchedule(until))));
      }),
      { numRuns: 300 },
    );
    given(drafted, added, lined)
      .when('ChangeRate', { ...inLine, from: '2026-12-01', rate: line.rate, per: 'month' })
      .thenRejected('outsideSchedule');
  });

  test('AG-1 no unit goes out under a line outside its dates, nor while schedule or agreement is not active', () => {
    const narrow = event('LineAdded', { ...inLine, ...line, from: '2026-03-01', until: '2026-09-30' });
    const isOpenOn = (date: string, ...extra: readonly EventOf<typeof agreementEvents>[]) => {
      const { state } = given(drafted, signed, added, narrow, ...extra);
      if (state.status === 'absent') throw new Error('unreachable');
      return assignableOn(state, inLine, date);
    };
    expect(['2026-02-28', '2026-03-01', '2026-09-30', '2026-10-01'].map((date) => isOpenOn(date, activated, scheduleActivated))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isOpenOn('2026-05-01', activated)).toBe(false);
    expect(isOpenOn('2026-05-01', activated, scheduleActivated, event('ScheduleExpired', { scheduleId, on: '2026-11-30' }))).toBe(false);
    expect(isOpenOn('2026-05-01', activated, scheduleActivated, event('AgreementTerminated', { on: '2026-04-01', reason: 'x' }))).toBe(false);
  });
});

test('schedules and lines say what is wrong with them', () => {
  given(drafted, signed, activated, added).when('ActivateSchedule', { scheduleId }).thenRejected('noLines');
  given(...running)
    .when('ActivateSchedule', { scheduleId })
    .thenNothing();
  given(drafted, signed, added, lined, activated).when('ActivateSchedule', { scheduleId }).then(scheduleActivated);
  given(drafted)
    .when('AddSchedule', schedule)
    .then(event('ScheduleAdded', { scheduleId: id('made:0'), ...schedule }));
  given(drafted, added)
    .when('AddLine', { scheduleId, ...line })
    .then(event('LineAdded', { scheduleId, lineItemId: id('made:0'), ...line }));
  given(drafted, added)
    .when('AddLine', { scheduleId, ...line, rate: { amount: '1', currency: 'GTQ' } })
    .thenRejected('otherCurrency');
  given(...running)
    .when('RenewSchedule', { scheduleId, endDate: '2026-11-30' })
    .thenNothing();
  given(...running)
    .when('RenewSchedule', { scheduleId, endDate: '2026-11-29' })
    .thenRejected('notLater');
  const endless = event('ScheduleAdded', { scheduleId, effectiveDate: '2026-02-01', contractType: 'net-lease.monthly.advance' });
  given(drafted, signed, endless, lined, activated, event('ScheduleActivated', { scheduleId, timeZone }))
    .when('RenewSchedule', { scheduleId, endDate: '2027-01-31' })
    .thenRejected('notLater');
  given(...running, event('ScheduleExpired', { scheduleId, on: '2026-11-30' }))
    .when('RenewSchedule', { scheduleId, endDate: '2027-01-31' })
    .then(event('ScheduleRenewed', { scheduleId, endDate: '2027-01-31', timeZone }));
});
