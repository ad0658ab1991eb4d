import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { meter } from '../../../src/domain/meter/decider.ts';
import { meterEvents } from '../../../src/domain/meter/events.ts';
import { currentValue, lifetimeUsage, type Meter, type MeterKind, measures, meterId } from '../../../src/domain/meter/state.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { registeredToilet, returned, started, words } from '../equipment/kit.ts';

const { act, given, fold, run } = scenarios(meter);
const event = emit(meterEvents);
const equipmentId = id('unit');
const which = { equipmentId, kind: 'odometer', year: 2026 } as const;
const self = (year = 2026, kind: MeterKind = 'odometer') => meterId(equipmentId, kind, year);
const at = (day: number, hour = 8): string => new Date(Date.UTC(2026, 0, day, hour)).toISOString();
const later = '2026-12-31T23:59:59.999Z';
const context = { id: self(), now: later };

const opened = event('MeterOpened', { ...which, carried: 0, start: 0, opening: 0 });
const recorded = (name: string, km: number, readAt: string, more: { readonly isRollUp?: boolean } = {}) =>
  event('MeterReadingRecorded', {
    readingId: id(name),
    ...which,
    value: km,
    uom: 'KMT',
    siValue: km * 1000,
    readAt,
    source: more.isRollUp === true ? 'telemetry' : 'manual',
    isRollUp: more.isRollUp ?? false,
  });
const read = (km: number, readAt: string) => ({ equipmentId, kind: 'odometer', value: km, uom: 'KMT', readAt, source: 'manual' }) as const;
const open = (state: Meter) => {
  if (state.situation === 'absent') throw new Error('unreachable');
  return state;
};

describe('a meter', () => {
  test('opens with its first reading; the same reading again changes nothing', () => {
    const first = event('MeterReadingRecorded', { ...recorded('made:0', 100, at(1)).data, readingId: id('made:0') } as never);
    given()
      .when('RecordReading', read(100, at(1)), context)
      .then(opened, first)
      .andRepeatedNothing();
  });

  test('has its own id a year, shows only its own kind of unit, and is not read in the future', () => {
    const wrong = given().when('RecordReading', read(100, '2025-06-01T00:00:00.000Z'), context).decision;
    expect(wrong).toMatchObject({ code: 'notThisMeter', details: { meterId: self(2025) } });
    given()
      .when('RecordReading', { ...read(100, at(1)), uom: 'HUR' }, context)
      .thenRejected('wrongUnit');
    given()
      .when('RecordReading', read(100, at(2)), { ...context, now: at(1) })
      .thenRejected('inFuture');
    expect(measures('engine-hours', 'RH')).toBe(true);
    given(opened, recorded('a', 5, at(1)))
      .when('VoidReading', { equipmentId: id('another'), readingId: id('a'), reason: 'x' })
      .thenRejected('notThisMeter');
  });

  test('takes one roll-up a day from telemetry', () => {
    const roll = (km: number, readAt: string) => ({ equipmentId, kind: 'odometer', value: km, uom: 'KMT', readAt }) as const;
    given(opened, recorded('a', 100, at(1, 6), { isRollUp: true }))
      .when('RollUpReading', roll(120, at(1, 20)), context)
      .thenNothing();
    given(opened, recorded('a', 100, at(1, 6), { isRollUp: true }))
      .when('RollUpReading', roll(120, at(2, 6)), context)
      .thenTypes('MeterReadingRecorded');
    given(opened, recorded('a', 100, at(1, 6)))
      .when('RollUpReading', roll(120, at(1, 20)), context)
      .thenTypes('MeterReadingRecorded');
  });

  test('TE-9 a reading is its holder’s at the time it was read', () => {
    const unit = words.fold([registeredToilet, started('A', { from: '2026-01-10' }), returned('A', { startedOn: '2026-01-10', returnedOn: '2026-01-20' })]);
    const facts = { [`equipment-${equipmentId}`]: unit };
    const holder = (day: number) => {
      const { state } = given().when('RecordReading', read(1, at(day)), { ...context, facts });
      return meter.tenantOf(state, self());
    };
    expect([holder(9), holder(10), holder(20), holder(22)]).toEqual([null, id('Sur'), id('Sur'), null]);
  });
});

