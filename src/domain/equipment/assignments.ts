/** Decisions about who has the unit: reserve, activate, call off, return. */
import type { Context, Decide, Frozen } from '../kernel/aggregate.ts';
import { emit } from '../kernel/aggregate.ts';
import { addDays } from '../kernel/calendar.ts';
import { reached } from '../kernel/presence.ts';
import { type Rejection, reject } from '../kernel/rejection.ts';
import { localDate, startOfLocalDay } from '../kernel/time-zone.ts';
import { isPlausible, measures } from '../meter/state.ts';
import { conflicts, daysFrom, isLapsed, reservations } from './calendar.ts';
import type { equipmentCommands } from './commands.ts';
import { equipmentEvents } from './events.ts';
import { inService, notAllowedNow, notRetired, readyOn, unknownAssignment } from './rules.ts';
import { type Assignment, contentOf, type Equipment, type PresentEquipment } from './state.ts';

const event = emit(equipmentEvents);
type Decisions = Decide<Equipment, typeof equipmentCommands, typeof equipmentEvents>;
type AssignmentCommand =
  | 'AssignEquipment'
  | 'AbandonAssignment'
  | 'ActivateAssignment'
  | 'CancelAssignment'
  | 'CallOff'
  | 'WithdrawCallOff'
  | 'ReturnEquipment';

export const present = reached<Frozen<Equipment>>('a unit');

const runsInto = (ids: readonly string[]) =>
  ids.length === 0 ? undefined : reject('overlap', 'The unit is taken on some of these days.', { assignmentIds: ids });

/** The reservation whose day has come on some instant: the one to try again when what barred it is gone. */
export const dueReservation = (state: PresentEquipment, now: string): { readonly assignmentId: string; readonly at: string } | undefined => {
  const [due] = reservations(state).filter(({ from, timeZone }) => from <= localDate(now, timeZone));
  return due === undefined ? undefined : { assignmentId: due.ids.assignmentId, at: now };
};
/** After a return: the next reservation that was due meanwhile, or whose first day the late return has moved. */
const nextAfterReturn = (state: PresentEquipment, returnedOn: string, now: string) => {
  const [next] = reservations(state);
  if (next === undefined) return undefined;
  const from = next.from < returnedOn ? returnedOn : next.from;
  const isMoved = from !== next.from;
  if (!isMoved && from > localDate(now, next.timeZone)) return undefined;
  const opens = startOfLocalDay(from, next.timeZone);
  return { assignmentId: next.ids.assignmentId, at: opens > now ? opens : now };
};

const barredOnActivation = (state: PresentEquipment, { ids }: Assignment, at: { readonly today: string; readonly context: Context }) =>
  (state.outId === null ? undefined : runsInto([state.outId])) ??
  inService(state) ??
  readyOn(state, at.today, { facts: at.context.facts, customerId: ids.customerId });

const refused = ({ ids, timeZone }: Assignment, today: string, { code, message }: Rejection) =>
  event('AssignmentActivationRefused', { ...ids, on: today, refusal: code, message, retryAt: startOfLocalDay(addDays(today, 1), timeZone) });

