import { describe, expect, test } from '@jest/globals';
import { equipment } from '../../../src/domain/equipment/decider.ts';
import { addDays, validThrough } from '../../../src/domain/kernel/calendar.ts';
import { startOfLocalDay } from '../../../src/domain/kernel/time-zone.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { event, facts, paper, permit, permitData, registeredVan, words, zone } from './kit.ts';

const { given } = words;
const on = (date: string) => ({ facts, now: startOfLocalDay(date, zone) });

describe('the permit', () => {
  test('is one: a new one takes the place of the old', () => {
    const set = { licensePlateNumber: 'TC-123BCD', licensePlateState: 'Guatemala', expiresOn: '2027-01-31' };
    given(registeredVan)
      .when('SetPermit', set)
      .then(event('EquipmentPermitSet', { permitId: id('made:0'), ...set, timeZone: zone }))
      .andRepeatedNothing();
    const next = given(registeredVan, permit()).when('SetPermit', { ...set, expiresOn: '2028-01-31' });
    if (next.state.situation === 'absent') throw new Error('unreachable');
    expect(next.state.permit).toMatchObject({ permitId: id('made:0'), expiresOn: '2028-01-31' });
    given(registeredVan, permit())
      .when('RemovePermit', { permitId: id('permit') })
      .then(event('EquipmentPermitRemoved', { permitId: id('permit') }))
      .andRepeatedNothing();
  });

  test('PM-10 is told of 60, 30 and 7 days before and on the day after, in the unit’s own days; one without an expiry cancels all', () => {
    const due = equipment.deadlines?.EquipmentPermitSet?.(permitData('2026-12-31'), id('self')) ?? [];
    expect(due.map((change) => [change.name, change.change === 'set' ? change.dueAt : 'off'])).toEqual([
      ['permit:60', '2026-11-01T06:00:00.000Z'],
      ['permit:30', '2026-12-01T06:00:00.000Z'],
      ['permit:7', '2026-12-24T06:00:00.000Z'],
      ['permit:expiry', '2027-01-01T06:00:00.000Z'],
    ]);
    const { expiresOn: _, ...endless } = permitData();
    const off = equipment.deadlines?.EquipmentPermitSet?.(endless, id('self')) ?? [];
    expect(off.map(({ change, name }) => [change, name])).toEqual(due.map(({ name }) => ['cancel', name]));
  });
});

describe('reminders and expiries', () => {
  const expiresOn = '2026-12-31';
  const papers = {
    permit: { added: permit(expiresOn), remind: 'RemindOfPermit', expire: 'ExpirePermit', named: { permitId: id('permit') } },
    document: {
      added: paper('insurance', expiresOn),
      remind: 'RemindOfEquipmentDocument',
      expire: 'ExpireEquipmentDocument',
      named: { documentId: id('insurance') },
    },
  } as const;

  test('PM-10 fire once per paper and threshold, and never the farther after the nearer, whenever they come', () => {
    for (const { added, remind, expire, named } of Object.values(papers)) {
      fc.assert(
        fc.property(
          fc.array(
            fc.record({ late: fc.nat(70), threshold: fc.constantFrom(60, 30, 7, 0) }).map(({ late, threshold }) => ({ threshold, day: late - threshold })),
            { maxLength: 12 },
          ),
          (fired) => {
            const told: number[] = [];
            let history = [registeredVan as ReturnType<typeof event>, added];
            for (const { day, threshold } of [...fired].sort((a, b) => a.day - b.day)) {
              const data = { ...named, expiresOn };
              const context = on(addDays(expiresOn, day));
              const { decision } =
                threshold === 0
                  ? given(...history).when(expire, data as never, context)
                  : given(...history).when(remind, { ...data, daysLeft: threshold } as never, context);
              if (!Array.isArray(decision)) throw new Error('a deadline is never refused');
              if (decision.length > 0) told.push(threshold);
              history = [...history, ...decision];
            }
            expect(new Set(told).size).toBe(told.length);
            const reminders = told.filter((threshold) => threshold > 0);
            expect(reminders).toEqual([...reminders].sort((a, b) => b - a));
            if (told.includes(0)) expect(told.at(-1)).toBe(0);
          },
        ),
      );
    }
  });

  test('PM-10 a renewal silences what the earlier expiry had set', () => {
    const renewed = event('EquipmentDocumentRenewed', { documentId: id('insurance'), expiresOn: '2027-12-31', timeZone: zone });
    const due = { documentId: id('insurance'), expiresOn };
    given(registeredVan, paper('insurance', expiresOn)).when('ExpireEquipmentDocument', due).then(event('EquipmentDocumentExpired', due)).andRepeatedNothing();
    given(registeredVan, paper('insurance', expiresOn), renewed).when('ExpireEquipmentDocument', due).thenNothing();
    given(registeredVan, paper('insurance', expiresOn), renewed)
      .when('RemindOfEquipmentDocument', { ...due, daysLeft: 7 }, on('2026-12-24'))
      .thenNothing();
    given(registeredVan, permit(expiresOn), event('EquipmentPermitSet', { ...permitData('2027-12-31'), permitId: id('next') }))
      .when('ExpirePermit', { permitId: id('permit'), expiresOn })
      .thenNothing();
  });
});

