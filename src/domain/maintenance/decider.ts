import { meterKinds } from '../equipment/events.ts';
import { equipmentFact, holderAt } from '../equipment/state.ts';
import { type Aggregate, type Context, type DataOf, type DeadlineChange, type Decide, emit, type Frozen, type Guards, reject } from '../kernel/aggregate.ts';
import { addDays } from '../kernel/calendar.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { localDate, startOfLocalDay } from '../kernel/time-zone.ts';
import { toSi } from '../kernel/units.ts';
import { isPlausible, measures, meterYear } from '../meter/state.ts';
import { maintenanceCommands } from './commands.ts';
import { maintenanceEvents } from './events.ts';
import { conclude, metersOf, notAllowedNow, present, toTell } from './outcome.ts';
import { performedDecisions, statedUsages, wrongReading } from './performed.ts';
import { kindsOf, outlookAt } from './rules.ts';
import { evolve, firstBase, initial, type Maintenance, maintenanceId, type Outlook, type Plan } from './state.ts';

const event = emit(maintenanceEvents);
const oldest = '1970-01-01';
const snoozeDaysMax = 730;
type Commands = typeof maintenanceCommands;
type Define = DataOf<Commands['DefineMaintenance']>;
type Asked = DataOf<Commands['ChangeMaintenance']>;
type Interval = NonNullable<Asked['primaryMeter']>;

const meters = ({ primaryMeter, secondaryMeter }: Asked): readonly Interval[] => [primaryMeter, secondaryMeter].filter((meter) => meter !== undefined);
/** A plan has an interval, and each of its meters one of its own, in a unit it shows. */
const wrongPlan = (asked: Asked) => {
  const all = meters(asked);
  if (asked.calendar === undefined && all.length === 0) return reject('intervalNeeded', 'Say how often: by the calendar, by a meter, or both.');
  if (new Set(all.map(({ kind }) => kind)).size < all.length) return reject('sameMeter', 'The two meters are different ones.');
  const wrong = all.find(({ kind, uom }) => !measures(kind, uom));
  if (wrong !== undefined) return reject('wrongUnit', `${wrong.uom} is no unit of a meter ${wrong.kind}.`);
  return all.every(({ every, uom }) => isPlausible(every, uom)) ? undefined : reject('implausible', 'No meter shows that much.');
};
const inSi = (interval: Interval) => ({ ...interval, siEvery: toSi(interval.every, interval.uom) });
const planOf = ({ name, tasks, basis, calendar, dueSoonDays, dueSoonPercent, onDue, primaryMeter, secondaryMeter }: Asked): Plan => ({
  name,
  tasks,
  basis,
  ...(calendar === undefined ? {} : { calendar }),
  dueSoonDays,
  dueSoonPercent,
  onDue,
  ...(primaryMeter === undefined ? {} : { primaryMeter: inSi(primaryMeter) }),
  ...(secondaryMeter === undefined ? {} : { secondaryMeter: inSi(secondaryMeter) }),
});

/** Whose it is: the account's that holds the unit now, where one is named or a tenant asks; else the company's own. */
const ownerOf = ({ equipmentId, accountId }: Define, { facts, now, tenant }: Context) => {
  if (accountId === undefined && tenant === null) return {};
  const unit = equipmentFact.of(facts, equipmentId);
  const holder = unit === undefined ? undefined : holderAt(unit, now);
  const isTheirs = holder !== undefined && (accountId === undefined || holder.accountId === accountId) && (tenant === null || holder.customerId === tenant);
  return isTheirs ? { customerId: holder.customerId, accountId: holder.accountId } : reject('notHeld', 'The account does not hold the unit now.');
};
const define: Decide<Maintenance, Commands, typeof maintenanceEvents>['DefineMaintenance'] = (state, command, context) => {
  const { equipmentId, program, startsOn, readings, accountId: _, ...asked } = command;
  const right = maintenanceId(equipmentId, program);
  if (right !== context.id) return reject('notThisSchedule', `The ${program} of this unit has the id ${right}.`, { maintenanceId: right });
  const wrong = wrongPlan(asked) ?? wrongReading(readings, context.now);
  if (wrong !== undefined) return wrong;
  const plan = planOf(asked);
  if (state.situation !== 'absent') {
    const isSame = state.startsOn === startsOn && canonicalJson(state.plan) === canonicalJson(plan);
    return isSame ? [] : reject('alreadyDefined', 'This unit is maintained by this programme; change that.');
  }
  const unit = equipmentFact.of(context.facts, equipmentId);
  if (unit === undefined || unit.situation === 'absent' || unit.lifecycle === 'retired') return reject('unitRetired', 'The unit has left the fleet.');
  const { timeZone } = unit;
  if (startsOn > localDate(context.now, timeZone)) return reject('inFuture', 'It was done last before today.');
  if (startsOn <= oldest) return reject('tooLongAgo', `It starts after ${oldest}.`);
  const owner = ownerOf(command, context);
  if ('code' in owner) return owner;
  const usages = statedUsages(context.facts, equipmentId, readings);
  const outlook = outlookAt({ situation: 'active', plan, startsOn, bases: [firstBase(startsOn, usages)], usage: {}, timeZone }, context.now);
  const defined = event('MaintenanceDefined', { equipmentId, ...owner, program, ...plan, startsOn, usages, outlook });
  const at = { id: '', occurredAt: context.now, actor: context.actor };
  const begun = present(evolve.MaintenanceDefined(initial, defined.data as DataOf<(typeof maintenanceEvents)['MaintenanceDefined']>, at));
  return [defined, ...conclude(begun, [], { ...context, year: meterYear(startsOn) })];
};

