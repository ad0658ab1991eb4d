import { describe, expect, test } from '@jest/globals';
import { activityFeed } from '../../projections/activity-feed/projection.ts';
import { fleetFigures } from '../../projections/fleet-figures/projection.ts';
import { fleetFigureQueries } from '../../projections/fleet-figures/queries.ts';
import { readModels as model } from '../../projections/read-models.ts';
import { addDays, addMonths, epochMs, firstOfMonth, instantAt, millisecondsBetween } from '../../src/domain/kernel/calendar.ts';
import { clipIntervals, type Interval, intersectUnions, mergeIntervals, subtractIntervals, unionMeasure } from '../../src/domain/kernel/interval.ts';
import { startOfLocalDay } from '../../src/domain/kernel/time-zone.ts';
import { zone } from '../domain/equipment/kit.ts';
import { id } from '../kit/decider.ts';
import { checkInMemory, checkProjection, foldedRows } from '../kit/projections.ts';
import { asking } from '../kit/queries.ts';
import { fc } from '../kit/seed.ts';
import { handOverStory, type Story, stories, units } from './fleet-story.ts';
import { type Step, step } from './occurrences.ts';

type Row = Readonly<Record<string, unknown>>;
type Span = Interval<string>;
const rowsOf = (steps: readonly Step[]) => foldedRows(fleetFigures, steps);
const span = (row: Row): Span => ({ from: String(row['starts_at']), to: row['ends_at'] === null ? null : String(row['ends_at']) });
const stretches = (rows: Readonly<Record<string, readonly Row[]>>, unit: string, measure: string): readonly Row[] =>
  (rows['stretch'] ?? []).filter((row) => row['equipment_id'] === id(unit) && row['measure'] === measure);

/** When some hold was open, from the unit's own events and nothing else. */
const downOf = (story: Story, unit: string): readonly Span[] => {
  const open = new Map<unknown, string>();
  const closed: Span[] = [];
  for (const { stream, event } of story.steps) {
    if (stream !== `equipment-${id(unit)}`) continue;
    const at = event.metadata.occurredAt;
    const { holdId } = event.data as Row;
    if (event.type === 'EquipmentHoldPlaced') open.set(holdId, at);
    const ended = event.type === 'EquipmentHoldReleased' ? [holdId] : event.type === 'EquipmentRetired' ? [...open.keys()] : [];
    for (const hold of ended) {
      closed.push({ from: open.get(hold) ?? at, to: at });
      open.delete(hold);
    }
  }
  return [...closed, ...[...open.values()].map((from) => ({ from, to: null }))];
};

