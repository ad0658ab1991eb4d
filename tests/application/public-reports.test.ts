import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Breakdown } from '../../src/application/public-reports.ts';
import { toilet } from '../domain/equipment/kit.ts';
import { id } from '../kit/decider.ts';
import { type PublicWorld, publicWorld } from './public-world.ts';

let world: PublicWorld;
beforeEach(async () => {
  world = await publicWorld();
});
const correlationId = id('correlation');
const report = (unit: string, more: Partial<Breakdown> = {}, key = 'k') =>
  world.reports.breakdown({ unit, symptom: 'The door does not close', ...more }, { key, correlationId });
/** What reports became. */
const became = () =>
  world.log.events.filter(({ category, metadata }) => metadata.actor.id === 'public-reports' && (category === 'serviceRequest' || category === 'case'));
const told = () => became().map(({ category, type }) => `${category} ${type}`);

describe('a breakdown reported without a token', () => {
  test('becomes a request of the account that holds the unit, by a named part of the system', async () => {
    const driver = { driverName: 'Ana', driverPhone: '+50255551234', isSafeLocation: true, directions: 'km 80' };
    const reported = await report('T-1', { ...driver, position: { latitude: '14.5', longitude: '-90.5' } });
    const [event] = became();
    expect(event).toMatchObject({
      category: 'serviceRequest',
      type: 'RequestSubmitted',
      aggregateId: typeof reported === 'string' ? '' : reported.reference,
      metadata: { tenant: id('Sur'), actor: { kind: 'system', id: 'public-reports' }, $correlationId: correlationId },
      data: {
        serviceType: 'breakdown',
        urgency: 'urgent',
        urgencyType: 'roadside',
        equipmentId: id('T-1'),
        description: 'The door does not close',
        details: { symptom: 'The door does not close', isSafeLocation: true },
        persons: [
          { field: 'driverName', text: 'Ana' },
          { field: 'driverPhone', text: '+50255551234' },
        ],
        location: { directions: 'km 80', position: { latitude: '14.5', longitude: '-90.5' } },
      },
    });
  });

  test('that blocks traffic is an emergency', async () => {
    await report('T-1', { isBlockingTraffic: true });
    expect(became()[0]?.data['urgency']).toBe('emergency');
  });

  test('finds the unit however its number is typed, and never one whose number is another’s now', async () => {
    await report(' t-1 ');
    expect(told()[0]).toBe('serviceRequest RequestSubmitted');
    const corrected = { ...toilet, unitNumber: 'T-9', serialNumber: 'T-1' };
    expect(await world.send('equipment', id('T-1'), 'CorrectEquipment', corrected)).toMatchObject({ kind: 'accepted' });
    const before = became().length;
    await report('T-1', {}, 'later');
    expect(told().slice(before)).toEqual(['case SystemCaseReported']);
  });

  test.each([
    ['that nobody holds', 'T-2'],
    ['that there is not', 'T-404'],
    ['of a customer that takes no service', 'T-3'],
    ['with a number that no unit could have', "'; drop table equipment; --"],
  ])('of a unit %s becomes a case for the company’s people: nothing is lost, and nobody is told', async (_name, unit) => {
    const reported = await report(unit, { driverName: 'Ana', driverPhone: '+50255551234', directions: 'km 80', isLoaded: true });
    expect(reported).toEqual({ reference: expect.any(String) });
    expect(told()).toEqual(['case SystemCaseReported']);
    expect(became()[0]?.data).toEqual({
      subject: `Breakdown: ${unit}`,
      description: 'The door does not close\nkm 80\nisLoaded: true',
      page: '/public/breakdowns',
      reporterName: 'Ana',
      reporterPhone: '+50255551234',
    });
  });

  test('SR-12 of a blocked customer becomes a request where it is an emergency', async () => {
    await report('T-3', { isBlockingTraffic: true });
    expect(told()[0]).toBe('serviceRequest RequestSubmitted');
  });

  test('ES-2 the same report with the same key is one report, whatever it becomes; another key or another word is another', async () => {
    for (const unit of ['T-1', 'T-2', 'T-404']) {
      const [first, second] = [await report(unit), await report(unit)];
      expect(second).toEqual(first);
    }
    const count = became().filter(({ type }) => /Submitted|Reported/.test(type)).length;
    expect(count).toBe(3);
    const references = [await report('T-1'), await report('T-1', {}, 'other'), await report('T-1', { symptom: 'Another' })];
    expect(new Set(references.map((each) => JSON.stringify(each))).size).toBe(3);
  });

  test('while the store is away nothing is said to be taken', async () => {
    world.log.failure = new Error('away');
    await expect(report('T-1')).rejects.toThrow();
    await expect(report('T-404')).rejects.toThrow();
  });
});

test('a mistake of the system becomes a case, once', async () => {
  const said = { subject: 'Cannot sign in', description: 'A white page', page: '/login', reporterEmail: 'ana@example.org' };
  const first = await world.reports.systemCase(said, { key: 'k', correlationId });
  expect(await world.reports.systemCase(said, { key: 'k', correlationId })).toEqual(first);
  expect(became().map(({ type, data }) => ({ type, data }))).toEqual([{ type: 'SystemCaseReported', data: said }]);
});
