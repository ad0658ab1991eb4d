/** Processes follow the log from their own checkpoints, whatever goes away in between. */
import { describe, expect, test } from '@jest/globals';
import { LogReader } from '../../src/application/log-reader.ts';
import type { ProcessCheckpoints } from '../../src/application/ports/checkpoints.ts';
import type { StoredEvent } from '../../src/application/ports/event-log.ts';
import type { Leadership } from '../../src/application/ports/leadership.ts';
import { type Follower, ProcessSupervisor } from '../../src/application/processes/supervisor.ts';
import { erase } from '../../src/domain/kernel/aggregate.ts';
import { id } from '../kit/decider.ts';
import { MemoryEventLog, storeAway } from '../kit/memory-event-log.ts';
import { shellOn } from '../kit/shell.ts';
import { ticket } from '../kit/ticket.ts';

class Checkpoints implements ProcessCheckpoints {
  readonly saved = new Map<string, bigint>();
  /** While set, the database is away. */
  failure: Error | undefined;
  async load(name: string): Promise<bigint | undefined> {
    if (this.failure !== undefined) throw this.failure;
    return this.saved.get(name);
  }
  async save(name: string, position: bigint): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if ((this.saved.get(name) ?? -1n) < position) this.saved.set(name, position);
  }
}

/** Remembers what it was given; fails at what `poison` says. */
class Witness implements Follower {
  readonly definition: Follower['definition'];
  readonly seen: bigint[] = [];
  starts = 0;
  poison: (event: StoredEvent) => Error | undefined = () => undefined;
  constructor(name: string, from: 'now' | 'start' = 'start') {
    this.definition = { name, from };
  }
  readonly started = async (): Promise<void> => {
    this.starts += 1;
  };
  readonly handle = async (events: readonly StoredEvent[]): Promise<void> => {
    for (const event of events) {
      const failure = this.poison(event);
      if (failure !== undefined) throw failure;
      this.seen.push(event.position);
    }
  };
}

