/** TE-10: who writes an order's costs does not approve them. */
import { type Context, emit, reject } from '../kernel/aggregate.ts';
import { compareMoney, equalMoney, type Money } from '../kernel/money.ts';
import { workOrderEvents } from './events.ts';
import { costNow, type Decisions, present } from './lines.ts';
import { allows } from './rules.ts';
import { makerOf, type PresentOrder } from './state.ts';

const event = emit(workOrderEvents);

/** Something waits for approval, it is this amount, and it was not this person's doing. */
const mayJudge = ({ approval, makers }: PresentOrder, amount: Money, { actor }: Context) => {
  if (approval.status !== 'pending') return reject('noApprovalPending', 'Nobody has asked for approval.', { approval: approval.status });
  if (!equalMoney(approval.amount, amount)) return reject('amountChanged', 'Another amount was asked for.', { amount: approval.amount });
  return makers.includes(makerOf(actor)) ? reject('ownWork', 'Whoever wrote the costs or asked for approval does not approve them.') : undefined;
};
const isApprovedAs = ({ approval }: PresentOrder, amount: Money): boolean => approval.status === 'approved' && equalMoney(approval.amount, amount);

export const approvalDecisions: Pick<Decisions, 'RequestCostApproval' | 'ApproveCost' | 'ApproveLargeCost' | 'RejectCost'> = {
  RequestCostApproval: (before, command) => {
    const state = present(before);
    const amount = costNow(state);
    const { approval } = state;
    const isKnown = (approval.status === 'pending' || approval.status === 'approved') && equalMoney(approval.amount, amount);
    return allows(state, 'RequestCostApproval') ?? (isKnown ? [] : [event('CostApprovalRequested', { amount, ...command })]);
  },
  ApproveCost: (before, command, context) => {
    const state = present(before);
    const { amount } = command;
    const { approverLimit } = state.opened.policy;
    if (isApprovedAs(state, amount)) return allows(state, 'ApproveCost') ?? [];
    return (
      allows(state, 'ApproveCost') ??
      mayJudge(state, amount, context) ??
      (compareMoney(amount, approverLimit) > 0
        ? reject('aboveApproverLimit', 'This much is approved with work-order-cost:approve only.', { approverLimit })
        : undefined) ?? [event('CostApproved', command)]
    );
  },
  ApproveLargeCost: (before, command, context) => {
    const state = present(before);
    if (isApprovedAs(state, command.amount)) return allows(state, 'ApproveLargeCost') ?? [];
    return allows(state, 'ApproveLargeCost') ?? mayJudge(state, command.amount, context) ?? [event('CostApproved', command)];
  },
  RejectCost: (before, command, context) => {
    const state = present(before);
    const { approval } = state;
    if (approval.status === 'rejected' && equalMoney(approval.amount, command.amount)) return allows(state, 'RejectCost') ?? [];
    return allows(state, 'RejectCost') ?? mayJudge(state, command.amount, context) ?? [event('CostRejected', command)];
  },
};
