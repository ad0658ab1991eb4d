import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addMoney, compareMoney, equalMoney, type Money, sumMoney } from '../../../src/domain/kernel/money.ts';
import { personalPaths } from '../../../src/domain/kernel/personal.ts';
import { quotation } from '../../../src/domain/quotation/decider.ts';
import { quotationEvents } from '../../../src/domain/quotation/events.ts';
import { hashOf } from '../../../src/domain/quotation/state.ts';
import { totalsOf } from '../../../src/domain/quotation/totals.ts';
import { id, now } from '../../kit/decider.ts';
import {
  accountId,
  approver,
  author,
  claimsAfter,
  customerId,
  drafted,
  type Event,
  event,
  facts,
  given,
  gtq,
  having,
  leading,
  lineOf,
  numbersAfter,
  offering,
  request,
  requestId,
  stateAfter,
  yes,
} from './kit.ts';

const asked = { requestId, currency: 'GTQ' };
const lastDay = '2026-04-01T05:59:59.999Z';
const over = '2026-04-01T06:00:00.000Z';

describe('a draft', () => {
  test('is its request’s customer’s, under the policy of the day', () => {
    given().when('DraftQuotation', asked, author).then(drafted).andRepeatedNothing();
    given()
      .when('DraftQuotation', { ...asked, currency: 'XXX' }, author)
      .thenRejected('unknownCurrency');
    given()
      .when('DraftQuotation', { ...asked, advanceRate: '1.01' }, author)
      .thenRejected('advanceTooLarge');
    given()
      .when('DraftQuotation', asked, { facts: { ...facts, ...request({ status: 'cancelled' }) } })
      .thenRejected('requestNotReady');
  });

  test('TE-2 is the company’s own until it is issued, and again while it is written anew: only then is it the customer’s', () => {
    const whose = (...history: readonly Event[]) => {
      const state = stateAfter(...history);
      return [quotation.tenantOf(state, ''), quotation.accountOf?.(state, '')];
    };
    const { issued } = leading;
    const anew = having(issued, 'ReviseQuotation', {});
    const [nobody, theirs] = [
      [null, null],
      [customerId, accountId],
    ];
    for (const status of ['draft', 'pending_approval', 'approved', 'withdrawn'] as const) expect([status, whose(...leading[status])]).toEqual([status, nobody]);
    for (const status of ['issued', 'accepted', 'declined', 'expired'] as const) expect([status, whose(...leading[status])]).toEqual([status, theirs]);
    expect(whose(...anew)).toEqual(nobody);
    expect(whose(...having(anew, 'IssueQuotation', {}))).toEqual(theirs);
    expect(whose(...having(anew, 'WithdrawQuotation', { reason: 'x' }))).toEqual(theirs);
  });

  test('takes the customer’s papers and the company’s; the document itself is the customer’s, who could not see it else', () => {
    const attach = (name: string, role: 'quotation' | 'other') => given(drafted).when('AttachQuotationDocument', { attachmentId: id(name), role }, author);
    attach('pdf', 'quotation').thenTypes('QuotationDocumentAttached');
    attach('internal', 'other').thenTypes('QuotationDocumentAttached');
    attach('internal', 'quotation').thenRejected('otherCustomersFile');
    attach('stranger’s', 'other').thenRejected('otherCustomersFile');
    attach('nowhere', 'other').thenRejected('otherCustomersFile');
  });

  test('the made paper of a revision is recorded once, also after the customer’s answer and under a later draft', () => {
    const paper = { attachmentId: id('made paper'), revision: 1 };
    const attached = event('QuotationDocumentAttached', { ...paper, role: 'quotation' });
    const { draft, issued, accepted } = leading;
    const record = (history: readonly Event[], revision = 1) => given(...history).when('RecordQuotationDocument', { ...paper, revision });
    record(accepted).then(attached).andRepeatedNothing();
    record(having(issued, 'ReviseQuotation', {}))
      .then(attached)
      .andRepeatedNothing();
    record(having(issued, 'ReviseQuotation', {}), 2).thenNothing();
    record(draft).thenNothing();
  });

  test('QC-4 a product is offered at the price in force then, in its own words and with its tax', () => {
    const line = { ...lineOf('made:0', '125.00'), productId: id('pump'), sku: 'SKU-pump', description: 'pump', quantity: '3', amount: gtq('375.00') };
    given(drafted)
      .when('AddQuotationLine', { productId: id('pump'), quantity: '3' }, author)
      .then(event('QuotationLineAdded', line))
      .andRepeatedNothing();
    const june = { ...author, now: '2026-06-01T00:00:00.000Z' };
    expect(given(drafted).when('AddQuotationLine', { productId: id('pump'), quantity: '1' }, june).decision).toMatchObject([
      { data: { unitPrice: gtq('999.00') } },
    ]);
  });

  test('another price than the product’s needs a reason; everything else is said on the line', () => {
    const add = (data: object) => given(drafted).when('AddQuotationLine', { quantity: '1', ...data }, author);
    const pump = { productId: id('pump') };
    add({ ...pump, unitPrice: gtq('100') }).thenRejected('priceReasonNeeded');
    add({ ...pump, unitPrice: gtq('100'), priceReason: 'an old customer' }).thenTypes('QuotationLineAdded');
    add({ productId: id('gone') }).thenRejected('productRetired');
    add({ description: 'x', tax: 'none' }).thenRejected('priceNeeded');
    add({ unitPrice: gtq('1'), tax: 'none' }).thenRejected('descriptionNeeded');
    add({ unitPrice: gtq('1'), description: 'x' }).thenRejected('taxNeeded');
    add({ unitPrice: { amount: '1', currency: 'USD' }, description: 'x', tax: 'none' }).thenRejected('otherCurrency');
    add({ ...pump, tax: 'gt-iva-10' }).thenRejected('taxNotInForce');
    add({ ...pump, quantity: '0' }).thenRejected('quantityNeeded');
    add({ ...pump, quantity: '999999999999' }).thenRejected('amountTooLarge');
    add({ ...pump, discount: gtq('125.01') }).thenRejected('discountTooLarge');
    expect(add({ ...pump, discount: gtq('25') }).decision).toMatchObject([{ data: { amount: gtq('100.00'), discount: gtq('25.00') } }]);
    given(drafted)
      .when('ChangeQuotationLine', { lineId: id('x'), quantity: '1', ...pump }, author)
      .thenRejected('unknownLine');
  });

  test('BI-4 total = Σ lines + Σ taxes, exact; a rate’s tax is rounded once and spread over its lines', () => {
    const taxed = fc.constantFrom(
      { tax: 'a', taxRate: '0.12', isTaxIncluded: true },
      { tax: 'b', taxRate: '0.0825', isTaxIncluded: false },
      { tax: 'c', taxRate: '0', isTaxIncluded: false },
    );
    const lines = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), taxed), { maxLength: 12 });
    fc.assert(
      fc.property(lines, (chosen) => {
        const all = chosen.map(([cents, tax], n) => lineOf(`${n}`, `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`, tax));
        const { net, tax, total, lineTaxes } = totalsOf(all, 'GTQ');
        const sum = (amounts: readonly Money[]) => sumMoney(amounts, 'GTQ');
        expect(sum(lineTaxes.map((each) => each.tax))).toEqual(tax);
        expect(addMoney(net, tax)).toEqual(total);
        const onTop = lineTaxes.filter((_, n) => all[n]?.isTaxIncluded === false).map((each) => each.tax);
        expect(equalMoney(total, addMoney(sum(all.map(({ amount }) => amount)), sum(onTop)))).toBe(true);
        for (const [n, { tax: part }] of lineTaxes.entries()) expect(compareMoney(part, all[n]?.amount ?? gtq('0'))).toBeLessThanOrEqual(0);
      }),
    );
    // 3 × 0.05 with 12 % on top: 0.018 is 0.02, not three times 0.01.
    const cents = ['a', 'b', 'c'].map((name) => lineOf(name, '0.05', { isTaxIncluded: false }));
    expect(totalsOf(cents, 'GTQ')).toMatchObject({ total: gtq('0.17'), lineTaxes: [{ tax: gtq('0.01') }, { tax: gtq('0.01') }, { tax: gtq('0.00') }] });
    expect(totalsOf([lineOf('x', '112.00')], 'GTQ')).toMatchObject({ net: gtq('100.00'), tax: gtq('12.00'), total: gtq('112.00') });
  });
});

