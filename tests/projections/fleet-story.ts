/** Histories of a small fleet, decided by the real deciders as days go by: what the fleet's read model is tested on. */
import type { EventData } from '../../src/application/ports/event-log.ts';
import type { Equipment } from '../../src/domain/equipment/state.ts';
import type { AnyAggregate, Reference } from '../../src/domain/kernel/aggregate.ts';
import { addDays } from '../../src/domain/kernel/calendar.ts';
import { uuidv5 } from '../../src/domain/kernel/ids.ts';
import { isRejection } from '../../src/domain/kernel/rejection.ts';
import { startOfLocalDay } from '../../src/domain/kernel/time-zone.ts';
import { meterId } from '../../src/domain/meter/state.ts';
import { model } from '../../src/domain/model.ts';
import { assign, customerFacts, good, ids, today, toilet, typeFacts, zone } from '../domain/equipment/kit.ts';
import { contextOf, id } from '../kit/decider.ts';
import { fc } from '../kit/seed.ts';
import { type Step, step } from './occurrences.ts';

export const units = ['U1', 'U2'] as const;
export const customers = ['Sur', 'Norte'] as const;
const devices = ['D1', 'D2'] as const;

type Order = { readonly category: string; readonly target: string; readonly type: string; readonly data: Readonly<Record<string, unknown>> };
type Move = { readonly order: (day: number, outOn: (unit: string) => string) => Order } | { readonly days: number };

const aggregateOf = (category: string): AnyAggregate => {
  const found = model.find((aggregate) => aggregate.category === category);
  if (found === undefined) throw new Error(`no aggregate ${category}`);
  return found;
};

/** The fleet as it stands while its story is told. */
export class Story {
  readonly steps: Step[] = [];
  readonly states = new Map<string, unknown>();
  day = 0;
  #made = 0;

