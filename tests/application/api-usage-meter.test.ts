import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ApiUsageMeter } from '../../src/application/api-usage-meter.ts';
import { type Caller, systemCaller } from '../../src/application/caller.ts';
import { apiUsage, apiUsageId } from '../../src/domain/api-usage/decider.ts';
import { erase } from '../../src/domain/kernel/aggregate.ts';
import { id } from '../kit/decider.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { shellOn } from '../kit/shell.ts';

const caller = (name: string, tenant: string | null = id('Sur')): Caller => ({
  actor: { kind: 'user', id: id(name) },
  tenant,
  accounts: 'all',
  permissions: new Set(),
});
const started = () => {
  const log = new MemoryEventLog();
  const { commands } = shellOn(log, [erase(apiUsage)]);
  const clock = { now: '2026-03-10T12:00:00.000Z' };
  const failures: unknown[] = [];
  const meter = new ApiUsageMeter({ commands, clock: () => clock.now, node: 'api-1', failed: (error) => failures.push(error) });
  const counted = (): Readonly<Record<string, number>> => {
    const sums: Record<string, number> = {};
    for (const { data } of log.events) {
      const key = `${data['holderId']} ${data['endpoint']}`;
      sums[key] = (sums[key] ?? 0) + Number(data['count']);
    }
    return sums;
  };
  return { log, clock, meter, counted, failures };
};

describe('the meter of API usage', () => {
  test('reports what each called, once a report, in a stream a holder and month', async () => {
    const { log, clock, meter } = started();
    for (const endpoint of ['GET /me', 'GET /me', 'POST /commands/batch']) meter.count(caller('ana'), endpoint);
    meter.count(caller('staff', null), 'GET /me');
    meter.count(systemCaller('a process'), 'GET /me');
    clock.now = '2026-03-10T12:01:00.000Z';
    await meter.report();
    await meter.report();
    expect(log.events.map(({ stream, data }) => ({ stream, ...data }))).toEqual([
      expect.objectContaining({ stream: `apiUsage-${apiUsageId(id('ana'), '2026-03')}`, endpoint: 'GET /me', count: 2, customerId: id('Sur'), sequence: 1 }),
      expect.objectContaining({ endpoint: 'POST /commands/batch', count: 1, from: '2026-03-10T12:00:00.000Z', to: '2026-03-10T12:01:00.000Z', node: 'api-1' }),
      expect.not.objectContaining({ customerId: expect.anything() }),
    ]);
  });

  test('ES-2 counts every call once, whatever fails between', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('call' as const), who: fc.constantFrom('ana', 'bea'), endpoint: fc.constantFrom('GET /me', 'GET /queries/equipment') }),
      fc.record({ kind: fc.constantFrom('report' as const, 'break' as const, 'mend' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { log, meter, counted } = started();
        const expected: Record<string, number> = {};
        for (const one of steps) {
          if (one.kind === 'call') {
            meter.count(caller(one.who), one.endpoint);
            const key = `${id(one.who)} ${one.endpoint}`;
            expected[key] = (expected[key] ?? 0) + 1;
          } else if (one.kind === 'report') await meter.report();
          else log.failure = one.kind === 'break' ? new Error('away') : undefined;
        }
        log.failure = undefined;
        await meter.report();
        await meter.report();
        expect(counted()).toEqual(expected);
      }),
    );
  });

  test('keeps within bounds: endpoints beyond them are added up, callers beyond them are told', async () => {
    const { meter, log } = started();
    for (let n = 0; n < 500; n += 1) meter.count(caller('ana'), `GET /${n}`);
    await meter.report();
    expect(log.events).toHaveLength(200);
    expect(log.events.find(({ data }) => data['endpoint'] === 'other')?.data['count']).toBe(301);
    for (let n = 0; n < 10_005; n += 1) meter.count({ ...caller('x'), actor: { kind: 'user', id: `${n}` } }, 'GET /me');
    expect(meter.uncounted).toBe(5);
  });
});
