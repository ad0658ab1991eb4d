/** The agreement's policies: what is allowed when, and how dates lie within each other. */
import type { Frozen } from '../kernel/aggregate.ts';
import { addDays, addMonths } from '../kernel/calendar.ts';
import { reject } from '../kernel/rejection.ts';
import type { Line, PresentAgreement, Schedule } from './state.ts';

export const schedulesMax = 200;
export const linesMax = 200;
export const grantsMax = 5000;
export const documentsMax = 200;
export const amendmentsMax = 200;

const allowedIn: Readonly<Record<PresentAgreement['status'], readonly string[]>> = {
  draft: [
    'ChangeAgreement',
    'AddSchedule',
    'AddLine',
    'ChangeRate',
    'ChangeLineUnits',
    'GrantUnits',
    'DiscardSchedule',
    'AttachAgreementDocument',
    'AttachScheduleDocument',
    'ActivateAgreement',
    'DiscardAgreement',
  ],
  active: [
    'AmendAgreement',
    'RenewAgreement',
    'TerminateAgreement',
    'AddSchedule',
    'ActivateSchedule',
    'DiscardSchedule',
    'RenewSchedule',
    'TerminateSchedule',
    'AddLine',
    'ChangeRate',
    'ChangeLineUnits',
    'GrantUnits',
    'AttachAgreementDocument',
    'AttachScheduleDocument',
  ],
  expired: ['AttachAgreementDocument', 'AttachScheduleDocument'],
  terminated: ['AttachAgreementDocument', 'AttachScheduleDocument'],
  discarded: [],
};

/** Is this command on the list of the agreement's situation? The refusal says what is. */
export const allows = (state: PresentAgreement, command: string) =>
  allowedIn[state.status].includes(command)
    ? undefined
    : reject('notAllowed', `An agreement that is ${state.status} takes no ${command}.`, { status: state.status, allowed: allowedIn[state.status] });

/** The schedule is in one of these situations. */
export const scheduleIs = (schedule: Frozen<Schedule>, ...statuses: readonly Schedule['status'][]) =>
  statuses.includes(schedule.status)
    ? undefined
    : reject('notAllowed', `A schedule that is ${schedule.status} does not take this.`, { status: schedule.status, takenIn: statuses });

/** The last day of a term. */
export const endOfTerm = (effectiveDate: string, termMonths: number): string => addDays(addMonths(effectiveDate, termMonths), -1);

/** AG-1: a schedule begins within its master's term, that of a draft as it is drafted; it may end after it. */
export const beginsInTerm = (state: PresentAgreement, date: string) => {
  const { effectiveDate, isEvergreen, termMonths } = state;
  const endDate = state.endDate ?? endOfTerm(effectiveDate, termMonths);
  return date >= effectiveDate && (isEvergreen || date <= endDate)
    ? undefined
    : reject('outsideTerm', 'The date is outside the agreement’s term.', { from: effectiveDate, to: isEvergreen ? null : endDate });
};

/** AG-1: a line's dates lie in its schedule's. */
export const liesInSchedule = (schedule: Frozen<Schedule>, dates: { readonly from: string; readonly until?: string | undefined }) =>
  dates.from >= schedule.effectiveDate &&
  (schedule.endDate === null || (dates.from <= schedule.endDate && (dates.until ?? schedule.endDate) <= schedule.endDate))
    ? undefined
    : reject('outsideSchedule', 'The dates lie outside the schedule’s.', { from: schedule.effectiveDate, to: schedule.endDate });

export const endsAfterStart = (from: string, until: string | undefined) =>
  until !== undefined && until < from ? reject('endsBeforeItStarts', 'The end lies before the start.') : undefined;

/** AG-1: may a unit go out under this line on a date? Only while agreement and schedule are active and the date lies in the line's. */
export const assignableOn = (state: PresentAgreement, place: { readonly scheduleId: string; readonly lineItemId: string }, date: string): boolean => {
  const schedule = state.schedules[place.scheduleId];
  const line: Frozen<Line> | undefined = schedule?.lines[place.lineItemId];
  if (state.status !== 'active' || schedule?.status !== 'active' || line === undefined) return false;
  return date >= line.from && (line.until === null || date <= line.until) && (schedule.endDate === null || date <= schedule.endDate);
};

/** Every line of every schedule. */
export const linesIn = (state: PresentAgreement): readonly Frozen<Line>[] => Object.values(state.schedules).flatMap(({ lines }) => Object.values(lines));

/** Every allocation granted under a schedule. */
export const allocationsOf = (schedule: Frozen<Schedule>): readonly string[] => Object.values(schedule.lines).flatMap(({ grants }) => Object.keys(grants));
