/** SR-11: who pays an order, and how its costs are told in two parts, once. */
import { describe, expect, test } from '@jest/globals';
import type { EventOf } from '../../../src/domain/kernel/aggregate.ts';
import { addMoney, sumMoney } from '../../../src/domain/kernel/money.ts';
import { repairReasons, type workOrderEvents } from '../../../src/domain/work-order/events.ts';
import { customerPaysFor } from '../../../src/domain/work-order/responsibility.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { accountId, catalogFactOf, completed, customerId, event, facts, lineOf, opening, policy, started, unitId, usd, words } from './kit.ts';

type Event = EventOf<typeof workOrderEvents>;
const scheduleId = id('schedule');
const agreementId = id('agreement');
const [catalogKey, shippedRows] = catalogFactOf('cost-responsibility');
const ids = { assignmentId: id('rent'), allocationId: id('slots'), agreementId, scheduleId, lineItemId: id('line'), customerId, accountId };
const onRent = {
  situation: 'present',
  lifecycle: 'active',
  equipmentType: 'dry-van',
  timeZone: 'America/Guatemala',
  assignments: { [ids.assignmentId]: { ids } },
  outId: ids.assignmentId,
};
const under = (contractType: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ...facts,
  ...Object.fromEntries([catalogFactOf('contract-type'), catalogFactOf('cost-responsibility')]),
  [`equipment-${unitId}`]: onRent,
  [`agreement-${agreementId}`]: { status: 'active', schedules: { [scheduleId]: { contractType } } },
  ...more,
});
const openedUnder = (known: Readonly<Record<string, unknown>>, command: object = {}) => {
  const { decision } = words.given().when('OpenWorkOrder', { ...opening, ...command }, { facts: known });
  const [first] = decision as readonly Event[];
  if (first?.type !== 'WorkOrderOpened') throw new Error(JSON.stringify(decision));
  return first;
};
/** The shipped rows and one more, from a later day on. */
const withRow = (contractType: string, validFrom: string, customerPays: readonly string[]) => {
  const { entries, ...rest } = shippedRows as { readonly entries: Readonly<Record<string, unknown>> };
  const entry = { code: `later ${contractType}`, name: 'x', attributes: { contractType, validFrom, customerPays } };
  return { [catalogKey]: { ...rest, entries: { ...entries, later: { isActive: true, entry } } } };
};

describe('who pays', () => {
  test('SR-11 is decided by the type of contract and the cause', () => {
    const pays = (code: string) => openedUnder(under(code)).data.responsibility;
    const abuse = ['accident', 'driver_damage'];
    const upkeep = ['breakdown', 'wear', 'pm', 'inspection', ...abuse, 'other'];
    expect(pays('full-service-lease.monthly.advance')).toEqual({ basis: 'contract', contractType: 'full-service-lease', customerPays: abuse });
    expect(pays('rental.daily.arrears')).toEqual({ basis: 'contract', contractType: 'rental', customerPays: abuse });
    expect(pays('net-lease.monthly.advance')).toEqual({ basis: 'contract', contractType: 'net-lease', customerPays: upkeep });
    expect(pays('rent-to-own.monthly.advance')).toEqual({ basis: 'contract', contractType: 'rent-to-own', customerPays: upkeep });
    expect(pays('no-such-contract')).toBeUndefined();
    expect(openedUnder(facts).data.responsibility).toBeUndefined();
  });

  test('SR-11 as dated: an order goes by the row of the day it was opened, whatever comes later', () => {
    const day = fc.integer({ min: 0, max: 60 }).map((n) => new Date(Date.UTC(2026, 1, 1) + n * 86_400_000).toISOString().slice(0, 10));
    const causes = fc.subarray([...repairReasons]);
    fc.assert(
      fc.property(day, day, causes, (validFrom, on, customerPays) => {
        const known = new Map(Object.entries({ ...under('rental.daily.arrears'), ...withRow('rental', validFrom, customerPays) }));
        expect(customerPaysFor(known, 'rental', on)).toEqual(on >= validFrom ? customerPays : ['accident', 'driver_damage']);
        expect(customerPaysFor(known, 'net-lease', on)).toEqual(customerPaysFor(known, 'net-lease', '2000-01-01'));
      }),
    );
    expect(customerPaysFor(new Map(Object.entries(under('x'))), 'rental', '1999-12-31')).toBeUndefined();
  });

  test('SR-11 what was quoted is paid as it was accepted: the order bills none of it again', () => {
    const requestId = id('request');
    const request = {
      situation: 'present',
      status: 'accepted',
      customerId,
      accountId,
      equipmentId: null,
      particulars: '{}',
      media: {},
      acceptedQuotationId: id('Q'),
    };
    const known = { ...facts, [`serviceRequest-${requestId}`]: request };
    const site = { requestId, kind: 'service', description: 'x', currency: 'USD', attachmentIds: [], source: 'quotation', equipmentId: undefined };
    const { equipmentId: _none, ...command } = site;
    const { decision } = words.given().when('OpenWorkOrder', command as never, { facts: known });
    expect(decision).toMatchObject([{ data: { responsibility: { basis: 'quotation', customerPays: [] } } }]);
  });
});