export const assignmentDecisions: Pick<Decisions, AssignmentCommand> = {
  AssignEquipment: (before, command, { now, facts }) => {
    const state = present(before);
    const { equipmentType, from, until, timeZone, ...ids } = command;
    if (Object.hasOwn(state.abandoned, ids.assignmentId)) return reject('abandoned', 'This assignment was given up.');
    const known = state.assignments[ids.assignmentId];
    const content = contentOf({ ...ids, from, timeZone, ...(until === undefined ? {} : { until }) });
    if (known !== undefined) return known.content === content ? [] : reject('alreadyAssigned', 'This assignment exists and says something else.');
    const isNow = from <= localDate(now, timeZone);
    const taken = conflicts(state, daysFrom(from, until ?? null));
    return (
      notRetired(state) ??
      (equipmentType === state.equipmentType
        ? undefined
        : reject('wrongType', `The unit is of type ${state.equipmentType}.`, { equipmentType: state.equipmentType })) ??
      (until !== undefined && until < from ? reject('invalidPeriod', 'The end lies before the start.') : undefined) ??
      runsInto(isNow && state.outId !== null && !taken.includes(state.outId) ? [state.outId, ...taken] : taken) ??
      (isNow ? inService(state) : undefined) ??
      readyOn(state, from, { facts, customerId: ids.customerId }) ?? [event('EquipmentAssigned', { ...command, status: isNow ? 'on_rent' : 'reserved' })]
    );
  },
  AbandonAssignment: (before, command) => {
    const { assignments, abandoned } = present(before);
    const isKnown = Object.hasOwn(assignments, command.assignmentId) || Object.hasOwn(abandoned, command.assignmentId);
    return isKnown ? [] : [event('AssignmentAbandoned', command)];
  },
  ActivateAssignment: (before, { assignmentId }, context) => {
    const state = present(before);
    const assignment = state.assignments[assignmentId];
    if (assignment?.status !== 'reserved') return [];
    const today = localDate(context.now, assignment.timeZone);
    if (today < assignment.from) return [];
    if (isLapsed(assignment, today)) return [event('AssignmentCancelled', { ...assignment.ids, reason: 'Its days are over.' })];
    const barred = barredOnActivation(state, assignment, { today, context });
    return [barred === undefined ? event('AssignmentActivated', { ...assignment.ids, activatedOn: today }) : refused(assignment, today, barred)];
  },
  CancelAssignment: (before, { assignmentId, reason }) => {
    const assignment = present(before).assignments[assignmentId];
    if (assignment === undefined) return unknownAssignment();
    if (assignment.status === 'cancelled') return [];
    return assignment.status === 'reserved' ? [event('AssignmentCancelled', { ...assignment.ids, reason })] : notAllowedNow(assignment);
  },
  CallOff: (before, { assignmentId, offRentOn }, { now }) => {
    const state = present(before);
    const assignment = state.assignments[assignmentId];
    if (assignment === undefined) return unknownAssignment();
    if (assignment.status === 'off_rent' && assignment.offRentOn === offRentOn) return [];
    if (assignment.status !== 'on_rent') return notAllowedNow(assignment);
    if (offRentOn < assignment.from) return reject('beforeStart', `The rent began on ${assignment.from}.`, { from: assignment.from });
    // A plan must not run into another one; what has already happened moves the later ones instead.
    const isPlan = offRentOn > localDate(now, assignment.timeZone);
    const taken = isPlan ? conflicts(state, daysFrom(assignment.from, offRentOn), assignmentId) : [];
    return runsInto(taken) ?? [event('EquipmentCalledOff', { ...assignment.ids, offRentOn })];
  },
  WithdrawCallOff: (before, { assignmentId }) => {
    const state = present(before);
    const assignment = state.assignments[assignmentId];
    if (assignment === undefined) return unknownAssignment();
    if (assignment.status === 'on_rent') return [];
    if (assignment.status !== 'off_rent') return notAllowedNow(assignment);
    const taken = conflicts(state, { from: assignment.from, to: assignment.until }, assignmentId);
    return runsInto(taken) ?? [event('CallOffWithdrawn', assignment.ids)];
  },
  ReturnEquipment: (before, command, { now }) => {
    const state = present(before);
    const { assignmentId, returnedOn } = command;
    const assignment = state.assignments[assignmentId];
    if (assignment === undefined) return unknownAssignment();
    if (assignment.status === 'returned' && assignment.returnedOn === returnedOn) return [];
    if (assignment.status !== 'on_rent' && assignment.status !== 'off_rent') return notAllowedNow(assignment);
    const { from, offRentOn, timeZone, ids } = assignment;
    if (returnedOn < from) return reject('beforeStart', `The rent began on ${from}.`, { from });
    if (returnedOn > localDate(now, timeZone)) return reject('inFuture', 'A unit is returned on the day, or said so later.');
    const unread = command.readings.find(({ kind, value, uom, readAt }) => !measures(kind, uom) || !isPlausible(value, uom) || readAt > now);
    if (unread !== undefined) return reject('wrongReading', `A meter ${unread.kind} is read in its own units, and before it is told.`, { ...unread });
    const resumes = nextAfterReturn(state, returnedOn, now);
    // EQ-12: rent never outlasts custody.
    const rentEnds = offRentOn !== null && offRentOn < returnedOn ? offRentOn : returnedOn;
    return [event('EquipmentReturned', { ...ids, ...command, startedOn: from, offRentOn: rentEnds, ...(resumes === undefined ? {} : { resumes }) })];
  },
};
