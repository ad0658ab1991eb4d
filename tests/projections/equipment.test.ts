import { describe, expect, test } from '@jest/globals';
import { catalogs } from '../../projections/catalogs/projection.ts';
import { customers as customersModel } from '../../projections/customers/projection.ts';
import { fleet } from '../../projections/equipment/projection.ts';
import { equipmentQueries } from '../../projections/equipment/queries.ts';
import { statusOf } from '../../projections/equipment/units.ts';
import { type Equipment, outOf } from '../../src/domain/equipment/state.ts';
import { catalogId, entryId } from '../../src/domain/kernel/well-known.ts';
import { zone } from '../domain/equipment/kit.ts';
import { id } from '../kit/decider.ts';
import { checkProjection, foldedRows } from '../kit/projections.ts';
import { asking } from '../kit/queries.ts';
import { fc } from '../kit/seed.ts';
import { customers, handOverStory, type Story, stories, units } from './fleet-story.ts';
import { type Step, step } from './occurrences.ts';

const rowsOf = (story: Story) => foldedRows(fleet, story.steps);
const stateOf = (story: Story, name: string): Extract<Equipment, { readonly situation: 'present' }> => {
  const state = story.states.get(`equipment-${id(name)}`) as Equipment;
  if (state.situation === 'absent') throw new Error('unreachable');
  return state;
};

describe('the fleet’s read model', () => {
  test('ES-3 the same rows for any split, twice, rebuilt and with strangers', async () => {
    await checkProjection({ definition: fleet, steps: stories.map(({ steps }) => steps), runs: 40 });
  });

  test('shows each unit as its aggregate is: the first status that applies', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        const rows = await rowsOf(story);
        for (const name of units) {
          const state = stateOf(story, name);
          const row = rows['equipment']?.find(({ equipment_id }) => equipment_id === id(name));
          const out = outOf(state);
          const isReserved = Object.values(state.assignments).some(({ status }) => status === 'reserved');
          const expected =
            state.lifecycle === 'retired'
              ? 'retired'
              : Object.keys(state.holds).length > 0
                ? 'out_of_service'
                : out?.status === 'off_rent'
                  ? 'off_rent'
                  : out !== undefined
                    ? 'assigned'
                    : isReserved
                      ? 'reserved'
                      : 'available';
          seen.add(expected);
          expect(row).toMatchObject({
            status: expected,
            equipment_assignment_id: state.outId,
            iot_device_id: state.device?.deviceId ?? null,
            load_status: state.load?.loadStatus ?? null,
          });
          const assignments = rows['assignment']?.filter(({ equipment_id }) => equipment_id === id(name)) ?? [];
          expect(Object.fromEntries(assignments.map((each) => [each['equipment_assignment_id'], each['status']]))).toEqual(
            Object.fromEntries(Object.entries(state.assignments).map(([key, { status }]) => [key, status])),
          );
        }
      }),
      { numRuns: 200 },
    );
    expect([...seen].sort()).toEqual(['assigned', 'available', 'off_rent', 'out_of_service', 'reserved', 'retired']);
  });

  test('TE-9 a unit and what is on it now are its holder’s, nobody’s while it is in the yard; what has ended keeps whose it was', async () => {
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        const rows = await rowsOf(story);
        for (const name of units) {
          const out = outOf(stateOf(story, name))?.ids;
          const whose = { customer_id: out?.customerId ?? null, account_id: out?.accountId ?? null };
          const current = [
            ...(rows['equipment'] ?? []),
            ...(rows['permit'] ?? []),
            ...(rows['document'] ?? []),
            ...(rows['hasAttachment'] ?? []),
            ...(rows['hold'] ?? []).filter((row) => row['is_open'] === true),
            ...(rows['hasDevice'] ?? []).filter((row) => row['removed_at'] === null),
            ...(rows['hasAddon'] ?? []).filter((row) => row['removed_at'] === null),
          ].filter((row) => row['equipment_id'] === id(name));
          for (const row of current) expect(row).toMatchObject(whose);
        }
        const holders = new Map(Object.values(rows['assignment'] ?? []).map((row) => [row['equipment_assignment_id'], row['customer_id']]));
        for (const [assignmentId, customer] of holders) {
          const ofState = units.map((name) => stateOf(story, name).assignments[String(assignmentId)]?.ids.customerId).find((found) => found !== undefined);
          expect(customer).toBe(ofState);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the status has an order: each hides those after it', () => {
    const all = { is_retired: true, open_hold_ids: ['h'], is_off_rent: true, equipment_assignment_id: 'a', reserved_assignment_ids: ['r'] };
    expect(statusOf(all)).toBe('retired');
    expect(statusOf({ ...all, is_retired: false })).toBe('out_of_service');
    expect(statusOf({ ...all, is_retired: false, open_hold_ids: [] })).toBe('off_rent');
    expect(statusOf({ ...all, is_retired: false, open_hold_ids: [], is_off_rent: false })).toBe('assigned');
    expect(statusOf({ ...all, is_retired: false, open_hold_ids: [], is_off_rent: false, equipment_assignment_id: null })).toBe('reserved');
    expect(statusOf({ is_retired: false, open_hold_ids: [], is_off_rent: false, equipment_assignment_id: null, reserved_assignment_ids: [] })).toBe(
      'available',
    );
  });
});

