/** What the tests of work orders share: the catalogs an order goes by, a unit, a technician, and orders in each state. */

import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { workOrder } from '../../../src/domain/work-order/decider.ts';
import { workOrderEvents } from '../../../src/domain/work-order/events.ts';
import { id, now, scenarios } from '../../kit/decider.ts';
import { catalogStream, shipped } from '../../kit/shipped-catalogs.ts';

export const words = scenarios(workOrder);
export const event = emit(workOrderEvents);

/** A catalog as it ships, as guards see it. */
export const catalogFactOf = (name: string): readonly [string, unknown] => [catalogStream(name), shipped(name)];
export const unitId = id('unit');
export const techId = id('tech');
export const otherTechId = id('other tech');
export const customerId = id('customer');
export const accountId = id('account');
const user = (name: string) => ({ situation: 'active', name, customerId: null });
export const facts: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(['vmrs', 'work-order-policy', 'equipment-type'].map(catalogFactOf)),
  [`equipment-${unitId}`]: { situation: 'present', lifecycle: 'active', equipmentType: 'dry-van', assignments: {}, outId: null },
  [`user-${techId}`]: user('Rita'),
  [`user-${otherTechId}`]: user('Omar'),
  [`customer-${customerId}`]: { situation: 'active', accounts: { [accountId]: { isOpen: true } } },
};

export const usd = (amount: string) => ({ amount, currency: 'USD' }) as const;
export const opening = { equipmentId: unitId, kind: 'repair', description: 'Brakes squeal', currency: 'USD', attachmentIds: [], source: 'manual' } as const;
export const policy = {
  costLimit: usd('500.00'),
  approverLimit: usd('5000.00'),
  signatureRequired: false,
  closeCostsDays: 30,
  meterKinds: ['odometer'],
} as const;
export const opened = event('WorkOrderOpened', { workOrderNumber: 1, ...opening, policy });
export const about = { kind: 'repair', equipmentId: unitId } as const;
export const assigned = event('TechnicianAssigned', { technicianId: techId, technicianName: 'Rita', isLead: true });
export const started = event('WorkOrderStarted', about);
export const paused = event('WorkOrderPaused', { reason: 'parts' });
export const reading = { kind: 'odometer', value: 120_000, uom: 'KMT', readAt: now } as const;
const nothing = { labourTotal: usd('0.00'), partTotal: usd('0.00'), total: usd('0.00') } as const;
export const closesAt = '2026-03-31T12:00:00.000Z';
export const completed = event('WorkOrderCompleted', {
  ...about,
  closingReadings: [reading],
  evidence: [],
  ...nothing,
  workedMs: 0,
  openedAt: now,
  repairs: [],
  completion: 1,
  closesAt,
});
export const reopened = event('WorkOrderReopened', { ...about, reason: 'still squeals', repairs: [], completion: 1 });
export const closed = event('WorkOrderClosed', { ...about, by: 'charged', ...nothing });
export const cancelled = event('WorkOrderCancelled', { ...about, reason: 'not needed' });
/** A line of `cost` for labour alone. */
export const lineOf = (name: string, cost: string, total: string = cost) =>
  event('OrderLineAdded', {
    lineId: id(name),
    vmrsCode: '901-001-001',
    repairReason: 'breakdown',
    labour: { hours: '1', rate: usd(cost) },
    parts: [],
    labourCost: usd(cost),
    partCost: usd('0.00'),
    overrideReason: 'agreed',
    labourTotal: usd(total),
    partTotal: usd('0.00'),
    total: usd(total),
  });
/** What people say to have such a line. */
export const saidLine = (cost: string) =>
  ({ vmrsCode: '901-001-001', repairReason: 'breakdown', labour: { hours: '1', rate: usd(cost) }, parts: [], overrideReason: 'agreed' }) as const;