describe('documents', () => {
  test('PM-7 an annual inspection is valid through the same date twelve months on, 29 February → 28', () => {
    const add = (issuedOn: string, expiresOn?: string) =>
      given(registeredVan).when('AddEquipmentDocument', {
        category: 'annual-inspection',
        name: 'DOT',
        issuedOn,
        ...(expiresOn === undefined ? {} : { expiresOn }),
      });
    expect(add('2028-02-29').decision).toMatchObject([{ data: { expiresOn: '2029-02-28' } }]);
    expect(add('2025-03-15', '2030-01-01').decision).toMatchObject([{ data: { expiresOn: '2026-03-15' } }]);
    expect(add('2025-03-15', '2025-09-15').decision).toMatchObject([{ data: { expiresOn: '2025-09-15' } }]);
    given(registeredVan).when('AddEquipmentDocument', { category: 'annual-inspection', name: 'DOT' }).thenRejected('issueDateNeeded');
  });

  test('PM-7 EQ-9 an inspection counts from its day through its last, and on no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: -30, max: 800 }), (offset) => {
        const inspectedOn = '2026-03-15';
        const first = addDays(inspectedOn, offset);
        const history = [
          registeredVan,
          permit('2030-01-01'),
          paper('insurance', '2030-01-01', '2025-01-01'),
          paper('annual-inspection', validThrough(inspectedOn), inspectedOn),
        ];
        const data = { allocationId: id('s'), agreementId: id('a'), scheduleId: id('c'), lineItemId: id('l'), customerId: id('Sur'), accountId: id('x') };
        const { decision } = given(...history).when(
          'AssignEquipment',
          { assignmentId: id('A'), ...data, equipmentType: 'dry-van', from: first, timeZone: zone },
          { facts },
        );
        expect({ first, accepted: Array.isArray(decision) }).toEqual({ first, accepted: first >= inspectedOn && first <= '2027-03-15' });
      }),
    );
  });

  test('are renewed by one that is valid longer, and removed', () => {
    const renew = (expiresOn?: string) =>
      given(registeredVan, paper('insurance')).when('RenewEquipmentDocument', {
        documentId: id('insurance'),
        ...(expiresOn === undefined ? {} : { expiresOn }),
      });
    renew('2026-12-31').thenRejected('notLater');
    renew().thenRejected('expiryNeeded');
    renew('2028-01-31')
      .then(event('EquipmentDocumentRenewed', { documentId: id('insurance'), expiresOn: '2028-01-31', timeZone: zone }))
      .andRepeatedNothing();
    given(registeredVan)
      .when('RenewEquipmentDocument', { documentId: id('insurance'), expiresOn: '2028-01-31' })
      .thenRejected('unknownDocument');
    given(registeredVan, paper('insurance'))
      .when('RemoveEquipmentDocument', { documentId: id('insurance') })
      .thenTypes('EquipmentDocumentRemoved');
    given(registeredVan)
      .when('AddEquipmentDocument', { category: 'insurance', name: 'x', issuedOn: '2026-02-01', expiresOn: '2026-01-01' })
      .thenRejected('expiresBeforeIssue');
  });
});