describe('readings that count', () => {
  type Sample = { readonly day: number; readonly km: number };
  const sample = fc.record({ day: fc.integer({ min: 1, max: 300 }), km: fc.integer({ min: 0, max: 40 }) });

  test('EQ-6 never fall in time, whatever is told in whatever order; the current one is the latest', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 25 }), (samples) => {
        const kept: Sample[] = [];
        const { state, events } = run(
          samples.map(({ day, km }) => ({ type: 'RecordReading', data: read(km, at(day)) }) as const),
          (n) => ({ ...context, newId: () => id(`reading ${n}`) }),
        );
        for (const one of samples) {
          const fits = kept.every((other) => (other.day < one.day ? other.km <= one.km : other.day > one.day ? other.km >= one.km : other.km === one.km));
          if (fits && !kept.some(({ day }) => day === one.day)) kept.push(one);
        }
        expect(events.filter(({ type }) => type === 'MeterReadingRecorded')).toHaveLength(kept.length);
        if (state.situation === 'absent') return;
        const last = kept.reduce((a, b) => (a.day > b.day ? a : b));
        expect(currentValue(state)).toBe(last.km * 1000);
      }),
    );
  });

  test('EQ-6 un-void is the identity if nothing came between, else refused', () => {
    type Move = { readonly move: 'void' | 'unvoid'; readonly which: number } | { readonly move: 'read'; readonly day: number; readonly km: number };
    const moves: fc.Arbitrary<Move> = fc.oneof(
      fc.record({ move: fc.constantFrom('void' as const, 'unvoid' as const), which: fc.nat(5) }),
      fc.record({ move: fc.constant('read' as const), day: fc.integer({ min: 1, max: 300 }), km: fc.integer({ min: 0, max: 40 }) }),
    );
    fc.assert(
      fc.property(fc.array(moves, { maxLength: 20 }), (all) => {
        let state: Meter = fold([opened, recorded('0', 10, at(10)), recorded('1', 20, at(20)), recorded('2', 30, at(30))]);
        const before: { readonly id: string; readonly state: Meter }[] = [];
        const names = ['0', '1', '2', '3', '4', '5'];
        for (const [n, one] of all.entries()) {
          if (one.move === 'read') {
            const outcome = decideOn(state, 'RecordReading', read(one.km, at(one.day)), `new ${n}`);
            if (isRejection(outcome.decision) || outcome.decision.length === 0) continue;
            state = outcome.state;
            before.length = 0;
            continue;
          }
          const readingId = id(names[one.which] ?? '0');
          const known = open(state).readings[readingId];
          const outcome =
            one.move === 'void'
              ? decideOn(state, 'VoidReading', { equipmentId, readingId, reason: 'x' })
              : decideOn(state, 'UnvoidReading', { equipmentId, readingId });
          if (known === undefined) {
            expect(outcome.decision).toMatchObject({ code: 'unknownReading' });
          } else if (one.move === 'void') {
            if (!known.isVoid) before.push({ id: readingId, state });
            state = outcome.state;
          } else if (known.isVoid) {
            const last = before.at(-1);
            if (last?.id !== readingId) {
              expect(outcome.decision).toMatchObject({ code: 'changedSince' });
              continue;
            }
            expect(outcome.state).toEqual(last.state);
            before.pop();
            state = outcome.state;
          }
        }
      }),
    );
  });

  const decideOn = <K extends 'RecordReading' | 'VoidReading' | 'UnvoidReading' | 'ReplaceMeter'>(state: Meter, type: K, data: unknown, name = 'made') => {
    return act(state, { type, data: data as never }, { ...context, newId: () => id(name), actor: { kind: 'user', id: id('x') } });
  };

  test('EQ-6 a replacement starts a new meter, and lifetime usage never decreases', () => {
    const step = fc.record({
      days: fc.integer({ min: 1, max: 5 }),
      driven: fc.integer({ min: 0, max: 500 }),
      start: fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let state: Meter = meter.initial;
        let [day, shown, driven] = [1, 0, 0];
        for (const [n, one] of steps.entries()) {
          day += one.days;
          shown += one.driven;
          driven += one.driven;
          const before = state.situation === 'absent' ? 0 : lifetimeUsage(state);
          const outcome =
            one.start === undefined
              ? decideOn(state, 'RecordReading', read(shown, at(day)), `r${n}`)
              : decideOn(state, 'ReplaceMeter', {
                  equipmentId,
                  kind: 'odometer',
                  replacedAt: at(day),
                  finalValue: shown,
                  startValue: one.start,
                  uom: 'KMT',
                  reason: 'broken',
                });
          if (one.start !== undefined) shown = one.start;
          expect(isRejection(outcome.decision)).toBe(false);
          state = outcome.state;
          expect(lifetimeUsage(open(state))).toBeGreaterThanOrEqual(before);
          expect(lifetimeUsage(open(state))).toBe(driven * 1000);
          expect(currentValue(open(state))).toBe(shown * 1000);
        }
      }),
    );
  });

  test('EQ-6 a replacement is refused behind what was read, and a final value below it', () => {
    const replace = { equipmentId, kind: 'odometer', replacedAt: at(5), finalValue: 100, startValue: 0, uom: 'KMT', reason: 'broken' } as const;
    const history = [opened, recorded('a', 100, at(10))];
    given(...history)
      .when('ReplaceMeter', replace, context)
      .thenRejected('laterReadings');
    given(...history)
      .when('ReplaceMeter', { ...replace, replacedAt: at(11), finalValue: 99 }, context)
      .thenRejected('notMonotone');
    const done = given(...history).when('ReplaceMeter', { ...replace, replacedAt: at(11) }, context);
    done.thenTypes('MeterReplaced');
    const state = done.state;
    expect(decideOn(state, 'RecordReading', read(101, at(10, 9))).decision).toMatchObject({ code: 'notMonotone' });
    expect(decideOn(state, 'RecordReading', read(3, at(12))).decision).toMatchObject([{ type: 'MeterReadingRecorded' }]);
  });

  test('EQ-6 a year goes on where the last one ended, over years without a reading too', () => {
    const last = fold([
      event('MeterOpened', { ...which, year: 2023, carried: 700, start: 100, opening: 500 }),
      event('MeterReadingRecorded', { ...recorded('z', 9, '2023-06-01T00:00:00.000Z').data, year: 2023, siValue: 9000 } as never),
    ]);
    const facts = { [`meter-${self(2023)}`]: last };
    const next = given().when('RecordReading', read(20, at(1)), { ...context, facts });
    expect(next.decision).toMatchObject([{ type: 'MeterOpened', data: { carried: 700, start: 100, opening: 9000 } }, { type: 'MeterReadingRecorded' }]);
    expect(lifetimeUsage(open(next.state))).toBe(700 + 20_000 - 100);
    given()
      .when('RecordReading', read(8, at(1)), { ...context, facts })
      .thenRejected('notMonotone');
    const year2026 = { [`meter-${self(2026)}`]: fold([opened, recorded('a', 20, at(1))]) };
    given()
      .when('RecordReading', read(21, '2025-06-01T00:00:00.000Z'), { id: self(2025), now: later, facts: year2026 })
      .thenRejected('notMonotone');
  });

  test('EQ-6 the guards of a year ask for its neighbours', () => {
    const asked = meter.guards?.RecordReading?.(meter.initial, read(1, at(1)), { facts: new Map(), id: self() }).map(({ id: wanted }) => wanted);
    expect(asked).toEqual(expect.arrayContaining([equipmentId, self(2025), self(2016), self(2027)]));
    expect(asked).not.toContain(self(2026));
  });

  test('miles and kilometres are one order of values', () => {
    given(opened, recorded('a', 100, at(1)))
      .when('RecordReading', { ...read(62, at(2)), uom: 'SMI' }, context)
      .thenRejected('notMonotone');
    given(opened, recorded('a', 100, at(1)))
      .when('RecordReading', { ...read(63, at(2)), uom: 'SMI' }, context)
      .thenTypes('MeterReadingRecorded');
  });
});

