/** Which stories are told, when, with whom. Deterministic: the same fleet, weeks and seed give the same plan. */
import type { Random } from '../random.ts';
import { randomFrom } from '../random.ts';
import { helpOnTheRoad } from './road.ts';
import type { Cast, OutUnit, Scene, Story } from './scene.ts';
import { visitToTheShop } from './shop.ts';
import { lostLead, type Site, somethingElse, tankToEmpty, toiletsMax, toiletsOnSite, treatmentPlant } from './sites.ts';
import { annualInspection, failedInspection, maintenanceInTheShop, maintenanceOnSite } from './upkeep.ts';

export type Tell = (scene: Scene, cast: Cast) => Story;
export type Planned = { readonly key: string; readonly hour: number; readonly technicianId: string; readonly random: Random; readonly tell: Tell };
export type Scope = {
  readonly units: readonly OutUnit[];
  readonly sites: readonly Site[];
  readonly technicianIds: readonly string[];
  /** Toilets in the fleet. */
  readonly toilets: number;
  readonly seed: number;
  /** Weeks of operations; nothing: a few stories, each kind once or twice. */
  readonly weeks?: number;
  /** The hours there are to tell of. */
  readonly hours: number;
};

type OfUnit = (scene: Scene, cast: Cast, unit: OutUnit) => Story;
type OfSite = (scene: Scene, cast: Cast, site: Site) => Story;
/** How often in a thousand units and a week, and for how many hours a technician is kept busy. */
type Kind = { readonly name: string; readonly weekly: number; readonly busyHours: number } & ({ readonly ofUnit: OfUnit } | { readonly ofSite: OfSite });
const kinds: readonly Kind[] = [
  { name: 'road', weekly: 9, busyHours: 0, ofUnit: helpOnTheRoad },
  { name: 'shop', weekly: 14, busyHours: 8, ofUnit: visitToTheShop },
  { name: 'pm-shop', weekly: 10, busyHours: 60, ofUnit: maintenanceInTheShop },
  { name: 'pm-site', weekly: 12, busyHours: 0, ofUnit: maintenanceOnSite },
  { name: 'failed', weekly: 4, busyHours: 14, ofUnit: failedInspection },
  { name: 'annual', weekly: 8, busyHours: 0, ofUnit: annualInspection },
  { name: 'toilets', weekly: 3, busyHours: 0, ofSite: toiletsOnSite },
  { name: 'tank', weekly: 5, busyHours: 0, ofSite: tankToEmpty },
  { name: 'plant', weekly: 1, busyHours: 0, ofSite: treatmentPlant },
  { name: 'lost', weekly: 2, busyHours: 0, ofSite: lostLead },
  { name: 'else', weekly: 1, busyHours: 0, ofSite: somethingElse },
];
/** In the small load some are told twice, the second time so many hours before now: those are under way. */
const underWay: Readonly<Record<string, number>> = { road: 2, shop: 5, toilets: 74 };
const briefHour = 14;

/** The hours of a day in which something begins. */
const dayHours = [13, 15, 17, 19, 21];

type Wish = { readonly kind: Kind; readonly n: number; readonly hour: number };
const wishes = (kind: Kind, { units, weeks, hours }: Scope, random: Random): readonly Wish[] => {
  if (weeks === undefined) {
    const late = underWay[kind.name];
    return [briefHour, ...(late === undefined ? [] : [hours - late])].map((hour, n) => ({ kind, n, hour }));
  }
  const count = Math.max(1, Math.round((kind.weekly * weeks * Math.max(units.length, 100)) / 1000));
  return Array.from({ length: count }, (_, n) => ({ kind, n, hour: 24 * random.below(7 * weeks) + random.pick(dayHours) }));
};

/** Units and sites take turns; a unit has one maintenance of a programme, so those who define one take theirs from the other end. */
const tellerOf = ({ kind }: Wish, { units, sites, turn }: Pick<Scope, 'units' | 'sites'> & { readonly turn: number }): Tell => {
  if ('ofSite' in kind) {
    const site = sites[turn % sites.length];
    if (site === undefined) throw new Error('the demonstration has no site');
    return (scene, cast) => kind.ofSite(scene, cast, site);
  }
  const unit = units[turn % units.length];
  if (unit === undefined) throw new Error('the demonstration has no unit that is out');
  return (scene, cast) => kind.ofUnit(scene, cast, unit);
};

/** In an order of chance, so that every customer and type has its turn. */
const shuffled = <T>(items: readonly T[], random: Random): readonly T[] =>
  items
    .map((item) => ({ item, at: random.below(1_000_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** The stories in the order of their beginning. A technician works on one order at a time: each story that needs one has one to itself. */
export const planStories = (scope: Scope): readonly Planned[] => {
  const random = randomFrom(scope.seed);
  const trailers = shuffled(
    scope.units.filter(({ type }) => type !== 'portable-toilet' && type !== 'genset'),
    random,
  );
  // Each unit is maintained by the programme once: what is left over is not told.
  // Two sites may want theirs on the same days.
  const told = kinds.filter(({ name }) => name !== 'toilets' || scope.toilets >= 2 * toiletsMax);
  const all = told.flatMap((kind) => wishes(kind, { ...scope, units: trailers }, random)).sort((a, b) => a.hour - b.hour);
  const freeAt = new Map(scope.technicianIds.map((id) => [id, 0]));
  const maintained = new Set<string>();
  return all.flatMap((wish, turn): readonly Planned[] => {
    const { kind, n } = wish;
    const isPlan = kind.name.startsWith('pm-');
    const unit = trailers[turn % trailers.length];
    if (isPlan && (unit === undefined || maintained.has(unit.id))) return [];
    if (isPlan && unit !== undefined) maintained.add(unit.id);
    const [technicianId, free] = [...freeAt].reduce((best, each) => (each[1] < best[1] ? each : best));
    const hour = kind.busyHours === 0 ? wish.hour : Math.max(wish.hour, free);
    if (hour >= scope.hours) return [];
    if (kind.busyHours > 0) freeAt.set(technicianId, hour + kind.busyHours);
    const key = `story:${kind.name}:${n}`;
    const story = { key, hour, technicianId, random: randomFrom(scope.seed * 1009 + turn) };
    return [{ ...story, tell: tellerOf(wish, { units: trailers, sites: scope.sites, turn }) }];
  });
};
