/** A fleet in a log of memory for reports without a token: a unit that is out, one in the yard, and one of a customer that takes no service. */
import { Claims } from '../../src/application/claims.ts';
import { PublicReports } from '../../src/application/public-reports.ts';
import { customerEvents } from '../../src/domain/customer/events.ts';
import { emit } from '../../src/domain/kernel/aggregate.ts';
import { model } from '../../src/domain/model.ts';
import { assign, started, today, toilet, zone } from '../domain/equipment/kit.ts';
import { id, now } from '../kit/decider.ts';
import { happened } from '../kit/happened.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { installationKey, shellOn } from '../kit/shell.ts';
import { importShipped } from '../kit/shipped-catalogs.ts';

const ofCustomer = emit(customerEvents);
const lookups = ['equipment-type', 'service-type', 'sla-policy', 'holiday', 'service-urgency', 'service-urgency-type', 'facility', 'document-category'];
export const customers = ['Sur', 'Norte'] as const;
export const accountOf = (name: string): string => id(`${name} account`);

export const publicWorld = async () => {
  const log = new MemoryEventLog();
  await importShipped(log, lookups);
  const place = { currency: 'GTQ', country: 'GT', timeZone: zone } as const;
  for (const name of customers) {
    const account = { accountId: accountOf(name), accountName: name, accountNumber: name, accountType: 'NATIONAL', ...place } as const;
    const registered = ofCustomer('CustomerRegistered', { customerName: name, customerClass: 'enterprise', ...place });
    await happened(log, `customer-${id(name)}`, registered, ofCustomer('AccountOpened', account));
    await happened(log, `account-${accountOf(name)}`, { type: 'AccountProfileBegun', data: { customerId: id(name) } });
  }
  await happened(log, `customer-${id('Norte')}`, ofCustomer('CustomerBlocked', { reason: 'unpaid' }));
  const shell = shellOn(log, model, Object.fromEntries(customers.map((name) => [accountOf(name), id(name)])));
  for (const unitNumber of ['T-1', 'T-2', 'T-3']) {
    const outcome = await shell.send('equipment', id(unitNumber), 'RegisterEquipment', { ...toilet, unitNumber, serialNumber: unitNumber });
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  }
  await happened(log, `equipment-${id('T-1')}`, started('A', { from: today }));
  await happened(log, `equipment-${id('T-3')}`, {
    type: 'EquipmentAssigned',
    data: { ...assign('C', { from: today }, 'portable-toilet', 'Norte'), status: 'on_rent' },
  });
  const claims = new Claims(log, shell.states, installationKey);
  const reports = new PublicReports({ claims, states: shell.states, commands: shell.commands, clock: () => now });
  return { log, ...shell, reports };
};
export type PublicWorld = Awaited<ReturnType<typeof publicWorld>>;