const decide: Decide<Maintenance, Commands, typeof maintenanceEvents> = {
  ...performedDecisions,
  DefineMaintenance: define,
  ChangeMaintenance: (before, command, context) => {
    const state = present(before);
    const wrong = notAllowedNow(state, 'ChangeMaintenance') ?? wrongPlan(command);
    if (wrong !== undefined) return wrong;
    const plan = planOf(command);
    if (canonicalJson(plan) === canonicalJson(state.plan)) return [];
    const changed = event('MaintenanceChanged', { ...plan, outlook: outlookAt({ ...state, plan }, context.now) });
    return conclude(state, [changed], { ...context, year: meterYear(state.startsOn) });
  },
  PauseMaintenance: (before, command) => {
    const state = present(before);
    return state.situation === 'paused' ? [] : (notAllowedNow(state, 'PauseMaintenance') ?? [event('MaintenancePaused', command)]);
  },
  ResumeMaintenance: (before, _command, context) => {
    const state = present(before);
    if (state.situation === 'active') return [];
    const outlook = outlookAt({ ...state, situation: 'active' }, context.now);
    const resumed = { ...state, situation: 'active', status: outlook.status } as const;
    return notAllowedNow(state, 'ResumeMaintenance') ?? [event('MaintenanceResumed', { outlook }), ...toTell(resumed, context.now)];
  },
  SnoozeMaintenance: (before, command, { now }) => {
    const state = present(before);
    const today = localDate(now, state.timeZone);
    const refused = notAllowedNow(state, 'SnoozeMaintenance');
    if (refused !== undefined) return refused;
    if (state.snoozedUntil === command.until) return [];
    if (command.until <= today) return reject('notAhead', 'It stays silent until a later day.');
    if (command.until > addDays(today, snoozeDaysMax)) return reject('tooFar', `At most ${snoozeDaysMax} days; pause it for longer.`);
    return [event('MaintenanceSnoozed', { ...command, timeZone: state.timeZone })];
  },
  RecordUsage: (before, { kind, year }, context) => {
    const state = present(before);
    return state.situation === 'ended' || !kindsOf(state.plan).includes(kind) ? [] : conclude(state, [], { ...context, year });
  },
  CheckMaintenance: (before, _command, { now }) => toTell(present(before), now),
  LeaveMaintenanceAccount: (before, command) => {
    const state = present(before);
    return state.situation !== 'ended' && state.accountId === command.accountId ? [event('MaintenanceLeftAccount', command)] : [];
  },
};

const sinceStart = (state: Frozen<Maintenance>) => (state.situation === 'absent' ? [] : metersOf(state, kindsOf(state.plan), meterYear(state.startsOn)));
const guards: Guards<Maintenance, Commands> = {
  DefineMaintenance: (_state, { equipmentId, startsOn }) => [
    equipmentFact.at(equipmentId),
    ...metersOf({ equipmentId, usage: {} }, meterKinds, meterYear(startsOn)),
  ],
  ChangeMaintenance: (state) => (state.situation === 'absent' ? [] : metersOf(state, meterKinds, meterYear(state.startsOn))),
  RecordMaintenancePerformed: (state, { performedOn }) => (state.situation === 'absent' ? [] : metersOf(state, meterKinds, meterYear(performedOn))),
  SkipMaintenance: sinceStart,
  WithdrawMaintenancePerformed: sinceStart,
  RecordUsage: (state, { year }) => (state.situation === 'absent' ? [] : metersOf(state, kindsOf(state.plan), year)),
};

const checks = ['soon', 'due', 'overdue'] as const;
const check = (name: string, day: string, timeZone: string): DeadlineChange => ({
  change: 'set',
  name,
  dueAt: startOfLocalDay(day, timeZone),
  command: 'CheckMaintenance',
  data: {},
});
const noChecks = (): readonly DeadlineChange[] => checks.map((name) => ({ change: 'cancel', name }));
/** The days on which something is told: due soon, due, and the day after. Those of the occurrence before are off (PM-10). */
const watched = ({ outlook: { dueOn, soonDays, timeZone } }: { readonly outlook: Outlook }): readonly DeadlineChange[] =>
  dueOn === undefined
    ? noChecks()
    : [check('soon', addDays(dueOn, -soonDays), timeZone), check('due', dueOn, timeZone), check('overdue', addDays(dueOn, 1), timeZone)];

/** How a unit is maintained by one programme: what is to be done how often, what was done, and what is due. */
export const maintenance: Aggregate<'maintenance', Maintenance, Commands, typeof maintenanceEvents> = {
  category: 'maintenance',
  docs: 'How a unit is maintained by one programme: what is to be done how often, what was done, and what is due.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: maintenanceEvents,
  commands: maintenanceCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  accountOf: (state) => (state.situation === 'absent' ? null : state.accountId),
  exists: ({ situation }) => situation !== 'absent',
  deadlines: {
    MaintenanceDefined: watched,
    MaintenanceChanged: watched,
    MaintenanceResumed: watched,
    MaintenancePerformed: watched,
    MaintenancePerformanceWithdrawn: watched,
    MaintenanceSkipped: watched,
    MaintenanceSnoozed: ({ until, timeZone }) => [check('snooze', until, timeZone)],
    MaintenancePaused: noChecks,
    MaintenanceEnded: noChecks,
  },
};
