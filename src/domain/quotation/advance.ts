/** The advance of an accepted quotation: what came in, what was taken back, and who lets the work begin before (QC-5). */
import type { Context } from '../kernel/aggregate.ts';
import { addMoney, compareMoney, equalMoney, money, subtractMoney } from '../kernel/money.ts';
import { reject } from '../kernel/rejection.ts';
import { type Decisions, event } from './lines.ts';
import { allows, isAnother, present } from './rules.ts';
import { type PresentQuotation, receivedOf, totals } from './state.ts';

const asksForOne = ({ advance }: PresentQuotation) => (advance === null ? reject('noAdvance', 'The quotation was accepted without an advance.') : undefined);

/** TE-10: whoever may approve quotations of this worth may let their work begin. */
const mayTrustWith = (state: PresentQuotation, { may }: Context) => {
  const { approverLimit } = state.policy;
  return compareMoney(totals(state).total, approverLimit) <= 0 || may('quotation-value:approve')
    ? undefined
    : reject('aboveApproverLimit', 'This much is approved with quotation-value:approve only.', { approverLimit });
};

type Advance = 'RecordQuotationAdvance' | 'ReverseQuotationAdvance' | 'ApproveWorkBeforeAdvance';
export const advanceDecisions: Pick<Decisions, Advance> = {
  RecordQuotationAdvance: (before, { paymentId, amount: paid }, context) => {
    const state = present(before);
    const { advance, currency, requestId, advances } = state;
    const refused = allows(state, 'RecordQuotationAdvance') ?? asksForOne(state) ?? isAnother(state, context);
    if (refused !== undefined) return refused;
    if (paid.currency !== currency) return reject('otherCurrency', `The quotation is in ${currency}.`, { currency });
    const amount = money(paid.amount, currency);
    const known = advances[paymentId];
    if (known !== undefined)
      return !known.isReversed && equalMoney(known.amount, amount)
        ? []
        : reject('paymentDiffers', 'This payment was recorded with another amount, or reversed.', { amount: known.amount, isReversed: known.isReversed });
    const received = addMoney(receivedOf(state), amount);
    const isWhole = advance === null || compareMoney(received, advance) >= 0;
    return [event('QuotationAdvanceReceived', { requestId, paymentId, amount, received, isWhole })];
  },
  ReverseQuotationAdvance: (before, { paymentId, reason }) => {
    const state = present(before);
    const refused = allows(state, 'ReverseQuotationAdvance');
    if (refused !== undefined) return refused;
    const known = state.advances[paymentId];
    if (known === undefined) return reject('unknownPayment', 'No such payment was recorded.');
    if (known.isReversed) return [];
    const { amount } = known;
    return [event('QuotationAdvanceReversed', { requestId: state.requestId, paymentId, amount, received: subtractMoney(receivedOf(state), amount), reason })];
  },
  ApproveWorkBeforeAdvance: (before, { reason }, context) => {
    const state = present(before);
    const refused = allows(state, 'ApproveWorkBeforeAdvance') ?? asksForOne(state);
    if (refused !== undefined || state.isWorkApproved) return refused ?? [];
    const { requestId } = state;
    return (
      isAnother(state, context) ?? mayTrustWith(state, context) ?? [event('WorkBeforeAdvanceApproved', { requestId, approverId: context.actor.id, reason })]
    );
  },
};