describe('the figures of the fleet', () => {
  test('ES-3 the same rows for any split, twice, rebuilt and with strangers', async () => {
    await checkProjection({ definition: fleetFigures, steps: stories.map(({ steps }) => steps), runs: 40 });
  });

  test('EQ-7 downtime of any range is the measure of the union of the holds, clipped to it; no holder’s stretch overlaps another’s', async () => {
    let wasDown = 0;
    await fc.assert(
      fc.asyncProperty(stories, fc.nat(20), fc.integer({ min: 1, max: 20 }), async (story, first, days) => {
        const rows = await rowsOf(story.steps);
        const from = String(story.steps[0]?.event.metadata.occurredAt);
        const range = { from: instantAt(epochMs(from) + first * 43_200_000), to: instantAt(epochMs(from) + (first + days) * 43_200_000) };
        const measure = (spans: readonly Span[]) => unionMeasure(clipIntervals(spans, range), millisecondsBetween);
        for (const unit of units) {
          const down = stretches(rows, unit, 'down');
          const expected = measure(downOf(story, unit));
          expect(measure(down.map(span))).toBe(expected);
          expect(down.map((row) => measure([span(row)])).reduce((sum, each) => sum + each, 0)).toBe(expected);
          if (expected > 0) wasDown += 1;
        }
      }),
      { numRuns: 100 },
    );
    expect(wasDown).toBeGreaterThan(10);
  });

  test('EQ-12 TE-9 rent ends at off-rent, custody at return; what is down meanwhile is its holder’s', async () => {
    const told = new Set<string>();
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        const rows = await rowsOf(story.steps);
        for (const row of rows['stretch'] ?? []) {
          const isOpen = row['ends_at'] === null;
          told.add(`${String(row['measure'])} ${isOpen ? 'open' : 'ended'} ${row['customer_id'] === null ? 'company' : 'customer'}`);
          if (!isOpen) expect(span(row).from <= String(row['ends_at'])).toBe(true);
          if (row['measure'] !== 'rent') continue;
          const custody = rows['stretch']?.find(
            (other) => other['measure'] === 'custody' && other['equipment_assignment_id'] === row['equipment_assignment_id'],
          );
          expect(custody).toMatchObject({ customer_id: row['customer_id'], account_id: row['account_id'], starts_at: row['starts_at'] });
          if (custody?.['ends_at'] === null) continue;
          expect(isOpen).toBe(false);
          expect(String(row['ends_at']) <= addDays(String(custody?.['ends_at']).slice(0, 10), 2)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
    for (const seen of ['fleet open company', 'fleet ended company', 'custody open customer', 'custody ended customer', 'rent ended customer'])
      expect(told).toContain(seen);
    for (const seen of ['down ended company', 'down open company', 'down ended customer', 'down open customer']) expect(told).toContain(seen);
  });

  const gtq = (amount: string) => ({ amount, currency: 'GTQ' });
  const order = { requestId: id('request'), equipmentId: id('U1'), kind: 'repair' };
  const totals = { labourTotal: gtq('120.50'), partTotal: gtq('79.50'), total: gtq('200.00') };
  const job = { requestId: id('request'), equipmentId: id('U1') };
  const completed = { ...order, closingReadings: [], evidence: [], ...totals, workedMs: 0, openedAt: '2026-03-01T12:00:00.000Z', repairs: [], completion: 1 };
  const happened = (steps: readonly (readonly [stream: string, type: string, data: Row, at?: string])[]): readonly Step[] =>
    steps.map(([stream, type, data, at], n) =>
      step(n, stream, { type, data: data as never, tenant: id('Sur'), account: id('Sur account'), at: at ?? '2026-04-01T03:00:00.000Z' }),
    );
  const costSteps = happened([
    [`workOrder-${id('W1')}`, 'WorkOrderCompleted', { ...completed, closesAt: '2026-05-01T00:00:00.000Z' }],
    [`workOrder-${id('W2')}`, 'WorkOrderCompleted', { ...completed, closesAt: '2026-05-01T00:00:00.000Z' }],
    [`workOrder-${id('W2')}`, 'WorkOrderReopened', { ...order, reason: 'leaks', repairs: [], completion: 1 }],
    [`workOrder-${id('W3')}`, 'WorkOrderCompleted', { ...completed, closesAt: '2026-05-01T00:00:00.000Z' }],
    [`workOrder-${id('W3')}`, 'WorkOrderClosed', { ...order, by: 'charged', ...totals }],
    [
      `roadside-${id('J1')}`,
      'RoadsideSettled',
      { ...job, outcome: 'repaired', workOrderId: id('W1'), currency: 'GTQ', parts: [], fees: [], feeTotal: gtq('50.00'), total: gtq('50.00') },
    ],
    [`roadside-${id('J2')}`, 'RoadsideCancelled', { ...job, reason: 'moved', feeId: id('fee'), fee: gtq('35.00'), total: gtq('35.00') }],
    [`roadside-${id('J3')}`, 'RoadsideCancelled', { ...job, reason: 'moved', total: gtq('0.00') }],
  ]);

  test('every cost once: an order’s until it is reopened, a job’s own only where no order took it', async () => {
    const { cost = [] } = await rowsOf(costSteps);
    expect(cost.map((row) => [row['fleet_cost_per_unit_id'], row['cost_source'], row['total_cost'], row['is_final'], row['incurred_on']]).sort()).toEqual(
      [
        [id('W1'), 'work-order', '200.00', false, '2026-04-01'],
        [id('W3'), 'work-order', '200.00', true, '2026-04-01'],
        [id('J2'), 'roadside', '35.00', true, '2026-04-01'],
      ].sort(),
    );
    await checkInMemory({ definition: fleetFigures, steps: fc.constant(costSteps), runs: 5 });
  });

  const names = ['equipment', 'customers', 'catalogs', 'service', 'quotations', 'work-orders', 'roadside', 'maintenance', 'compliance'];
  const projections = [fleetFigures, activityFeed, ...model.map(({ projection }) => projection).filter(({ name }) => names.includes(name))];

  test('TE-9 a unit’s story and figures in one answer each: staff read all, a holder its own time, also when it is over', async () => {
    const story = handOverStory();
    const after = costSteps.map(({ stream, event }) => ({ stream, event: { ...event, id: id(`${event.id} later`) } }));
    await asking({ projections, queries: fleetFigureQueries, steps: [...story.steps, ...after] }, async (ask) => {
      const [sur, norte] = [id('Sur'), id('Norte')];
      const theStory = async (tenant: string | null) => (await ask('equipment-story', tenant, { 'filter[equipment_id]': id('U1') }))[0] ?? {};
      const customersOf = (row: Row) => (row['assignments'] as readonly Row[]).map((assignment) => assignment['customer_id']);

      const whole = await theStory(null);
      expect(customersOf(whole)).toEqual([norte, sur]);
      expect(whole).toMatchObject({ unit_number: 'U1', permits: [{ license_plate_number: 'plate of Norte' }], meters: [{ equipment_reading: 40 }] });
      expect(whole['costs']).toEqual([{ currency_code: 'GTQ', cost_count: 3, total_cost: '435.00' }]);
      const feed = (row: Row) => (row['feed'] as readonly Row[]).map((line) => line['event_type']);
      expect(feed(whole).filter((type) => type === 'EquipmentAssigned')).toHaveLength(2);
      expect(feed(whole)).toContain('MeterReadingRecorded');

      const now = await theStory(norte);
      expect(customersOf(now)).toEqual([norte]);
      expect(now).toMatchObject({ unit_number: 'U1', meters: [{ equipment_reading: 40 }], costs: [] });
      const over = await theStory(sur);
      expect(customersOf(over)).toEqual([sur]);
      expect(over).toMatchObject({ unit_number: null, vin: null, permits: [], meters: [{ equipment_reading: 10 }], costs: [{ total_cost: '435.00' }] });
      expect(feed(over).filter((type) => type === 'EquipmentAssigned')).toHaveLength(1);
      expect(JSON.stringify([over, await ask('equipment-timeline', sur), await ask('equipment-utilization', sur)])).not.toContain('Norte');
      expect(await ask('equipment-timeline', id('a stranger'))).toEqual([]);
      const lines = await ask('equipment-timeline', null, { 'filter[equipment_id]': id('U1'), limit: '200' });
      expect(new Set(lines.map((line) => line['activity_feed_id'])).size).toBe(lines.length);
      expect(lines).toHaveLength(feed(whole).length);

      const rows = await rowsOf(story.steps);
      const fleet = stretches(rows, 'U1', 'fleet').map(span);
      const custody = stretches(rows, 'U1', 'custody').map(span);
      const rent = stretches(rows, 'U1', 'rent').map(span);
      const month = firstOfMonth(String(fleet[0]?.from).slice(0, 10));
      const range = { from: startOfLocalDay(month, zone), to: startOfLocalDay(addMonths(month, 1), zone) };
      const hours = (spans: readonly Span[]) => unionMeasure(clipIntervals(spans, range), millisecondsBetween) / 3_600_000;
      const figures = async (tenant: string | null) =>
        (await ask('equipment-utilization', tenant, { 'filter[equipment_id]': id('U1'), 'filter[month_on]': month }))[0];
      const held = hours(mergeIntervals([...fleet, ...custody]));
      expect(Number((await figures(null))?.['held_hours'])).toBeCloseTo(held, 1);
      expect(Number((await figures(null))?.['rent_hours'])).toBeCloseTo(hours(rent), 1);
      expect(Number((await figures(null))?.['utilization_percent'])).toBeCloseTo((100 * hours(rent)) / held, 0);
      const ofSur = stretches(rows, 'U1', 'custody')
        .filter((row) => row['customer_id'] === sur)
        .map(span);
      expect(await figures(sur)).toMatchObject({ unit_number: null, held_hours: '48.00', rent_hours: '48.00', availability_percent: '100.0' });
      expect(Number((await figures(sur))?.['held_hours'])).toBeCloseTo(hours(ofSur), 1);
      expect(intersectUnions(ofSur, subtractIntervals(custody, ofSur))).toEqual([]);
      expect(await ask('fleet-cost-per-unit', sur)).toMatchObject([{ month_on: '2026-03-01', cost_count: 3, open_count: 1, total_cost: '435.00' }]);
      expect(await ask('fleet-cost-per-unit', norte)).toEqual([]);
    });
  });
});
