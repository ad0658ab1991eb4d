/** When agreements and schedules run out: at the beginning of the day after their last, in the agreement's time zone. */
import type { Deadlines } from '../kernel/aggregate.ts';
import { addDays } from '../kernel/calendar.ts';
import { startOfLocalDay } from '../kernel/time-zone.ts';
import type { agreementEvents } from './events.ts';

const expiry = (
  name: string,
  on: { readonly endDate: string; readonly timeZone: string },
  command: { readonly command: string; readonly data: Readonly<Record<string, unknown>> },
) => ({
  change: 'set' as const,
  name,
  dueAt: startOfLocalDay(addDays(on.endDate, 1), on.timeZone),
  ...command,
});
const agreementExpiry = (data: { readonly endDate: string; readonly isEvergreen: boolean; readonly timeZone: string }) =>
  data.isEvergreen ? [{ change: 'cancel' as const, name: 'expiry' }] : [expiry('expiry', data, { command: 'ExpireAgreement', data: { on: data.endDate } })];
const scheduleExpiry = ({ scheduleId, endDate, timeZone }: { readonly scheduleId: string; readonly endDate?: string; readonly timeZone: string }) =>
  endDate === undefined
    ? []
    : [expiry(`schedule:${scheduleId}:expiry`, { endDate, timeZone }, { command: 'ExpireSchedule', data: { scheduleId, on: endDate } })];

export const deadlines: Deadlines<typeof agreementEvents> = {
  AgreementActivated: agreementExpiry,
  AgreementRenewed: agreementExpiry,
  AgreementTerminated: () => [{ change: 'cancel', name: 'expiry' }],
  ScheduleActivated: scheduleExpiry,
  ScheduleRenewed: scheduleExpiry,
  ScheduleTerminated: ({ scheduleId }) => [{ change: 'cancel', name: `schedule:${scheduleId}:expiry` }],
};
