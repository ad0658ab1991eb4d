/** What a geofence's decisions and those who track units by it must agree on. */
import type { DataOf, Frozen } from '../kernel/aggregate.ts';
import { toPosition } from '../kernel/geo/position.ts';
import type { Shape } from '../kernel/geo/shape.ts';
import { localTime } from '../kernel/time-zone.ts';
import type { CrossingKind, geofenceEvents } from './events.ts';

export type ShapeText = DataOf<typeof geofenceEvents.GeofenceDrawn>['shape'];
export type Alerts = DataOf<typeof geofenceEvents.GeofenceAlertsConfigured>;

/** A shape of the log as the kernel computes with it. */
export const toShape = (shape: ShapeText): Shape => {
  switch (shape.kind) {
    case 'circle':
      return { kind: 'circle', center: toPosition(shape.center), radiusMeters: shape.radiusMeters };
    case 'polygon':
      return { kind: 'polygon', rings: shape.rings.map((ring) => ring.map(toPosition)) };
    case 'corridor':
      return { kind: 'corridor', path: shape.path.map(toPosition), widthMeters: shape.widthMeters };
    default:
      return shape satisfies never;
  }
};

/** Which geometry holds from when; in the order of their instants. */
export type GeometryVersion = { readonly versionNumber: number; readonly effectiveFrom: string };

/** GF-6: the geometry that held at an instant; none before the first, nor from the end on. */
export const versionAt = <V extends GeometryVersion>(
  { versions, archivedAt }: { readonly versions: readonly V[]; readonly archivedAt: string | null },
  at: string,
): V | undefined => (archivedAt !== null && at >= archivedAt ? undefined : versions.findLast(({ effectiveFrom }) => effectiveFrom <= at));

/** What happened that might be told: the unit's account and altitude as far as they are known. */
export type Crossing = { readonly kind: CrossingKind; readonly at: string; readonly accountId: string | null; readonly altitudeMeters: number | null };
type Watching = { readonly alerts: Frozen<Alerts>; readonly accountIds: readonly string[] };

const millisecondsOf = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60_000;

/**
 * GF-5: each asks one thing, and all must be met. Windows include their first millisecond and not their end; a band of altitude includes
 * both its ends, as a shape includes its boundary; an unknown account or altitude meets no limit.
 */
const policies: readonly {
  readonly name: 'event' | 'account' | 'schedule' | 'altitude';
  readonly isMet: (watching: Watching, crossing: Crossing) => boolean;
}[] = [
  { name: 'event', isMet: ({ alerts }, { kind }) => alerts.events.includes(kind) },
  { name: 'account', isMet: ({ accountIds }, { accountId }) => accountIds.length === 0 || (accountId !== null && accountIds.includes(accountId)) },
  {
    name: 'schedule',
    isMet: ({ alerts: { schedule } }, { at }) => {
      if (schedule === undefined) return true;
      const { weekday, millisecondsOfDay } = localTime(at, schedule.timeZone);
      return schedule.windows.some(
        ({ weekdays, from, to }) => weekdays.includes(weekday) && millisecondsOf(from) <= millisecondsOfDay && millisecondsOfDay < millisecondsOf(to),
      );
    },
  },
  {
    name: 'altitude',
    isMet: ({ alerts: { altitude } }, { altitudeMeters }) => {
      if (altitude === undefined) return true;
      const { fromMeters, toMeters } = altitude;
      return altitudeMeters !== null && (fromMeters === undefined || fromMeters <= altitudeMeters) && (toMeters === undefined || altitudeMeters <= toMeters);
    },
  },
];

/** The first thing that keeps a crossing from being told, or nothing: it is told, if account and recipient want it too. */
export const keptQuietBy = (watching: Watching, crossing: Crossing): 'event' | 'account' | 'schedule' | 'altitude' | undefined =>
  policies.find(({ isMet }) => !isMet(watching, crossing))?.name;

/** What is wrong with a configuration, in a sentence, or nothing. */
export const alertsProblem = ({ events, dwellMinutes, noExitMinutes, schedule, altitude }: Frozen<Alerts>): string | undefined => {
  if (events.includes('dwell') && dwellMinutes === undefined) return 'To tell of a dwell, say after how many minutes.';
  if (events.includes('no-exit') && noExitMinutes === undefined) return 'To tell of a missing exit, say after how many minutes.';
  if (schedule?.windows.some(({ from, to }) => from >= to)) return 'A window ends after it begins; one over midnight is two windows.';
  if (altitude !== undefined && altitude.fromMeters === undefined && altitude.toMeters === undefined) return 'A band of altitude has at least one end.';
  if (altitude?.fromMeters !== undefined && altitude.toMeters !== undefined && altitude.fromMeters > altitude.toMeters)
    return 'A band of altitude ends above where it begins.';
  return undefined;
};
