/** Technicians and their time. A technician's clock runs on one order at a time: the order that it runs on holds the claim (SR-15). */
import { type EventOf, emit, reject } from '../kernel/aggregate.ts';
import { userFact } from '../user/state.ts';
import { workOrderEvents } from './events.ts';
import { type Decisions, present } from './lines.ts';
import { allows, roomFor, spellsMax, techniciansMax } from './rules.ts';
import { type PresentOrder, running, type Spell } from './state.ts';

const event = emit(workOrderEvents);
const later = (a: string, b: string | null): string => (b !== null && b > a ? b : a);
const runningOf = (state: PresentOrder, technicianId: string): Spell | undefined => running(state).find((spell) => spell.technicianId === technicianId);
const stop = ({ endedAt: _, ...spell }: Spell, endedAt: string): EventOf<typeof workOrderEvents> =>
  event('TechnicianClockedOut', { ...spell, endedAt, workedMs: Date.parse(endedAt) - Date.parse(spell.startedAt) });

/** Stops everybody's clock. */
export const stopAll = (state: PresentOrder, now: string): readonly EventOf<typeof workOrderEvents>[] =>
  running(state).map((spell) => stop(spell, later(now, spell.startedAt)));

/** A technician is the company's, or the customer's whose order it is. */
const isOurs = (customerId: string | null, { opened }: PresentOrder) =>
  customerId === null || customerId === opened.customerId ? undefined : reject('otherCustomersUser', 'The user is of another customer.');

export const labourDecisions: Pick<Decisions, 'AssignTechnician' | 'UnassignTechnician' | 'ClockIn' | 'ClockOut'> = {
  AssignTechnician: (before, { technicianId, isLead }, { facts }) => {
    const state = present(before);
    const isAssigned = state.technicians.includes(technicianId);
    const leads = isLead === true || (state.lead === null && isLead !== false);
    if (isAssigned && (!leads || state.lead === technicianId)) return allows(state, 'AssignTechnician') ?? [];
    const user = userFact.of(facts, technicianId);
    if (user?.situation !== 'active') return allows(state, 'AssignTechnician') ?? reject('userNotActive', 'The technician is no active user.');
    const full = (isAssigned ? undefined : roomFor(state.technicians.length, techniciansMax)) ?? isOurs(user.customerId, state);
    return allows(state, 'AssignTechnician') ?? full ?? [event('TechnicianAssigned', { technicianId, technicianName: user.name, isLead: leads })];
  },
  UnassignTechnician: (before, { technicianId }) => {
    const state = present(before);
    if (!state.technicians.includes(technicianId)) return allows(state, 'UnassignTechnician') ?? [];
    const works = runningOf(state, technicianId) !== undefined;
    return (
      allows(state, 'UnassignTechnician') ??
      (works ? reject('clockedIn', 'The technician is clocked in.', { technicianIds: [technicianId] }) : undefined) ?? [
        event('TechnicianUnassigned', { technicianId }),
      ]
    );
  },
  ClockIn: (before, { technicianId }, { newId, now }) => {
    const state = present(before);
    if (runningOf(state, technicianId) !== undefined) return allows(state, 'ClockIn') ?? [];
    const isAssigned = state.technicians.includes(technicianId);
    // A clock of another node may be a little ahead of this one: time on this order goes on from where it ended.
    const last = state.spells.filter((spell) => spell.technicianId === technicianId).at(-1)?.endedAt ?? null;
    return (
      allows(state, 'ClockIn') ??
      (isAssigned ? undefined : reject('notAssigned', 'The technician is not on this order.')) ??
      roomFor(state.spells.length, spellsMax) ?? [event('TechnicianClockedIn', { intervalId: newId(0), technicianId, startedAt: later(now, last) })]
    );
  },
  ClockOut: (before, { technicianId, endedAt }, { now }) => {
    const state = present(before);
    const spell = runningOf(state, technicianId);
    if (spell === undefined) return allows(state, 'ClockOut') ?? [];
    if (endedAt === undefined) return allows(state, 'ClockOut') ?? [stop(spell, later(now, spell.startedAt))];
    if (endedAt < spell.startedAt) return allows(state, 'ClockOut') ?? reject('beforeStart', 'The work began later.', { startedAt: spell.startedAt });
    if (endedAt > now) return allows(state, 'ClockOut') ?? reject('inFuture', 'An end is told once it has come.');
    return allows(state, 'ClockOut') ?? [stop(spell, endedAt)];
  },
};