describe('the state machine of a meter', () => {
  const states = {
    absent: [],
    open: [opened, recorded('a', 10, at(10))],
    voided: [opened, recorded('a', 10, at(10)), event('MeterReadingVoided', { readingId: id('a'), reason: 'x' })],
  } as const;
  const commands = {
    RecordReading: read(20, at(20)),
    RollUpReading: { equipmentId, kind: 'odometer', value: 20, uom: 'KMT', readAt: at(20) },
    VoidReading: { equipmentId, readingId: id('a'), reason: 'x' },
    UnvoidReading: { equipmentId, readingId: id('a') },
    ReplaceMeter: { equipmentId, kind: 'odometer', replacedAt: at(20), finalValue: 20, startValue: 0, uom: 'KMT', reason: 'x' },
  } as const;
  const table = {
    absent: { RecordReading: 'MeterOpened', RollUpReading: 'MeterOpened', ReplaceMeter: 'MeterOpened', VoidReading: 'shell', UnvoidReading: 'shell' },
    open: {
      RecordReading: 'MeterReadingRecorded',
      RollUpReading: 'MeterReadingRecorded',
      ReplaceMeter: 'MeterReplaced',
      VoidReading: 'MeterReadingVoided',
      UnvoidReading: '-',
    },
    voided: {
      RecordReading: 'MeterReadingRecorded',
      RollUpReading: 'MeterReadingRecorded',
      ReplaceMeter: 'MeterReplaced',
      VoidReading: '-',
      UnvoidReading: 'MeterReadingUnvoided',
    },
  } as const;

  test('every state × every command, and a repeat changes nothing', () => {
    for (const [state, history] of Object.entries(states)) {
      for (const [type, data] of Object.entries(commands)) {
        const expected = table[state as keyof typeof table][type as keyof typeof commands];
        // The shell answers for a meter that does not exist.
        if (expected === 'shell') continue;
        const { decision } = given(...history).when(type as 'RecordReading', data as never, context);
        expect({ state, type, outcome: Array.isArray(decision) ? (decision[0]?.type ?? '-') : decision }).toEqual({ state, type, outcome: expected });
      }
    }
  });
});
