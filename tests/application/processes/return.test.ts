import { describe, expect, test } from '@jest/globals';
import { returns } from '../../../src/application/processes/return.ts';
import { allocationEvents } from '../../../src/domain/allocation/events.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import type { Equipment } from '../../../src/domain/equipment/state.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { currentValue, type Meter, meterId } from '../../../src/domain/meter/state.ts';
import { assign, event, ids, registeredToilet, today, zone } from '../../domain/equipment/kit.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { importCatalog } from '../../kit/shipped-catalogs.ts';
import { following, nodeOn } from './equipment-world.ts';

const slots = emit(allocationEvents);
const unitId = id('unit');
const { allocationId, agreementId, scheduleId, lineItemId, customerId, accountId, assignmentId } = ids('A');

const setUp = async (): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  const entry = { code: 'KMT', name: 'kilometre' };
  await importCatalog(log, 'uom', [entry]);
  const profile = { customerName: 'Sur', customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: zone } as const;
  await happened(log, `customer-${customerId}`, emit(customerEvents)('CustomerRegistered', profile));
  await happened(
    log,
    `allocation-${allocationId}`,
    slots('AllocationOpened', { agreementId, scheduleId, lineItemId, customerId, accountId, equipmentType: 'portable-toilet', allowed: 1 }),
    slots('SlotReserved', {
      ...{ agreementId, scheduleId, lineItemId, customerId, accountId, equipmentType: 'portable-toilet' },
      ...{ assignmentId, equipmentId: unitId, from: today, leaseUntil: now, timeZone: zone },
    }),
    slots('SlotConfirmed', { assignmentId }),
  );
  await happened(log, `equipment-${unitId}`, registeredToilet, event('EquipmentAssigned', { ...assign('A', { from: today }), status: 'on_rent' }));
  return log;
};
const reading = (value: number) => ({ kind: 'odometer', value, uom: 'KMT', readAt: now }) as const;
const give = (log: MemoryEventLog, report: object) => nodeOn(log).send('equipment', unitId, 'ReturnEquipment', { assignmentId, returnedOn: today, ...report });
const stateOf = async (log: MemoryEventLog, category: string, target: string) => (await nodeOn(log).states.loadFresh(category, target)).state;

describe('a return', () => {
  const damaged = { condition: 'damaged', damages: [{ component: 'door', description: 'hinge torn off' }], readings: [reading(120)] };

  test('EQ-3 EQ-6 EQ-12 frees the slot, reads the meter and holds what is damaged, once, however often it is delivered', async () => {
    const log = await setUp();
    expect(await give(log, damaged)).toMatchObject({ kind: 'accepted' });
    await following(returns, log, () => log.events).drain();

    expect(await stateOf(log, 'allocation', allocationId)).toMatchObject({ slots: {} });
    const meterState = (await stateOf(log, 'meter', meterId(unitId, 'odometer', 2026))) as Meter;
    expect(meterState).toMatchObject({ situation: 'open', holder: { customerId, accountId } });
    expect(meterState.situation === 'open' && currentValue(meterState)).toBe(120_000);
    const unit = (await stateOf(log, 'equipment', unitId)) as Equipment;
    expect(unit.situation === 'present' && Object.values(unit.holds)).toEqual([{ kind: 'damage' }]);
    expect(unit.situation === 'present' && unit.assignments[assignmentId]).toMatchObject({ status: 'returned', returnedOn: today, offRentOn: today });

    const before = log.events.length;
    const again = following(returns, log, () => log.events);
    await again.runner.started();
    await again.drain();
    expect(log.events).toHaveLength(before);
  });

  test('TE-9 what happens by it is told to who returned it; the hold is the company’s', async () => {
    const log = await setUp();
    await give(log, damaged);
    await following(returns, log, () => log.events).drain();
    const tenantOf = (type: string) => log.events.filter((each) => each.type === type).map(({ metadata }) => metadata.tenant);
    expect(tenantOf('EquipmentReturned')).toEqual([customerId]);
    expect(tenantOf('MeterReadingRecorded')).toEqual([customerId]);
    expect(tenantOf('EquipmentHoldPlaced')).toEqual([null]);
  });

  test('in good condition leaves the unit in service', async () => {
    const log = await setUp();
    await give(log, { condition: 'good', damages: [], readings: [] });
    await following(returns, log, () => log.events).drain();
    expect(log.events.map(({ type }) => type)).not.toContain('EquipmentHoldPlaced');
    expect(log.events.map(({ type }) => type)).toContain('SlotReleased');
  });

  test('a reading that the meter refuses stands in the process’s stream and bars nothing else', async () => {
    const log = await setUp();
    const from = nodeOn(log);
    const target = meterId(unitId, 'odometer', 2026);
    await from.send('meter', target, 'RecordReading', { equipmentId: unitId, ...reading(500), readAt: '2026-02-01T00:00:00.000Z', source: 'manual' });
    await give(log, damaged);
    await following(returns, log, () => log.events).drain();
    const refused = log.events.filter(({ type }) => type === 'StepRefused');
    expect(refused.map(({ data }) => [data['step'], data['refusal']])).toEqual([['reading-0', 'notMonotone']]);
    expect(log.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['SlotReleased', 'EquipmentHoldPlaced']));
  });
});
