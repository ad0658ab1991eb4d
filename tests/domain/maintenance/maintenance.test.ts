import { describe, expect, test } from '@jest/globals';
import { addDays, isBusinessDate } from '../../../src/domain/kernel/calendar.ts';
import { maintenance } from '../../../src/domain/maintenance/decider.ts';
import { allowed } from '../../../src/domain/maintenance/outcome.ts';
import { duenessOf, forecastDate, outlookOf, slotAfter, statuses, usageOf } from '../../../src/domain/maintenance/rules.ts';
import { meterId } from '../../../src/domain/meter/state.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { ahead, defaults, define, defined, on, presentIn, type Read, unitId, words } from './kit.ts';

const { given } = words;
const done = (performedOn: string, more: object = {}) => ({ performedOn, readings: [], ...more });
const byMeter = { calendar: undefined, primaryMeter: { kind: 'odometer' as const, every: 1000, uom: 'KMT', siEvery: 1_000_000 } };
const { calendar: _, ...noCalendar } = defaults;
const metered = (basis: 'completed' | 'scheduled' = 'completed') => defined({ calendar: undefined, basis, primaryMeter: byMeter.primaryMeter });

describe('defining', () => {
  test('a unit has one schedule a programme, whose id is made of both', () => {
    given().when('DefineMaintenance', define, on('2026-02-01')).thenTypes('MaintenanceDefined');
    given()
      .when('DefineMaintenance', define, { ...on('2026-02-01'), id: id('other') })
      .thenRejected('notThisSchedule');
    const first = given().when('DefineMaintenance', define, on('2026-02-01')).decision;
    expect(Array.isArray(first)).toBe(true);
    given(defined()).when('DefineMaintenance', define, on('2026-02-01')).thenNothing();
    given(defined())
      .when('DefineMaintenance', { ...define, name: 'other' }, on('2026-02-01'))
      .thenRejected('alreadyDefined');
  });

  test.each([
    ['intervalNeeded', { ...define, ...noCalendar, calendar: undefined }],
    ['wrongUnit', { ...define, primaryMeter: { kind: 'odometer' as const, every: 10, uom: 'HUR' } }],
    [
      'sameMeter',
      { ...define, primaryMeter: { kind: 'odometer' as const, every: 10, uom: 'KMT' }, secondaryMeter: { kind: 'odometer' as const, every: 5, uom: 'KMT' } },
    ],
    ['implausible', { ...define, primaryMeter: { kind: 'odometer' as const, every: 1e11, uom: 'KMT' } }],
    ['inFuture', { ...define, startsOn: '2026-03-01' }],
    ['tooLongAgo', { ...define, startsOn: '1960-01-01' }],
    ['notHeld', { ...define, accountId: id('account') }],
    ['wrongReading', { ...define, readings: [{ kind: 'odometer' as const, value: 1, uom: 'HUR', readAt: '2026-01-01T00:00:00.000Z' }] }],
  ])('%s', (code, command) => {
    const { calendar, ...rest } = command;
    given()
      .when('DefineMaintenance', calendar === undefined ? rest : { ...rest, calendar }, on('2026-02-01'))
      .thenRejected(code);
  });

  test('PM-4 what is overdue already when it is defined is told at once', () => {
    given().when('DefineMaintenance', define, on('2026-03-05')).thenTypes('MaintenanceDefined', 'MaintenanceDue', 'MaintenanceOverdue');
  });
});

