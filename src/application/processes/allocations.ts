/** P3: what an agreement grants and an allocation allows move together, in the order that keeps allowed ≤ granted at every instant. */
import { agreement } from '../../domain/agreement/decider.ts';
import { allocationsOf } from '../../domain/agreement/rules.ts';
import { agreementFact } from '../../domain/agreement/state.ts';
import { allocation } from '../../domain/allocation/decider.ts';
import { customer } from '../../domain/customer/decider.ts';
import { defineProcess, on, send } from './process.ts';

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
        reads: ({ aggregateId }) => [agreementFact.at(aggregateId)],
        react: ({ aggregateId, data }, facts) => {
          const master = agreementFact.of(facts, aggregateId);
          const schedule = master === undefined || master.status === 'absent' ? undefined : master.schedules[data.scheduleId];
          return (schedule === undefined ? [] : allocationsOf(schedule)).map((id, index) =>
            send(allocation, 'ReopenAllocation', { step: `reopen-${index}`, to: id, data: { reason: 'The schedule was renewed.' } }),
          );
        },
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
