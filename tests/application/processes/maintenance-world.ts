/** A customer with an account that has a unit, a unit of the company's own, and what the processes around maintenance and inspections read. */
import { accountEvents } from '../../../src/domain/account/events.ts';
import { attachmentEvents } from '../../../src/domain/attachment/events.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { equipmentEvents } from '../../../src/domain/equipment/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { importShipped } from '../../kit/shipped-catalogs.ts';

export const zone = 'America/Guatemala';
export const customerId = id('Sur');
export const accountId = id('Sur norte');
/** On rent by the account. */
export const rentedId = id('rented unit');
/** In the company's yard. */
export const ownId = id('own unit');
export const photo = id('photo');
/** A currency that no policy lists: where it shows up, it came from the account. */
export const accountCurrency = 'MXN';
/** The first that the shipped policy of work orders lists. */
export const policyCurrency = 'USD';

const catalogs = [
  'uom',
  'vmrs',
  'work-order-policy',
  'equipment-type',
  'document-category',
  'maintenance-program',
  'service-type',
  'service-urgency',
  'sla-policy',
  'violation-code',
  'inspection-level',
] as const;
const customer = emit(customerEvents);
const equipment = emit(equipmentEvents);

const assignment = {
  ...{ assignmentId: id('assignment'), allocationId: id('slots'), agreementId: id('agreement'), scheduleId: id('schedule'), lineItemId: id('line') },
  customerId,
  accountId,
};
export const returnedNow = equipment('EquipmentReturned', {
  ...assignment,
  startedOn: '2026-01-01',
  offRentOn: '2026-03-01',
  returnedOn: '2026-03-01',
  condition: 'good',
  damages: [],
  readings: [],
});

export const setUp = async (): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  await importShipped(log, catalogs);
  const place = { currency: accountCurrency, country: 'GT', timeZone: zone } as const;
  await happened(
    log,
    `customer-${customerId}`,
    customer('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', ...place }),
    customer('AccountOpened', { accountId, accountName: 'Norte', accountNumber: '1', accountType: 'REGIONAL', ...place }),
  );
  await happened(log, `account-${accountId}`, emit(accountEvents)('AccountProfileBegun', { customerId }));
  const van = { equipmentType: 'dry-van', specifications: { axles: 2 }, timeZone: zone } as const;
  await happened(
    log,
    `equipment-${rentedId}`,
    equipment('EquipmentRegistered', { unitNumber: 'R1', vin: '1M8GDM9AXKP042788', ...van }),
    equipment('EquipmentAssigned', { ...assignment, equipmentType: 'dry-van', from: '2026-01-01', timeZone: zone, status: 'on_rent' }),
  );
  await happened(log, `equipment-${ownId}`, equipment('EquipmentRegistered', { unitNumber: 'O1', vin: '1M8GDM9A7KP042789', ...van }));
  const file = { name: 'report.pdf', declaredType: 'application/pdf', declaredSizeBytes: 10, removeUnlinkedAt: now } as const;
  await happened(log, `attachment-${photo}`, emit(attachmentEvents)('AttachmentUploadBegun', { uploadId: photo, documentCategory: 'inspection', ...file }));
  return log;
};