/** Says when it is started, and when it has been given an event at a position. */
class Awaited extends Witness {
  readonly #told = new Map<string, () => void>();
  override readonly started = async (): Promise<void> => {
    this.starts += 1;
    this.#told.get('started')?.();
  };
  override readonly handle = async (events: readonly StoredEvent[]): Promise<void> => {
    for (const { position } of events) {
      this.seen.push(position);
      this.#told.get(String(position))?.();
    }
  };
  onceStarted(): Promise<void> {
    return this.starts > 0 ? Promise.resolve() : new Promise((done) => this.#told.set('started', done));
  }
  onceGiven(position: bigint): Promise<void> {
    return this.seen.includes(position) ? Promise.resolve() : new Promise((done) => this.#told.set(String(position), done));
  }
}

/** Advisory locks as several nodes share them. */
class Office {
  readonly #holders = new Map<string, object>();
  readonly #desks = new Set<{ readonly lose: () => void }>();
  readonly desk = (lost: () => void): Leadership => {
    const me = {};
    const leave = () => {
      for (const [name, holder] of this.#holders) if (holder === me) this.#holders.delete(name);
    };
    this.#desks.add({
      lose: () => {
        leave();
        lost();
      },
    });
    return {
      take: async (name) => {
        if (!this.#holders.has(name)) this.#holders.set(name, me);
        return this.#holders.get(name) === me;
      },
      close: async () => leave(),
    };
  };
  /** The connections end under all locks. */
  loseAll(): void {
    for (const { lose } of this.#desks) lose();
  }
}

let opened = 0;
const open = async (log: MemoryEventLog, count: number): Promise<void> => {
  const { send } = shellOn(log, [erase(ticket)]);
  for (let n = 0; n < count; n += 1) {
    opened += 1;
    await send('ticket', id(`ticket ${opened}`), 'OpenTicket', { name: `name ${opened}` });
  }
};
const positions = (log: MemoryEventLog): readonly bigint[] => log.events.map(({ position }) => position);

/** One life of a node. */
const startedOn = async (log: MemoryEventLog, checkpoints: Checkpoints, followers: readonly Follower[], leadership?: (lost: () => void) => Leadership) => {
  const failures: string[] = [];
  const waiting: { readonly count: number; readonly done: () => void }[] = [];
  const reader = new LogReader({ log });
  const supervisor = new ProcessSupervisor(followers, {
    log,
    reader,
    checkpoints,
    standByMs: 1,
    ...(leadership === undefined ? {} : { leadership }),
    failed: (name, error) => {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      for (const { count, done } of waiting) if (failures.length >= count) done();
    },
  });
  await supervisor.start();
  reader.start();
  return {
    supervisor,
    failures,
    /** Resolves at the n-th failure. */
    failed: (count: number) => new Promise<void>((done) => (failures.length >= count ? done() : waiting.push({ count, done }))),
    stop: async () => {
      await supervisor.stop();
      await reader.stop();
    },
  };
};
/** Two nodes over one log, each with the one process; `here` and `there` see what is given to it on either. */
const twoNodes = async () => {
  const [log, checkpoints, office] = [new MemoryEventLog(3), new Checkpoints(), new Office()];
  const [here, there] = [new Awaited('Only'), new Awaited('Only')];
  const one = await startedOn(log, checkpoints, [here], office.desk);
  return { log, office, here, there, one, other: await startedOn(log, checkpoints, [there], office.desk) };
};

describe('the supervisor of processes', () => {
  test('ES-8 each process goes on from its own checkpoint; what was saved is never given again, what was not is', async () => {
    const log = new MemoryEventLog(3);
    const checkpoints = new Checkpoints();
    await open(log, 4);
    const first = new Witness('First');
    const life = await startedOn(log, checkpoints, [first]);
    await life.supervisor.settled();
    await life.stop();
    expect(first.seen).toEqual(positions(log));
    expect(checkpoints.saved.get('First')).toBe(positions(log).at(-1));

    await open(log, 3);
    const again = new Witness('First');
    const second = new Witness('Second');
    const next = await startedOn(log, checkpoints, [again, second]);
    await next.supervisor.settled();
    await next.stop();
    expect(again.seen).toEqual(positions(log).slice(first.seen.length));
    expect(second.seen).toEqual(positions(log));
    expect(again.starts).toBe(1);
  });

  test('ES-8 a killed one is given again what was not saved, in order and without a gap', async () => {
    const log = new MemoryEventLog(3);
    const checkpoints = new Checkpoints();
    await open(log, 4);
    const killed = new Witness('First');
    const life = await startedOn(log, checkpoints, [killed]);
    await life.supervisor.settled();
    // The database went away before the last checkpoints were saved, and the node with it.
    checkpoints.saved.set('First', positions(log)[2] ?? 0n);
    checkpoints.failure = storeAway();
    await open(log, 2);
    await life.supervisor.settled();
    await life.stop();
    checkpoints.failure = undefined;
    const again = new Witness('First');
    const next = await startedOn(log, checkpoints, [again]);
    await next.supervisor.settled();
    await next.stop();
    expect(again.seen).toEqual(positions(log).slice(3));
  });

  test('a new one starts with what happens from now on, unless it says that it wants everything', async () => {
    const log = new MemoryEventLog();
    const checkpoints = new Checkpoints();
    await open(log, 3);
    const before = log.events.length;
    const late = new Witness('Late', 'now');
    const whole = new Witness('Whole', 'start');
    const life = await startedOn(log, checkpoints, [late, whole]);
    await open(log, 2);
    await life.supervisor.settled();
    await life.stop();
    expect(late.seen).toEqual(positions(log).slice(before));
    expect(whole.seen).toEqual(positions(log));
    // Killed before anything happened, it still knows where it began.
    expect(checkpoints.saved.get('Late')).toBeDefined();
  });

  test('a new one that is killed before anything happens misses nothing that happens while it is away', async () => {
    const log = new MemoryEventLog();
    const checkpoints = new Checkpoints();
    await open(log, 2);
    const before = log.events.length;
    const life = await startedOn(log, checkpoints, [new Witness('Late', 'now')]);
    await life.stop();
    await open(log, 2);
    const again = new Witness('Late', 'now');
    const next = await startedOn(log, checkpoints, [again]);
    await next.supervisor.settled();
    await next.stop();
    expect(again.seen).toEqual(positions(log).slice(before));
  });

  test('a store that goes away delays all of them; when it is back they go on by themselves', async () => {
    const log = new MemoryEventLog();
    const checkpoints = new Checkpoints();
    const one = new Witness('One');
    const other = new Witness('Other');
    one.poison = () => log.failure;
    const life = await startedOn(log, checkpoints, [one, other]);
    await open(log, 2);
    await life.supervisor.settled();
    log.failure = storeAway();
    log.wake();
    await new Promise((resolve) => setImmediate(resolve));
    log.failure = undefined;
    await open(log, 2);
    await life.supervisor.settled();
    await life.stop();
    expect(one.seen).toEqual(positions(log));
    expect(other.seen).toEqual(positions(log));
  });

  test('an event that a mistake of ours cannot take stops that process only, visibly, and lets it go on once it is mended', async () => {
    const log = new MemoryEventLog(1);
    const checkpoints = new Checkpoints();
    const poisoned = new Witness('Poisoned');
    const well = new Witness('Well');
    await open(log, 1);
    const bad = log.events[1]?.position;
    poisoned.poison = ({ position }) => (position === bad ? new Error('a mistake of ours') : undefined);
    const life = await startedOn(log, checkpoints, [poisoned, well]);
    await life.failed(2);
    await open(log, 3);
    expect(life.supervisor.status().find(({ name }) => name === 'Poisoned')).toMatchObject({ failure: 'a mistake of ours' });
    expect(life.supervisor.status().find(({ name }) => name === 'Well')).not.toHaveProperty('failure');
    expect(poisoned.seen.filter((position) => position >= (bad ?? 0n))).toEqual([]);
    poisoned.poison = () => undefined;
    await life.supervisor.settled();
    expect(well.seen).toEqual(positions(log));
    expect([...new Set(poisoned.seen)]).toEqual(positions(log));
    expect(life.supervisor.status().filter((each) => 'failure' in each)).toEqual([]);
    expect(life.failures.every((failure) => failure.startsWith('Poisoned'))).toBe(true);
    await life.stop();
  });

  test('ES-8 of two nodes one runs a process; the other takes over from its checkpoint when it ends', async () => {
    const { log, here, there, one, other } = await twoNodes();
    await open(log, 4);
    await one.supervisor.settled();
    await other.supervisor.settled();
    expect([here.seen, there.seen]).toEqual([positions(log), []]);
    expect(other.supervisor.status()).toEqual([{ name: 'Only', position: positions(log).at(-1), standsBy: true }]);
    await one.stop();
    await there.onceStarted();
    await open(log, 2);
    await there.onceGiven(positions(log).at(-1) ?? 0n);
    await other.stop();
    expect(there.seen).toEqual(positions(log).slice(here.seen.length));
  });

  test('ES-8 a node that loses its locks stands by; the process goes on at whichever node takes them', async () => {
    const { log, office, here, there, one, other } = await twoNodes();
    await open(log, 2);
    await one.supervisor.settled();
    office.loseAll();
    await open(log, 2);
    const last = positions(log).at(-1) ?? 0n;
    await Promise.race([here.onceGiven(last), there.onceGiven(last)]);
    await Promise.all([one.stop(), other.stop()]);
    // What was not saved yet may come twice, nothing is left out.
    expect([...new Set([...here.seen, ...there.seen])].sort((a, b) => Number(a - b))).toEqual(positions(log));
  });
});
