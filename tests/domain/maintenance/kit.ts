/** A unit, its meters and a schedule for tests. */
import { emit, type Frozen } from '../../../src/domain/kernel/aggregate.ts';
import { maintenance } from '../../../src/domain/maintenance/decider.ts';
import { maintenanceEvents } from '../../../src/domain/maintenance/events.ts';
import { outlookOf } from '../../../src/domain/maintenance/rules.ts';
import { type Maintenance, maintenanceId } from '../../../src/domain/maintenance/state.ts';
import { meterId } from '../../../src/domain/meter/state.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { registeredVan, words as unitWords, zone } from '../equipment/kit.ts';

export const words = scenarios(maintenance);
export const event = emit(maintenanceEvents);
export const unitId = id('unit');
export const self = maintenanceId(unitId, 'pm-a');
export const kilometre = 1000;

export type Read = readonly [readAt: string, kilometres: number];
/** The odometer's year as the guards find it, after these readings. */
export const odometer = (year: number, readings: readonly Read[]) => ({
  [`meter-${meterId(unitId, 'odometer', year)}`]: {
    situation: 'open',
    equipmentId: unitId,
    kind: 'odometer',
    year,
    opening: 0,
    generations: [{ since: null, start: 0, carried: 0, final: null }],
    readings: Object.fromEntries(
      readings.map(([readAt, kilometres], n) => [`r${n}`, { readAt, value: kilometres * kilometre, isVoid: false, isRollUp: false, holder: null }]),
    ),
    voided: [],
    holder: null,
  },
});
export const unit = { [`equipment-${unitId}`]: unitWords.fold([registeredVan]) };
export const on = (day: string, readings: readonly Read[] = []) => ({
  now: `${day}T12:00:00.000Z`,
  id: self,
  facts: { ...unit, ...odometer(2026, readings) },
});
export const defaults = {
  name: 'A service',
  tasks: ['Lights'],
  basis: 'completed' as const,
  calendar: { every: 1, unit: 'month' as const },
  dueSoonDays: 7,
  dueSoonPercent: 10,
  onDue: 'request' as const,
};
export const define = { equipmentId: unitId, program: 'pm-a', ...defaults, startsOn: '2026-01-31', readings: [] };
/** A schedule of this plan from this day on. */
export const defined = (plan: object = {}, startsOn = '2026-01-31') => {
  const whole = { ...defaults, ...plan };
  const base = { occurrence: 1, on: startsOn, stated: {}, derived: {}, performanceId: null, sourceId: null, partIds: [], isSkipped: false, content: '' };
  const outlook = { ...outlookOf({ plan: whole, startsOn, bases: [base], usage: {}, timeZone: zone }), status: 'ok' as const };
  return event('MaintenanceDefined', { equipmentId: unitId, program: 'pm-a', ...whole, startsOn, usages: [], outlook });
};
export const presentIn = (state: Frozen<Maintenance>) => {
  if (state.situation === 'absent') throw new Error('there is none');
  return state;
};
/** What is to come, in few words. */
export const ahead = (state: Frozen<Maintenance>) => {
  const { dueOn, dueAt } = outlookOf(presentIn(state));
  return { dueOn, dueAt: dueAt.map(({ usage }) => usage / kilometre) };
};
