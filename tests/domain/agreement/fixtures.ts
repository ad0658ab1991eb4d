/** Agreements in the making: the events that tests of agreements, allocations and assignments begin with. */
import { allocationIdOf } from '../../../src/domain/agreement/decider.ts';
import { agreementEvents } from '../../../src/domain/agreement/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { id } from '../../kit/decider.ts';

export const event = emit(agreementEvents);
export const customerId = id('customer');
export const accountId = id('account A');
export const otherAccountId = id('account B');
export const timeZone = 'America/Guatemala';

export const draft = {
  customerId,
  effectiveDate: '2026-01-01',
  termMonths: 12,
  isEvergreen: false,
  currency: 'USD',
  timeZone,
  billingMethod: 'advance',
  paymentDays: 30,
  holdoverFactor: '1.5',
} as const;
export const terms = { billingMethod: 'arrears', paymentDays: 45, holdoverFactor: '2' } as const;

export const scheduleId = id('schedule');
export const lineItemId = id('line');
export const inLine = { scheduleId, lineItemId } as const;
export const schedule = { effectiveDate: '2026-02-01', endDate: '2026-11-30', contractType: 'net-lease.monthly.advance' } as const;
export const line = {
  equipmentType: 'dry-van',
  numberOfUnits: 10,
  from: '2026-02-01',
  rate: { amount: '450.00', currency: 'USD' },
  per: 'month',
} as const;
export const allocationId = allocationIdOf(lineItemId, accountId);

export const drafted = event('AgreementDrafted', draft);
export const signed = event('AgreementDocumentAttached', { attachmentId: id('contract'), role: 'signed' });
export const activated = event('AgreementActivated', { endDate: '2026-12-31', isEvergreen: false, timeZone });
export const added = event('ScheduleAdded', { scheduleId, ...schedule });
export const lined = event('LineAdded', { ...inLine, ...line });
export const scheduleActivated = event('ScheduleActivated', { scheduleId, endDate: '2026-11-30', timeZone });
export const granted = event('UnitsGranted', { ...inLine, allocationId, accountId, units: 4, total: 4, customerId, equipmentType: 'dry-van' });

const account = { parentAccountId: null, accountNumber: 'A', isOpen: true, timeZone, currency: 'USD' };
const customer = (situation: 'active' | 'blocked', accounts: Readonly<Record<string, typeof account>>) => ({
  [`customer-${customerId}`]: {
    situation,
    name: 'Sur',
    profile: '',
    timeZone,
    isCreditHeld: false,
    metadata: {},
    legalEntities: {},
    addresses: {},
    contacts: {},
    documents: {},
    quickLinks: {},
    accounts,
    agreements: [],
  },
});
/** The customer as guards find it, with two open accounts. */
export const facts = customer('active', { [accountId]: account, [otherAccountId]: account });
export const blocked = customer('blocked', { [accountId]: account });
export const accountClosed = customer('active', { [accountId]: { ...account, isOpen: false } });
