/** Agreements with schedules, lines and grants; then units going out and coming back through the assignment process. */
import { agreement, allocationIdOf } from '../../domain/agreement/decider.ts';
import { assignment } from '../../domain/assignment/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import { addDays } from '../../domain/kernel/calendar.ts';
import type { DemoCustomer } from './company.ts';
import type { DemoUnit } from './fleet.ts';
import { type DemoSender, demoId } from './sender.ts';

export type DemoAllocation = {
  readonly id: string;
  readonly equipmentType: string;
  readonly units: number;
  readonly customerId: string;
  readonly accountId: string;
};
/** `units` of the fleet: agreements are as large as the fleet lets them be. */
type Terms = { readonly today: string; readonly units: number; readonly signed: (key: string, customerId: string) => Promise<string> };
type LineOf = { readonly type: string; readonly units: number; readonly rate: string };

const lines: readonly (readonly LineOf[])[] = [
  [
    { type: 'dry-van', units: 40, rate: '950.00' },
    { type: 'reefer', units: 24, rate: '1650.00' },
  ],
  [{ type: 'flatbed', units: 20, rate: '880.00' }],
  [
    { type: 'dry-van', units: 30, rate: '135.00' },
    { type: 'chassis', units: 18, rate: '95.00' },
  ],
  [
    { type: 'reefer', units: 20, rate: '1720.00' },
    { type: 'genset', units: 6, rate: '540.00' },
  ],
  [
    { type: 'dump', units: 14, rate: '1210.00' },
    { type: 'portable-toilet', units: 30, rate: '160.00' },
  ],
  [{ type: 'dry-van', units: 24, rate: '980.00' }],
];

/** The lines below are those of a fleet of so many units. */
const unitsOfLines = 320;

/** Six agreements; the customers take turns. */
export const loadAgreements = async (sender: DemoSender, customers: readonly DemoCustomer[], terms: Terms): Promise<readonly DemoAllocation[]> => {
  const allocations: DemoAllocation[] = [];
  const scale = Math.max(1, terms.units / unitsOfLines);
  for (const [index, ofFleet] of lines.entries()) {
    const agreed = ofFleet.map((line) => ({ ...line, units: Math.floor(line.units * scale) }));
    const of = customers[index % customers.length];
    if (of !== undefined) allocations.push(...(await loadAgreement(sender, { index, agreed, of, terms })));
  }
  return allocations;
};

type Agreed = { readonly index: number; readonly agreed: readonly LineOf[]; readonly of: DemoCustomer; readonly terms: Terms };

const loadAgreement = async (sender: DemoSender, { index, agreed, of, terms: { today, signed } }: Agreed): Promise<readonly DemoAllocation[]> => {
  const to = demoId(`agreement:${index}`);
  const key = `${index}`;
  const effectiveDate = addDays(today, -60 - index);
  const data = { customerId: of.id, effectiveDate, termMonths: 24, isEvergreen: index % 2 === 0, currency: of.currency, timeZone: of.timeZone } as const;
  await sender.send(agreement, 'DraftAgreement', { key, to, data: { ...data, billingMethod: 'advance', paymentDays: 30, holdoverFactor: '1.5' } });
  await sender.send(agreement, 'AttachAgreementDocument', { key, to, data: { attachmentId: await signed(`agreement:${index}`, of.id), role: 'signed' } });
  const added = await sender.send(agreement, 'AddSchedule', { key, to, data: { effectiveDate, contractType: 'full-service-lease.monthly.advance' } });
  const scheduleId = added.made[0] ?? '';
  await sender.send(agreement, 'AttachScheduleDocument', {
    key,
    to,
    data: { scheduleId, attachmentId: await signed(`schedule:${index}`, of.id), role: 'certificate' },
  });
  const granted: DemoAllocation[] = [];
  for (const { type, units, rate } of agreed) {
    const line = {
      scheduleId,
      equipmentType: type,
      numberOfUnits: units,
      from: effectiveDate,
      rate: { amount: rate, currency: of.currency },
      per: 'month',
    } as const;
    const { made } = await sender.send(agreement, 'AddLine', { key: `${key}:${type}`, to, data: line });
    granted.push(...(await grant(sender, { to, of, scheduleId, lineItemId: made[0] ?? '', line: { type, units, rate } })));
  }
  await sender.send(agreement, 'ActivateAgreement', { key, to, data: {} });
  await sender.send(agreement, 'ActivateSchedule', { key, to, data: { scheduleId } });
  return granted;
};

