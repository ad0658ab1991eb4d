/** What a work order means for maintenance: the same whether the order names its schedule, or the request that it was opened from does. */

import { catalogFact, listedIn } from '../../domain/catalog/decider.ts';
import { customerFact } from '../../domain/customer/state.ts';
import type { Facts, Reference } from '../../domain/kernel/aggregate.ts';
import type { Money } from '../../domain/kernel/money.ts';
import { sumMoney } from '../../domain/kernel/money.ts';
import { localDate } from '../../domain/kernel/time-zone.ts';
import { catalogId } from '../../domain/kernel/well-known.ts';
import { maintenance } from '../../domain/maintenance/decider.ts';
import { maintenanceFact, maintenanceId } from '../../domain/maintenance/state.ts';
import type { MeterKind } from '../../domain/meter/state.ts';
import { serviceRequestFact } from '../../domain/service-request/state.ts';
import { detailsIn } from '../../domain/service-request/wanted.ts';
import { workOrderFact } from '../../domain/work-order/state.ts';
import { type Send, send } from './process.ts';

/** A record has room for as many parts; what was used beyond that is one more of them, at its exact sum. */
const partsMax = 100;
type Reading = { readonly kind: MeterKind; readonly value: number; readonly uom: string; readonly readAt: string };
type Done = { readonly workOrderId: string; readonly at: string; readonly closingReadings: readonly Reading[]; readonly total: Money };

const partsUsed = (facts: Facts, workOrderId: string) => {
  const order = workOrderFact.of(facts, workOrderId);
  if (order === undefined || order.situation === 'absent') return [];
  const all = Object.values(order.lines).flatMap(({ parts }) => parts.map(({ unitCost: _, amount, ...part }) => ({ ...part, cost: amount })));
  if (all.length <= partsMax) return all;
  const rest = all.slice(partsMax - 1);
  const cost = sumMoney(
    rest.map((part) => part.cost),
    order.opened.currency,
  );
  return [...all.slice(0, partsMax - 1), { partName: `${rest.length} further parts`, quantity: '1', cost }];
};

export const performedReads = (scheduleId: string, workOrderId: string): readonly Reference[] => [
  maintenanceFact.at(scheduleId),
  workOrderFact.at(workOrderId),
];
/** SR-7: what an order did of a schedule counts as done, with its parts, on the day of where its unit is; once an order. */
export const performedBy = (scheduleId: string, { workOrderId, at, closingReadings, total }: Done, facts: Facts): readonly Send[] => {
  const schedule = maintenanceFact.of(facts, scheduleId);
  if (schedule === undefined || schedule.situation === 'absent') return [];
  const data = { workOrderId, performedOn: localDate(at, schedule.timeZone), readings: closingReadings, parts: partsUsed(facts, workOrderId), cost: total };
  return [send(maintenance, 'RecordMaintenancePerformed', { step: 'performed', to: scheduleId, data })];
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
/** The schedule that a request asks for: of its unit, by the programme that its details name (`program`; of an inspection `kind`). */
export const scheduleOf = (facts: Facts, requestId: string): string | undefined => {
  const request = serviceRequestFact.of(facts, requestId);
  if (request === undefined || request.situation === 'absent' || request.equipmentId === null) return undefined;
  const details = detailsIn(request.particulars);
  const program = request.serviceType === 'pm' ? details['program'] : request.serviceType === 'inspection' ? details['kind'] : undefined;
  return typeof program === 'string' ? maintenanceId(request.equipmentId, program) : undefined;
};

type Owner = { readonly customerId?: string; readonly accountId?: string };
const policies = catalogId('work-order-policy');
export const currencyReads = ({ customerId }: Owner): readonly Reference[] => [
  catalogFact.at(policies),
  ...(customerId === undefined ? [] : [customerFact.at(customerId)]),
];
/** ISO 4217's code for no currency: no order takes it, and the refusal stands in the process's stream. */
const noCurrency = 'XXX';
/**
 * What an order costs is said in the account's currency; an order of the company's own in that of the policy for its kind: the one it names
 * as `currency`, else the first that has limits there, else in none.
 */
export const currencyOf = ({ customerId, accountId }: Owner, kind: string, facts: Facts): string => {
  const customer = customerId === undefined ? undefined : customerFact.of(facts, customerId);
  const account = customer === undefined || customer.situation === 'absent' || accountId === undefined ? undefined : customer.accounts[accountId];
  if (account !== undefined) return account.currency;
  const policy = listedIn(facts, policies, kind)?.entry.attributes?.['policy'];
  if (!isRecord(policy)) return noCurrency;
  const { currency, limits } = policy;
  if (typeof currency === 'string') return currency;
  return (isRecord(limits) ? Object.keys(limits)[0] : undefined) ?? noCurrency;
};
