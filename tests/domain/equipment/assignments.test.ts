import { describe, expect, test } from '@jest/globals';
import { intervalOf } from '../../../src/domain/equipment/calendar.ts';
import { equipment } from '../../../src/domain/equipment/decider.ts';
import { holderAt } from '../../../src/domain/equipment/state.ts';
import { addDays } from '../../../src/domain/kernel/calendar.ts';
import { areDisjoint } from '../../../src/domain/kernel/interval.ts';
import { startOfLocalDay } from '../../../src/domain/kernel/time-zone.ts';
import { id, now } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import {
  assign,
  customerFacts,
  event,
  facts,
  good,
  hold,
  ids,
  paper,
  permit,
  readyVan,
  registeredToilet,
  registeredVan,
  reserved,
  returned,
  started,
  today,
  typeFacts,
  words,
  zone,
} from './kit.ts';

const { given } = words;
const tomorrow = addDays(today, 1);
const day = (n: number): string => addDays(today, n);
const at = (date: string) => ({ facts, now: startOfLocalDay(date, zone) });

describe('assigning', () => {
  test('starts at once where it starts today or earlier, else reserves; the same again changes nothing', () => {
    given(registeredToilet)
      .when('AssignEquipment', assign('A', { from: today }), { facts })
      .then(started('A', { from: today }))
      .andRepeatedNothing();
    given(registeredToilet)
      .when('AssignEquipment', assign('A', { from: tomorrow }), { facts })
      .then(reserved('A', { from: tomorrow }))
      .andRepeatedNothing();
    given(registeredToilet, started('A', { from: today }))
      .when('AssignEquipment', assign('A', { from: tomorrow }), { facts })
      .thenRejected('alreadyAssigned');
    given(registeredToilet)
      .when('AssignEquipment', assign('A', { from: tomorrow, until: today }), { facts })
      .thenRejected('invalidPeriod');
  });

  test('the day is the account’s, not the server’s: late in the evening in Guatemala it is still that day', () => {
    const evening = { facts, now: '2026-03-02T04:30:00.000Z' };
    given(registeredToilet)
      .when('AssignEquipment', assign('A', { from: '2026-03-02' }), evening)
      .then(reserved('A', { from: '2026-03-02' }));
  });

  test('EQ-4 the type is the line’s', () => {
    given(registeredToilet)
      .when('AssignEquipment', assign('A', { from: today }, 'sink'), { facts })
      .thenRejected('wrongType');
  });

  test('EQ-9 every mandatory paper is there and valid on the first day', () => {
    const van = assign('A', { from: tomorrow }, 'dry-van');
    given(...readyVan)
      .when('AssignEquipment', van, { facts })
      .thenTypes('EquipmentAssigned');
    const missing = given(registeredVan, permit()).when('AssignEquipment', van, { facts }).decision;
    expect(missing).toMatchObject({ code: 'papersMissing', details: { papers: ['annual-inspection', 'insurance'] } });
    const expired = given(registeredVan, permit(today), paper('annual-inspection'), paper('insurance')).when('AssignEquipment', van, { facts }).decision;
    expect(expired).toMatchObject({ code: 'papersExpired', details: { papers: ['permit'] } });
    given(registeredVan, permit(tomorrow), paper('annual-inspection'), paper('insurance'))
      .when('AssignEquipment', van, { facts })
      .thenTypes('EquipmentAssigned');
    given(registeredVan, permit(), paper('annual-inspection'), paper('insurance', '2027-01-31', day(2)))
      .when('AssignEquipment', van, { facts })
      .thenRejected('papersExpired');
  });

  test('EQ-11 a unit on hold does not go out today; it can be reserved for later', () => {
    given(registeredToilet, hold('h'))
      .when('AssignEquipment', assign('A', { from: today }), { facts })
      .thenRejected('onHold');
    given(registeredToilet, hold('h'))
      .when('AssignEquipment', assign('A', { from: tomorrow }), { facts })
      .thenTypes('EquipmentAssigned');
  });

  test('EQ-13 not while the customer’s insurance is expired or its credit is held', () => {
    const to = (customer: Parameters<typeof customerFacts>[1]) =>
      given(registeredToilet).when('AssignEquipment', assign('A', { from: tomorrow }), { facts: { ...typeFacts, ...customerFacts('Sur', customer) } });
    to({ isCreditHeld: true }).thenRejected('creditHeld');
    to({ insurance: [{ expiresOn: today }] }).thenRejected('insuranceExpired');
    to({ insurance: [{ expiresOn: tomorrow }] }).thenTypes('EquipmentAssigned');
    to({ insurance: [{ expiresOn: today }, { expiresOn: null }] }).thenTypes('EquipmentAssigned');
    to({}).thenTypes('EquipmentAssigned');
  });

  test('an abandoned id is refused from then on; one that exists stays', () => {
    const abandoned = event('AssignmentAbandoned', { assignmentId: id('A'), allocationId: id('slots') });
    given(registeredToilet)
      .when('AbandonAssignment', { assignmentId: id('A'), allocationId: id('slots') })
      .then(abandoned)
      .andRepeatedNothing();
    given(registeredToilet, abandoned)
      .when('AssignEquipment', assign('A', { from: today }), { facts })
      .thenRejected('abandoned');
    given(registeredToilet, abandoned)
      .when('AssignEquipment', assign('B', { from: today }), { facts })
      .thenTypes('EquipmentAssigned');
    given(registeredToilet, started('A', { from: today }))
      .when('AbandonAssignment', { assignmentId: id('A') })
      .thenNothing();
  });
});

