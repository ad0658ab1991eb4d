/** Decisions about what was done, left out, or not done after all. */
import { type DataOf, type Decide, emit, type Facts, type Frozen, reject } from '../kernel/aggregate.ts';
import { localDate } from '../kernel/time-zone.ts';
import { isPlausible, type MeterKind, measures, meterYear } from '../meter/state.ts';
import type { maintenanceCommands } from './commands.ts';
import { maintenanceEvents } from './events.ts';
import { conclude, notAllowedNow, present } from './outcome.ts';
import { inOrder, outlookAt, outlookOf, retainedUntil, usageRead } from './rules.ts';
import { type Base, type Maintenance, type PresentMaintenance, usagesOf } from './state.ts';

const event = emit(maintenanceEvents);
export const basesMax = 1000;
type Decisions = Decide<Maintenance, typeof maintenanceCommands, typeof maintenanceEvents>;
type Command = DataOf<(typeof maintenanceCommands)['RecordMaintenancePerformed']>;
type Reading = Command['readings'][number];

/** Every reading is one its meter could show, of one kind each. */
export const wrongReading = (readings: readonly Reading[], now: string) => {
  const kinds = new Set(readings.map(({ kind }) => kind));
  if (kinds.size < readings.length) return reject('wrongReading', 'Each meter is read once.');
  const wrong = readings.find(({ kind, value, uom, readAt }) => !measures(kind, uom) || !isPlausible(value, uom) || readAt > now);
  return wrong === undefined ? undefined : reject('wrongReading', `The meter ${wrong.kind} never showed that.`, { kind: wrong.kind });
};
/** What the readings say, as use in all. */
export const statedUsages = (facts: Facts, equipmentId: string, readings: readonly Reading[]) =>
  readings.map((reading) => ({ kind: reading.kind, usage: usageRead(facts, equipmentId, reading) }));

const said = ({ performedOn, readings }: Command): string => JSON.stringify([performedOn, readings]);
const tooMany = () => reject('tooMany', `At most ${basesMax} times are kept.`, { max: basesMax });
const isFull = ({ bases, records }: PresentMaintenance): boolean => bases.length >= basesMax || Object.keys(records).length >= basesMax;
const fits = (state: PresentMaintenance, { performedOn, readings }: Command, now: string) => {
  if (performedOn > localDate(now, state.timeZone)) return reject('inFuture', 'It is told after it was done.');
  if (performedOn < state.startsOn) return reject('beforeStart', `The schedule begins on ${state.startsOn}.`, { startsOn: state.startsOn });
  return wrongReading(readings, now) ?? (isFull(state) ? tooMany() : undefined);
};
type Source = { readonly workOrderId?: string; readonly inspectionId?: string };
/** Was it told already? By its id, or by the work order or the inspection that did it. */
const known = ({ bases }: PresentMaintenance, { workOrderId, inspectionId }: Source, performanceId: string | undefined) => {
  const isOf = ({ sourceId }: Frozen<Base>): boolean => sourceId !== null && (sourceId === workOrderId || sourceId === inspectionId);
  return bases.find((base) => base.performanceId !== null && (base.performanceId === performanceId || isOf(base)));
};
type Began = { readonly occurrence: number; readonly on: string; readonly isSkipped: boolean };
const baseOf = ({ occurrence, on, isSkipped }: Began, listed: readonly { readonly kind: MeterKind; readonly usage: number }[]): Base => ({
  occurrence,
  on,
  stated: usagesOf(listed),
  derived: {},
  performanceId: null,
  sourceId: null,
  partIds: [],
  isSkipped,
  content: '',
});

const record: Decisions['RecordMaintenancePerformed'] = (before, command, context) => {
  const state = present(before);
  const refused = notAllowedNow(state, 'RecordMaintenancePerformed');
  if (refused !== undefined) return refused;
  const performanceId = context.newId(0);
  const same = known(state, command, performanceId);
  if (same !== undefined)
    return same.content === said(command) ? [] : reject('alreadyRecorded', 'It is recorded with other readings or another day; withdraw that first.');
  const wrong = fits(state, command, context.now);
  if (wrong !== undefined) return wrong;
  const { parts = [], ...rest } = command;
  const occurrence = state.occurrences + 1;
  const usages = statedUsages(context.facts, state.equipmentId, command.readings);
  const outlook = outlookAt({ ...state, bases: [...state.bases, baseOf({ occurrence, on: command.performedOn, isSkipped: false }, usages)] }, context.now);
  const made = parts.map((part, n) => ({ partId: context.newId(n + 1), ...part }));
  const performed = event('MaintenancePerformed', { performanceId, equipmentId: state.equipmentId, occurrence, ...rest, usages, parts: made, outlook });
  return conclude(state, [performed], { ...context, year: meterYear(command.performedOn) });
};

