/** What an effect does with what keeps failing (decision 0007). */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { systemCaller } from '../../../src/application/caller.ts';
import { isAway } from '../../../src/application/effects/away.ts';
import { effects } from '../../../src/application/effects/effect.ts';
import { repeatEffect } from '../../../src/application/effects/repeat.ts';
import { EffectRunner, type GivenUp } from '../../../src/application/effects/runner.ts';
import { LogReader } from '../../../src/application/log-reader.ts';
import { BlobStoreUnavailable } from '../../../src/application/ports/blob-store.ts';
import type { ProcessCheckpoints } from '../../../src/application/ports/checkpoints.ts';
import { type StoredEvent, StoreUnavailable } from '../../../src/application/ports/event-log.ts';
import { DatabaseUnavailable } from '../../../src/application/ports/read-models.ts';
import { VirusScannerUnavailable } from '../../../src/application/ports/virus-scanner.ts';
import { send } from '../../../src/application/processes/process.ts';
import { effectStream } from '../../../src/application/processes/reacting.ts';
import { ProcessSupervisor } from '../../../src/application/processes/supervisor.ts';
import { customer } from '../../../src/domain/customer/decider.ts';
import { model } from '../../../src/domain/model.ts';
import { id, now } from '../../kit/decider.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { type Shell, shellOn } from '../../kit/shell.ts';

type Outside = { readonly call: (customerId: string) => Promise<void> };
const { when, effect } = effects<Outside>();
/** Calls outside for every customer that is blocked, and records it as a reason of its unblocking. */
const unblocking = effect({
  name: 'Unblocking',
  docs: 'A test’s.',
  on: [
    when(customer, {
      CustomerBlocked: {
        plan: ({ aggregateId, data }) => {
          if (data.reason === 'unplannable') throw new TypeError('it names Rosa Chay');
          return [
            {
              step: 'call',
              category: customer.category,
              to: aggregateId,
              perform: async ({ call }) => {
                await call(aggregateId);
                return [send(customer, 'UnblockCustomer', { step: 'call', to: aggregateId, data: { reason: 'called' } })];
              },
            },
          ];
        },
      },
    }),
  ],
});

