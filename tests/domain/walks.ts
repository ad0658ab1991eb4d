/**
 * Random lives of any aggregate: commands made from their schemas, whose ids are those that the life and its surroundings have seen so far,
 * so that commands find what earlier ones made. What other aggregates look like comes from lives led before.
 */
import fc from 'fast-check';
import { referencesIn } from '../../src/application/references.ts';
import { apiUsageId } from '../../src/domain/api-usage/decider.ts';
import { catalog, type Entry } from '../../src/domain/catalog/decider.ts';
import { meterKinds } from '../../src/domain/equipment/events.ts';
import type { AnyAggregate, AnyEvent, Context, Facts } from '../../src/domain/kernel/aggregate.ts';
import { uuidv5 } from '../../src/domain/kernel/ids.ts';
import { isRejection, type Rejection } from '../../src/domain/kernel/rejection.ts';
import { catalogId } from '../../src/domain/kernel/well-known.ts';
import { maintenanceId } from '../../src/domain/maintenance/state.ts';
import { meterId } from '../../src/domain/meter/state.ts';
import { model } from '../../src/domain/model.ts';
import { categoryTreeId } from '../../src/domain/product-category/state.ts';
import { unitPromiseId } from '../../src/domain/unit-promise/state.ts';
import { loadReferenceData } from '../../src/infrastructure/reference-data/reference-data.ts';
import { Validator } from '../../src/infrastructure/validation/validator.ts';
import { arbitraryOf, type Place } from '../kit/arbitrary-of.ts';

const namespace = '6b1c1d52-07c5-5a5e-9d0e-3f6a4d1b2c01';
const mark = '~id:';
/** What stands for an id until the command is given: whom it is to name, and a choice among those. */
const placeholder = ({ name, category }: Place): fc.Arbitrary<string> => fc.nat({ max: 9 }).map((n) => `${mark}${category ?? ''}:${name}:${n}`);

const shipped = new Map(loadReferenceData().map((one) => [one.catalog, one]));
const stateOfCatalog = (name: string, entries: readonly Entry[]): unknown =>
  catalog.evolve.EntriesImported(
    { ...catalog.initial, name },
    { entries },
    { id: catalogId(name), occurredAt: '2026-01-01T00:00:00.000Z', actor: { kind: 'system', id: 'catalogs' } },
  );
/** The catalogs as they ship, by id: what codes mean is the same in every life. */
const catalogs = new Map([...shipped].map(([name, { entries }]) => [catalogId(name), stateOfCatalog(name, entries)]));
const codesOf = (name: string): readonly string[] => (shipped.get(name)?.entries ?? []).slice(0, 24).map(({ code }) => code);
const pools = {
  ids: placeholder,
  codes: (name: string) => fc.constantFrom('standard', ...codesOf(name), ...codesOf(name)),
  days: ['2026-02-01', '2026-04-30'] as const,
  // Texts of every kind are the fuzzer's business; here they only cost time.
  words: ['x', 'Ana', 'Ñandú y Cía. – 运输', '12'],
  likely: {
    currency: ['GTQ'],
    country: ['GT'],
    taxIdKind: ['nit'],
    taxId: ['CF'],
    vin: ['1M8GDM9AXKP042788'],
    equipmentType: ['dry-van'],
    specifications: [{ axles: 2 }],
    heldAt: ['2026-02-10T10:00:00.000Z'],
    readAt: ['2026-02-18T10:00:00.000Z', '2026-02-19T10:00:00.000Z'],
    uom: ['KMT', 'HUR'],
    value: [0, 100, 100.5, 2500],
    serviceType: ['other'],
    details: [{ description: 'x' }],
    urgency: ['emergency'],
    shape: [{ kind: 'circle', center: { latitude: '14.6', longitude: '-90.5' }, radiusMeters: 300 }],
  },
};

export type Step = {
  readonly type: string;
  readonly data: unknown;
  /** Which life of each other aggregate the guards see; 0: none is there. */
  readonly world: number;
  readonly minutesLater: number;
  readonly by: 'staff' | 'tenant' | 'system' | 'nobody';
};
export type Life = { readonly id: string; readonly state: unknown };
/** By category: how others may stand. */
export type World = ReadonlyMap<string, readonly Life[]>;

