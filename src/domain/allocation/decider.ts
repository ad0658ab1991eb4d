import { assignableOn } from '../agreement/rules.ts';
import { agreementFact } from '../agreement/state.ts';
import { type Aggregate, type Evolve, emit, type Frozen, fact, type Guards, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { without } from '../kernel/records.ts';
import { allocationCommands } from './commands.ts';
import { allocationEvents, unitsMax } from './events.ts';

export type Place = {
  readonly agreementId: string;
  readonly scheduleId: string;
  readonly lineItemId: string;
  readonly customerId: string;
  readonly accountId: string;
  readonly equipmentType: string;
};
/** `leaseUntil`: until when it is held for a unit not yet out. `replaces`: a swap under way, whose slot goes back where the unit to be replaced stays. */
export type Slot = {
  readonly status: 'reserved' | 'assigned';
  readonly equipmentId: string;
  readonly leaseUntil?: string;
  readonly replaces?: { readonly assignmentId: string; readonly equipmentId: string };
};
type Present = { readonly status: 'open' | 'closed'; readonly place: Place; readonly allowed: number; readonly slots: Readonly<Record<string, Slot>> };
export type Allocation = { readonly status: 'absent' } | Present;
export type PresentAllocation = Frozen<Present>;

/** An allocation as other aggregates' guards see it. */
export const allocationFact = fact<Allocation>('allocation');
/** Slots in use, reserved and assigned: never more than allowed (EQ-3). */
export const usedOf = ({ slots }: { readonly slots: Readonly<Record<string, unknown>> }): number => Object.keys(slots).length;

const event = emit(allocationEvents);
const present = (state: Frozen<Allocation>): PresentAllocation => {
  if (state.status === 'absent') throw new Error('a command reached an allocation that does not exist');
  return state;
};
const placeIn = ({ agreementId, scheduleId, lineItemId, customerId, accountId, equipmentType }: Place): Place => ({
  agreementId,
  scheduleId,
  lineItemId,
  customerId,
  accountId,
  equipmentType,
});

const decide: Aggregate<'allocation', Allocation, typeof allocationCommands, typeof allocationEvents>['decide'] = {
  AllowUnits: (state, command) => {
    const { units } = command;
    if (state.status === 'absent') return [event('AllocationOpened', { ...placeIn(command), allowed: units })];
    if (canonicalJson(state.place) !== canonicalJson(placeIn(command))) return reject('otherPlace', 'This allocation is of another line or account.');
    const allowed = state.allowed + units;
    // No line has more units than this, so a grant never gets here; what could not be stored is refused all the same.
    return allowed > unitsMax ? reject('tooMany', `At most ${unitsMax} slots.`, { max: unitsMax }) : [event('AllowanceRaised', { units, allowed })];
  },
  LowerAllowance: (state, { units }) => {
    const at = present(state);
    if (at.status === 'closed') return reject('closed', 'The allocation is closed.');
    const used = usedOf(at);
    if (at.allowed - units < used) return reject('belowUse', `${used} of ${at.allowed} slots are in use.`, { allowed: at.allowed, used });
    const { agreementId, scheduleId, lineItemId } = at.place;
    return [event('AllowanceLowered', { units, allowed: at.allowed - units, agreementId, scheduleId, lineItemId })];
  },
  ReserveSlot: (state, command, { facts }) => {
    const at = present(state);
    const slot = at.slots[command.assignmentId];
    // A slot that is held already may be held for another unit, or anew for the same one (a swap whose unit was refused); the count stays.
    const isRepeat = slot?.equipmentId === command.equipmentId && slot.leaseUntil === command.leaseUntil;
    if (slot !== undefined && (slot.status === 'assigned' || isRepeat)) return [];
    if (slot === undefined && at.status === 'closed') return reject('closed', 'Nothing new starts under this allocation.');
    const used = usedOf(at);
    if (slot === undefined && used >= at.allowed) return reject('quotaExceeded', `All ${at.allowed} slots are in use.`, { allowed: at.allowed, used });
    const master = agreementFact.of(facts, at.place.agreementId);
    // A slot that is held came from a swap, which goes on when nothing new starts.
    if (master === undefined || master.status === 'absent' || (slot === undefined && !assignableOn(master, at.place, command.from))) {
      return reject('notAssignable', `No unit may go out under this line on ${command.from}.`);
    }
    return [event('SlotReserved', { ...command, ...placeIn(at.place), timeZone: master.timeZone })];
  },
  ConfirmSlot: (state, command) => {
    const slot = present(state).slots[command.assignmentId];
    if (slot === undefined) return reject('noReservation', 'No slot is reserved for this assignment.');
    return slot.status === 'assigned' ? [] : [event('SlotConfirmed', command)];
  },
  ReleaseSlot: (state, { assignmentId, equipmentId, reason }) => {
    const slot = present(state).slots[assignmentId];
    // What befell one unit does not free the slot that another one has taken meanwhile.
    if (slot === undefined || (equipmentId !== undefined && slot.equipmentId !== equipmentId)) return [];
    return [event('SlotReleased', { assignmentId, reason })];
  },
  LapseReservation: (state, { assignmentId }) => {
    const slot = present(state).slots[assignmentId];
    return slot?.status === 'reserved' ? [event('ReservationLapsed', { assignmentId, equipmentId: slot.equipmentId })] : [];
  },
  BeginSwap: (state, command, { facts }) => {
    const at = present(state);
    const master = agreementFact.of(facts, at.place.agreementId);
    const taken = at.slots[command.assignmentId];
    if (taken?.equipmentId === command.equipmentId && taken.replaces?.assignmentId === command.replaces) return [];
    if (taken !== undefined) return reject('alreadyUsed', 'This assignment has a slot.');
    const old = at.slots[command.replaces];
    if (old?.status !== 'assigned') return reject('notAssigned', 'The assignment to replace has no slot here.');
    const timeZone = master === undefined || master.status === 'absent' ? 'UTC' : master.timeZone;
    return [event('SlotSwapBegun', { ...command, replacesEquipmentId: old.equipmentId, ...placeIn(at.place), timeZone })];
  },
  CancelSwap: (state, { assignmentId, replaces }) => {
    const { slots } = present(state);
    const slot = slots[assignmentId];
    if (slot?.status !== 'reserved' || slot.replaces?.assignmentId !== replaces || Object.hasOwn(slots, replaces)) return [];
    return [event('SlotSwapCancelled', { assignmentId, replaces, replacesEquipmentId: slot.replaces.equipmentId })];
  },
  CloseAllocation: (state, { reason }) => {
    const at = present(state);
    return at.status === 'closed' ? [] : [event('AllocationClosed', { reason, stillOut: usedOf(at) })];
  },
  ReopenAllocation: (state, command) => (present(state).status === 'open' ? [] : [event('AllocationReopened', command)]),
};

const changed =
  <D>(change: (state: PresentAllocation, data: D) => Partial<Present>) =>
  (state: Frozen<Allocation>, data: D): Frozen<Allocation> =>
    state.status === 'absent' ? state : { ...state, ...change(state, data) };

const evolve: Evolve<Allocation, typeof allocationEvents> = {
  AllocationOpened: (_state, data) => ({ status: 'open', place: placeIn(data), allowed: data.allowed, slots: {} }),
  AllowanceRaised: changed((_state, { allowed }) => ({ allowed })),
  AllowanceLowered: changed((_state, { allowed }) => ({ allowed })),
  SlotReserved: changed(({ slots }, { assignmentId, equipmentId, leaseUntil }) => ({
    slots: { ...slots, [assignmentId]: { status: 'reserved', equipmentId, leaseUntil } },
  })),
  SlotConfirmed: changed(({ slots }, { assignmentId }) => {
    const slot = slots[assignmentId];
    return slot === undefined ? {} : { slots: { ...slots, [assignmentId]: { ...slot, status: 'assigned' } } };
  }),
  SlotReleased: changed(({ slots }, { assignmentId }) => ({ slots: without(slots, assignmentId) })),
  ReservationLapsed: (state) => state,
  SlotSwapBegun: changed(({ slots }, { assignmentId, replaces, replacesEquipmentId, equipmentId, leaseUntil }) => ({
    slots: {
      ...without(slots, replaces),
      [assignmentId]: { status: 'reserved', equipmentId, leaseUntil, replaces: { assignmentId: replaces, equipmentId: replacesEquipmentId } },
    },
  })),
  SlotSwapCancelled: changed(({ slots }, { assignmentId, replaces, replacesEquipmentId }) => ({
    slots: { ...without(slots, assignmentId), [replaces]: { status: 'assigned', equipmentId: replacesEquipmentId } },
  })),
  AllocationClosed: changed(() => ({ status: 'closed' })),
  AllocationReopened: changed(() => ({ status: 'open' })),
};

const itsAgreement = (state: Frozen<Allocation>) => (state.status === 'absent' ? [] : [agreementFact.at(state.place.agreementId)]);
const guards: Guards<Allocation, typeof allocationCommands> = { ReserveSlot: itsAgreement, BeginSwap: itsAgreement };

const lease = ({ assignmentId, leaseUntil }: { readonly assignmentId: string; readonly leaseUntil: string }) => [
  { change: 'set' as const, name: `lease:${assignmentId}`, dueAt: leaseUntil, command: 'LapseReservation', data: { assignmentId } },
];
const noLease = ({ assignmentId }: { readonly assignmentId: string }) => [{ change: 'cancel' as const, name: `lease:${assignmentId}` }];

/** One account's slots of one line: how many units it may have out, and which. */
export const allocation: Aggregate<'allocation', Allocation, typeof allocationCommands, typeof allocationEvents> = {
  category: 'allocation',
  docs: 'One account’s slots of one line: how many units it may have out, and which. At any time reserved + assigned ≤ allowed.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: allocationEvents,
  commands: allocationCommands,
  initial: { status: 'absent' },
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.status === 'absent' ? null : state.place.customerId),
  accountOf: (state) => (state.status === 'absent' ? null : state.place.accountId),
  exists: ({ status }) => status !== 'absent',
  deadlines: { SlotReserved: lease, SlotSwapBegun: lease, SlotConfirmed: noLease, SlotReleased: noLease, SlotSwapCancelled: noLease },
};
