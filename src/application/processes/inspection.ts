/**
 * P13: a violation out of service keeps the unit from running until all of those are repaired, which is not yet the certification
 * (49 CFR 396.9(c)); the latest annual inspection in order is the unit's paper.
 */
import { annualInspection, annualInspectionFact, annualInspectionId, currentPass } from '../../domain/annual-inspection/decider.ts';
import { attachment } from '../../domain/attachment/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import { equipmentFact } from '../../domain/equipment/state.ts';
import { inspection, inspectionFact, outOfServiceOf } from '../../domain/inspection/decider.ts';
import type { Facts, Reference } from '../../domain/kernel/aggregate.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import { workOrder } from '../../domain/work-order/decider.ts';
import { currencyOf, currencyReads } from './maintenance-work.ts';
import { defineProcess, on, type Send, send, type Trigger } from './process.ts';

const paper = 'annual-inspection';
/** The one hold of an inspection: the same however often it is placed. */
export const dotHoldId = (inspectionId: string): string => derivedId(inspectionId, ['dot_oos']);

type Unit = { readonly equipmentId: string };
type About = Unit & { readonly customerId?: string; readonly accountId?: string };
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
const standing = { reads: ({ aggregateId, data }: Trigger<About>) => [inspectionFact.at(aggregateId), ...currencyReads(data)] };
/** The hold, and with the first thing that puts the unit out of service an order to repair it. */
const outOfService = (event: Trigger<About & { readonly openOutOfService: number }>, why: string, facts: Facts): readonly Send[] => {
  const { id, aggregateId, data } = event;
  const { equipmentId, customerId, accountId, openOutOfService } = data;
  if (openOutOfService !== 1) return [hold(event)];
  const owner = { ...(accountId === undefined ? {} : { accountId }), ...(customerId === undefined ? {} : { customerId }) };
  const order = {
    equipmentId,
    ...owner,
    inspectionId: aggregateId,
    kind: 'inspection' as const,
    description: why,
    currency: currencyOf(owner, 'inspection', facts),
    attachmentIds: [],
    source: 'inspection' as const,
  };
  return [hold(event), send(workOrder, 'OpenWorkOrder', { step: 'order', to: derivedId(id, ['order']), data: order })];
};

/** PM-9, P18: a report hangs on its inspection, and is kept as long as that must be. */
const keep = (inspectionId: string, attachmentId: string | undefined, facts: Facts): readonly Send[] => {
  const state = inspectionFact.of(facts, inspectionId);
  if (attachmentId === undefined || state === undefined || state.situation === 'absent') return [];
  return [
    send(attachment, 'LinkAttachment', { step: 'link', to: attachmentId, data: { category: 'inspection', targetId: inspectionId } }),
    send(attachment, 'RetainAttachment', {
      step: 'retain',
      to: attachmentId,
      data: { until: state.retainedUntil, reason: `The report of an inspection (${state.kind}).` },
    }),
  ];
};
const kept = {
  ...{ reads: ({ aggregateId }: Trigger): readonly Reference[] => [inspectionFact.at(aggregateId)] },
  react: ({ aggregateId, data }: Trigger<{ readonly attachmentId?: string }>, facts: Facts) => keep(aggregateId, data.attachmentId, facts),
};