type Granted = { readonly to: string; readonly of: DemoCustomer; readonly scheduleId: string; readonly lineItemId: string; readonly line: LineOf };
/** The line's units are shared out among the customer's regional accounts. */
const grant = async (sender: DemoSender, { to, of, scheduleId, lineItemId, line }: Granted): Promise<readonly DemoAllocation[]> => {
  const regional = of.accounts.slice(1);
  const each = Math.floor(line.units / regional.length);
  const allocations: DemoAllocation[] = [];
  for (const { id: accountId } of regional) {
    await sender.send(agreement, 'GrantUnits', { key: `${lineItemId}:${accountId}`, to, data: { scheduleId, lineItemId, accountId, units: each } });
    allocations.push({ id: allocationIdOf(lineItemId, accountId), equipmentType: line.type, units: each, customerId: of.id, accountId });
  }
  return allocations;
};

export type DemoAssignment = { readonly id: string; readonly equipmentId: string };
/** Fills most slots with units of the right type. The answers only say that the process has begun. */
export const requestAssignments = async (
  sender: DemoSender,
  { allocations, units, today }: { readonly allocations: readonly DemoAllocation[]; readonly units: readonly DemoUnit[]; readonly today: string },
) => {
  const free = new Map<string, DemoUnit[]>();
  for (const unit of units) free.set(unit.type, [...(free.get(unit.type) ?? []), unit]);
  const wanted = allocations.flatMap(({ id, equipmentType, units: slots }) =>
    Array.from({ length: slots }, () => free.get(equipmentType)?.shift()).flatMap((unit, index) =>
      unit === undefined ? [] : [{ allocationId: id, unit, key: `${id}:${index}` }],
    ),
  );
  const requested = wanted.map(({ allocationId, unit, key }, index): DemoAssignment & { readonly allocationId: string; readonly from: string } => ({
    id: demoId(`assignment:${key}`),
    equipmentId: unit.id,
    allocationId,
    // A few for a later day: reservations.
    from: index % 15 === 7 ? addDays(today, 5 + (index % 20)) : addDays(today, -(index % 40)),
  }));
  await sender.each(requested, async ({ id, allocationId, equipmentId, from }) => {
    await sender.send(assignment, 'RequestAssignment', { key: id, to: id, data: { allocationId, equipmentId, from } });
  });
  return requested;
};

type Requested = DemoAssignment & { readonly allocationId: string; readonly from: string };
/** Every fourth unit that is out comes back, some of them damaged; a few are called off and still out. Returns those that stay on rent. */
export const returnUnits = async (sender: DemoSender, requested: readonly Requested[], today: string): Promise<readonly Requested[]> => {
  const out = requested.filter(({ from }) => from < today);
  await sender.each(out, async ({ id, equipmentId }, index) => {
    if (index % 11 === 5) await sender.send(equipment, 'CallOff', { key: id, to: equipmentId, data: { assignmentId: id, offRentOn: today } });
    if (index % 4 !== 0) return;
    const isDamaged = index % 20 === 0;
    const damages = isDamaged ? [{ component: 'rear door', description: 'The hinge is bent.' }] : [];
    const report = { condition: isDamaged ? 'damaged' : 'good', damages, readings: [] } as const;
    await sender.send(equipment, 'ReturnEquipment', {
      key: id,
      to: equipmentId,
      data: { assignmentId: id, returnedOn: today, facility: 'VNV-YARD', ...report },
    });
  });
  return out.filter((_, index) => index % 4 !== 0 && index % 11 !== 5);
};