describe('approval', () => {
  const large = offering('12000.01');
  const pending = having(large, 'SubmitQuotation', {});
  const approved = having(pending, 'ApproveQuotation', {}, approver);

  test('QC-3 over the limit it is never issued but as it was approved', () => {
    given(...large)
      .when('IssueQuotation', {}, author)
      .thenRejected('approvalNeeded');
    given(...offering('12000.00'))
      .when('IssueQuotation', {}, author)
      .thenTypes('QuotationIssued');
    given(...approved)
      .when('IssueQuotation', {}, author)
      .thenTypes('QuotationIssued');
    const edited = having(approved, 'SetQuotationTerms', { validDays: 31 });
    given(...edited)
      .when('IssueQuotation', {}, author)
      .thenRejected('approvalNeeded');
    // Back to the letter of what was approved.
    given(...having(edited, 'SetQuotationTerms', { validDays: 30 }))
      .when('IssueQuotation', {}, author)
      .thenTypes('QuotationIssued');
    given(...having(having(approved, 'IssueQuotation', {}), 'ReviseQuotation', {}), event('QuotationLineAdded', lineOf('L2', '1.00')))
      .when('IssueQuotation', {}, author)
      .thenRejected('approvalNeeded');
  });

  test('TE-10 nobody approves what they wrote any part of, or submitted; above the approver’s limit another permission is needed', () => {
    given(...pending)
      .when('ApproveQuotation', {})
      .thenRejected('ownWork');
    given(...pending)
      .when('ApproveLargeQuotation', {})
      .thenRejected('ownWork');
    const more = having(offering('120000.01'), 'SubmitQuotation', {});
    given(...more)
      .when('ApproveQuotation', {}, approver)
      .thenRejected('aboveApproverLimit');
    given(...more)
      .when('ApproveLargeQuotation', {}, approver)
      .thenTypes('QuotationApproved');
    given(...pending)
      .when('ApproveQuotation', { contentHash: 'a'.repeat(64) }, approver)
      .thenRejected('contentChanged');
  });

  test('what was rejected is a draft again', () => {
    given(...pending)
      .when('RejectQuotation', { reason: 'too dear' }, approver)
      .thenTypes('QuotationRejected');
    const rejected = having(pending, 'RejectQuotation', { reason: 'too dear' }, approver);
    given(...rejected)
      .when('RejectQuotation', { reason: 'too dear' }, approver)
      .thenNothing();
    given(drafted).when('SubmitQuotation', {}, author).thenRejected('emptyQuotation');
  });
});

