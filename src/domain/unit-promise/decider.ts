/**
 * What is promised of one type of equipment, over the whole company: one stream, because that is what makes two promises of overlapping days
 * see each other (SR-14). It holds the units of the fleet and the promises that have not long ended.
 */
import { type Aggregate, type Decide, emit, type Frozen, reject } from '../kernel/aggregate.ts';
import { unitPromiseCommands } from './commands.ts';
import { unitPromiseEvents } from './events.ts';
import { evolve, initial, mostPromised, type Span, type UnitPromise, unitPromiseId } from './state.ts';

const event = emit(unitPromiseEvents);
/** Bounds the state, and each decision; a year of a hundred rentals a day is far less at any time. */
const promisesMax = 20_000;

const notThisType = (equipmentType: string, id: string) =>
  unitPromiseId(equipmentType) === id ? undefined : reject('notThisType', `What is promised of ${equipmentType} has the id ${unitPromiseId(equipmentType)}.`);
const promisesOf = (state: Frozen<UnitPromise>): Readonly<Record<string, Span>> => (state.situation === 'absent' ? {} : state.promises);
const fleetOf = (state: Frozen<UnitPromise>): number => (state.situation === 'absent' ? 0 : Object.keys(state.units).length);
const always = { from: '0000-01-01', to: '9999-12-31' } as const;

const decide: Decide<UnitPromise, typeof unitPromiseCommands, typeof unitPromiseEvents> = {
  CountFleetUnit: (state, command, { id }) => {
    if (state.situation === 'present' && Object.hasOwn(state.units, command.equipmentId)) return [];
    return notThisType(command.equipmentType, id) ?? [event('FleetUnitCounted', command)];
  },
  DropFleetUnit: (state, command) => {
    if (state.situation === 'absent' || !Object.hasOwn(state.units, command.equipmentId)) return [];
    // A unit that is gone is a fact: what is promised beyond the rest is told, so that somebody finds others.
    const short = Math.max(0, mostPromised(Object.values(state.promises), always) - (fleetOf(state) - 1));
    return [event('FleetUnitDropped', { equipmentType: state.equipmentType, ...command, short })];
  },
  PromiseUnits: (state, command, { id }) => {
    const { equipmentType, requestId, ...span } = command;
    const { [requestId]: before, ...others } = promisesOf(state);
    if (before !== undefined && before.from === span.from && before.to === span.to && before.quantity === span.quantity) return [];
    if (span.to < span.from) return reject('endsBeforeStart', 'The last day lies before the first.');
    const available = Math.max(0, fleetOf(state) - mostPromised(Object.values(others), span));
    if (span.quantity > available) return reject('notEnough', `Of these days ${available} units are free.`, { available, wanted: span.quantity });
    const full = before === undefined && Object.keys(others).length >= promisesMax;
    return (
      notThisType(equipmentType, id) ??
      (full ? reject('tooMany', `At most ${promisesMax} promises at a time.`, { max: promisesMax }) : undefined) ?? [event('UnitsPromised', command)]
    );
  },
  ReleasePromise: (state, command) => (Object.hasOwn(promisesOf(state), command.requestId) ? [event('PromiseReleased', command)] : []),
};

/** What is promised of one type of equipment to requests, day by day. */
export const unitPromise: Aggregate<'unitPromise', UnitPromise, typeof unitPromiseCommands, typeof unitPromiseEvents> = {
  category: 'unitPromise',
  docs: 'What is promised of one type of equipment to service requests: never more on any day than the fleet has.',
  confidentiality: 'company',
  stateVersion: 1,
  events: unitPromiseEvents,
  commands: unitPromiseCommands,
  initial,
  decide,
  evolve,
  tenantOf: () => null,
  exists: ({ situation }) => situation !== 'absent',
};