describe('the calendar', () => {
  const stay = fc.record({ from: fc.integer({ min: 0, max: 30 }), length: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }) });

  test('EQ-2 of any wishes those are taken that do not overlap, and the rest are refused for what they run into', () => {
    fc.assert(
      fc.property(fc.array(stay, { maxLength: 12 }), (stays) => {
        const taken: { from: number; to: number }[] = [];
        let history = [registeredToilet as ReturnType<typeof event>];
        for (const [n, { from, length }] of stays.entries()) {
          const until = length === undefined ? {} : { until: day(from + 1 + length) };
          const wanted = { from: from + 1, to: length === undefined ? Number.POSITIVE_INFINITY : Math.max(from + 2, from + 1 + length) };
          const isFree = !taken.some((other) => wanted.from < other.to && other.from < wanted.to);
          const { decision } = given(...history).when('AssignEquipment', assign(`${n}`, { from: day(from + 1), ...until }), { facts });
          expect(Array.isArray(decision) ? 'taken' : (decision as { code: string }).code).toBe(isFree ? 'taken' : 'overlap');
          if (!Array.isArray(decision)) continue;
          taken.push(wanted);
          history = [...history, ...decision];
        }
        const { state } = given(...history);
        if (state.situation === 'absent') throw new Error('unreachable');
        expect(areDisjoint(Object.values(state.assignments).flatMap((each) => intervalOf(each) ?? []))).toBe(true);
      }),
    );
  });

  test('EQ-2 a unit that is out past its plan takes today too, and what it eats of a reservation is gone', () => {
    const out = [registeredToilet, started('A', { from: today, until: day(5) }), reserved('B', { from: day(5), until: day(10) })];
    given(registeredToilet, started('A', { from: today, until: day(5) }))
      .when('AssignEquipment', assign('C', { from: day(7) }), at(day(7)))
      .thenRejected('overlap');
    const { state } = given(...out, returned('A', { returnedOn: day(7) }));
    if (state.situation === 'absent') throw new Error('unreachable');
    expect(state.assignments[id('B')]).toMatchObject({ status: 'reserved', from: day(7) });
  });

  test('a unit can go out again on the day it came back', () => {
    given(registeredToilet, started('A', { from: today }), returned('A'))
      .when('AssignEquipment', assign('B', { from: today }), { facts })
      .thenTypes('EquipmentAssigned');
  });

  test('a withdrawn call-off needs the days after to be free still', () => {
    const calledOff = event('EquipmentCalledOff', { ...ids('A'), offRentOn: day(3) });
    const out = [registeredToilet, started('A', { from: today }), calledOff];
    given(...out)
      .when('WithdrawCallOff', { assignmentId: id('A') })
      .then(event('CallOffWithdrawn', ids('A')))
      .andRepeatedNothing();
    given(...out, reserved('B', { from: day(4) }))
      .when('WithdrawCallOff', { assignmentId: id('A') })
      .thenRejected('overlap');
  });

  test('a call-off for later must not run into a reservation; one that tells what was, moves it', () => {
    const out = [registeredToilet, started('A', { from: today, until: day(5) }), reserved('B', { from: day(5) })];
    given(...out)
      .when('CallOff', { assignmentId: id('A'), offRentOn: day(6) }, at(day(1)))
      .thenRejected('overlap');
    const late = given(...out).when('CallOff', { assignmentId: id('A'), offRentOn: day(6) }, at(day(6)));
    late.thenTypes('EquipmentCalledOff');
    if (late.state.situation === 'absent') throw new Error('unreachable');
    expect(late.state.assignments[id('B')]?.from).toBe(day(6));
  });
});

