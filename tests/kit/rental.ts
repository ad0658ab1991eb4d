/** A rental business in a log of memory: one line of toilets, two accounts, some units; and what must hold of it at every version of the log. */
import { expect } from '@jest/globals';
import type { EventLog, StoredEvent } from '../../src/application/ports/event-log.ts';
import { allocations } from '../../src/application/processes/allocations.ts';
import { assignments } from '../../src/application/processes/assignment.ts';
import { returns } from '../../src/application/processes/return.ts';
import { agreement, allocationIdOf } from '../../src/domain/agreement/decider.ts';
import type { Agreement } from '../../src/domain/agreement/state.ts';
import { type Allocation, allocation, type PresentAllocation } from '../../src/domain/allocation/decider.ts';
import { type Assignment, assignment } from '../../src/domain/assignment/decider.ts';
import { customerEvents } from '../../src/domain/customer/events.ts';
import { equipment } from '../../src/domain/equipment/decider.ts';
import { equipmentEvents } from '../../src/domain/equipment/events.ts';
import type { Equipment } from '../../src/domain/equipment/state.ts';
import { type AnyEvent, emit, erase, type Frozen } from '../../src/domain/kernel/aggregate.ts';
import { model } from '../../src/domain/model.ts';
import {
  accountId,
  activated,
  added,
  customerId,
  drafted,
  event as inAgreement,
  inLine,
  line,
  otherAccountId,
  scheduleActivated,
  scheduleId,
  signed,
  timeZone,
} from '../domain/agreement/fixtures.ts';
import { toilet } from '../domain/equipment/kit.ts';
import { id } from './decider.ts';
import { happened } from './happened.ts';
import { MemoryEventLog } from './memory-event-log.ts';
import { type Shell, shellOn } from './shell.ts';
import { catalogStream, imported } from './shipped-catalogs.ts';

export { accountId, customerId, inLine, otherAccountId, scheduleId };
export const agreementId = id('agreement');
export const lineItemId = inLine.lineItemId;
export const today = '2026-03-01';
const aSecondLater = '2026-03-01T12:00:01.000Z';
export const rentalProcesses = [allocations, assignments, returns] as const;
export const slotsOf = (account: string): string => allocationIdOf(lineItemId, account);
export const swappedOut = { condition: 'good', damages: [], readings: [] } as const;
const holders = [accountId, otherAccountId] as const;
const unitsInLine = 10;

const aCustomer = emit(customerEvents);
const aUnit = emit(equipmentEvents);
const place = { currency: 'USD', country: 'GT', timeZone } as const;

const histories = (units: readonly string[]): readonly (readonly [stream: string, events: readonly AnyEvent[]])[] => [
  [
    `customer-${customerId}`,
    [
      aCustomer('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', ...place }),
      ...holders.map((holder, n) =>
        aCustomer('AccountOpened', { accountId: holder, accountName: `${n}`, accountNumber: `${n}`, accountType: 'REGIONAL', ...place }),
      ),
    ],
  ],
  [catalogStream('equipment-type'), imported('equipment-type', [{ code: 'portable-toilet', name: 'Portable toilet' }])],
  [
    `agreement-${agreementId}`,
    [
      drafted,
      signed,
      added,
      inAgreement('LineAdded', { ...inLine, ...line, equipmentType: 'portable-toilet', numberOfUnits: unitsInLine }),
      activated,
      scheduleActivated,
    ],
  ],
  ...units.map((name) => [`equipment-${id(name)}`, [aUnit('EquipmentRegistered', { ...toilet, unitNumber: name, serialNumber: name })]] as const),
];

/** The business as it stands before anybody is granted anything. */
export const rentalLog = async (units: readonly string[]): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  for (const [stream, events] of histories(units)) await happened(log, stream, ...events);
  return log;
};

/** A node that knows whose the accounts are. */
export const rentalNode = (log: EventLog): Shell => shellOn(log, model, { [accountId]: customerId, [otherAccountId]: customerId });

/** What people do in it, in few words. */
export const acts = ({ send }: Pick<Shell, 'send'>) => ({
  grant: (account: string, units: number, key: string) => send('agreement', agreementId, 'GrantUnits', { ...inLine, accountId: account, units }, { key }),
  lower: (account: string, units: number, key: string) => send('allocation', slotsOf(account), 'LowerAllowance', { units }, { key }),
  request: (name: string, unit: string, account: string = accountId, from: string = today) =>
    send('assignment', id(name), 'RequestAssignment', { allocationId: slotsOf(account), equipmentId: id(unit), from }, { key: `request ${name}` }),
  swap: (name: string, replaced: string, unit: string, account: string = accountId, from: string = today) => {
    const data = { allocationId: slotsOf(account), equipmentId: id(unit), from, replaces: id(replaced), reason: 'worn', swappedOut };
    return send('assignment', id(name), 'RequestSwap', data, { key: `swap ${name}` });
  },
  retry: (name: string, unit: string) =>
    send('assignment', id(name), 'RetryAssignment', { equipmentId: id(unit), from: today }, { key: `retry ${name} ${unit}`, at: aSecondLater }),
  giveBack: (name: string, unit: string, returnedOn: string = today) =>
    send('equipment', id(unit), 'ReturnEquipment', { assignmentId: id(name), returnedOn, ...swappedOut }, { key: `return ${name}` }),
  cancel: (name: string, unit: string) =>
    send('equipment', id(unit), 'CancelAssignment', { assignmentId: id(name), reason: 'not needed' }, { key: `cancel ${name}` }),
  hold: (unit: string, hold: string) => send('equipment', id(unit), 'PlaceHold', { holdId: id(hold), kind: 'damage', source: 'test' }, { key: `hold ${hold}` }),
  release: (unit: string, hold: string) => send('equipment', id(unit), 'ReleaseHold', { holdId: id(hold), reason: 'mended' }, { key: `release ${hold}` }),
  lapse: (name: string, account: string = accountId) =>
    send('allocation', slotsOf(account), 'LapseReservation', { assignmentId: id(name) }, { key: `lapse ${name}` }),
  renew: (endDate: string) => send('agreement', agreementId, 'RenewSchedule', { scheduleId, endDate }, { key: `renew ${endDate}` }),
  expire: (on: string) => send('agreement', agreementId, 'ExpireSchedule', { scheduleId, on }, { key: `expire ${on}` }),
});