describe('the two parts of an order’s costs', () => {
  const line = fc.record({ cents: fc.integer({ min: 0, max: 90_000 }), repairReason: fc.constantFrom(...repairReasons) });
  const closing = (
    lines: readonly { readonly cents: number; readonly repairReason: (typeof repairReasons)[number] }[],
    responsibility: object | undefined,
    owner: object = { customerId, accountId },
  ) => {
    const opened = event('WorkOrderOpened', {
      workOrderNumber: 1,
      ...owner,
      ...opening,
      policy,
      ...(responsibility === undefined ? {} : { responsibility }),
    } as never);
    const written = lines.map(({ cents, repairReason }, n): Event => {
      const added = lineOf(`L${n}`, (cents / 100).toFixed(2));
      return { ...added, data: { ...added.data, repairReason } } as Event;
    });
    return words.given(opened, started, ...written, completed);
  };

  test('SR-11 sum to its total, the customer’s being the lines whose cause it pays for, and are told once', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.subarray([...repairReasons]), (lines, customerPays) => {
        const outcome = closing(lines, { basis: 'contract', contractType: 'rental', customerPays }).when('CloseCosts', {});
        const [closed] = outcome.decision as readonly Event[];
        if (closed?.type !== 'WorkOrderClosed') throw new Error(JSON.stringify(outcome.decision));
        const { customerPart, companyPart, total } = closed.data;
        if (customerPart === undefined || companyPart === undefined) throw new Error('nobody pays');
        const theirs = lines.filter(({ repairReason }) => customerPays.includes(repairReason)).map(({ cents }) => usd((cents / 100).toFixed(2)));
        expect(customerPart).toEqual(sumMoney(theirs, 'USD'));
        expect(addMoney(customerPart, companyPart)).toEqual(total);
        const opened = event('WorkOrderOpened', { workOrderNumber: 1, customerId, accountId, ...opening, policy });
        for (const command of ['CloseCosts', 'ReopenWorkOrder'] as const) {
          const again = words.given(opened, started, completed, closed).when(command, (command === 'CloseCosts' ? {} : { reason: 'x' }) as never);
          if (command === 'CloseCosts') again.thenNothing();
          else again.thenRejected('notAllowedNow');
        }
      }),
      { numRuns: 60 },
    );
  });

  test('SR-11 an order of the company’s own is the company’s; where neither contract nor quotation says, no part is told', () => {
    const lines = [{ cents: 10_000, repairReason: 'accident' as const }];
    expect(closing(lines, undefined, {}).when('CloseCosts', {}).decision).toMatchObject([{ data: { customerPart: usd('0.00'), companyPart: usd('100.00') } }]);
    const [untold] = closing(lines, undefined).when('CloseCosts', {}).decision as readonly Event[];
    expect(untold?.data).not.toHaveProperty('customerPart');
    expect(closing(lines, { basis: 'quotation', customerPays: [] }).when('CloseCosts', {}).decision).toMatchObject([{ data: { customerPart: usd('0.00') } }]);
  });
});