describe('an issued quotation', () => {
  const { issued } = leading;
  const number = (series: string) => (series === `quotation:${customerId}:2026` ? 42 : 0);

  test('SR-10 has a number of its customer’s year, taken once for all revisions', () => {
    const history = having(leading.draft, 'IssueQuotation', {}, { ...author, takeNumber: number });
    expect(history.at(-1)).toMatchObject({
      data: { quotationNumber: 'Q-2026-000042', total: gtq('500.00'), tax: gtq('53.57'), validUntil: '2026-03-31', expiresAt: over },
    });
    expect(numbersAfter(...history)).toEqual([{ series: `quotation:${customerId}:2026`, number: 42 }]);
    const again = having(having(history, 'ReviseQuotation', {}), 'IssueQuotation', {}, { ...author, takeNumber: () => 43 });
    expect(again.at(-1)).toMatchObject({ data: { revision: 2, quotationNumber: 'Q-2026-000042' } });
    expect(numbersAfter(...leading.draft)).toEqual([]);
  });

  test('is given out only for a request that waits for it, with taxes of the day, and not for yesterday', () => {
    const issue = (change: object, data: object = {}) =>
      given(...leading.draft).when('IssueQuotation', data, { ...author, facts: { ...facts, ...request(change) } });
    issue({ status: 'submitted' }).thenRejected('requestNotReady');
    issue({ review: { status: 'pending' } }).thenRejected('requestNotReady');
    issue({ policy: { review: true } }).thenRejected('requestNotReady');
    issue({ policy: { review: true }, review: { status: 'approved' } }).thenTypes('QuotationIssued');
    issue({}, { validUntil: '2026-02-28' }).thenRejected('validityOver');
    given(drafted, event('QuotationLineAdded', lineOf('old', '1.00', { taxRate: '0.1' })))
      .when('IssueQuotation', {}, author)
      .thenRejected('taxNotInForce');
    given(drafted).when('IssueQuotation', {}, author).thenRejected('emptyQuotation');
  });

  test('QC-1 the accepted revision’s content hash is the accepted snapshot’s; a second acceptance changes nothing', () => {
    const said = { ...yes(issued), contactId: id('Rosa'), legalEntityId: id('Sur SA'), addressId: id('office'), email: 'rosa@sur.example' };
    given(...issued)
      .when('AcceptQuotation', said, author)
      .then(
        event('QuotationAccepted', {
          requestId,
          revision: 1,
          contentHash: hashOf(stateAfter(...issued)),
          acceptedAt: now,
          total: gtq('500.00'),
          advance: gtq('100.00'),
          signatoryId: id('Rosa'),
          snapshot: {
            customerName: 'Sur',
            legalName: 'Sur, S.A.',
            taxIdKind: 'nit',
            taxId: '12345678',
            address: { street: '5a avenida', country: 'GT' },
            signatory: { name: 'Rosa Chay', email: 'rosa@sur.example' },
          },
        }),
      )
      .andRepeatedNothing();
    given(...leading.accepted)
      .when('AcceptQuotation', { ...said, contentHash: 'a'.repeat(64) }, author)
      .thenRejected('notAllowedNow');
    given(...issued)
      .when('AcceptQuotation', { ...said, contentHash: 'a'.repeat(64) }, author)
      .thenRejected('contentChanged');
    for (const [field, code] of [
      ['contactId', 'unknownContact'],
      ['legalEntityId', 'unknownLegalEntity'],
      ['addressId', 'unknownAddress'],
    ] as const)
      given(...issued)
        .when('AcceptQuotation', { ...said, [field]: id('nobody') }, author)
        .thenRejected(code);
  });

  test('QC-1 only the current revision is accepted, and one quotation of a request at most', () => {
    const anew = having(issued, 'ReviseQuotation', { reason: 'cheaper' });
    const second = having(anew, 'IssueQuotation', {});
    for (const written of [anew, having(anew, 'SubmitQuotation', {})]) {
      given(...written)
        .when('AcceptQuotation', yes(issued), author)
        .thenRejected('beingRevised');
      given(...written)
        .when('DeclineQuotation', { reason: 'dear' }, author)
        .thenRejected('beingRevised');
    }
    given(...second)
      .when('AcceptQuotation', yes(issued), author)
      .thenRejected('notCurrent');
    given(...second)
      .when('AcceptQuotation', yes(second), author)
      .thenTypes('QuotationAccepted');
    expect(claimsAfter(...leading.accepted)).toEqual([{ kind: 'requestAcceptance', scope: customerId, value: requestId }]);
    expect(claimsAfter(...issued)).toEqual([]);
    given(...issued)
      .when('AcceptQuotation', yes(issued), { facts: { ...facts, ...request({ status: 'cancelled' }) } })
      .thenRejected('requestNotReady');
  });

  test('QC-2 is accepted to the end of its last day in the request’s zone and not having, by the command’s clock', () => {
    given(...issued)
      .when('AcceptQuotation', yes(issued), { ...author, now: lastDay })
      .thenTypes('QuotationAccepted');
    given(...issued)
      .when('AcceptQuotation', yes(issued), { ...author, now: over })
      .thenRejected('validityOver');
    given(...issued)
      .when('ExpireQuotation', { revision: 1 }, { now: lastDay })
      .thenNothing();
    given(...issued)
      .when('ExpireQuotation', { revision: 1 }, { now: over })
      .thenTypes('QuotationExpired');
    given(...issued)
      .when('ExpireQuotation', { revision: 2 }, { now: over })
      .thenNothing();
    const [last] = issued.slice(-1);
    expect(quotation.deadlines?.QuotationIssued?.(last?.data as never, '')).toEqual([
      { change: 'set', name: 'valid-until', dueAt: over, command: 'ExpireQuotation', data: { revision: 1 } },
    ]);
  });

  test('QC-2 is lost for a reason only, and never once accepted', () => {
    expect(quotationEvents.QuotationDeclined.schema.required).toContain('reason');
    given(...leading.accepted)
      .when('DeclineQuotation', { reason: 'changed my mind' }, author)
      .thenRejected('notAllowedNow');
  });

  test('TE-2 a customer is told that it is written anew, and not why a price was given', () => {
    const reasoned = [drafted, event('QuotationLineAdded', lineOf('L1', '500.00', { priceReason: 'an old customer' }))];
    const anew = having(having(reasoned, 'IssueQuotation', {}), 'ReviseQuotation', {});
    expect(JSON.stringify(anew.at(-1))).not.toContain('an old customer');
    expect(stateAfter(...anew).lines).toEqual(stateAfter(...reasoned).lines);
    expect(quotationEvents.QuotationFollowUpLogged.isCompanysOwn).toBe(true);
  });

  test('asks for its advance, rounded', () => {
    const history = having(having(leading.draft, 'SetQuotationTerms', { validDays: 30, advanceRate: '0.333' }), 'IssueQuotation', {});
    expect(history.at(-1)).toMatchObject({ data: { advance: gtq('166.50') } });
  });

  test('the person who signs is marked, so that it can be forgotten', () => {
    expect(personalPaths(quotationEvents.QuotationAccepted.schema).map((path) => path.join('.'))).toEqual([
      'snapshot.signatory.name',
      'snapshot.signatory.email',
      'snapshot.signatory.phone',
    ]);
  });
});