const skip: Decisions['SkipMaintenance'] = (before, { reason }, context) => {
  const state = present(before);
  const refused = notAllowedNow(state, 'SkipMaintenance');
  if (refused !== undefined) return refused;
  const today = localDate(context.now, state.timeZone);
  const last: Frozen<Base> | undefined = inOrder(state.bases).at(-1);
  const { dueOn, dueAt } = outlookOf(state);
  const isAhead = last !== undefined && last.on >= today && last.occurrence > 1;
  if (isAhead) return reject('alreadySkipped', `The next one counts from ${last.on} already.`, { countsAsOn: last.on });
  if (isFull(state)) return tooMany();
  const countsAsOn = dueOn !== undefined && dueOn > today ? dueOn : today;
  const usages = dueAt.map(({ kind, usage }) => ({ kind, usage: Math.max(usage, state.usage[kind]?.usage ?? 0) }));
  const occurrence = state.occurrences + 1;
  const outlook = outlookAt({ ...state, bases: [...state.bases, baseOf({ occurrence, on: countsAsOn, isSkipped: true }, usages)] }, context.now);
  const skipped = { performanceId: context.newId(0), occurrence, skippedOn: today, countsAsOn, usages, reason, outlook };
  return conclude(state, [event('MaintenanceSkipped', skipped)], { ...context, year: meterYear(state.startsOn) });
};

const withdraw: Decisions['WithdrawMaintenancePerformed'] = (before, { performanceId, reason, ...source }, context) => {
  const state = present(before);
  const refused = notAllowedNow(state, 'WithdrawMaintenancePerformed');
  if (refused !== undefined) return refused;
  const base = known(state, source, performanceId);
  if (base === undefined || base.performanceId === null) return [];
  const outlook = outlookAt({ ...state, bases: state.bases.filter((each) => each !== base) }, context.now);
  const data = { performanceId: base.performanceId, occurrence: base.occurrence, partIds: base.partIds, outlook };
  return conclude(state, [event('MaintenancePerformanceWithdrawn', reason === undefined ? data : { ...data, reason })], {
    ...context,
    year: meterYear(state.startsOn),
  });
};

/** PM-9: the unit left; from now on it is known how long each record is kept. */
const end: Decisions['EndMaintenance'] = (before, { reason }, { now }) => {
  const state = present(before);
  if (state.situation === 'ended') return [];
  const endedOn = localDate(now, state.timeZone);
  const records = Object.entries(state.records).map(([performanceId, kept]) => ({
    performanceId,
    retainedUntil: retainedUntil(kept, endedOn),
    ...(kept.attachmentId === null ? {} : { attachmentId: kept.attachmentId }),
  }));
  return [event('MaintenanceEnded', { reason, endedOn, records })];
};
const remove: Decisions['RemoveMaintenanceRecord'] = (before, { performanceId, reason }, { now }) => {
  const state = present(before);
  if (state.endedOn === null) return reject('retained', 'Records are kept while the unit is in the fleet, and six months after.');
  const kept = Object.hasOwn(state.records, performanceId) ? state.records[performanceId] : undefined;
  if (kept === undefined) return reject('unknownRecord', 'There is no such record.');
  const until = retainedUntil(kept, state.endedOn);
  if (localDate(now, state.timeZone) <= until) return reject('retained', `It is kept until ${until}.`, { retainedUntil: until });
  const { partIds, attachmentId } = kept;
  return [event('MaintenanceRecordRemoved', { performanceId, partIds, ...(attachmentId === null ? {} : { attachmentId }), reason })];
};

type Recording = 'RecordMaintenancePerformed' | 'SkipMaintenance' | 'WithdrawMaintenancePerformed' | 'EndMaintenance' | 'RemoveMaintenanceRecord';
export const performedDecisions: Pick<Decisions, Recording> = {
  RecordMaintenancePerformed: record,
  SkipMaintenance: skip,
  WithdrawMaintenancePerformed: withdraw,
  EndMaintenance: end,
  RemoveMaintenanceRecord: remove,
};