describe('PM-1 whichever comes first', () => {
  const interval = fc.integer({ min: 1, max: 400 });
  test('adding a dimension never delays the due', () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 8000 }), fc.nat(800), (days, every, driven, later) => {
        const plan = { ...defaults, calendar: { every: days, unit: 'day' as const } };
        const meter = { primaryMeter: { kind: 'odometer' as const, every, uom: 'KMT', siEvery: every * 1000 } };
        const bases = [
          {
            occurrence: 1,
            on: '2026-01-31',
            stated: { odometer: 0 },
            derived: {},
            performanceId: null,
            sourceId: null,
            partIds: [],
            isSkipped: false,
            content: '',
          },
        ];
        const state = {
          startsOn: '2026-01-31',
          bases,
          timeZone: 'UTC',
          usage: { odometer: { readAt: '2026-02-10T00:00:00.000Z', usage: driven * 1000, averageDaily: 50_000 } },
        };
        const today = addDays('2026-01-31', later);
        const look = (one: typeof plan) => duenessOf({ ...state, plan: one }, outlookOf({ ...state, plan: one }), today);
        const [without, both] = [look(plan), look({ ...plan, ...meter })];
        expect(statuses.indexOf(both.status)).toBeGreaterThanOrEqual(statuses.indexOf(without.status));
        expect(both.isDue || !without.isDue).toBe(true);
        const forecasts = [plan, { ...plan, ...meter }].map((one) => outlookOf({ ...state, plan: one }).forecastOn ?? '9999-12-31');
        expect((forecasts[1] ?? '') <= (forecasts[0] ?? '')).toBe(true);
      }),
    );
  });

  test('by the meter before the date, by the date before the meter', () => {
    const both = defined({ primaryMeter: byMeter.primaryMeter });
    const far: readonly Read[] = [
      ['2026-01-31T10:00:00.000Z', 0],
      ['2026-02-05T10:00:00.000Z', 1000],
    ];
    given(both).when('RecordUsage', { kind: 'odometer', year: 2026 }, on('2026-02-05', far)).thenTypes('MaintenanceUsageRecorded', 'MaintenanceDue');
    given(both).when('CheckMaintenance', {}, on('2026-02-28')).thenTypes('MaintenanceDue');
  });
});

describe('PM-2 status', () => {
  test('is ordered ok < due soon < overdue as days go by, and never goes back', () => {
    const state = presentIn(words.fold([defined()]));
    const seen = Array.from({ length: 60 }, (_none, n) => statuses.indexOf(duenessOf(state, outlookOf(state), addDays('2026-01-31', n)).status));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen)).toEqual(new Set([0, 1, 2]));
  });

  test('snoozing hides and never moves the next due', () => {
    const snoozed = given(defined()).when('SnoozeMaintenance', { until: '2026-03-10', reason: 'strike' }, on('2026-02-20'));
    snoozed.thenTypes('MaintenanceSnoozed');
    expect(ahead(snoozed.state)).toEqual(ahead(words.fold([defined()])));
    const silent = [defined(), ...(Array.isArray(snoozed.decision) ? snoozed.decision : [])];
    given(...silent)
      .when('CheckMaintenance', {}, on('2026-03-05'))
      .thenTypes('MaintenanceReassessed');
    given(...silent)
      .when('CheckMaintenance', {}, on('2026-03-10'))
      .thenTypes('MaintenanceDue', 'MaintenanceOverdue');
    given(...silent)
      .when('SnoozeMaintenance', { until: '2026-03-10', reason: 'strike' }, on('2026-02-20'))
      .thenNothing();
    given(defined()).when('SnoozeMaintenance', { until: '2026-02-01', reason: 'x' }, on('2026-02-20')).thenRejected('notAhead');
    given(defined()).when('SnoozeMaintenance', { until: '2036-02-01', reason: 'x' }, on('2026-02-20')).thenRejected('tooFar');
  });
});