describe('following up', () => {
  const remindAt = '2026-03-10T06:00:00.000Z';
  const logged = event('QuotationFollowUpLogged', { followUpId: id('made:0'), notes: 'called', nextFollowUpOn: '2026-03-10', remindAt });
  test('writes down who was asked, and tells once on the day to ask again', () => {
    const { issued } = leading;
    given(...issued)
      .when('LogFollowUp', { notes: 'called', nextFollowUpOn: '2026-03-10' })
      .then(logged)
      .andRepeatedNothing();
    given(...issued)
      .when('LogFollowUp', { notes: 'called', nextFollowUpOn: '2026-02-28' })
      .thenRejected('inThePast');
    const remind = { followUpId: id('made:0') };
    given(...issued, logged)
      .when('RemindOfFollowUp', remind)
      .thenNothing();
    given(...issued, logged)
      .when('RemindOfFollowUp', remind, { now: remindAt })
      .then(event('QuotationFollowUpDue', { ...remind, on: '2026-03-10' }))
      .andRepeatedNothing();
    given(...issued, logged, event('QuotationWithdrawn', { requestId, revision: 1, wasIssued: true, reason: 'x' }))
      .when('RemindOfFollowUp', remind, { now: remindAt })
      .thenNothing();
    expect(quotation.deadlines?.QuotationFollowUpLogged?.(logged.data as never, '')).toMatchObject([{ change: 'set', name: 'follow-up', dueAt: remindAt }]);
  });
});
