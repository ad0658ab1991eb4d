/** STATES.md, "Agreement" and "Schedule": every situation × every command, and what each refusal says is allowed instead. */
import { describe, expect, test } from '@jest/globals';
import { agreement } from '../../../src/domain/agreement/decider.ts';
import type { agreementEvents } from '../../../src/domain/agreement/events.ts';
import type { EventOf } from '../../../src/domain/kernel/aggregate.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { id, scenarios } from '../../kit/decider.ts';
import {
  accountId,
  activated,
  added,
  allocationId,
  draft,
  drafted,
  event,
  facts,
  granted,
  inLine,
  line,
  lined,
  schedule,
  scheduleActivated,
  scheduleId,
  signed,
  terms,
} from './fixtures.ts';

const { act, fold } = scenarios(agreement);
type Event = EventOf<typeof agreementEvents>;
type Name = keyof typeof agreement.commands & string;

/** Each would change something where it is taken. */
const commands: { readonly [K in Name]: Parameters<(typeof agreement.decide)[K]>[1] } = {
  DraftAgreement: { ...draft, termMonths: 36 },
  ChangeAgreement: { ...draft, termMonths: 36 },
  DiscardAgreement: { reason: 'x' },
  AttachAgreementDocument: { attachmentId: id('another paper'), role: 'other' },
  ActivateAgreement: {},
  AmendAgreement: { effectiveOn: '2026-05-01', ...terms },
  RenewAgreement: { termMonths: 12, isEvergreen: false },
  TerminateAgreement: { on: '2026-06-30', reason: 'x' },
  ExpireAgreement: { on: '2026-12-31' },
  AddSchedule: schedule,
  ActivateSchedule: { scheduleId },
  DiscardSchedule: { scheduleId, reason: 'x' },
  RenewSchedule: { scheduleId, endDate: '2027-06-30' },
  TerminateSchedule: { scheduleId, on: '2026-06-30', reason: 'x' },
  ExpireSchedule: { scheduleId, on: '2026-11-30' },
  AttachScheduleDocument: { scheduleId, attachmentId: id('another paper'), role: 'other' },
  AddLine: { scheduleId, ...line },
  ChangeLineUnits: { ...inLine, numberOfUnits: 20 },
  ChangeRate: { ...inLine, from: '2026-03-01', rate: { amount: '1.00', currency: 'USD' }, per: 'day' },
  GrantUnits: { ...inLine, accountId, units: 1 },
  ReduceGrant: { ...inLine, allocationId, units: 1 },
};
const names = Object.keys(commands) as readonly Name[];
type Outcome = 'taken' | 'nothing' | 'refused';
const outcomeOf = (history: readonly Event[], name: Name): { readonly outcome: Outcome; readonly details: unknown } => {
  const { decision } = act(fold(history), { type: name, data: commands[name] }, { facts });
  if (isRejection(decision)) return { outcome: 'refused', details: decision.details };
  return { outcome: decision.length === 0 ? 'nothing' : 'taken', details: undefined };
};
const takenIn = (history: readonly Event[]): Readonly<Record<Outcome, readonly Name[]>> => {
  const byOutcome: Record<Outcome, Name[]> = { taken: [], nothing: [], refused: [] };
  for (const name of names) byOutcome[outcomeOf(history, name).outcome].push(name);
  return byOutcome;
};

const prepared = [drafted, signed, added, lined, granted] as const;
const onLines: readonly Name[] = ['AddLine', 'ChangeLineUnits', 'ChangeRate', 'GrantUnits'];
const always: readonly Name[] = ['ReduceGrant'];
const inForce: readonly Name[] = [
  'AmendAgreement',
  'AddSchedule',
  'AttachAgreementDocument',
  'AttachScheduleDocument',
  'RenewAgreement',
  'TerminateAgreement',
  'ExpireAgreement',
];
const sorted = (list: readonly string[]): readonly string[] => [...list].sort();