describe('PM-3 basis', () => {
  test('completed: completion + interval', () => {
    expect(ahead(given(defined()).when('RecordMaintenancePerformed', done('2026-03-05'), on('2026-03-05')).state).dueOn).toBe('2026-04-05');
  });

  test('scheduled: the first slot after the previous one, without drift, and months keep their anchor day', () => {
    const slots: string[] = [];
    let day = '2026-01-31';
    for (let n = 0; n < 14; n += 1) {
      day = slotAfter('2026-01-31', { every: 1, unit: 'month' }, day);
      slots.push(day);
    }
    expect(slots.slice(0, 4)).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
    expect(slots.at(-1)).toBe('2027-03-31');
    const scheduled = defined({ basis: 'scheduled' });
    const late = given(scheduled).when('RecordMaintenancePerformed', done('2026-03-03'), on('2026-03-03'));
    expect(ahead(late.state).dueOn).toBe('2026-03-31');
    const early = given(scheduled).when('RecordMaintenancePerformed', done('2026-02-20'), on('2026-02-20'));
    expect(ahead(early.state).dueOn).toBe('2026-03-31');
  });

  test('every series of slots is what walking it one by one gives', () => {
    const unit = fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const);
    fc.assert(
      fc.property(
        unit,
        fc.integer({ min: 1, max: 14 }),
        fc.option(fc.integer({ min: 1, max: 31 }), { nil: undefined }),
        fc.nat(400),
        (what, every, anchor, ahead) => {
          const calendar = { every, unit: what, ...(anchor === undefined ? {} : { anchorDay: anchor }) };
          const day = addDays('2026-01-31', ahead);
          const next = slotAfter('2026-01-31', calendar, day);
          expect(isBusinessDate(next) && next > day).toBe(true);
          let walked = '2026-01-31';
          for (let n = 0; walked <= day && n < 1000; n += 1) walked = slotAfter('2026-01-31', calendar, walked);
          expect(next).toBe(walked);
        },
      ),
    );
  });

  test('by meter too: from what was read, or on the grid of the first', () => {
    const read = (value: number) => ({ readings: [{ kind: 'odometer' as const, value, uom: 'KMT', readAt: '2026-03-01T10:00:00.000Z' }] });
    const start: readonly Read[] = [['2026-01-31T10:00:00.000Z', 500]];
    const begun = (basis: 'completed' | 'scheduled') => {
      const looked = given(metered(basis)).when('RecordUsage', { kind: 'odometer', year: 2026 }, on('2026-02-01', start));
      return [metered(basis), ...(Array.isArray(looked.decision) ? looked.decision : [])];
    };
    const following = (basis: 'completed' | 'scheduled') =>
      given(...begun(basis)).when('RecordMaintenancePerformed', { ...done('2026-03-01'), ...read(1700) }, on('2026-03-01', start)).state;
    expect(ahead(words.fold(begun('completed'))).dueAt).toEqual([1500]);
    expect(ahead(following('completed')).dueAt).toEqual([2700]);
    expect(ahead(following('scheduled')).dueAt).toEqual([2500]);
  });
});

describe('PM-4 one due an occurrence', () => {
  test('however often and by whomever it is checked, and slots jumped over merge', () => {
    const scheduled = defined({ basis: 'scheduled' });
    const { events } = words.run(
      [
        { type: 'DefineMaintenance', data: { ...define, basis: 'scheduled' } },
        ...Array.from({ length: 12 }, () => ({ type: 'CheckMaintenance' as const, data: {} })),
      ],
      (n) => on(addDays('2026-02-01', n * 10)),
    );
    expect(events.filter(({ type }) => type === 'MaintenanceDue')).toHaveLength(1);
    const performed = given(scheduled).when('RecordMaintenancePerformed', done('2026-05-15'), on('2026-05-15'));
    expect(ahead(performed.state).dueOn).toBe('2026-05-31');
  });

  test('a clock that goes wrong tells nothing twice', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(90), { maxLength: 30 }), (days) => {
        const { events } = words.run(
          [{ type: 'DefineMaintenance' as const, data: define }, ...days.map(() => ({ type: 'CheckMaintenance' as const, data: {} }))],
          (n) => on(n === 0 ? '2026-02-01' : addDays('2026-02-01', days[n - 1] ?? 0)),
        );
        for (const type of ['MaintenanceDueSoon', 'MaintenanceDue', 'MaintenanceOverdue'])
          expect(events.filter((each) => each.type === type).length).toBeLessThan(2);
      }),
    );
  });

  test('PM-10 its deadlines are the days soon, due and overdue; what was done sets those of the next and takes these back', () => {
    const set = maintenance.deadlines?.MaintenanceDefined?.(defined().data as never, id('self')) ?? [];
    expect(set.map((each) => (each.change === 'set' ? [each.name, each.dueAt, each.command] : each))).toEqual([
      ['soon', '2026-02-21T06:00:00.000Z', 'CheckMaintenance'],
      ['due', '2026-02-28T06:00:00.000Z', 'CheckMaintenance'],
      ['overdue', '2026-03-01T06:00:00.000Z', 'CheckMaintenance'],
    ]);
    given(defined()).when('CheckMaintenance', {}, on('2026-02-21')).thenTypes('MaintenanceDueSoon');
    given(defined()).when('CheckMaintenance', {}, on('2026-02-20')).thenNothing();
  });
});

