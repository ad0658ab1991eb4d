/** SR-11: who pays an order is decided by contract type × cause, as dated; what was quoted is paid as it was accepted. */
import { agreementFact } from '../agreement/state.ts';
import { type Catalog, catalogFact } from '../catalog/decider.ts';
import { type AssignmentIds, outOf } from '../equipment/state.ts';
import type { Facts, Frozen } from '../kernel/aggregate.ts';
import { type Money, subtractMoney, sumMoney, zeroMoney } from '../kernel/money.ts';
import { localDate } from '../kernel/time-zone.ts';
import { catalogId } from '../kernel/well-known.ts';
import type { PresentRequest } from '../service-request/state.ts';
import { repairReasons } from './events.ts';
import { type Opened, type PresentOrder, totals } from './state.ts';

export const contractTypes = catalogId('contract-type');
export const responsibilities = catalogId('cost-responsibility');
export type Responsibility = NonNullable<Opened['responsibility']>;
type Reason = (typeof repairReasons)[number];

const entriesOf = (facts: Facts, catalog: string) => {
  const found: Frozen<Catalog> | undefined = catalogFact.of(facts, catalog);
  return found === undefined ? [] : Object.values(found.entries);
};
/** The type that a contract's code belongs to: `net-lease.monthly.advance` is a `net-lease`. */
const typeOf = (facts: Facts, code: string): string | undefined => {
  const type = entriesOf(facts, contractTypes).find(({ entry }) => entry.code === code)?.entry.attributes?.['contractType'];
  return typeof type === 'string' ? type : undefined;
};
/** The causes that the customer pays for under a contract of this type, by the row in force on the day; nothing where no row is. */
export const customerPaysFor = (facts: Facts, contractType: string, day: string): readonly Reason[] | undefined => {
  const rows = entriesOf(facts, responsibilities).flatMap(({ isActive, entry }) => {
    const { contractType: of, validFrom, customerPays } = entry.attributes ?? {};
    return isActive && of === contractType && typeof validFrom === 'string' && validFrom <= day && Array.isArray(customerPays)
      ? [{ validFrom, customerPays }]
      : [];
  });
  const inForce = rows.reduce<(typeof rows)[number] | undefined>(
    (latest, row) => (latest === undefined || row.validFrom > latest.validFrom ? row : latest),
    undefined,
  );
  return inForce === undefined ? undefined : repairReasons.filter((reason) => inForce.customerPays.includes(reason));
};

type Unit = Parameters<typeof outOf>[0];
/** What the order's beginning says about who pays; nothing where neither a contract nor a quotation does. */
export const responsibilityOf = (
  { facts, now }: { readonly facts: Facts; readonly now: string },
  { request, unit }: { readonly request: PresentRequest | undefined; readonly unit: Unit | undefined },
): Responsibility | undefined => {
  if (typeof request?.acceptedQuotationId === 'string') return { basis: 'quotation', customerPays: [] };
  const ids = unit === undefined ? undefined : outOf(unit)?.ids;
  if (unit === undefined || ids === undefined) return undefined;
  const code = contractOf(facts, ids);
  const contractType = code === undefined ? undefined : typeOf(facts, code);
  const customerPays = contractType === undefined ? undefined : customerPaysFor(facts, contractType, localDate(now, unit.timeZone));
  return contractType === undefined || customerPays === undefined ? undefined : { basis: 'contract', contractType, customerPays };
};
const contractOf = (facts: Facts, { agreementId, scheduleId }: AssignmentIds): string | undefined => {
  const agreement = agreementFact.of(facts, agreementId);
  return agreement === undefined || agreement.status === 'absent' ? undefined : agreement.schedules[scheduleId]?.contractType;
};

/** The order's costs in two parts that sum to its total; nothing where nobody has said who pays. */
export const partsOf = (state: PresentOrder): { readonly customerPart: Money; readonly companyPart: Money } | undefined => {
  const { responsibility, customerId, currency } = state.opened;
  const { total } = totals(state);
  if (customerId === undefined) return { customerPart: zeroMoney(currency), companyPart: total };
  if (responsibility === undefined) return undefined;
  const theirs = Object.values(state.lines).filter(({ repairReason }) => responsibility.customerPays.includes(repairReason));
  const customerPart = sumMoney(
    theirs.flatMap(({ labourCost, partCost }) => [labourCost, partCost]),
    currency,
  );
  return { customerPart, companyPart: subtractMoney(total, customerPart) };
};
