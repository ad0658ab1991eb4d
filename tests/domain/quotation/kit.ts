/** Quotations for tests: the shipped taxes and policy, a request that may be quoted, products, and histories that lead into each state. */
import { type EventOf, emit } from '../../../src/domain/kernel/aggregate.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { quotation } from '../../../src/domain/quotation/decider.ts';
import { quotationEvents } from '../../../src/domain/quotation/events.ts';
import { hashOf, type PresentQuotation, type Quotation, type Status } from '../../../src/domain/quotation/state.ts';
import { id, scenarios, type TestContext } from '../../kit/decider.ts';
import { shippedFacts } from '../../kit/shipped-catalogs.ts';

export const { given, fold, claimsAfter, numbersAfter } = scenarios(quotation);
export const event = emit(quotationEvents);
export type Event = EventOf<typeof quotationEvents>;
export const gtq = (amount: string) => ({ amount, currency: 'GTQ' });
export const requestId = id('request');
export const customerId = id('Sur');
export const accountId = id('Sur norte');
export const timeZone = 'America/Guatemala';

export const request = (change: object = {}) => ({
  [`serviceRequest-${requestId}`]: {
    situation: 'present',
    status: 'in_review',
    customerId,
    accountId,
    timeZone,
    policy: { review: false },
    review: { status: 'none' },
    quotations: [],
    ...change,
  },
});
const priced = (name: string, amount: string, change: object = {}) => ({
  [`product-${id(name)}`]: {
    situation: 'active',
    sku: `SKU-${name}`,
    name,
    tax: 'gt-iva-12',
    prices: [
      { effectiveAt: '2026-01-01T00:00:00.000Z', price: gtq(amount) },
      { effectiveAt: '2026-06-01T00:00:00.000Z', price: gtq('999.00') },
    ],
    ...change,
  },
});
const file = (name: string, owner: string | null) => ({ [`attachment-${id(name)}`]: { situation: 'present', customerId: owner } });
export const facts = {
  ...file('pdf', customerId),
  ...file('internal', null),
  ...file('stranger’s', id('Norte')),
  ...shippedFacts('tax', 'quotation-policy'),
  ...request(),
  ...priced('pump', '125.00'),
  ...priced('gone', '1.00', { situation: 'retired' }),
  [`customer-${customerId}`]: {
    situation: 'active',
    name: 'Sur',
    contacts: { [id('Rosa')]: { role: 'primary', content: '{}' } },
    legalEntities: { [id('Sur SA')]: JSON.stringify({ country: 'GT', legalName: 'Sur, S.A.', taxId: '12345678', taxIdKind: 'nit' }) },
    addresses: {
      [id('office')]: { kind: 'fiscal', isPrimary: true, content: JSON.stringify({ country: 'GT', isPrimary: true, kind: 'fiscal', street: '5a avenida' }) },
    },
  },
};
export const author: TestContext = { facts, actor: { kind: 'user', id: id('Ana') } };
export const approver: TestContext = { facts, actor: { kind: 'user', id: id('Beto') } };

export const draftedFor = (validDays: number) =>
  event('QuotationDrafted', {
    requestId,
    customerId,
    accountId,
    currency: 'GTQ',
    timeZone,
    policy: { approvalLimit: gtq('12000.00'), approverLimit: gtq('120000.00') },
    validDays,
  });
export const drafted = draftedFor(30);
export const lineOf = (name: string, amount: string, change: object = {}) => ({
  lineId: id(name),
  description: name,
  quantity: '1',
  unitPrice: gtq(amount),
  amount: gtq(amount),
  tax: 'gt-iva-12',
  taxRate: '0.12',
  isTaxIncluded: true,
  ...change,
});
export const offering = (amount: string): readonly Event[] => [drafted, event('QuotationLineAdded', lineOf('L1', amount))];
export const stateAfter = (...history: readonly Event[]): PresentQuotation => {
  const state: Quotation = fold(history) as Quotation;
  if (state.situation === 'absent') throw new Error('there is no quotation');
  return state as PresentQuotation;
};
/** The history with what a command came to. */
export const having = (
  history: readonly Event[],
  type: Parameters<ReturnType<typeof given>['when']>[0],
  data: object,
  context: TestContext = author,
): readonly Event[] => {
  const { decision } = given(...history).when(type, data as never, context);
  if (isRejection(decision)) throw new Error(`${type}: ${decision.code} ${decision.message}`);
  return [...history, ...decision];
};
export const yes = (history: readonly Event[]) => {
  const state = stateAfter(...history);
  return { revision: state.revision, contentHash: hashOf(state), name: 'Rosa Chay' };
};

const reason = { reason: 'too dear' };
/** An advance of a fifth is asked for. */
const draft: readonly Event[] = [...offering('500.00'), event('QuotationTermsSet', { validDays: 30, advanceRate: '0.2' })];
const pending = having(draft, 'SubmitQuotation', {});
const issued = having(draft, 'IssueQuotation', {});
/** A history that leads into each state. */
export const leading: Readonly<Record<Status, readonly Event[]>> = {
  draft,
  pending_approval: pending,
  approved: having(pending, 'ApproveQuotation', {}, approver),
  issued,
  accepted: [
    ...having(issued, 'AcceptQuotation', yes(issued)),
    event('QuotationAdvanceReceived', { requestId, paymentId: id('paid'), amount: gtq('5.00'), received: gtq('5.00'), isWhole: false }),
  ],
  declined: having(issued, 'DeclineQuotation', reason),
  expired: having(issued, 'ExpireQuotation', { revision: 1 }, { ...author, now: '2026-04-01T06:00:00.000Z' }),
  withdrawn: having(draft, 'WithdrawQuotation', reason),
};
