/** A request that may be quoted, with its customer, and what people do with its quotations. */
import { systemCaller } from '../../../src/application/caller.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { equipmentEvents } from '../../../src/domain/equipment/events.ts';
import { type DataOf, emit } from '../../../src/domain/kernel/aggregate.ts';
import { hashOf, type PresentQuotation } from '../../../src/domain/quotation/state.ts';
import { serviceRequestEvents } from '../../../src/domain/service-request/events.ts';
import { id } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import type { SendOptions, Shell } from '../../kit/shell.ts';
import { importCatalog } from '../../kit/shipped-catalogs.ts';

export const customerId = id('Sur');
export const accountId = id('Sur norte');
export const requestId = id('request');
export const request = emit(serviceRequestEvents);
const timeZone = 'America/Guatemala';

type Submitted = DataOf<(typeof serviceRequestEvents)['RequestSubmitted']>;
const steps = { quotation: true, review: false, schedule: true, manifest: false, evidence: [], reopenWindowDays: 30, autoCloseDays: 3 };
/** `more`: what the request says beside or instead. */
export const quotedWorld = async (more: Partial<Submitted> = {}): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  const tax = { code: 'none', name: 'No tax', attributes: { rate: '0', validFrom: '1900-01-01' } };
  const policy = { code: 'default', name: 'Every', attributes: { validDays: 30, limits: { GTQ: { approvalLimit: '1000', approverLimit: '1000' } } } };
  await importCatalog(log, 'tax', [tax]);
  await importCatalog(log, 'quotation-policy', [policy]);
  const profile = { customerName: 'Sur', customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone } as const;
  await happened(log, `customer-${customerId}`, emit(customerEvents)('CustomerRegistered', profile));
  const said = { description: 'a pit', details: {}, detailsSchemaVersion: id('schema'), policy: steps, timeZone, country: 'GT' };
  const asked = { requestNumber: 1, customerId, accountId, serviceType: 'fosas', urgency: 'normal', ...said, ...more };
  await happened(log, `serviceRequest-${requestId}`, request('RequestSubmitted', asked), request('RequestReviewStarted', {}));
  return log;
};

export const equipmentId = id('U1');
export const rental = { delivery: '2026-03-10', pickup: '2026-03-17', cleaningsPerWeek: 2 } as const;
/** A request whose type plans its visits and opens an order once it is agreed on. */
export const leadingWorld = async (
  details: Submitted['details'] = { from: rental.delivery, to: rental.pickup, cleanings: rental.cleaningsPerWeek },
): Promise<MemoryEventLog> => {
  const log = await quotedWorld({
    equipmentId,
    details,
    policy: {
      ...steps,
      visitsFrom: { deliveryField: 'from', pickupField: 'to', cleaningsPerWeekField: 'cleanings' },
      orderOnAcceptance: 'repair',
    },
  });
  const account = { accountId, accountName: 'Norte', accountNumber: '1', accountType: 'REGIONAL', currency: 'GTQ', country: 'GT', timeZone } as const;
  await happened(log, `customer-${customerId}`, emit(customerEvents)('AccountOpened', account));
  const unit = { unitNumber: 'U1', equipmentType: 'dry-van', vin: '1M8GDM9AXKP042788', specifications: {}, timeZone } as const;
  await happened(log, `equipment-${equipmentId}`, emit(equipmentEvents)('EquipmentRegistered', unit));
  return log;
};

/** What people do with the quotation of a name. */
export const acts = ({ send, states }: Shell) => {
  const give = (name: string, type: string, data: Readonly<Record<string, unknown>>, options: SendOptions = {}) =>
    send('quotation', id(name), type, data, options);
  const draft = async (name: string, amount = '500', advanceRate?: string) => {
    await give(name, 'DraftQuotation', { requestId, currency: 'GTQ', ...(advanceRate === undefined ? {} : { advanceRate }) });
    return give(name, 'AddQuotationLine', { description: 'emptying', quantity: '1', unitPrice: { amount, currency: 'GTQ' }, tax: 'none' });
  };
  const issue = async (name: string, advanceRate?: string) => {
    await draft(name, '500', advanceRate);
    return give(name, 'IssueQuotation', {});
  };
  const accept = async (name: string) => {
    const state = (await states.loadFresh('quotation', id(name))).state as PresentQuotation;
    return give(name, 'AcceptQuotation', { revision: state.revision, contentHash: hashOf(state), name: 'Rosa' });
  };
  /** Somebody who wrote none of it. */
  const checker: SendOptions = { caller: { ...systemCaller('test'), actor: { kind: 'user', id: id('Beto') } } };
  const pay = (name: string, amount: string, slip: string) =>
    give(name, 'RecordQuotationAdvance', { paymentId: id(slip), amount: { amount, currency: 'GTQ' } }, checker);
  const trust = (name: string) => give(name, 'ApproveWorkBeforeAdvance', { reason: 'an old customer' }, checker);
  return {
    give,
    draft,
    issue,
    accept,
    pay,
    trust,
    request: (type: string, data: Readonly<Record<string, unknown>>) => send('serviceRequest', requestId, type, data),
  };
};
