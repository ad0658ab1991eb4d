/**
 * Mistakes put in on purpose: each makes one guarantee hollow, by a small wrapper around the log or a process, and the check that the suites
 * use must find it. A check that finds nothing here would find nothing anywhere.
 */
import { describe, expect, test } from '@jest/globals';
import { type EventLog, type NewEvent, StoreUnavailable } from '../../../src/application/ports/event-log.ts';
import { assignments } from '../../../src/application/processes/assignment.ts';
import type { ProcessDefinition, Reaction, Send } from '../../../src/application/processes/process.ts';
import { erase } from '../../../src/domain/kernel/aggregate.ts';
import { id } from '../../kit/decider.ts';
import { explore, gated, type Schedule } from '../../kit/explore.ts';
import { Machine, MortalLog } from '../../kit/machine.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { accountId, acts, alwaysHolds, rentalLog, rentalNode, rentalProcesses, replay, restHolds } from '../../kit/rental.ts';
import { shellOn } from '../../kit/shell.ts';
import { ticket } from '../../kit/ticket.ts';

const model = [erase(ticket)];
const schedulesMax = 100;

/** The same log, but for one call that does something else. */
const but = (log: EventLog, change: Partial<EventLog>): EventLog => ({
  append: change.append ?? ((stream, events, expected) => log.append(stream, events, expected)),
  read: change.read ?? ((stream, options) => log.read(stream, options)),
  tail: () => log.tail(),
  readAll: (options) => log.readAll(options),
  follow: (options) => log.follow(options),
});
const has = (events: readonly NewEvent[], type: string): boolean => events.some((event) => event.type === type);
/** Says that it appended what it never wrote. */
const swallowing = (log: EventLog, type: string): EventLog =>
  but(log, {
    append: async (stream, events, expected) =>
      has(events, type) ? { ok: true, revision: expected + events.length, position: 0n } : log.append(stream, events, expected),
  });
/** Appends at whatever revision the stream has, as with the expectation "any". */
const careless = (log: EventLog, category: string): EventLog =>
  but(log, {
    append: async (stream, events, expected) =>
      stream.startsWith(category) ? log.append(stream, events, (await log.read(stream)).length - 1) : log.append(stream, events, expected),
  });

type Damage = (log: EventLog) => EventLog;
/** Do two creators of one name, in some order of their steps, ever both hold it? */
const twoHolders = async (damaged: Damage): Promise<boolean> => {
  let found = false;
  await explore(async (schedule: Schedule) => {
    if (found) return;
    const log = new MemoryEventLog();
    const names = ['first', 'second'];
    await schedule.run(names.map((name, actor) => shellOn(damaged(gated(log, schedule, actor)), model).send('ticket', id(name), 'OpenTicket', { name: 'x' })));
    const { states } = shellOn(log, model);
    const held = await Promise.all(names.map((name) => states.loadFresh('ticket', id(name))));
    found = held.every(({ aggregate, state, id: own }) => aggregate.claims(state, own).length > 0);
  }, schedulesMax);
  return found;
};
/** Do two takers of one series, in some order, leave a gap or take one number twice? */
const wrongNumbers = async (damaged: Damage): Promise<boolean> => {
  let found = false;
  await explore(async (schedule: Schedule) => {
    if (found) return;
    const log = new MemoryEventLog();
    const names = ['a', 'b'];
    for (const name of names) await shellOn(log, model).send('ticket', id(name), 'OpenTicket', { name });
    const take = (on: EventLog, name: string) => shellOn(on, model).send('ticket', id(name), 'NumberTicket', { series: 's' });
    await schedule.run(names.map((name, actor) => take(damaged(gated(log, schedule, actor)), name)));
    const { states } = shellOn(log, model);
    const held = await Promise.all(names.map((name) => states.loadFresh('ticket', id(name))));
    const numbers = held.flatMap(({ aggregate, state, id: own }) => aggregate.numbers(state, own).map(({ number }) => number)).sort((a, b) => a - b);
    found = numbers.some((number, index) => number !== index + 1);
  }, schedulesMax);
  return found;
};

describe('planted in claims (EQ-10)', () => {
  test('nothing planted, nothing found', async () => expect(await twoHolders((log) => log)).toBe(false));
  test('an owner that is not fenced', async () => expect(await twoHolders((log) => swallowing(log, 'StreamFenced'))).toBe(true));
  test('a claim appended at any revision', async () => expect(await twoHolders((log) => careless(log, 'claim-'))).toBe(true));
});

