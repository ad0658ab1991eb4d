/** The calendar of a unit's assignments: which days each takes, and what would stand in another's way (EQ-2). */
import { addDays } from '../kernel/calendar.ts';
import { type Interval, overlaps } from '../kernel/interval.ts';
import type { Assignment, PresentEquipment } from './state.ts';

const later = (a: string, b: string): string => (a > b ? a : b);
/** Half-open days with at least the first. */
export const daysFrom = (from: string, until: string | null): Interval<string> => ({ from, to: until === null ? null : later(until, addDays(from, 1)) });

/**
 * The days an assignment takes, half-open; nothing where it takes none. A unit returned on a day can go out again the same day; planned
 * days that an earlier holder has eaten up are gone.
 */
export const intervalOf = (assignment: Assignment): Interval<string> | undefined => {
  const { status, from, until, offRentOn, returnedOn } = assignment;
  switch (status) {
    case 'reserved':
    case 'on_rent':
      return { from, to: until };
    case 'off_rent':
      return daysFrom(from, offRentOn);
    case 'returned':
      return { from, to: returnedOn };
    case 'cancelled':
      return undefined;
    default:
      return status satisfies never;
  }
};

/** The ids of the assignments that the wanted days would run into. */
export const conflicts = ({ assignments }: PresentEquipment, days: Interval<string>, except?: string): readonly string[] =>
  Object.entries(assignments)
    .filter(([id, each]) => {
      const taken = id === except ? undefined : intervalOf(each);
      return taken !== undefined && overlaps(taken, days);
    })
    .map(([id]) => id);

/** Are all days of a reservation over (eaten up by an earlier holder, or never activated)? */
export const isLapsed = ({ status, from, until }: Assignment, today: string): boolean =>
  status === 'reserved' && until !== null && (until <= from || until <= today);

/** Reservations, the earliest first. */
export const reservations = ({ assignments }: PresentEquipment): readonly Assignment[] =>
  Object.values(assignments)
    .filter(({ status }) => status === 'reserved')
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