/** Commands that end something come more rarely, or little would ever happen before. */
const ending = /^(?:Abandon|Archive|Block|Cancel|Close|Deactivate|Decline|Discard|Expire|Forget|Lapse|Reject|Remove|Retire|Revoke|Terminate|Withdraw)/;
/** Steps for an aggregate; the first is a command that creates, most of the time. */
export const stepsOf = (aggregate: AnyAggregate, lengthMax: number): fc.Arbitrary<readonly Step[]> => {
  const stepFor = ([type, { schema }]: [string, (typeof aggregate.commands)[string]]): fc.Arbitrary<Omit<Step, 'world'> & { readonly world: number | null }> =>
    fc.record({
      type: fc.constant(type),
      data: arbitraryOf(schema, pools),
      world: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: 8 }) }),
      minutesLater: fc.oneof(fc.nat({ max: 600 }), fc.nat({ max: 100_000 })),
      by: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom('staff' as const) },
        { weight: 1, arbitrary: fc.constantFrom('tenant' as const, 'system' as const, 'nobody' as const) },
      ),
    });
  const all = Object.entries(aggregate.commands);
  const creating = all.filter(([, { creates }]) => creates === true);
  const any = fc.oneof(...all.map((entry) => ({ weight: ending.test(entry[0]) ? 1 : 4, arbitrary: stepFor(entry) })));
  const first = fc.oneof(...(creating.length > 0 ? creating : all).map(stepFor));
  return fc
    .tuple(fc.nat({ max: 8 }), fc.array(first, { minLength: 1, maxLength: 3 }), fc.array(any, { maxLength: lengthMax, size: 'max' }))
    .map(([home, begin, rest]) => [...begin, ...rest].map((step) => ({ ...step, world: step.world ?? home })));
};

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** Ids by the field they stood in, `accountId` for the keys of `accounts` too. */
export class Ids {
  readonly #byName = new Map<string, Set<string>>();
  readonly #all = new Set<string>();

  add(name: string, id: string): void {
    this.#all.add(id);
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, new Set([id]));
    else known.add(id);
  }
  see(value: unknown, name = ''): void {
    if (typeof value === 'string' && isUuid(value)) this.add(name, value);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (isUuid(key)) this.add(name.replace(/(?:ies|s)$/, (end) => (end === 'ies' ? 'y' : '')).concat('Id'), key);
      this.see(member, Array.isArray(value) || isUuid(key) ? name.replace(/s$/, '') : key);
    }
  }
  /** `parentAccountId` is an `accountId` too. */
  #kin(name: string): Iterable<string> {
    const found = [...this.#byName].find(([known]) => name.toLowerCase().endsWith(known.toLowerCase()));
    return found === undefined ? [] : found[1];
  }
  of(name: string): readonly string[] {
    return [...(this.#byName.get(name) ?? this.#kin(name))];
  }
  all(): readonly string[] {
    return [...this.#all];
  }
}

/** What a life knows: its own ids first, then those of its surroundings, now and then one that stands elsewhere or nowhere. */
const choice = (own: Ids, others: Ids, { name, n }: { readonly name: string; readonly n: number }): string => {
  const [mine, theirs] = [own.of(name), others.of(name)];
  const known = n < 6 && mine.length > 0 ? mine : n < 8 && theirs.length > 0 ? theirs : [...own.all(), ...others.all(), uuidv5(namespace, 'nobody')];
  return known.at(-1 - (n % known.length)) ?? '';
};

type Chooser = (category: string, name: string, n: number) => string;
const filled = (value: unknown, choose: Chooser): unknown => {
  if (typeof value === 'string' && value.startsWith(mark)) {
    const [category = '', name = '', n = '0'] = value.slice(mark.length).split(':');
    return choose(category, name, Number(n));
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => filled(item, choose));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member, choose)]));
};

const validator = new Validator();
const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
};

/** One command of a life, decided: everything that a law may ask about. */
export type Decided = {
  readonly aggregate: AnyAggregate;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly before: unknown;
  readonly context: Context;
  readonly decision: readonly AnyEvent[] | Rejection;
  readonly after: unknown;
};