describe('a reservation’s day', () => {
  const waiting = [registeredToilet, reserved('A', { from: tomorrow, until: day(4) })];
  const activate = { assignmentId: id('A') };
  const refusal = (code: string, message: string, on = tomorrow) =>
    event('AssignmentActivationRefused', { ...ids('A'), on, refusal: code, message, retryAt: startOfLocalDay(addDays(on, 1), zone) });

  test('is a deadline at the start of the local day; moved with every retry, off once it is decided', () => {
    const deadlinesOf = (type: string, data: object) => equipment.deadlines?.[type as 'EquipmentAssigned']?.(data as never, id('self'));
    const due = { change: 'set', name: `activate:${id('A')}`, command: 'ActivateAssignment', data: activate };
    expect(deadlinesOf('EquipmentAssigned', reserved('A', { from: tomorrow }).data)).toEqual([{ ...due, dueAt: '2026-03-02T06:00:00.000Z' }]);
    expect(deadlinesOf('EquipmentAssigned', started('A', { from: today }).data)).toEqual([]);
    expect(deadlinesOf('AssignmentActivationRefused', refusal('onHold', 'x').data)).toEqual([{ ...due, dueAt: '2026-03-03T06:00:00.000Z' }]);
    expect(deadlinesOf('AssignmentCancelled', ids('A'))).toEqual([{ change: 'cancel', name: `activate:${id('A')}` }]);
  });

  test('puts the unit on rent; too early, twice or for a cancelled one nothing happens', () => {
    const active = event('AssignmentActivated', { ...ids('A'), activatedOn: tomorrow });
    given(...waiting)
      .when('ActivateAssignment', activate, at(tomorrow))
      .then(active)
      .andRepeatedNothing();
    given(...waiting)
      .when('ActivateAssignment', activate, at(today))
      .thenNothing();
    given(...waiting, event('AssignmentCancelled', { ...ids('A'), reason: 'x' }))
      .when('ActivateAssignment', activate, at(tomorrow))
      .thenNothing();
  });

  test('EQ-11 a hold bars it, visibly; releasing the last hold tries it again at once', () => {
    given(...waiting, hold('h'))
      .when('ActivateAssignment', activate, at(tomorrow))
      .then(refusal('onHold', 'The unit is out of service.'));
    const release = (...holds: ReturnType<typeof hold>[]) =>
      given(...waiting, ...holds).when('ReleaseHold', { holdId: id('h'), reason: 'repaired' }, at(tomorrow)).decision;
    const resumes = { assignmentId: id('A'), at: startOfLocalDay(tomorrow, zone) };
    expect(release(hold('h'))).toMatchObject([{ data: { isInService: true, resumes } }]);
    expect(release(hold('h'), hold('i'))).toMatchObject([{ data: { isInService: false } }]);
    expect(release(hold('h'), hold('i'))).not.toHaveProperty('0.data.resumes');
  });

  test('EQ-2 an earlier holder that is late bars it; the return tries it again at once', () => {
    const late = [registeredToilet, started('B', { from: today, until: tomorrow }), reserved('A', { from: tomorrow })];
    const { decision } = given(...late).when('ActivateAssignment', activate, at(tomorrow));
    expect(decision).toMatchObject([{ type: 'AssignmentActivationRefused', data: { refusal: 'overlap' } }]);
    const back = given(...late).when('ReturnEquipment', { assignmentId: id('B'), returnedOn: day(2), ...good }, at(day(2)));
    expect(back.decision).toMatchObject([{ data: { resumes: { assignmentId: id('A'), at: startOfLocalDay(day(2), zone) } } }]);
  });

  test('EQ-9 EQ-13 papers and customer are looked at again on the day', () => {
    const van = [...readyVan, event('EquipmentAssigned', { ...assign('A', { from: tomorrow }, 'dry-van'), status: 'reserved' })];
    given(...van)
      .when('ActivateAssignment', activate, at(tomorrow))
      .thenTypes('AssignmentActivated');
    const { decision } = given(...van, event('EquipmentPermitRemoved', { permitId: id('permit') })).when('ActivateAssignment', activate, at(tomorrow));
    expect(decision).toMatchObject([{ data: { refusal: 'papersMissing' } }]);
    const held = { ...at(tomorrow), facts: { ...typeFacts, ...customerFacts('Sur', { isCreditHeld: true }) } };
    expect(given(...van).when('ActivateAssignment', activate, held).decision).toMatchObject([{ data: { refusal: 'creditHeld' } }]);
  });

  test('cancels it where all its days are over', () => {
    given(...waiting, hold('h'))
      .when('ActivateAssignment', activate, at(day(4)))
      .then(event('AssignmentCancelled', { ...ids('A'), reason: 'Its days are over.' }));
  });
});