describe('the fleet’s queries', () => {
  const names: readonly Step[] = [
    step(9001, `catalog-${catalogId('equipment-type')}`, { type: 'CatalogDefined', data: { name: 'equipment-type', source: 'test' } }),
    step(9002, `catalog-${catalogId('equipment-type')}`, { type: 'EntryDefined', data: { entry: { code: 'portable-toilet', name: 'Portable toilet' } } }),
    ...customers.flatMap((name, n) => [
      step(9100 + n, `customer-${id(name)}`, {
        type: 'CustomerRegistered',
        data: { customerName: name, customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: zone },
        tenant: id(name),
      }),
      step(9200 + n, `customer-${id(name)}`, {
        type: 'AccountOpened',
        data: {
          accountId: id(`${name} account`),
          accountName: `${name} 1`,
          accountNumber: '1',
          accountType: 'REGIONAL',
          currency: 'GTQ',
          country: 'GT',
          timeZone: zone,
        },
        tenant: id(name),
        account: id(`${name} account`),
      }),
    ]),
  ];

  test('TE-9 each holder reads its own time only, names joined; staff read everything', async () => {
    const steps = [...names, ...handOverStory().steps];
    await asking({ projections: [fleet, customersModel, catalogs], queries: equipmentQueries, steps }, async (ask) => {
      const [sur, norte] = [id('Sur'), id('Norte')];
      expect(await ask('fleet', sur)).toEqual([]);
      expect(await ask('fleet', norte)).toMatchObject([
        {
          unit_number: 'U1',
          status: 'assigned',
          license_plate_number: 'plate of Norte',
          equipment_name: 'Portable toilet',
          customer_name: 'Norte',
          account_name: 'Norte 1',
        },
      ]);
      expect((await ask('fleet', null)).map((row) => row['unit_number'])).toEqual(['U1', 'U2']);
      expect(await ask('equipment-permit', sur)).toEqual([]);
      expect(await ask('equipment-permit', norte)).toMatchObject([{ license_plate_number: 'plate of Norte' }]);
      expect(await ask('equipment-load-detail', sur)).toMatchObject([{ equipment_load_status: 'loaded' }]);
      expect(await ask('equipment-load-detail', norte)).toMatchObject([{ equipment_load_status: 'empty' }]);
      const readings = async (tenant: string | null) => (await ask('equipment-reading', tenant)).map((row) => row['equipment_reading']);
      expect([await readings(sur), await readings(norte), await readings(null)]).toEqual([[10], [40], [40, 30, 10]]);
      expect(await ask('equipment-meter', null)).toMatchObject([{ equipment_reading: 40, unit_number: 'U1', uom_lookup_id: entryId('uom', 'KMT') }]);
      expect(await ask('assignment-book', sur)).toMatchObject([{ status: 'returned', unit_number: null, customer_name: 'Sur' }]);
      expect(await ask('assignment-book', norte)).toMatchObject([{ status: 'on_rent', unit_number: 'U1', customer_name: 'Norte' }]);
      expect(JSON.stringify(await Promise.all(equipmentQueries.map(({ name, scope }) => (scope === 'company' ? [] : ask(name, sur)))))).not.toContain('Norte');
    });
  });
});