let log: MemoryEventLog;
let people: Shell;
let calls: string[];
/** What calling for a customer throws, while it does. */
let broken: Map<string, Error>;
let told: GivenUp[];
const profile = { customerName: 'Sur', customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' };
const names = ['A', 'B', 'C', 'D'];
const block = (name: string, reason = 'late') => people.send('customer', id(name), 'BlockCustomer', { reason });
const runnerOn = (): EffectRunner<Outside> => {
  const { states, commands } = shellOn(log, model);
  const call = async (customerId: string): Promise<void> => {
    calls.push(customerId);
    const error = broken.get(customerId);
    if (error !== undefined) throw error;
  };
  return new EffectRunner(unblocking, { log, states, commands, clock: () => now, ports: { call }, gaveUp: (what) => told.push(what) });
};
const blockings = (): readonly StoredEvent[] => log.events.filter(({ type }) => type === 'CustomerBlocked');
/** Handed over as the supervisor does: what fails comes again, to a runner that knows it may have been there. Says how often it failed. */
const until = async (runner: EffectRunner<Outside>, events: readonly StoredEvent[], triesMax = 20): Promise<number> => {
  for (let failed = 0; failed < triesMax; failed += 1) {
    await runner.started();
    try {
      await runner.handle(events);
      return failed;
    } catch {
      // It comes again.
    }
  }
  return triesMax;
};
const done = () => log.events.filter(({ type }) => type === 'CustomerUnblocked').map(({ aggregateId }) => aggregateId);
const givenUp = () => log.events.filter(({ type }) => type === 'EffectGivenUp');

beforeEach(async () => {
  log = new MemoryEventLog();
  people = shellOn(log, model);
  calls = [];
  broken = new Map();
  told = [];
  for (const name of names) await people.send('customer', id(name), 'RegisterCustomer', profile, { caller: systemCaller('test') });
  for (const name of names) await block(name);
});

describe('an effect whose call keeps failing', () => {
  test('for a reason of its own is given up after five tries and written down; the others are done, and a restart does not try it again', async () => {
    broken.set(id('B'), new TypeError('no glyph for Rosa Chay'));
    const runner = runnerOn();
    expect(await until(runner, blockings())).toBe(4);
    expect(new Set(done())).toEqual(new Set(['A', 'C', 'D'].map(id)));
    expect(calls.filter((called) => called === id('B'))).toHaveLength(5);
    const [blocked] = blockings().filter(({ aggregateId }) => aggregateId === id('B'));
    expect(givenUp()).toMatchObject([
      {
        stream: effectStream('Unblocking', blocked?.id ?? ''),
        data: { effect: 'Unblocking', step: 'call', trigger: blocked?.id, category: 'customer', aggregateId: id('B'), tries: 5, failure: 'TypeError' },
      },
    ]);
    // What an error says may name a person: it is told to the program's log, and not written down for ever.
    expect(JSON.stringify(log.events.map(({ data }) => data))).not.toContain('Rosa');
    expect(told).toMatchObject([{ effect: 'Unblocking', step: 'call', error: { message: 'no glyph for Rosa Chay' } }]);
    expect(runner.givenUp).toBe(1);
    const before = log.events.length;
    expect(await until(runnerOn(), blockings())).toBe(0);
    expect([log.events.length, calls.filter((called) => called === id('B')).length]).toEqual([before, 5]);
  });

  test('for something that is away is made again for as long as it takes', async () => {
    for (const away of [
      new StoreUnavailable('x'),
      new BlobStoreUnavailable('x'),
      new Error('x', { cause: Object.assign(new Error('y'), { code: 'ECONNREFUSED' }) }),
    ]) {
      broken.set(id('B'), away);
      expect(await until(runnerOn(), blockings(), 12)).toBe(12);
      expect([givenUp(), done().includes(id('B'))]).toEqual([[], false]);
    }
    broken.clear();
    expect(await until(runnerOn(), blockings())).toBe(0);
    expect(new Set(done())).toEqual(new Set(names.map(id)));
  });

  test('that cannot even be planned is given up, too', async () => {
    await people.send('customer', id('C'), 'UnblockCustomer', { reason: 'x' });
    await block('C', 'unplannable');
    expect(await until(runnerOn(), blockings())).toBe(4);
    expect(givenUp()).toMatchObject([{ data: { step: 'plan', aggregateId: id('C'), failure: 'TypeError' } }]);
    const before = log.events.length;
    expect(await until(runnerOn(), blockings())).toBe(0);
    expect(log.events.length).toBe(before);
  });

  test('is tried again when somebody asks for it, and given up again where it fails again', async () => {
    broken.set(id('B'), new TypeError('x'));
    await until(runnerOn(), blockings());
    const trigger = String(givenUp()[0]?.data['trigger']);
    const wish = { effect: 'Unblocking', triggerId: trigger, actor: { kind: 'system' as const, id: 'cli' }, at: now };
    expect([await repeatEffect(log, { ...wish, triggerId: id('other') }), await repeatEffect(log, { ...wish, effect: 'Other' })]).toEqual([0, 0]);
    expect(await repeatEffect(log, wish)).toBe(1);
    // It waits already.
    expect(await repeatEffect(log, wish)).toBe(0);
    expect(await until(runnerOn(), log.events)).toBe(4);
    expect(givenUp()).toHaveLength(2);
    broken.clear();
    expect(await repeatEffect(log, wish)).toBe(1);
    expect(await until(runnerOn(), log.events)).toBe(0);
    expect(done()).toContain(id('B'));
    const before = log.events.length;
    expect(await until(runnerOn(), log.events)).toBe(0);
    expect(log.events.length).toBe(before);
  });

  test('TE-11 what is restricted stays so when it is given up, and when it is asked for again', async () => {
    broken.set(id('B'), new TypeError('x'));
    const restricted = blockings().map((event) => ({ ...event, metadata: { ...event.metadata, restrictedTo: 'incident:view' } }));
    await until(runnerOn(), restricted);
    await repeatEffect(log, { effect: 'Unblocking', triggerId: String(givenUp()[0]?.data['trigger']), actor: { kind: 'system', id: 'cli' }, at: now });
    const told = log.events.filter(({ category }) => category === 'effectUnblocking');
    expect(told.map(({ type, metadata }) => [type, metadata.restrictedTo])).toEqual([
      ['EffectGivenUp', 'incident:view'],
      ['EffectRepeated', 'incident:view'],
    ]);
  });

  test('holds back nobody where it runs, and is counted in its state', async () => {
    broken.set(id('A'), new TypeError('x'));
    const reader = new LogReader({ log });
    const saved = new Map<string, bigint>([['Unblocking', -1n]]);
    const checkpoints: ProcessCheckpoints = { load: async (name) => saved.get(name), save: async (name, position) => void saved.set(name, position) };
    const supervisor = new ProcessSupervisor([runnerOn()], { log, reader, checkpoints });
    reader.start();
    await supervisor.start();
    await supervisor.settled();
    expect(new Set(done())).toEqual(new Set(['B', 'C', 'D'].map(id)));
    expect(supervisor.status()).toMatchObject([{ name: 'Unblocking', givenUp: 1 }]);
    broken.clear();
    await repeatEffect(log, { effect: 'Unblocking', triggerId: String(givenUp()[0]?.data['trigger']), actor: { kind: 'system', id: 'cli' }, at: now });
    await supervisor.settled();
    expect(done()).toContain(id('A'));
    await supervisor.stop();
    await reader.stop();
  });

  test('what is away is known by its kind, by its code, and through what it caused', () => {
    const [Database, Scanner] = [DatabaseUnavailable, VirusScannerUnavailable];
    for (const error of [new Database('x'), new Scanner('x'), Object.assign(new Error('x'), { code: 'ETIMEDOUT' }), { cause: new Database('x') }])
      expect(isAway(error)).toBe(true);
    for (const error of [
      new Error('ECONNREFUSED'),
      new TypeError('x'),
      Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
      'away',
      undefined,
      null,
    ])
      expect(isAway(error)).toBe(false);
  });
});