describe('the end of an assignment', () => {
  test('EQ-12 rent ends at off-rent, custody at return, and off-rent ≤ return for any days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), fc.boolean(), (off, back, isCalledOff) => {
        const calledOff = isCalledOff ? [event('EquipmentCalledOff', { ...ids('A'), offRentOn: day(off) })] : [];
        const outcome = given(registeredToilet, started('A', { from: today }), ...calledOff).when(
          'ReturnEquipment',
          { assignmentId: id('A'), returnedOn: day(back), ...good },
          at(day(back)),
        );
        const offRentOn = isCalledOff && off < back ? day(off) : day(back);
        outcome.then(returned('A', { returnedOn: day(back), offRentOn })).andRepeatedNothing();
        if (outcome.state.situation === 'absent') throw new Error('unreachable');
        expect(outcome.state.outId).toBeNull();
      }),
    );
  });

  test('is neither before the start nor, for a return, in the future', () => {
    const out = [registeredToilet, started('A', { from: today })];
    given(...out)
      .when('CallOff', { assignmentId: id('A'), offRentOn: day(-1) })
      .thenRejected('beforeStart');
    given(...out)
      .when('ReturnEquipment', { assignmentId: id('A'), returnedOn: day(-1), ...good })
      .thenRejected('beforeStart');
    given(...out)
      .when('ReturnEquipment', { assignmentId: id('A'), returnedOn: tomorrow, ...good })
      .thenRejected('inFuture');
    const reading = { kind: 'odometer', value: 1, uom: 'HUR', readAt: now } as const;
    given(...out)
      .when('ReturnEquipment', { assignmentId: id('A'), returnedOn: today, ...good, readings: [reading] })
      .thenRejected('wrongReading');
  });

  test('TE-9 an instant belongs to who had the unit then; told late, from the first day’s start to the last day’s end', () => {
    const out = [registeredToilet, started('A', { from: day(-3) }), returned('A', { startedOn: day(-3), returnedOn: day(-1) })];
    const { state } = given(...out, event('EquipmentAssigned', { ...assign('B', { from: today }, 'portable-toilet', 'Norte'), status: 'on_rent' }));
    const holder = (instant: string) => holderAt(state, instant)?.customerId;
    expect(holder(startOfLocalDay(day(-3), zone))).toBe(id('Sur'));
    expect(holder('2026-03-01T05:59:59.999Z')).toBe(id('Sur'));
    expect(holder('2026-02-26T05:59:59.999Z')).toBeUndefined();
    expect(holder('2026-03-01T11:00:00.000Z')).toBeUndefined();
    expect(holder(now)).toBe(id('Norte'));
    expect(equipment.tenantOf(state, id('self'))).toBe(id('Norte'));
  });
});
