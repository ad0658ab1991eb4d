/** P6: what follows from the account tree. An opened account has a profile; a closed one takes no new units, a reopened one takes them again. */
import { account } from '../../domain/account/decider.ts';
import { agreementFact } from '../../domain/agreement/state.ts';
import { allocation } from '../../domain/allocation/decider.ts';
import { customer } from '../../domain/customer/decider.ts';
import { customerFact } from '../../domain/customer/state.ts';
import type { Facts, Reference } from '../../domain/kernel/aggregate.ts';
import { defineProcess, on, send } from './process.ts';

const agreementsOf = (facts: Facts, customerId: string): readonly string[] => {
  const at = customerFact.of(facts, customerId);
  return at === undefined || at.situation === 'absent' ? [] : at.agreements;
};
/** The customer, then each agreement it is known to have. */
const customerAndAgreements = ({ aggregateId }: { readonly aggregateId: string }, facts: Facts): readonly Reference[] => [
  customerFact.at(aggregateId),
  ...agreementsOf(facts, aggregateId).map((id) => agreementFact.at(id)),
];

/** The account's allocations under all agreements; `isRunning`: under active schedules of active agreements only. */
const allocationsOf = (facts: Facts, of: { readonly customerId: string; readonly accountId: string; readonly isRunning?: true }): readonly string[] =>
  agreementsOf(facts, of.customerId)
    .map((id) => agreementFact.of(facts, id))
    .flatMap((master) => {
      if (master === undefined || master.status === 'absent' || (of.isRunning && master.status !== 'active')) return [];
      return Object.values(master.schedules)
        .filter(({ status }) => !of.isRunning || status === 'active')
        .flatMap(({ lines }) => Object.values(lines).flatMap(({ grants }) => Object.entries(grants)))
        .filter(([, { accountId }]) => accountId === of.accountId)
        .map(([allocationId]) => allocationId);
    });

export const accounts = defineProcess({
  name: 'Accounts',
  docs: 'An opened account gets its profile; a closed account’s allocations are closed, and opened again when it is reopened.',
  from: 'start',
  on: [
    on(customer, {
      AccountOpened: ({ aggregateId, data }) => [
        send(account, 'BeginAccountProfile', { step: 'begin', to: data.accountId, data: { customerId: aggregateId } }),
      ],
      AccountClosed: {
        reads: customerAndAgreements,
        react: ({ aggregateId, data }, facts) =>
          allocationsOf(facts, { customerId: aggregateId, accountId: data.accountId }).map((id) =>
            send(allocation, 'CloseAllocation', { step: `close-${id}`, to: id, data: { reason: 'The account was closed.' } }),
          ),
      },
      AccountReopened: {
        reads: customerAndAgreements,
        // An account that was closed before its profile was begun gets it now.
        react: ({ aggregateId, data }, facts) => [
          send(account, 'BeginAccountProfile', { step: 'begin', to: data.accountId, data: { customerId: aggregateId } }),
          ...allocationsOf(facts, { customerId: aggregateId, accountId: data.accountId, isRunning: true }).map((id) =>
            send(allocation, 'ReopenAllocation', { step: `reopen-${id}`, to: id, data: { reason: 'The account was opened again.' } }),
          ),
        ],
      },
    }),
  ],
});