describe('PM-5 readings', () => {
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 12 });
  test('backdated, voided and un-voided ones give what a look from scratch gives, whatever the order', () => {
    fc.assert(
      fc.property(days, fc.array(fc.nat(11), { maxLength: 8 }), fc.constantFrom('completed' as const, 'scheduled' as const), (all, voids, basis) => {
        const today = '2026-06-01';
        // The meter never falls in time: what was driven by a day is its number.
        const reading = (day: number): Read => [`${addDays('2026-01-20', day)}T10:00:00.000Z`, day * 40];
        const history: (readonly Read[])[] = [];
        let shown: readonly Read[] = [];
        const show = (next: readonly Read[]) => {
          shown = [...next].sort(([a], [b]) => (a < b ? -1 : 1));
          history.push(shown);
        };
        for (const day of all) show([...shown, reading(day)]);
        for (const n of voids) {
          const day = all[n % all.length] ?? 1;
          const [readAt] = reading(day);
          show(shown.some(([at]) => at === readAt) ? shown.filter(([at]) => at !== readAt) : [...shown, reading(day)]);
        }
        const performed = { type: 'RecordMaintenancePerformed' as const, data: done('2026-03-01') };
        const looks = (count: number) =>
          Array.from({ length: count }, () => ({ type: 'RecordUsage' as const, data: { kind: 'odometer' as const, year: 2026 } }));
        const start = {
          type: 'DefineMaintenance' as const,
          data: { ...define, ...noCalendar, basis, primaryMeter: { kind: 'odometer' as const, every: 1000, uom: 'KMT' } },
        };
        const { calendar: _none, ...bare } = start.data;
        const begin = { ...start, data: bare };
        const oneByOne = words.run([begin, performed, ...looks(history.length)], (n) => on(today, n < 2 ? [] : history[n - 2]));
        const atOnce = words.run([begin, performed, ...looks(1)], (n) => on(today, n < 2 ? [] : shown));
        expect(outlookOf(presentIn(oneByOne.state))).toEqual(outlookOf(presentIn(atOnce.state)));
        expect(presentIn(oneByOne.state).usage).toEqual(presentIn(atOnce.state).usage);
      }),
    );
  });

  test('what was done may be told in any order', () => {
    const when = fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(when, fc.constantFrom('completed' as const, 'scheduled' as const), fc.nat(), (daysLater, basis, rotate) => {
        const told = (order: readonly number[]) =>
          words.run(
            [
              { type: 'DefineMaintenance' as const, data: { ...define, basis } },
              ...order.map((day) => ({ type: 'RecordMaintenancePerformed' as const, data: done(addDays('2026-01-31', day)) })),
            ],
            (n) => ({ ...on('2026-06-30'), newId: (k) => id(`${n} ${k}`) }),
          ).state;
        const cut = rotate % daysLater.length;
        expect(ahead(told([...daysLater.slice(cut), ...daysLater.slice(0, cut)].reverse()))).toEqual(ahead(told(daysLater)));
      }),
    );
  });

  test('the unit’s other meters and another year’s readings count as one line of use', () => {
    const facts = { ...on('2026-02-05').facts };
    const key = `meter-${meterId(unitId, 'odometer', 2026)}`;
    const replaced = {
      ...facts,
      [key]: {
        ...(facts as Record<string, object>)[key],
        generations: [
          { since: null, start: 0, carried: 0, final: 900_000 },
          { since: '2026-02-02T00:00:00.000Z', start: 0, carried: 900_000, final: null },
        ],
        readings: {
          a: { readAt: '2026-01-31T10:00:00.000Z', value: 800_000, isVoid: false },
          b: { readAt: '2026-02-05T10:00:00.000Z', value: 50_000, isVoid: false },
        },
      },
    };
    const { state } = given(metered()).when('RecordUsage', { kind: 'odometer', year: 2026 }, { ...on('2026-02-05'), facts: replaced });
    expect(presentIn(state).usage.odometer?.usage).toBe(950_000);
    expect(ahead(state).dueAt).toEqual([1800]);
  });
});

