/** QC-5: what an accepted quotation waits for before its work. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { awaitedAdvance } from '../../../src/domain/quotation/state.ts';
import { id } from '../../kit/decider.ts';
import { approver, type Event, event, given, gtq, having, leading, offering, requestId, stateAfter, yes } from './kit.ts';

describe('the advance of an accepted quotation', () => {
  const waiting = having(leading.issued, 'AcceptQuotation', yes(leading.issued));
  const awaited = (history: readonly Event[]) => awaitedAdvance(stateAfter(...history));
  const pay = (name: string, amount: string) => ({ paymentId: id(name), amount: gtq(amount) });

  test('QC-5 is awaited until all of it is in, and again once a payment was not good', () => {
    expect(awaited(waiting)).toEqual({ advance: gtq('100.00'), received: gtq('0.00') });
    const part = having(waiting, 'RecordQuotationAdvance', pay('A', '60'), approver);
    expect(part.at(-1)).toEqual(event('QuotationAdvanceReceived', { requestId, ...pay('A', '60.00'), received: gtq('60.00'), isWhole: false }));
    expect(awaited(part)).toEqual({ advance: gtq('100.00'), received: gtq('60.00') });
    const whole = having(part, 'RecordQuotationAdvance', pay('B', '40'), approver);
    expect(whole.at(-1)).toMatchObject({ data: { received: gtq('100.00'), isWhole: true } });
    expect(awaited(whole)).toBeUndefined();
    const bounced = having(whole, 'ReverseQuotationAdvance', { paymentId: id('A'), reason: 'no funds' }, approver);
    expect(awaited(bounced)).toEqual({ advance: gtq('100.00'), received: gtq('40.00') });
    given(...bounced)
      .when('ReverseQuotationAdvance', { paymentId: id('A'), reason: 'no funds' }, approver)
      .thenNothing();
    given(...bounced)
      .when('RecordQuotationAdvance', pay('A', '60'), approver)
      .thenRejected('paymentDiffers');
  });

  test('QC-5 the order in which payments come and are taken back does not matter', () => {
    const step = fc.record({ payment: fc.nat({ max: 3 }), isBack: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const all = steps.map(({ payment, isBack }) =>
          isBack
            ? { type: 'ReverseQuotationAdvance' as const, data: { paymentId: id(`p${payment}`), reason: 'x' } }
            : { type: 'RecordQuotationAdvance' as const, data: pay(`p${payment}`, `${30 + payment}`) },
        );
        let history = waiting;
        const paid = new Set<number>();
        const gone = new Set<number>();
        for (const [n, { type, data }] of all.entries()) {
          const { decision } = given(...history).when(type, data, approver);
          const { payment = 0, isBack = false } = steps[n] ?? {};
          if (isBack && paid.has(payment)) gone.add(payment);
          if (!isBack) paid.add(payment);
          if (!isRejection(decision)) history = [...history, ...decision];
        }
        const sum = [...paid].filter((payment) => !gone.has(payment)).reduce((total, payment) => total + 30 + payment, 0);
        expect(Number(awaited(history)?.received.amount ?? sum)).toBe(sum);
        expect(awaited(history) === undefined).toBe(sum >= 100);
      }),
    );
  });

  test('QC-5 work before it is paid needs an approval, by somebody who wrote none of it (TE-10)', () => {
    const reason = { reason: 'an old customer' };
    given(...waiting)
      .when('ApproveWorkBeforeAdvance', reason)
      .thenRejected('ownWork');
    const approved = having(waiting, 'ApproveWorkBeforeAdvance', reason, approver);
    expect(awaited(approved)).toBeUndefined();
    given(...approved)
      .when('ApproveWorkBeforeAdvance', reason, approver)
      .thenNothing();
  });

  test('TE-10 above the approvers’ limit only who may approve any value lets the work begin', () => {
    const asked = [...offering('120000.01'), event('QuotationTermsSet', { validDays: 30, advanceRate: '0.2' })];
    const large = having(having(having(asked, 'SubmitQuotation', {}), 'ApproveLargeQuotation', {}, approver), 'IssueQuotation', {});
    const accepted = having(large, 'AcceptQuotation', yes(large));
    const reason = { reason: 'an old customer' };
    given(...accepted)
      .when('ApproveWorkBeforeAdvance', reason, { ...approver, held: new Set(['quotation:approve']) })
      .thenRejected('aboveApproverLimit');
    given(...accepted)
      .when('ApproveWorkBeforeAdvance', reason, { ...approver, held: new Set(['quotation:approve', 'quotation-value:approve']) })
      .thenTypes('WorkBeforeAdvanceApproved');
    given(...waiting)
      .when('ApproveWorkBeforeAdvance', reason, { ...approver, held: new Set(['quotation:approve']) })
      .thenTypes('WorkBeforeAdvanceApproved');
  });

  test('TE-10 is confirmed by somebody who wrote none of it, in its currency, each payment once; without one there is nothing to pay', () => {
    given(...waiting)
      .when('RecordQuotationAdvance', pay('A', '60'))
      .thenRejected('ownWork');
    given(...waiting)
      .when('RecordQuotationAdvance', { paymentId: id('A'), amount: { amount: '60', currency: 'USD' } }, approver)
      .thenRejected('otherCurrency');
    const part = having(waiting, 'RecordQuotationAdvance', pay('A', '60'), approver);
    given(...part)
      .when('RecordQuotationAdvance', pay('A', '60.00'), approver)
      .thenNothing();
    given(...part)
      .when('RecordQuotationAdvance', pay('A', '61'), approver)
      .thenRejected('paymentDiffers');
    given(...waiting)
      .when('ReverseQuotationAdvance', { paymentId: id('A'), reason: 'x' }, approver)
      .thenRejected('unknownPayment');
    const free = having(offering('500.00'), 'IssueQuotation', {});
    const accepted = having(free, 'AcceptQuotation', yes(free));
    expect(awaited(accepted)).toBeUndefined();
    given(...accepted)
      .when('RecordQuotationAdvance', pay('A', '60'), approver)
      .thenRejected('noAdvance');
    given(...accepted)
      .when('ApproveWorkBeforeAdvance', { reason: 'x' }, approver)
      .thenRejected('noAdvance');
  });
});