describe('planted in numbers (BI-2)', () => {
  test('nothing planted, nothing found', async () => expect(await wrongNumbers((log) => log)).toBe(false));
  test('a taker that is not fenced', async () => expect(await wrongNumbers((log) => swallowing(log, 'StreamFenced'))).toBe(true));
  test('a number appended at any revision', async () => expect(await wrongNumbers((log) => careless(log, 'numbering-'))).toBe(true));
});

/** Damage to a process: its sends, changed. */
const sending = (definition: ProcessDefinition, change: (send: Send) => readonly Send[]): ProcessDefinition => {
  const changed = (reaction: Reaction): Reaction => ({ ...reaction, react: (event, facts) => reaction.react(event, facts).flatMap(change) });
  return {
    ...definition,
    on: definition.on.map(({ category, reactions }) => ({
      category,
      reactions: Object.fromEntries(Object.entries(reactions).map(([type, reaction]) => [type, changed(reaction)])),
    })),
  };
};
type Planted = {
  readonly process?: ProcessDefinition;
  readonly damaged?: Damage;
  /** Called when the processes have died, before they come back. */
  readonly meanwhile?: (act: ReturnType<typeof acts>) => Promise<unknown>;
  readonly checkpointAhead?: boolean;
};
/** Units wanted, one of them on hold, the processes killed at every step: does any check object? */
const objections = async ({ process = assignments, damaged = (log) => log, meanwhile, checkpointAhead = false }: Planted): Promise<number> => {
  let objected = 0;
  for (let step = 0; step < 60; step += 1) {
    const log = await rentalLog(['U1', 'U2', 'U3']);
    const people = acts(rentalNode(log));
    const checkpoints = new Map<string, number>();
    const processes = rentalProcesses.map((definition) => (definition.name === process.name ? process : definition));
    const options = { node: rentalNode, processes, events: () => log.events, checkpoints, batch: 3 };
    await people.grant(accountId, 3, 'g');
    await new Machine(log, options).drain();
    await people.hold('U1', 'h');
    await Promise.all([people.request('a', 'U1'), people.request('b', 'U2'), people.request('c', 'U3')]);
    const mortal = new MortalLog(log, { step, when: 'before' });
    const died = await Promise.race([new Machine(damaged(mortal), options).drain(), mortal.died]);
    if (died === 'died') {
      await meanwhile?.(people);
      // A checkpoint that moved before the work was done.
      if (checkpointAhead) for (const { name } of processes) checkpoints.set(name, log.events.length);
      const again = new Machine(damaged(log), options);
      await again.start();
      await again.drain();
    }
    try {
      restHolds(replay(log.events, alwaysHolds));
    } catch {
      objected += 1;
    }
    if (died !== 'died') return objected;
  }
  return objected;
};

describe('planted in processes (EQ-3, ES-8)', () => {
  const release = (act: ReturnType<typeof acts>) => act.release('U1', 'h');

  test('nothing planted, nothing found', async () => {
    expect(await objections({})).toBe(0);
    expect(await objections({ meanwhile: release })).toBe(0);
  });
  test('a slot that is not freed when the unit is refused', async () => {
    const forgetful = sending(assignments, (send) => [send.command === 'AssignEquipment' ? { ...send, refused: () => [] } : send]);
    expect(await objections({ process: forgetful })).toBeGreaterThan(0);
  });
  test('a refusal that is not written down, where the step would be accepted by now', async () => {
    expect(await objections({ damaged: (log) => swallowing(log, 'StepRefused'), meanwhile: release })).toBeGreaterThan(0);
  });
  test('a slot that is never confirmed', async () => {
    const silent = sending(assignments, (send) => (send.command === 'ConfirmSlot' ? [] : [send]));
    expect(await objections({ process: silent })).toBeGreaterThan(0);
  });
  test('a checkpoint that moves before the work is done', async () => {
    expect(await objections({ checkpointAhead: true })).toBeGreaterThan(0);
  });
  test('a store that is away is no mistake: the batch comes again', async () => {
    let calls = 0;
    const flaky: Damage = (log) =>
      but(log, {
        append: async (stream, events, expected) => {
          calls += 1;
          if (calls % 3 === 0) throw new StoreUnavailable('away');
          return log.append(stream, events, expected);
        },
      });
    await expect(objections({ damaged: flaky })).rejects.toThrow('away');
  });
});
