/** The request's clock: SR-6, and breaches told once. */
import { describe, expect, test } from '@jest/globals';
import { elapsedWorkingMs } from '../../../src/domain/kernel/working-time.ts';
import { serviceRequest } from '../../../src/domain/service-request/decider.ts';
import { easterSunday, holidaysOf } from '../../../src/domain/service-request/holidays.ts';
import { workedMs } from '../../../src/domain/service-request/sla.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { catalogs, submitted, zone } from './kit.ts';

const numRuns = 60;
const minute = 60_000;

describe('the clock', () => {
  const around = { timeZone: zone, weekly: Array.from({ length: 7 }, () => [{ from: '00:00', to: '24:00' }]), holidays: [] };
  const step = fc.record({ minutes: fc.integer({ min: 1, max: 900 }), act: fc.constantFrom('hold', 'release', 'urgent', 'normal', 'ask') });

  test('SR-6 elapsed is working time minus holds; another urgency keeps the holds, and asking changes nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const story = submitted('breakdown');
        story.give('StartReview', {});
        const from = story.at;
        const holds: { from: string; to: string | null }[] = [];
        for (const { minutes, act } of steps) {
          story.later(minutes);
          if (act === 'hold' && story.give('PlaceRequestOnHold', { reason: 'x' }).length > 0) holds.push({ from: story.at, to: null });
          if (act === 'release' && story.give('ReleaseRequestHold', {}).length > 0) holds.splice(-1, 1, { from: holds.at(-1)?.from ?? from, to: story.at });
          if (act === 'urgent' || act === 'normal') story.give('ChangePriority', { urgency: act });
          const worked = workedMs(story.request, story.context());
          expect(worked).toBe(elapsedWorkingMs(around, { from, to: story.at }, holds));
          expect(workedMs(story.request, story.context())).toBe(worked);
          const { clock, heldFrom } = story.request;
          // What is due is where the limit of the urgency in force meets the time worked.
          if (heldFrom === null && !clock.isBreached)
            expect(Date.parse(clock.dueAt ?? '') - Date.parse(story.at)).toBe((clock.sla?.limitMinutes ?? 0) * minute - worked);
          if (heldFrom !== null) expect(clock.dueAt).toBeNull();
        }
      }),
      { numRuns },
    );
  });

  test('SR-6 business hours: nights, Sundays and holidays do not count, in the account’s zone', () => {
    const story = submitted('pm', 'scheduled');
    const { clock } = story.request;
    expect(clock.sla?.calendar).toBe('business-hours');
    // Monday 2 March 2026, 8:00 in Guatemala; the limit in hours of eight a day, four on Saturday.
    const limit = clock.sla?.limitMinutes ?? 0;
    const elapsed = (to: string) => workedMs(story.request, { ...story.context(), now: to }) / minute;
    expect(elapsed('2026-03-02T18:00:00.000Z')).toBe(4 * 60);
    expect(elapsed('2026-03-03T14:00:00.000Z')).toBe(8 * 60);
    expect(elapsed('2026-03-09T14:00:00.000Z')).toBe(44 * 60);
    expect(elapsed(clock.dueAt ?? '')).toBe(limit);
    const holy = submitted('pm', 'scheduled');
    holy.at = '2026-03-30T14:00:00.000Z';
    holy.give('StartReview', {});
    // Holy Week 2026: Thursday 2 to Saturday 4 April are holidays.
    expect(workedMs(holy.request, { ...holy.context(), now: '2026-04-06T14:00:00.000Z' }) / minute).toBe(24 * 60);
  });

  test('holidays follow their rules: Easter, moved days, the n-th weekday', () => {
    expect([1961, 2000, 2024, 2026, 2038].map(easterSunday)).toEqual(['1961-04-02', '2000-04-23', '2024-03-31', '2026-04-05', '2038-04-25']);
    const known = new Map(Object.entries(catalogs));
    expect(holidaysOf(known, 'GT', [2026])).toEqual(
      ['2026-01-01', '2026-04-02', '2026-04-03', '2026-04-04', '2026-05-01', '2026-06-29', '2026-09-15', '2026-10-19', '2026-11-01', '2026-12-25'].sort(),
    );
    expect(holidaysOf(known, 'US', [2026])).toEqual(expect.arrayContaining(['2026-01-19', '2026-05-25', '2026-07-03', '2026-11-26']));
  });

  test('SR-6 a breach is recorded once a state, by its deadline or by whatever comes first after it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            minutes: fc.integer({ min: 1, max: 3000 }),
            act: fc.constantFrom('review', 'start', 'hold', 'release', 'urgent', 'emergency', 'fire', 'fire late', 'reopen', 'resolve'),
          }),
          { maxLength: 20 },
        ),
        (steps) => {
          const story = submitted('other');
          const due = new Map<string, { readonly entry: number; readonly dueAt: string }>();
          for (const { minutes, act } of steps) {
            story.later(minutes);
            if (act === 'review') story.give('StartReview', {});
            if (act === 'start') story.give('StartRequest', {});
            if (act === 'hold') story.give('PlaceRequestOnHold', { reason: 'x' });
            if (act === 'release') story.give('ReleaseRequestHold', {});
            if (act === 'urgent' || act === 'emergency') story.give('ChangePriority', { urgency: act });
            if (act === 'resolve') story.give('ResolveRequest', {});
            if (act === 'reopen') story.give('ReopenRequest', { reason: 'x' });
            const { entry, dueAt } = story.request.clock;
            if (dueAt !== null) due.set(dueAt, { entry, dueAt });
            // Deadlines come late, twice and out of order; those of states left long ago too.
            if (act === 'fire') for (const each of due.values()) story.give('RecordSlaBreach', each);
            if (act === 'fire late') for (const each of [...due.values()].reverse()) story.give('RecordSlaBreach', each);
          }
          const breached = story.events.flatMap((event) => (event.type === 'RequestSlaBreached' ? [event.data.entry] : []));
          expect(new Set(breached).size).toBe(breached.length);
          const { clock } = story.request;
          if (clock.dueAt !== null && story.at >= clock.dueAt) {
            story.give('RecordSlaBreach', { entry: clock.entry, dueAt: clock.dueAt });
            expect(story.request.clock.isBreached).toBe(true);
            expect(story.give('RecordSlaBreach', { entry: clock.entry, dueAt: clock.dueAt })).toEqual([]);
          }
        },
      ),
      { numRuns },
    );
  });

  test('the clock’s deadline is set, moved and taken off with the state; time in each state is known', () => {
    const story = submitted('breakdown', 'emergency');
    const changes = () =>
      story.events
        .slice(-1)
        .flatMap((event) => (event.type === 'RequestClockSet' ? (serviceRequest.deadlines?.RequestClockSet?.(event.data, id('request')) ?? []) : []));
    expect(changes()).toEqual([
      { change: 'set', name: 'sla', dueAt: story.request.clock.dueAt, command: 'RecordSlaBreach', data: { entry: 1, dueAt: story.request.clock.dueAt } },
    ]);
    story.later(5).give('StartReview', {});
    expect(story.events.at(-1)?.data).toMatchObject({ entry: 2, state: 'in_review', left: { entry: 1, workingMs: 5 * minute } });
    story.give('PlaceRequestOnHold', { reason: 'x' });
    expect(changes()).toEqual([{ change: 'cancel', name: 'sla' }]);
  });
});