test('PM-6 more use never gives a later forecast', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(50_000), fc.nat(50_000), fc.integer({ min: 1, max: 90 }), (due, used, more, days) => {
      const samples = (end: number) => [
        { readAt: '2026-01-01T00:00:00.000Z', usage: 0 },
        { readAt: `${addDays('2026-01-01', days)}T00:00:00.000Z`, usage: end },
      ];
      const forecast = (end: number) => {
        const usage = usageOf(samples(end));
        return forecastDate({ readOn: addDays('2026-01-01', days), due, used: end, averageDaily: usage?.averageDaily ?? 0 }) ?? '9999-12-31';
      };
      expect(forecast(used + more) <= forecast(used)).toBe(true);
    }),
  );
  expect(forecastDate({ readOn: '2026-03-01', due: 1000, used: 400, averageDaily: 100 })).toBe('2026-03-07');
  expect(forecastDate({ readOn: '2026-03-01', due: 1000, used: 400, averageDaily: 0 })).toBeUndefined();
});

describe('what was done', () => {
  const order = id('order');
  const at = on('2026-03-05');
  test('counts once a work order, and is taken back when the order goes on', () => {
    const first = given(defined()).when(
      'RecordMaintenancePerformed',
      done('2026-03-05', { workOrderId: order, parts: [{ partName: 'Filter', quantity: '2' }] }),
      at,
    );
    const history = [defined(), ...(Array.isArray(first.decision) ? first.decision : [])];
    given(...history)
      .when('RecordMaintenancePerformed', done('2026-03-05', { workOrderId: order }), at)
      .thenNothing();
    given(...history)
      .when('RecordMaintenancePerformed', done('2026-03-04', { workOrderId: order }), { ...at, newId: (n) => id(`other ${n}`) })
      .thenRejected('alreadyRecorded');
    const back = given(...history).when('WithdrawMaintenancePerformed', { workOrderId: order }, at);
    back.thenTypes('MaintenancePerformanceWithdrawn', 'MaintenanceDue', 'MaintenanceOverdue');
    expect(ahead(back.state)).toEqual(ahead(words.fold([defined()])));
    given(...history, ...(Array.isArray(back.decision) ? back.decision : []))
      .when('WithdrawMaintenancePerformed', { workOrderId: order }, at)
      .thenNothing();
  });

  test('PM-4 done again after that, its next occurrence is a new one and comes due again', () => {
    const { events } = words.run(
      [
        { type: 'DefineMaintenance', data: define },
        { type: 'RecordMaintenancePerformed', data: done('2026-03-05', { workOrderId: order }) },
        { type: 'CheckMaintenance', data: {} },
        { type: 'WithdrawMaintenancePerformed', data: { workOrderId: order } },
        { type: 'RecordMaintenancePerformed', data: done('2026-04-07', { workOrderId: order }) },
        { type: 'CheckMaintenance', data: {} },
      ],
      (n) => ({ ...on(['2026-02-01', '2026-03-05', '2026-04-06', '2026-04-06', '2026-04-07', '2026-05-20'][n] ?? ''), newId: (k) => id(`${n} ${k}`) }),
    );
    const due = events.flatMap((each) => (each.type === 'MaintenanceDue' ? [each.data.occurrence] : []));
    expect(due).toEqual([2, 1, 3]);
  });

  test('is neither in the future nor before the schedule', () => {
    given(defined()).when('RecordMaintenancePerformed', done('2026-03-06'), at).thenRejected('inFuture');
    given(defined()).when('RecordMaintenancePerformed', done('2026-01-01'), at).thenRejected('beforeStart');
  });

  test('skipping leaves one occurrence out, with a reason, and one at most', () => {
    const skipped = given(defined()).when('SkipMaintenance', { reason: 'new tyres' }, on('2026-02-10'));
    skipped.thenTypes('MaintenanceSkipped');
    expect(ahead(skipped.state).dueOn).toBe('2026-03-28');
    const history = [defined(), ...(Array.isArray(skipped.decision) ? skipped.decision : [])];
    given(...history)
      .when('SkipMaintenance', { reason: 'again' }, on('2026-02-11'))
      .thenRejected('alreadySkipped');
  });
});

