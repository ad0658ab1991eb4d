/** What maintenance and inspections set for a day is told once: by two schedulers, with clocks that jump, deaths anywhere and a read model that lags. */
import { describe, expect, test } from '@jest/globals';
import { DeadlineScheduler } from '../../src/application/deadlines/scheduler.ts';
import type { DueDeadlines } from '../../src/application/ports/due-deadlines.ts';
import type { EventLog, StoredEvent } from '../../src/application/ports/event-log.ts';
import { addMilliseconds } from '../../src/domain/kernel/calendar.ts';
import { localDate } from '../../src/domain/kernel/time-zone.ts';
import { type Maintenance, maintenanceId } from '../../src/domain/maintenance/state.ts';
import { model } from '../../src/domain/model.ts';
import { foldedDeadlines as folded } from '../kit/deadlines.ts';
import { id, now } from '../kit/decider.ts';
import { MortalLog } from '../kit/machine.ts';
import type { MemoryEventLog } from '../kit/memory-event-log.ts';
import { fc } from '../kit/seed.ts';
import { type Shell, shellOn } from '../kit/shell.ts';
import { ownId, setUp, zone } from './processes/maintenance-world.ts';

const node = (log: EventLog): Shell => shellOn(log, model);
const dayMs = 86_400_000;
const schedule = maintenanceId(ownId, 'pm-a');

const schedulerOn = (log: EventLog, deadlines: DueDeadlines, clock: () => string): DeadlineScheduler =>
  new DeadlineScheduler({ log, commands: node(log).commands, deadlines, clock });

const begun = async (): Promise<MemoryEventLog> => {
  const log = await setUp();
  const { send } = node(log);
  const plan = { name: 'A service', tasks: [], basis: 'completed', calendar: { every: 30, unit: 'day' }, dueSoonDays: 7, dueSoonPercent: 10, onDue: 'none' };
  const defined = { equipmentId: ownId, program: 'pm-a', ...plan, startsOn: '2026-02-20', readings: [] };
  expect(await send('maintenance', schedule, 'DefineMaintenance', defined)).toMatchObject({ kind: 'accepted' });
  const inspected = { equipmentId: ownId, kind: 'roadside', level: 'II', inspectedOn: '2026-02-25', inspectorName: 'Ana', result: 'failed' };
  expect(await send('inspection', id('I'), 'RecordInspection', inspected)).toMatchObject({ kind: 'accepted' });
  const violation = { violationCode: '393.9', severity: 'major', isOutOfService: false };
  expect(await send('inspection', id('I'), 'AddInspectionViolation', violation)).toMatchObject({ kind: 'accepted' });
  return log;
};
type Step =
  | { readonly kind: 'jump'; readonly days: number }
  | { readonly kind: 'fire'; readonly scheduler: number; readonly diesAt: number; readonly lag: number }
  | { readonly kind: 'restart'; readonly scheduler: number }
  | { readonly kind: 'done' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('jump' as const), days: fc.integer({ min: -10, max: 25 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('fire' as const), scheduler: fc.nat({ max: 1 }), diesAt: fc.nat({ max: 20 }), lag: fc.nat({ max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), scheduler: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'done' as const }) },
);
const of = (log: MemoryEventLog, type: string): readonly StoredEvent[] => log.events.filter((event) => event.type === type);

describe('the days of maintenance and of certifications', () => {
  test('PM-4 PM-8 PM-10 each occurrence is told once of each kind, a certification overdue once, whatever clocks, schedulers and read models do', async () => {
    let occurrences = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const log = await begun();
        let clock = now;
        const fresh = () =>
          schedulerOn(
            log,
            folded(() => log.events),
            () => clock,
          );
        const schedulers = [fresh(), fresh()];
        for (const each of steps) {
          if (each.kind === 'jump') clock = addMilliseconds(clock, each.days * dayMs);
          else if (each.kind === 'restart') schedulers[each.scheduler] = fresh();
          else if (each.kind === 'done')
            await node(log).send('maintenance', schedule, 'RecordMaintenancePerformed', { performedOn: localDate(clock, zone), readings: [] }, { at: clock });
          else {
            const seen = Math.max(0, log.events.length - each.lag);
            const mortal = new MortalLog(log, { step: each.diesAt, when: each.diesAt % 2 === 0 ? 'before' : 'after' });
            const dying = schedulerOn(
              mortal,
              folded(() => log.events.slice(0, seen)),
              () => clock,
            );
            await Promise.race([dying.fireDue(), mortal.died]);
            await schedulers[each.scheduler]?.fireDue();
          }
        }
        clock = '2027-06-01T00:00:00.000Z';
        await Promise.all(schedulers.map((scheduler) => scheduler.fireDue()));
        await fresh().fireDue();
        for (const type of ['MaintenanceDueSoon', 'MaintenanceDue', 'MaintenanceOverdue']) {
          const told = of(log, type).map(({ data }) => data['occurrence']);
          expect(new Set(told).size).toBe(told.length);
        }
        const last = await node(log).states.loadFresh('maintenance', schedule);
        // The boundary of types: the stream is the schedule's.
        const state = last.state as Maintenance;
        expect(state).toMatchObject({ situation: 'active', status: 'overdue' });
        const present = of(log, 'MaintenancePerformed').length;
        occurrences += present;
        expect(of(log, 'InspectionCertificationOverdue')).toHaveLength(1);
        expect(of(log, 'InspectionCertificationNear').length).toBeLessThan(2);
        expect(await folded(() => log.events).due(clock, 1000)).toEqual([]);
      }),
      { numRuns: Number(process.env['FAULTS'] ?? 40) },
    );
    expect(occurrences).toBeGreaterThan(5);
  });

  test('PM-4 PM-10 day by day, each is told on its own day', async () => {
    const log = await begun();
    for (let day = 0; day < 40; day += 1) {
      const clock = addMilliseconds('2026-03-01T18:00:00.000Z', day * dayMs);
      await schedulerOn(
        log,
        folded(() => log.events),
        () => clock,
      ).fireDue();
    }
    const told = ['MaintenanceDueSoon', 'MaintenanceDue', 'MaintenanceOverdue', 'InspectionCertificationNear', 'InspectionCertificationOverdue'];
    expect(told.map((type) => of(log, type).map(({ metadata }) => localDate(metadata.occurredAt, zone)))).toEqual([
      ['2026-03-15'],
      ['2026-03-22'],
      ['2026-03-23'],
      ['2026-03-07'],
      ['2026-03-13'],
    ]);
  });

  test('PM-10 what was done or certified takes its reminders back', async () => {
    const log = await begun();
    const { send } = node(log);
    const violationId = of(log, 'InspectionViolationAdded')[0]?.data['violationId'];
    await send('inspection', id('I'), 'CorrectViolation', { violationId, action: 'mended', correctedBy: 'Shop', correctedOn: '2026-03-01' });
    await send('inspection', id('I'), 'CertifyInspection', { certifiedBy: 'Luis', certifiedOn: '2026-03-01' });
    await send('maintenance', schedule, 'RecordMaintenancePerformed', { performedOn: '2026-03-01', readings: [] });
    await schedulerOn(
      log,
      folded(() => log.events),
      () => '2026-03-23T18:00:00.000Z',
    ).fireDue();
    const told = log.events.filter(({ type }) => /^(MaintenanceDue|MaintenanceOverdue|InspectionCertification)/.test(type));
    expect(told.map(({ type }) => type)).toEqual([]);
  });
});