const guardRoundsMax = 4;
const factsFor = (
  aggregate: AnyAggregate,
  asked: { readonly type: string; readonly state: unknown; readonly data: unknown; readonly id: string },
  at: (category: string, id: string) => unknown,
): Facts => {
  const facts = new Map<string, unknown>();
  for (let round = 0; round < guardRoundsMax; round += 1) {
    for (const { category, id } of aggregate.guards(asked.type, asked.state, asked.data, { facts, id: asked.id })) {
      const state = at(category, id);
      if (state !== undefined) facts.set(`${category}-${id}`, state);
    }
  }
  return facts;
};

/** The shell answers by itself where nothing is there, or the body names what does not exist (handle-command.ts, reference-check.ts). */
const isLetThrough = (
  aggregate: AnyAggregate,
  { type, data, state }: { readonly type: string; readonly data: unknown; readonly state: unknown },
  isThere: (category: string) => boolean,
): boolean => {
  const definition = aggregate.commands[type];
  if (definition === undefined || (definition.creates !== true && !aggregate.exists(state))) return false;
  if (validator.errorsOf(definition.schema, data).length > 0) return false;
  const { references, codes } = referencesIn(definition.schema, data);
  const areListed = codes.every(({ catalog: name, code }) => isThere('catalog') && shipped.get(name)?.entries.some((entry) => entry.code === code));
  return areListed && references.every(({ category }) => category === 'account' || isThere(category));
};

/** Ids that follow from what the aggregate is about. */
type Text = (field: string) => string;
const identities: Readonly<Record<string, (text: Text, around: Surroundings) => string>> = {
  account: (_text, around) => choice(new Ids(), around.customersIds, { name: 'accountId', n: 0 }),
  apiUsage: (text) => apiUsageId(text('holderId'), text('month')),
  catalog: (text) => catalogId(text('catalog')),
  maintenance: (text) => maintenanceId(text('equipmentId'), text('program')),
  meter: (text) => meterId(text('equipmentId'), meterKinds.find((kind) => kind === text('kind')) ?? 'odometer', 2026),
  productCategory: () => categoryTreeId,
  unitPromise: (text) => unitPromiseId(text('equipmentType')),
};

const start = Date.parse('2026-02-20T09:00:00.000Z');

/** Folds, with frozen states, so that an `evolve` that writes into its state is found. */
export const evolved = (aggregate: AnyAggregate, state: unknown, events: readonly AnyEvent[], now: string): unknown =>
  events.reduce<unknown>(
    (folded, event, n) =>
      deepFreeze(
        aggregate.evolve(folded, event, {
          id: uuidv5(namespace, `${now}${event.type}${n}`),
          occurredAt: now,
          actor: { kind: 'user', id: uuidv5(namespace, 'actor') },
        }),
      ),
    state,
  );

/** One life of each other aggregate, the ids that stand in them, and those that stand in the customer alone. */
type Surroundings = { readonly lives: ReadonlyMap<string, Life>; readonly ids: Ids; readonly customersIds: Ids };
const idsOf = (lives: ReadonlyMap<string, Life>): Ids => {
  const ids = new Ids();
  for (const [category, life] of lives) {
    ids.add(`${category}Id`, life.id);
    ids.see(life.state);
  }
  return ids;
};
const nobody: Surroundings = { lives: new Map(), ids: new Ids(), customersIds: new Ids() };
const known = new WeakMap<World, Map<number, Surroundings>>();
/** By the step's choice; with 0 the aggregate is alone. Each is looked through once. */
const surroundingsOf = (world: World, step: Step): Surroundings => {
  if (step.world === 0) return nobody;
  const ofWorld = known.get(world) ?? new Map<number, Surroundings>();
  known.set(world, ofWorld);
  const found = ofWorld.get(step.world);
  if (found !== undefined) return found;
  const lives = new Map(
    [...world].flatMap(([category, all]) => {
      const life = all[step.world % Math.max(1, all.length)];
      return life === undefined ? [] : [[category, life] as const];
    }),
  );
  const customer = lives.get('customer');
  const ids = idsOf(lives);
  const made = { lives, ids, customersIds: customer === undefined ? ids : idsOf(new Map([['customer', customer]])) };
  ofWorld.set(step.world, made);
  return made;
};

