/** What follows by itself from any change: the meters are looked at, and what has come due is told. */
import { type Context, type EventOf, emit, type Frozen, type Reference, reject } from '../kernel/aggregate.ts';
import { reached } from '../kernel/presence.ts';
import { localDate } from '../kernel/time-zone.ts';
import { type MeterKind, meterFact, meterId } from '../meter/state.ts';
import type { maintenanceCommands } from './commands.ts';
import { maintenanceEvents } from './events.ts';
import { duenessOf, kindsOf, meterYears, outlookAt, outlookOf, samplesOf, standingOf, usageOf, usageOn } from './rules.ts';
import { evolve, type Maintenance, type PresentMaintenance, type Situation } from './state.ts';

const event = emit(maintenanceEvents);
export type MaintenanceEvent = EventOf<typeof maintenanceEvents>;
export type CommandName = keyof typeof maintenanceCommands & string;
/** What a decision may look at; `year`: the year that it is about. */
export type Looking = Pick<Context, 'facts' | 'now'> & { readonly year: number };

export const present = reached<Frozen<Maintenance>>('maintenance');

const always = ['ChangeMaintenance', 'RecordMaintenancePerformed', 'WithdrawMaintenancePerformed'] as const;
/** The commands that people can give in each situation. */
export const allowed: Readonly<Record<Situation, readonly CommandName[]>> = {
  active: [...always, 'PauseMaintenance', 'SkipMaintenance', 'SnoozeMaintenance'],
  paused: [...always, 'ResumeMaintenance'],
  ended: ['RemoveMaintenanceRecord'],
};
export const notAllowedNow = ({ situation }: PresentMaintenance, command: CommandName) =>
  allowed[situation].includes(command) ? undefined : reject('notAllowedNow', `The maintenance is ${situation}.`, { situation, allowed: allowed[situation] });

/** Folding inside a decision: no fold here uses the envelope. */
const fold = (state: PresentMaintenance, events: readonly MaintenanceEvent[]): PresentMaintenance =>
  events.reduce<PresentMaintenance>((before, { type, data }) => {
    const step = evolve[type] as (state: Frozen<Maintenance>, data: unknown, at: unknown) => Frozen<Maintenance>;
    return present(step(before, data, { id: '', occurredAt: '', actor: { kind: 'system', id: '' } }));
  }, state);

/** The meter again: its last reading that counts, its average, and what it said at those times that stated nothing (PM-5). */
const lookedAt = (state: PresentMaintenance, kind: MeterKind, { facts, now, year }: Looking): readonly MaintenanceEvent[] => {
  const years = meterYears(state.usage[kind]?.readAt, year);
  const samples = samplesOf(facts, { equipmentId: state.equipmentId, kind, years });
  const usage = usageOf(samples);
  const since = `${years[0]}-01-01`;
  const derived = state.bases.flatMap((base) => {
    if (base.stated[kind] !== undefined) return [];
    // What is older than the years looked at stays as it was looked up then.
    const kept = base.on < since ? base.derived[kind] : undefined;
    const found = kept ?? usageOn(samples, base.on, state.timeZone);
    return found === undefined ? [] : [{ occurrence: base.occurrence, usage: found }];
  });
  const before = state.usage[kind];
  const known = new Map(state.bases.flatMap(({ occurrence, derived: had }) => (had[kind] === undefined ? [] : [[occurrence, had[kind]] as const])));
  const isSame =
    before?.usage === usage?.usage &&
    before?.readAt === usage?.readAt &&
    before?.averageDaily === usage?.averageDaily &&
    known.size === derived.length &&
    derived.every((each) => known.get(each.occurrence) === each.usage);
  if (isSame) return [];
  const { averageDaily = null, ...at } = usage ?? {};
  const recorded = { kind, ...at, ...(averageDaily === null ? {} : { averageDaily }), derived };
  const after = fold(state, [event('MaintenanceUsageRecorded', { ...recorded, outlook: outlookAt(state, now) })]);
  return [event('MaintenanceUsageRecorded', { ...recorded, outlook: outlookAt(after, now) })];
};

/** PM-4, PM-10: what has become due soon, due or overdue and was not told of this occurrence yet. Nothing while paused or snoozed. */
const news = (state: PresentMaintenance, today: string): readonly MaintenanceEvent[] => {
  if (state.situation !== 'active' || (state.snoozedUntil !== null && today < state.snoozedUntil)) return [];
  const outlook = outlookOf(state);
  const { occurrence, dueOn } = outlook;
  const { status, isDue, by } = duenessOf(state, outlook, today);
  const { equipmentId, customerId, accountId, program, plan, told } = state;
  const holder = { ...(customerId === null ? {} : { customerId }), ...(accountId === null ? {} : { accountId }) };
  const facts = { equipmentId, ...holder, occurrence, by, ...(dueOn === undefined ? {} : { dueOn }) };
  const isNew = (key: string): boolean => told[`${occurrence}:${key}`] === undefined;
  const { name, tasks, onDue } = plan;
  return [
    ...(status === 'due_soon' && !isDue && isNew('soon') ? [event('MaintenanceDueSoon', facts)] : []),
    ...(isDue && isNew('due') ? [event('MaintenanceDue', { ...facts, program, name, tasks, onDue })] : []),
    ...(status === 'overdue' && isNew('overdue') ? [event('MaintenanceOverdue', facts)] : []),
  ];
};
/** What is told at an instant; where nobody is told, how it stands is written down all the same. */
export const toTell = (state: PresentMaintenance, now: string): readonly MaintenanceEvent[] => {
  const today = localDate(now, state.timeZone);
  const told = news(state, today);
  const status = standingOf(state, outlookOf(state), today);
  return fold(state, told).status === status ? told : [...told, event('MaintenanceReassessed', { status })];
};

/** The events, and what follows from them at once. */
export const conclude = (state: PresentMaintenance, events: readonly MaintenanceEvent[], context: Looking): readonly MaintenanceEvent[] => {
  let all = events;
  let after = fold(state, events);
  if (after.situation === 'ended') return all;
  for (const kind of kindsOf(after.plan)) {
    const looked = lookedAt(after, kind, context);
    all = [...all, ...looked];
    after = fold(after, looked);
  }
  return [...all, ...toTell(after, context.now)];
};

/** The meters of a unit that a decision looks at. */
export const metersOf = (
  { equipmentId, usage }: Pick<PresentMaintenance, 'equipmentId' | 'usage'>,
  kinds: readonly MeterKind[],
  year: number,
): readonly Reference[] => kinds.flatMap((kind) => meterYears(usage[kind]?.readAt, year).map((each) => meterFact.at(meterId(equipmentId, kind, each))));