type Passed = Unit & { readonly inspectedOn: string };
const ofUnit = { reads: ({ aggregateId, data }: Trigger<Passed>) => [annualInspectionFact.at(aggregateId), equipmentFact.at(data.equipmentId)] };
/** The unit's papers of annual inspections, the latest first. */
const papersOf = (facts: Facts, equipmentId: string): readonly (readonly [id: string, issuedOn: string])[] => {
  const unit = equipmentFact.of(facts, equipmentId);
  if (unit === undefined || unit.situation === 'absent') return [];
  const papers = Object.entries(unit.documents).filter(([, { category }]) => category === paper);
  return papers.map(([id, { issuedOn }]) => [id, issuedOn ?? ''] as const).sort(([, a], [, b]) => (a < b ? 1 : -1));
};
/** PM-7: the unit's paper is that of the latest inspection in order, as things stand now; `withdrawnOn`: the day of one that no longer is. */
const issue = ({ aggregateId, data: { equipmentId } }: Trigger<Passed>, facts: Facts, withdrawnOn?: string): readonly Send[] => {
  const passes = annualInspectionFact.of(facts, aggregateId);
  const current = passes === undefined ? undefined : currentPass(passes);
  const isStale = (issuedOn: string): boolean => issuedOn === withdrawnOn && issuedOn !== current?.inspectedOn;
  const all = papersOf(facts, equipmentId);
  const stale = all.filter(([, issuedOn]) => isStale(issuedOn));
  const removals = stale.map(([documentId]) =>
    send(equipment, 'RemoveEquipmentDocument', { step: `remove-${documentId}`, to: equipmentId, data: { documentId } }),
  );
  if (current === undefined) return removals;
  const { inspectedOn, attachmentId } = current;
  const copy = { issuedOn: inspectedOn, ...(attachmentId === null ? {} : { attachmentId }) };
  const [latest] = all.filter(([, issuedOn]) => !isStale(issuedOn));
  if (latest === undefined)
    return [
      ...removals,
      send(equipment, 'AddEquipmentDocument', { step: 'add', to: equipmentId, data: { category: paper, name: 'Annual inspection', ...copy } }),
    ];
  const [documentId, issuedOn] = latest;
  // A paper that people entered may be newer.
  return issuedOn >= inspectedOn
    ? removals
    : [...removals, send(equipment, 'RenewEquipmentDocument', { step: 'renew', to: equipmentId, data: { documentId, ...copy } })];
};

export const inspections = defineProcess({
  name: 'Inspection',
  docs: 'A unit with a violation out of service is held and gets an order, until those are repaired; the latest annual inspection in order is its paper.',
  from: 'start',
  on: [
    on(inspection, {
      InspectionRecorded: kept,
      InspectionViolationAdded: {
        ...standing,
        react: (event, facts) => {
          const { isOutOfService, violationCode } = event.data;
          return isOutOfService && keepsOut(facts, event.aggregateId) ? outOfService(event, `Out of service: ${violationCode}`, facts) : [];
        },
      },
      InspectionViolationCorrected: {
        ...standing,
        react: (event, facts) => [
          ...(event.data.isOutOfService && !keepsOut(facts, event.aggregateId) ? [release(event)] : []),
          ...keep(event.aggregateId, event.data.attachmentId, facts),
        ],
      },
      InspectionCorrectionWithdrawn: {
        ...standing,
        react: (event, facts) => {
          const { isOutOfService, reason } = event.data;
          return isOutOfService && keepsOut(facts, event.aggregateId) ? outOfService(event, `Not repaired after all: ${reason}`, facts) : [];
        },
      },
      InspectionCertified: kept,
      InspectionWithdrawn: (event) => [release(event)],
      InspectionPassed: ({ aggregateId, data: { equipmentId, inspectedOn, attachmentId } }) => [
        send(annualInspection, 'NoteAnnualPass', {
          step: 'pass',
          to: annualInspectionId(equipmentId),
          data: { equipmentId, inspectionId: aggregateId, inspectedOn, ...(attachmentId === undefined ? {} : { attachmentId }) },
        }),
      ],
      InspectionPassWithdrawn: ({ aggregateId, data: { equipmentId } }) => [
        send(annualInspection, 'WithdrawAnnualPass', { step: 'no-pass', to: annualInspectionId(equipmentId), data: { inspectionId: aggregateId } }),
      ],
    }),
    on(annualInspection, {
      AnnualPassNoted: { ...ofUnit, react: (event, facts) => issue(event, facts) },
      AnnualPassWithdrawn: { ...ofUnit, react: (event, facts) => issue(event, facts, event.data.inspectedOn) },
    }),
  ],
});