const shapes = { agreement: erase(agreement), allocation: erase(allocation), assignment: erase(assignment), equipment: erase(equipment) };
const isShape = (category: string): category is keyof typeof shapes => Object.hasOwn(shapes, category);

/** The states of all that takes part, after some events of the log. */
export class Rental {
  readonly #states = new Map<string, unknown>();

  apply(event: StoredEvent): void {
    if (!isShape(event.category) || event.type === 'StreamFenced') return;
    const { initial, evolve } = shapes[event.category];
    const at = { id: event.id, occurredAt: event.metadata.occurredAt, actor: event.metadata.actor };
    this.#states.set(event.stream, evolve(this.#states.get(event.stream) ?? initial, event, at));
  }
  /** The boundary of types: the caller names its category's state. */
  #all<S>(category: string): readonly (readonly [id: string, state: Frozen<S>])[] {
    return [...this.#states].flatMap(([stream, state]) => (stream.startsWith(`${category}-`) ? [[stream.slice(category.length + 1), state as Frozen<S>]] : []));
  }
  get allocations(): ReadonlyMap<string, PresentAllocation> {
    return new Map(this.#all<Allocation>('allocation').flatMap(([at, state]) => (state.status === 'absent' ? [] : [[at, state]])));
  }
  get assignments(): ReadonlyMap<string, Frozen<Assignment>> {
    return new Map(this.#all<Assignment>('assignment'));
  }
  /** Assignments that have or will have a unit, by their allocation. */
  open(allocationId: string): readonly string[] {
    return this.#all<Equipment>('equipment').flatMap(([, unit]) =>
      unit.situation === 'absent'
        ? []
        : Object.values(unit.assignments).flatMap(({ ids, status }) =>
            ids.allocationId === allocationId && status !== 'returned' && status !== 'cancelled' ? [ids.assignmentId] : [],
          ),
    );
  }
  granted(): number {
    const master = this.#states.get(`agreement-${agreementId}`) as Frozen<Agreement> | undefined;
    if (master === undefined || master.status === 'absent') return 0;
    return Object.values(master.schedules[scheduleId]?.lines[lineItemId]?.grants ?? {}).reduce((sum, { units }) => sum + units, 0);
  }
  /** Everything, for comparing one end with another; ids of commands and events play no part in it. */
  get everything(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#states].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** EQ-3 and AG-3 at one version: never more used than allowed, never more allowed than granted, never a unit out without a slot. */
export const alwaysHolds = (rental: Rental): void => {
  let allowed = 0;
  for (const [allocationId, at] of rental.allocations) {
    const used = Object.keys(at.slots).length;
    allowed += at.allowed;
    expect({ allocationId, tooMany: Math.max(0, used - at.allowed) }).toEqual({ allocationId, tooMany: 0 });
    expect({ allocationId, withoutSlot: Math.max(0, rental.open(allocationId).length - used) }).toEqual({ allocationId, withoutSlot: 0 });
  }
  expect(allowed).toBeLessThanOrEqual(rental.granted());
  expect(rental.granted()).toBeLessThanOrEqual(unitsInLine);
};

/** EQ-3 at rest: each open assignment has its own slot, and each slot its assignment; but for those that a failed swap still holds. */
export const restHolds = (rental: Rental): void => {
  for (const [allocationId, { slots }] of rental.allocations) {
    const taken = Object.entries(slots).filter(([, { status }]) => status === 'assigned');
    expect(taken.map(([assignmentId]) => assignmentId).sort()).toEqual([...rental.open(allocationId)].sort());
    const held = Object.entries(slots).filter(([, { status }]) => status === 'reserved');
    for (const [assignmentId] of held) expect(rental.assignments.get(assignmentId)).toMatchObject({ status: 'failed' });
  }
  for (const [assignmentId, state] of rental.assignments) {
    expect({ assignmentId, status: state.status }).toEqual({ assignmentId, status: expect.stringMatching(/^(completed|failed)$/) });
  }
};

/** Folds a log, looking at every version. */
export const replay = (events: readonly StoredEvent[], look: (rental: Rental) => void = alwaysHolds): Rental => {
  const rental = new Rental();
  for (const event of events) {
    rental.apply(event);
    if (isShape(event.category)) look(rental);
  }
  return rental;
};