const contextFor = (
  step: Step,
  { n, id, now, facts, around }: { readonly n: number; readonly id: string; readonly now: string; readonly facts: Facts; readonly around: Surroundings },
): Context => ({
  now,
  actor: step.by === 'system' ? { kind: 'system', id: 'deadlines' } : { kind: 'user', id: uuidv5(namespace, step.by === 'nobody' ? 'somebody' : 'actor') },
  tenant: step.by === 'tenant' ? (around.lives.get('customer')?.id ?? id) : null,
  id,
  newId: (made) => uuidv5(namespace, `made:${n}:${made}`),
  may: () => step.by !== 'nobody',
  held: new Set(step.by === 'nobody' ? [] : ['*']),
  facts,
  takeNumber: () => n + 1,
});

/** The data with real ids, those of the surroundings where a category is named. */
const dataOf = (step: Step, own: Ids, around: Surroundings): unknown => {
  const choose: Chooser = (category, name, n) => {
    // An account of the customer at hand, where there is one: others' accounts are refused by all.
    if (category === 'account') return choice(own, n === 9 ? around.ids : around.customersIds, { name: 'accountId', n: 6 + (n % 2) });
    const named = category === '' || n === 9 ? undefined : around.lives.get(category)?.id;
    return named ?? choice(own, around.ids, { name: category === '' || n === 9 ? name : `${category}Id`, n });
  };
  return deepFreeze(filled(step.data, choose));
};

const fieldOf =
  (data: unknown, around: Surroundings) =>
  (name: string): string => {
    const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
    return typeof value === 'string' ? value : choice(new Ids(), around.ids, { name, n: 0 });
  };

/** Lives through the steps; `seen` is told of every decision. Returns the last state. */
export const live = (
  aggregate: AnyAggregate,
  steps: readonly Step[],
  { world, seen }: { readonly world: World; readonly seen?: (decided: Decided) => void },
): Life => {
  const ids = new Ids();
  let id = uuidv5(namespace, `self:${aggregate.category}`);
  let state = deepFreeze(aggregate.initial);
  let at = start;
  for (const [n, step] of steps.entries()) {
    at += step.minutesLater * 60_000;
    const now = new Date(at).toISOString();
    const around = surroundingsOf(world, step);
    if (!aggregate.exists(state)) id = identities[aggregate.category]?.(fieldOf(dataOf(step, ids, around), around), around) ?? id;
    ids.add(`${aggregate.category}Id`, id);
    const data = dataOf(step, ids, around);
    const isThere = (category: string): boolean => (category === 'catalog' ? step.world > 0 : around.lives.has(category));
    if (!isLetThrough(aggregate, { type: step.type, data, state }, isThere)) continue;
    const factAt = (category: string, asked: string): unknown =>
      category === 'catalog' && step.world > 0 ? catalogs.get(asked) : around.lives.get(category)?.state;
    const facts = factsFor(aggregate, { type: step.type, state, data, id }, factAt);
    const context = contextFor(step, { n, id, now, facts, around });
    const before = state;
    const decision = aggregate.decide(step.type, before, data, context);
    if (!isRejection(decision)) {
      state = evolved(aggregate, before, decision, now);
      ids.see(state);
    }
    seen?.({ aggregate, id, type: step.type, data, before, context, decision, after: state });
  }
  return { id, state };
};

const roundsOfLives = 3;
const livesEach = 30;
const keptEach = 8;

/** How every aggregate may stand, after some lives each: those of a later round find those of the rounds before. */
export const worldOf = (seed: number): World => {
  let world: World = new Map();
  for (let round = 0; round < roundsOfLives; round += 1) {
    const next = new Map<string, readonly Life[]>();
    for (const aggregate of model) {
      const led = fc
        .sample(stepsOf(aggregate, Math.max(8, 2 * Object.keys(aggregate.commands).length)), { numRuns: livesEach, seed: seed + round })
        .map((steps) => live(aggregate, steps, { world }));
      const existing = led.filter(({ state }) => aggregate.exists(state));
      const distinct = new Map(existing.map((life) => [JSON.stringify(life.state).replace(/[0-9a-f-]{36}|\d+/g, ''), life]));
      // The fullest lives are those in which others find most.
      const fullest = [...distinct].sort(([a], [b]) => b.length - a.length).slice(0, keptEach);
      next.set(
        aggregate.category,
        fullest.map(([, life]) => life),
      );
    }
    world = next;
  }
  return world;
};
