import { expect, test } from '@jest/globals';
import type { CommandOutcome } from '../../src/application/handle-command.ts';
import { equipmentEvents } from '../../src/domain/equipment/events.ts';
import { emit } from '../../src/domain/kernel/aggregate.ts';
import { canonicalJson } from '../../src/domain/kernel/hash.ts';
import { toilet } from '../domain/equipment/kit.ts';
import { id } from '../kit/decider.ts';
import { happened } from '../kit/happened.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { fc } from '../kit/seed.ts';
import { nodeOn } from './processes/equipment-world.ts';

const event = emit(equipmentEvents);
const units = ['U1', 'U2', 'U3'] as const;
const kinds = ['damage', 'recall'] as const;
const row = fc.oneof(
  fc
    .record({ kind: fc.constantFrom(...kinds), hold: fc.constantFrom('h', 'i') })
    .map(({ kind, hold }) => ['PlaceHold', { holdId: id(hold), kind, source: 'bulk' }] as const),
  fc.constantFrom('h', 'i').map((hold) => ['ReleaseHold', { holdId: id(hold), reason: 'bulk' }] as const),
  fc.constantFrom(1, 2).map((value) => ['SetEquipmentMetadata', { metadata: { value } }] as const),
  fc.constant(['RetireEquipment', { reason: 'bulk' }] as const),
  fc.constantFrom('A', 'B').map((plate) => ['SetPermit', { licensePlateNumber: plate, licensePlateState: 'Guatemala' }] as const),
);
type Row = { readonly unit: string; readonly command: readonly [string, Readonly<Record<string, unknown>>] };
const rows: fc.Arbitrary<readonly Row[]> = fc.array(fc.record({ unit: fc.constantFrom(...units, 'nobody'), command: row }), { maxLength: 12 });

const fleet = async (): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  for (const name of units) await happened(log, `equipment-${id(name)}`, event('EquipmentRegistered', { ...toilet, unitNumber: name, serialNumber: name }));
  return log;
};
/** Row by row, in order, each with its outcome: what POST /commands/batch does. */
const bulk = async (log: MemoryEventLog, batch: readonly Row[], keys: readonly number[]): Promise<readonly CommandOutcome[]> => {
  const node = nodeOn(log);
  const outcomes: CommandOutcome[] = [];
  for (const [n, { unit, command }] of batch.entries())
    outcomes.push(await node.send('equipment', id(unit), command[0], command[1], { key: `row ${keys[n]}` }));
  return outcomes;
};
const told = (outcome: CommandOutcome) =>
  outcome.kind === 'accepted' ? outcome.events.map(({ type }) => type) : outcome.kind === 'refused' ? outcome.rejection.code : outcome.kind;
const streamsOf = (log: MemoryEventLog) =>
  Object.fromEntries(
    units.map((name) => [name, log.events.filter(({ aggregateId }) => aggregateId === id(name)).map(({ type, data }) => canonicalJson([type, data]))]),
  );

test('EQ-8 a bulk command equals the fold of single ones, with an outcome per row and no silent loss, however it is split', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(12), async (batch, cut) => {
      const keys = batch.map((_, n) => n);
      const whole = await fleet();
      const outcomes = await bulk(whole, batch, keys);
      expect(outcomes).toHaveLength(batch.length);

      const halves = await fleet();
      const inHalves = [...(await bulk(halves, batch.slice(0, cut), keys.slice(0, cut))), ...(await bulk(halves, batch.slice(cut), keys.slice(cut)))];
      expect(inHalves.map(told)).toEqual(outcomes.map(told));
      expect(streamsOf(halves)).toEqual(streamsOf(whole));

      // One unit's rows alone come to the same for that unit: no row of another is in their way, and none is lost.
      for (const name of units) {
        const alone = await fleet();
        const mine = keys.filter((n) => batch[n]?.unit === name);
        const own = await bulk(
          alone,
          mine.flatMap((n) => batch[n] ?? []),
          mine,
        );
        expect(own.map(told)).toEqual(mine.map((n) => told(outcomes[n] as CommandOutcome)));
        expect(streamsOf(alone)[name]).toEqual(streamsOf(whole)[name]);
      }
      for (const [n, { unit }] of batch.entries()) if (unit === 'nobody') expect(outcomes[n]).toEqual({ kind: 'notFound' });
    }),
    { numRuns: 60 },
  );
});
