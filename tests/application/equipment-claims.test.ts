import { expect, test } from '@jest/globals';
import { toilet } from '../domain/equipment/kit.ts';
import { id } from '../kit/decider.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { fc } from '../kit/seed.ts';
import { importCatalog } from '../kit/shipped-catalogs.ts';
import { nodeOn, TurnLog } from './processes/equipment-world.ts';

const entry = { code: 'portable-toilet', name: 'Portable toilet', attributes: { requiresVin: false, mandatoryPapers: [] } };
const yard = async (): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  await importCatalog(log, 'equipment-type', [entry]);
  return log;
};
const unit = (serialNumber: string) => ({ ...toilet, serialNumber });

test('EQ-10 of units that want one number at the same time exactly one gets it, on any node and in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const memory = await yard();
      const log = new TurnLog(memory, (label) => scheduler.schedule(Promise.resolve(), label));
      const wanted = ['a', 'b', 'c'].map((name) => nodeOn(log).send('equipment', id(name), 'RegisterEquipment', unit(name), { key: name }));
      const outcomes = await scheduler.waitFor(Promise.all(wanted));
      expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
      expect(memory.events.filter(({ type }) => type === 'EquipmentRegistered')).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});

test('EQ-10 a number is free again when its unit is corrected or retired, and after a create that was refused', async () => {
  const node = nodeOn(await yard());
  const register = (name: string, changes: object = {}) => node.send('equipment', id(name), 'RegisterEquipment', { ...unit(name), ...changes });
  const taken = (code: string) => ({ kind: 'refused', rejection: { code } });
  expect(await register('a')).toMatchObject({ kind: 'accepted' });
  expect(await register('b')).toMatchObject(taken('unitNumberTaken'));
  // Its number is taken, so the serial it asked for along with it is nobody's.
  expect(await register('c', { unitNumber: 'T-3', serialNumber: 'b' })).toMatchObject({ kind: 'accepted' });
  expect(await register('d', { unitNumber: 'T-4', serialNumber: 'a' })).toMatchObject(taken('serialTaken'));

  expect(await node.send('equipment', id('a'), 'CorrectEquipment', { ...unit('a'), unitNumber: 'T-9' })).toMatchObject({ kind: 'accepted' });
  expect(await register('e')).toMatchObject({ kind: 'accepted' });
  expect(await node.send('equipment', id('e'), 'RetireEquipment', { reason: 'sold' })).toMatchObject({ kind: 'accepted' });
  expect(await register('f')).toMatchObject({ kind: 'accepted' });
  expect(await register('g', { unitNumber: 'T-7', serialNumber: 'e' })).toMatchObject({ kind: 'accepted' });
});
