/** P3: what an agreement grants and an allocation allows move together, in the order that keeps allowed ≤ granted at every instant. */
import { agreement } from '../../domain/agreement/decider.ts';
import { agreementFact } from '../../domain/agreement/state.ts';
import { allocation } from '../../domain/allocation/decider.ts';
import { customer } from '../../domain/customer/decider.ts';
import { customerFact } from '../../domain/customer/state.ts';
import type { Facts } from '../../domain/kernel/aggregate.ts';
import { defineProcess, on, send } from './process.ts';

const presentAgreement = (facts: Facts, id: string) => {
  const master = agreementFact.of(facts, id);
  return master === undefined || master.status === 'absent' ? undefined : master;
};
/** The allocations of a renewed schedule whose account is open: those of a closed account wait for it to be reopened. */
const renewed = (facts: Facts, of: { readonly agreementId: string; readonly scheduleId: string }): readonly string[] => {
  const master = presentAgreement(facts, of.agreementId);
  const customer = master === undefined ? undefined : customerFact.of(facts, master.customerId);
  const accounts = customer === undefined || customer.situation === 'absent' ? {} : customer.accounts;
  return Object.values(master?.schedules[of.scheduleId]?.lines ?? {}).flatMap(({ grants }) =>
    Object.entries(grants).flatMap(([allocationId, { accountId }]) => (accounts[accountId]?.isOpen === true ? [allocationId] : [])),
  );
};

export const allocations = defineProcess({
  name: 'Allocations',
  docs: 'A grant raises its allocation; a lowered allocation reduces its grant; an ended schedule closes its allocations, a renewed one reopens them.',
  from: 'start',
  on: [
    on(agreement, {
      AgreementDrafted: ({ aggregateId, data }) => [send(customer, 'NoteAgreement', { step: 'note', to: data.customerId, data: { agreementId: aggregateId } })],
      UnitsGranted: ({ aggregateId, data }) => {
        const { scheduleId, lineItemId, customerId, accountId, equipmentType, units } = data;
        const place = { agreementId: aggregateId, scheduleId, lineItemId, customerId, accountId, equipmentType };
        return [send(allocation, 'AllowUnits', { step: 'allow', to: data.allocationId, data: { ...place, units } })];
      },
      AllocationsClosing: ({ data }) =>
        data.allocationIds.map((id, index) => send(allocation, 'CloseAllocation', { step: `close-${index}`, to: id, data: { reason: 'The schedule ended.' } })),
      ScheduleRenewed: {
        reads: ({ aggregateId }, facts) => {
          const master = presentAgreement(facts, aggregateId);
          return [agreementFact.at(aggregateId), ...(master === undefined ? [] : [customerFact.at(master.customerId)])];
        },
        react: ({ aggregateId, data }, facts) =>
          renewed(facts, { agreementId: aggregateId, scheduleId: data.scheduleId }).map((id) =>
            send(allocation, 'ReopenAllocation', { step: `reopen-${id}`, to: id, data: { reason: 'The schedule was renewed.' } }),
          ),
      },
    }),
    on(allocation, {
      AllowanceLowered: ({ aggregateId, data }) => {
        const { agreementId, scheduleId, lineItemId, units } = data;
        return [send(agreement, 'ReduceGrant', { step: 'reduce', to: agreementId, data: { scheduleId, lineItemId, allocationId: aggregateId, units } })];
      },
    }),
  ],
});