describe('an agreement, every situation × every command', () => {
  const situations: Readonly<Record<string, { readonly history: readonly Event[]; readonly taken: readonly Name[]; readonly nothing: readonly Name[] }>> = {
    'draft, with a drafted schedule': {
      history: prepared,
      taken: [
        'ChangeAgreement',
        'AddSchedule',
        'AttachAgreementDocument',
        'AttachScheduleDocument',
        'ActivateAgreement',
        'DiscardAgreement',
        'DiscardSchedule',
        ...onLines,
        ...always,
      ],
      nothing: ['ExpireAgreement', 'ExpireSchedule'],
    },
    'active, with a drafted schedule': {
      history: [...prepared, activated],
      taken: [...inForce, 'ActivateSchedule', 'DiscardSchedule', ...onLines, ...always],
      nothing: ['ActivateAgreement', 'ExpireSchedule'],
    },
    'active, with an active schedule': {
      history: [...prepared, activated, scheduleActivated],
      taken: [...inForce, 'RenewSchedule', 'TerminateSchedule', 'ExpireSchedule', ...onLines, ...always],
      nothing: ['ActivateAgreement', 'ActivateSchedule'],
    },
    'active, with an expired schedule': {
      history: [...prepared, activated, scheduleActivated, event('ScheduleExpired', { scheduleId, on: '2026-11-30' })],
      taken: [...inForce, 'RenewSchedule', ...always],
      nothing: ['ActivateAgreement', 'ExpireSchedule'],
    },
    'active, with a terminated schedule': {
      history: [...prepared, activated, scheduleActivated, event('ScheduleTerminated', { scheduleId, on: '2026-04-01', reason: 'x' })],
      taken: [...inForce, ...always],
      nothing: ['ActivateAgreement', 'TerminateSchedule', 'ExpireSchedule'],
    },
    'active, with a discarded schedule': {
      history: [...prepared, activated, event('ScheduleDiscarded', { scheduleId, reason: 'x' })],
      taken: ['AmendAgreement', 'AddSchedule', 'AttachAgreementDocument', 'RenewAgreement', 'TerminateAgreement', 'ExpireAgreement', ...always],
      nothing: ['ActivateAgreement', 'DiscardSchedule', 'ExpireSchedule'],
    },
    expired: {
      history: [...prepared, activated, event('AgreementExpired', { on: '2026-12-31' })],
      taken: ['AttachAgreementDocument', 'AttachScheduleDocument', ...always],
      nothing: ['ExpireAgreement', 'ExpireSchedule'],
    },
    terminated: {
      history: [...prepared, activated, event('AgreementTerminated', { on: '2026-06-30', reason: 'x' })],
      taken: ['AttachAgreementDocument', 'AttachScheduleDocument', ...always],
      nothing: ['TerminateAgreement', 'ExpireAgreement', 'ExpireSchedule'],
    },
    discarded: {
      history: [...prepared, event('AgreementDiscarded', { reason: 'x' })],
      taken: always,
      nothing: ['DiscardAgreement', 'ExpireAgreement', 'ExpireSchedule'],
    },
  };

  for (const [situation, { history, taken, nothing }] of Object.entries(situations)) {
    test(`${situation}: takes only what the table lists`, () => {
      const found = takenIn(history);
      expect(sorted(found.taken)).toEqual(sorted(taken));
      expect(sorted(found.nothing)).toEqual(sorted(nothing));
    });
  }

  test('SR-1 a refusal for the situation lists what the situation takes', () => {
    const { details } = outcomeOf([...prepared, event('AgreementDiscarded', { reason: 'x' })], 'AddSchedule');
    expect(details).toEqual({ status: 'discarded', allowed: [] });
    expect(outcomeOf(prepared, 'TerminateAgreement').details).toMatchObject({ status: 'draft', allowed: expect.arrayContaining(['ActivateAgreement']) });
  });

  test('what a situation lists as allowed is what it takes', () => {
    for (const { history, taken } of [situations['draft, with a drafted schedule'], situations['active, with an active schedule']].filter(
      (one) => one !== undefined,
    )) {
      const refused = names.find((name) => (outcomeOf(history, name).details as { readonly allowed?: readonly string[] } | undefined)?.allowed !== undefined);
      const allowed = refused === undefined ? [] : (outcomeOf(history, refused).details as { readonly allowed: readonly string[] }).allowed;
      const people = taken.filter((name) => !('internal' in agreement.commands[name]));
      for (const name of people) expect(allowed).toContain(name);
    }
  });
});
