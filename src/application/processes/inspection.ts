/**
 * P13: a violation out of service keeps the unit from running until all of those are repaired, which is not yet the certification
 * (49 CFR 396.9(c)); an annual inspection in order becomes, or renews, the unit's paper.
 */
import { equipment } from '../../domain/equipment/decider.ts';
import { equipmentFact } from '../../domain/equipment/state.ts';
import { inspection, inspectionFact, outOfServiceOf } from '../../domain/inspection/decider.ts';
import type { Facts } from '../../domain/kernel/aggregate.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import { workOrder } from '../../domain/work-order/decider.ts';
import { defineProcess, on, type Send, send, type Trigger } from './process.ts';

const paper = 'annual-inspection';
/** What an order costs is agreed when it is worked on; until then it has the company's currency. */
const currency = 'GTQ';
/** The one hold of an inspection: the same however often it is placed. */
export const dotHoldId = (inspectionId: string): string => derivedId(inspectionId, ['dot_oos']);

type Unit = { readonly equipmentId: string };
/** Is anything out of service as the inspection stands now? An event may come late: what it said then must not undo what is true now. */
const keepsOut = (facts: Facts, inspectionId: string): boolean => {
  const state = inspectionFact.of(facts, inspectionId);
  return state !== undefined && state.situation !== 'absent' && outOfServiceOf(state).length > 0;
};
const hold = ({ aggregateId, data: { equipmentId } }: Trigger<Unit>): Send =>
  send(equipment, 'PlaceHold', {
    step: 'hold',
    to: equipmentId,
    data: { holdId: dotHoldId(aggregateId), kind: 'dot_oos', source: `inspection ${aggregateId}` },
  });
const release = ({ aggregateId, data: { equipmentId } }: Trigger<Unit>): Send =>
  send(equipment, 'ReleaseHold', {
    step: 'release',
    to: equipmentId,
    data: { holdId: dotHoldId(aggregateId), reason: 'All that was out of service is repaired.' },
  });
const standing = { reads: ({ aggregateId }: Trigger) => [inspectionFact.at(aggregateId)] };

export const inspections = defineProcess({
  name: 'Inspection',
  docs: 'A unit with a violation out of service is held and gets an order, until those are repaired; an annual inspection in order is its paper.',
  from: 'start',
  on: [
    on(inspection, {
      InspectionViolationAdded: {
        ...standing,
        react: (event, facts) => {
          const { aggregateId, data } = event;
          if (!data.isOutOfService) return [];
          const { equipmentId, customerId, accountId, violationCode } = data;
          const owner = { ...(accountId === undefined ? {} : { accountId }), ...(customerId === undefined ? {} : { customerId }) };
          const order = send(workOrder, 'OpenWorkOrder', {
            step: 'order',
            to: derivedId(aggregateId, ['order']),
            data: {
              equipmentId,
              ...owner,
              inspectionId: aggregateId,
              kind: 'inspection',
              description: `Out of service: ${violationCode}`,
              currency,
              attachmentIds: [],
              source: 'inspection',
            },
          });
          return keepsOut(facts, aggregateId) ? [hold(event), ...(data.openOutOfService === 1 ? [order] : [])] : [];
        },
      },
      InspectionViolationCorrected: {
        ...standing,
        react: (event, facts) => (event.data.isOutOfService && !keepsOut(facts, event.aggregateId) ? [release(event)] : []),
      },
      InspectionCorrectionWithdrawn: {
        ...standing,
        react: (event, facts) => (event.data.isOutOfService && keepsOut(facts, event.aggregateId) ? [hold(event)] : []),
      },
      InspectionPassed: {
        reads: ({ data }) => [equipmentFact.at(data.equipmentId)],
        react: ({ data: { equipmentId, inspectedOn, attachmentId } }, facts) => {
          const unit = equipmentFact.of(facts, equipmentId);
          if (unit === undefined || unit.situation === 'absent') return [];
          const [known] = Object.entries(unit.documents).find(([, { category }]) => category === paper) ?? [];
          const copy = { issuedOn: inspectedOn, ...(attachmentId === undefined ? {} : { attachmentId }) };
          return [
            known === undefined
              ? send(equipment, 'AddEquipmentDocument', { step: 'paper', to: equipmentId, data: { category: paper, name: 'Annual inspection', ...copy } })
              : send(equipment, 'RenewEquipmentDocument', { step: 'paper', to: equipmentId, data: { documentId: known, ...copy } }),
          ];
        },
      },
    }),
  ],
});