  give({ category, target, type, data }: Order): void {
    const aggregate = aggregateOf(category);
    const stream = `${category}-${target}`;
    const before = this.states.get(stream) ?? aggregate.initial;
    if (!aggregate.exists(before) && aggregate.commands[type]?.creates !== true) return;
    const now = startOfLocalDay(addDays(today, this.day), zone);
    this.#made += 1;
    const base = uuidv5(id('story'), String(this.#made));
    const facts = this.#facts(aggregate, { type, before, data, target });
    const context = contextOf({ now, id: target, facts, newId: (n) => uuidv5(base, `made ${n}`) });
    const decision = aggregate.decide(type, before, data, context);
    if (isRejection(decision)) return;
    const at = { id: base, occurredAt: now, actor: context.actor };
    const after = decision.reduce((state: unknown, event) => aggregate.evolve(state, event, at), before);
    this.states.set(stream, after);
    const tenant = aggregate.tenantOf(after, target) ?? aggregate.tenantOf(before, target);
    const account = aggregate.accountOf(after, target) ?? aggregate.accountOf(before, target);
    for (const event of decision) {
      this.steps.push(step(this.steps.length, stream, { type: event.type, data: event.data as EventData, tenant, account, at: now }));
    }
  }

  /** The assignment that has a unit now; one that nobody has where none does. */
  outOn(on: string): string {
    const state = this.states.get(`equipment-${id(on)}`) as Equipment | undefined;
    return (state?.situation === 'present' ? state.outId : null) ?? id('nobody');
  }

  #facts(aggregate: AnyAggregate, asked: { readonly type: string; readonly before: unknown; readonly data: unknown; readonly target: string }) {
    const known: Record<string, unknown> = { ...typeFacts, ...customerFacts('Sur'), ...customerFacts('Norte') };
    const wanted: readonly Reference[] = aggregate.guards(asked.type, asked.before, asked.data, { facts: new Map(), id: asked.target });
    for (const { category, id: of } of wanted) {
      const state = this.states.get(`${category}-${of}`);
      if (state !== undefined) known[`${category}-${of}`] = state;
    }
    return known;
  }
}

const unit = fc.constantFrom(...units);
const name = fc.constantFrom('A', 'B', 'C', 'D');
const to = (target: string, type: string, data: Readonly<Record<string, unknown>>): Order => ({ category: 'equipment', target: id(target), type, data });
const order = (make: (day: number, outOn: (unit: string) => string) => Order): Move => ({ order: make });
const date = (day: number): string => addDays(today, day);

const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }).map((days): Move => ({ days })) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(unit, name, fc.constantFrom(...customers), fc.nat(3), fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }))
      .map(([on, who, customer, ahead, length]) =>
        order((day) => {
          const days = { from: date(day + ahead), ...(length === undefined ? {} : { until: date(day + ahead + length) }) };
          return to(on, 'AssignEquipment', { ...assign(`${on} ${who}`, days, 'portable-toilet', customer) });
        }),
      ),
  },
  { weight: 2, arbitrary: fc.tuple(unit, name).map(([on, who]) => order(() => to(on, 'ActivateAssignment', { assignmentId: id(`${on} ${who}`) }))) },
  {
    weight: 4,
    arbitrary: unit.map((on) => order((day, outOn) => to(on, 'ReturnEquipment', { assignmentId: outOn(on), returnedOn: date(day), ...good }))),
  },
  { weight: 4, arbitrary: unit.map((on) => order((day, outOn) => to(on, 'CallOff', { assignmentId: outOn(on), offRentOn: date(day) }))) },
  { weight: 1, arbitrary: unit.map((on) => order((_day, outOn) => to(on, 'WithdrawCallOff', { assignmentId: outOn(on) }))) },
  {
    weight: 1,
    arbitrary: fc.tuple(unit, name).map(([on, who]) => order(() => to(on, 'CancelAssignment', { assignmentId: id(`${on} ${who}`), reason: 'x' }))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(unit, fc.constantFrom('h', 'i'))
      .map(([on, hold]) => order(() => to(on, 'PlaceHold', { holdId: id(hold), kind: 'damage', source: 'x' }))),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(unit, fc.constantFrom('h', 'i')).map(([on, hold]) => order(() => to(on, 'ReleaseHold', { holdId: id(hold), reason: 'x' }))),
  },
  {
    weight: 1,
    arbitrary: unit.map((on) =>
      order((day) =>
        to(on, 'SetPermit', { licensePlateNumber: `P-${day}`, licensePlateState: 'Guatemala', expiresOn: date(day + 30), attachmentId: id('file') }),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: unit.map((on) =>
      order((day) => to(on, 'AddEquipmentDocument', { category: 'insurance', name: `paper ${day}`, expiresOn: date(day + 30), attachmentId: id('file') })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(unit, fc.constantFrom('empty', 'loaded'))
      .map(([on, loadStatus]) => order((day) => to(on, 'SetLoadStatus', { loadStatus, observedAt: startOfLocalDay(date(day), zone) }))),
  },
  { weight: 1, arbitrary: fc.tuple(unit, fc.constantFrom(...devices)).map(([on, device]) => order(() => to(on, 'InstallDevice', { deviceId: id(device) }))) },
  { weight: 1, arbitrary: unit.map((on) => order(() => to(on, 'RemoveDevice', { reason: 'x' }))) },
  { weight: 1, arbitrary: unit.map((on) => order(() => to(on, 'InstallAddon', { addonId: id(`${on} addon`) }))) },
  { weight: 1, arbitrary: unit.map((on) => order(() => to(on, 'RemoveAddon', { addonId: id(`${on} addon`), reason: 'x' }))) },
  { weight: 1, arbitrary: unit.map((on) => order(() => to(on, 'RetireEquipment', { reason: 'x' }))) },
  {
    weight: 2,
    arbitrary: fc.tuple(unit, fc.nat(50)).map(([on, more]) =>
      order((day) => ({
        category: 'meter',
        target: meterId(id(on), 'odometer', 2026),
        type: 'RecordReading',
        data: { equipmentId: id(on), kind: 'odometer', value: day * 100 + more, uom: 'KMT', readAt: startOfLocalDay(date(day), zone), source: 'manual' },
      })),
    ),
  },
);

const registered: readonly Order[] = [
  ...units.map((on) => to(on, 'RegisterEquipment', { ...toilet, unitNumber: on, serialNumber: on })),
  ...devices.map((device) => ({
    category: 'iotDevice',
    target: id(device),
    type: 'RegisterIotDevice',
    data: { deviceType: 'asset-tracker', vendor: 'generic', serialNumber: device },
  })),
  ...units.map((on) => ({ category: 'equipmentAddon', target: id(`${on} addon`), type: 'RegisterAddon', data: { addonType: 'e-track', effectiveOn: today } })),
];

/** A story of up to forty moves. */
export const stories: fc.Arbitrary<Story> = fc.array(moves, { maxLength: 40, size: 'max' }).map((all) => {
  const story = new Story();
  for (const one of registered) story.give(one);
  for (const move of all) {
    if ('days' in move) story.day += move.days;
    else story.give(move.order(story.day, (on) => story.outOn(on)));
  }
  return story;
});

/** One fixed story: a unit goes from one customer to the next, with a reading, a permit and a load in each one's time. */
export const handOverStory = (): Story => {
  const story = new Story();
  for (const one of registered) story.give(one);
  const reading = (value: number) =>
    story.give({
      category: 'meter',
      target: meterId(id('U1'), 'odometer', 2026),
      type: 'RecordReading',
      data: { equipmentId: id('U1'), kind: 'odometer', value, uom: 'KMT', readAt: startOfLocalDay(date(story.day), zone), source: 'manual' },
    });
  for (const customer of customers) {
    story.give(to('U1', 'AssignEquipment', assign(`to ${customer}`, { from: date(story.day) }, 'portable-toilet', customer)));
    story.give(to('U1', 'SetPermit', { licensePlateNumber: `plate of ${customer}`, licensePlateState: 'Guatemala' }));
    story.day += 1;
    reading(story.day * 10);
    story.give(to('U1', 'SetLoadStatus', { loadStatus: customer === 'Sur' ? 'loaded' : 'empty', observedAt: startOfLocalDay(date(story.day), zone) }));
    if (customer !== 'Sur') continue;
    story.day += 1;
    story.give(to('U1', 'ReturnEquipment', { assignmentId: ids('to Sur').assignmentId, returnedOn: date(story.day), ...good }));
    story.day += 1;
    reading(story.day * 10);
  }
  return story;
};