test('every situation × every command: only the listed ones happen, and the ended takes none', () => {
  const situations = {
    active: [defined()],
    paused: [defined(), { type: 'MaintenancePaused' as const, data: { reason: 'yard' } }],
    ended: [defined(), { type: 'MaintenanceEnded' as const, data: { reason: 'retired', endedOn: '2026-02-05', records: [] } }],
  };
  const commands = {
    ChangeMaintenance: { ...defaults, name: 'B' },
    PauseMaintenance: { reason: 'x' },
    ResumeMaintenance: {},
    RecordMaintenancePerformed: done('2026-02-10'),
    WithdrawMaintenancePerformed: { performanceId: id('none') },
    SkipMaintenance: { reason: 'x' },
    SnoozeMaintenance: { until: '2026-02-20', reason: 'x' },
    RecordUsage: { kind: 'odometer', year: 2026 },
    CheckMaintenance: {},
    LeaveMaintenanceAccount: { accountId: id('a') },
    EndMaintenance: { reason: 'x' },
    RemoveMaintenanceRecord: { performanceId: id('none'), reason: 'x' },
  } as const;
  const internal = ['RecordUsage', 'CheckMaintenance', 'LeaveMaintenanceAccount', 'EndMaintenance'];
  const repeats: Readonly<Record<string, string>> = { active: 'ResumeMaintenance', paused: 'PauseMaintenance' };
  for (const [situation, history] of Object.entries(situations)) {
    for (const [type, data] of Object.entries(commands)) {
      const name = type as keyof typeof commands;
      const { decision } = given(...history).when(name, data as never, on('2026-02-10'));
      const isAllowed = allowed[situation as keyof typeof allowed].includes(name) || internal.includes(name) || repeats[situation] === name;
      // PM-9 comes before the state: what is kept is kept whatever the situation, and of nothing there is nothing to remove.
      if (name === 'RemoveMaintenanceRecord') {
        expect(decision).toMatchObject({ code: situation === 'ended' ? 'unknownRecord' : 'retained' });
        continue;
      }
      expect({ situation, type, isAllowed: Array.isArray(decision) }).toEqual({ situation, type, isAllowed });
      if (!Array.isArray(decision)) expect(decision).toMatchObject({ code: 'notAllowedNow', details: { allowed: allowed[situation as keyof typeof allowed] } });
      if (situation === 'ended' && Array.isArray(decision)) expect(decision).toEqual([]);
    }
  }
});

test('while paused nothing comes due, and on resuming it does at once', () => {
  const paused = [defined(), { type: 'MaintenancePaused' as const, data: { reason: 'yard' } }];
  given(...paused)
    .when('CheckMaintenance', {}, on('2026-03-20'))
    .thenNothing();
  given(...paused)
    .when('ResumeMaintenance', {}, on('2026-03-20'))
    .thenTypes('MaintenanceResumed', 'MaintenanceDue', 'MaintenanceOverdue');
});
