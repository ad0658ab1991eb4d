/** Stories told to processes however events may be delivered: in order, out of order between streams and twice, and to machines that die. */
import { expect, test } from '@jest/globals';
import type { EventLog, StoredEvent } from '../../../src/application/ports/event-log.ts';
import type { ProcessDefinition } from '../../../src/application/processes/process.ts';
import { ProcessRunner } from '../../../src/application/processes/runner.ts';
import { model } from '../../../src/domain/model.ts';
import { type Death, killedAnywhere, Machine, MortalLog } from '../../kit/machine.ts';
import type { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { fc } from '../../kit/seed.ts';
import { type Shell, shellOn } from '../../kit/shell.ts';

/** What people do, one after the other; the processes come to rest in between. */
export type Story = {
  readonly name: string;
  readonly phases: readonly ((people: Shell, log: MemoryEventLog) => Promise<unknown>)[];
  readonly ends: (world: World) => Promise<void>;
};
export type Telling = {
  readonly setUp: () => Promise<MemoryEventLog>;
  readonly processes: readonly ProcessDefinition[];
  readonly clock: () => string;
  /** Whose each account is. */
  readonly places: Readonly<Record<string, string>>;
};

export class World {
  readonly log: MemoryEventLog;
  constructor(log: MemoryEventLog) {
    this.log = log;
  }
  /** The boundary of types: the caller names its category's state. */
  async state<S>(category: string, target: string): Promise<S> {
    return (await shellOn(this.log, model).states.loadFresh(category, target)).state as S;
  }
  count(type: string): number {
    return this.log.events.filter((event) => event.type === type).length;
  }
  of(type: string): readonly StoredEvent[] {
    return this.log.events.filter((event) => event.type === type);
  }
  /** What processes were refused. */
  refusals(): readonly unknown[] {
    return this.of('StepRefused').map(({ data }) => data['refusal']);
  }
}

const nodeOf =
  ({ places }: Telling) =>
  (log: EventLog): Shell =>
    shellOn(log, model, places);

/** What a machine runs, and on what node. */
type Running = { readonly node: (log: EventLog) => Shell; readonly processes: readonly ProcessDefinition[]; readonly clock: () => string };
const runningOf = (telling: Telling): Running => ({ node: nodeOf(telling), processes: telling.processes, clock: telling.clock });
type Life = { readonly death?: Death | undefined; readonly batch?: number };

/** The phases with a machine that dies there, is started again, and goes on; how often it died. */
export const lived = async (
  log: MemoryEventLog,
  running: Running,
  { phases, death, batch = 3 }: Life & { readonly phases: readonly (() => Promise<unknown>)[] },
): Promise<number> => {
  const options = { ...running, events: () => log.events, checkpoints: new Map<string, number>(), batch, isStaggered: batch % 2 === 0 };
  let mortal = new MortalLog(log, death);
  let machine = new Machine(mortal, options);
  let died = 0;
  for (const phase of phases) {
    await phase();
    while ((await Promise.race([machine.drain(), mortal.died])) === 'died') {
      died += 1;
      mortal = new MortalLog(log);
      machine = new Machine(mortal, options);
      await machine.start();
    }
  }
  return died;
};

/** What the whole history adds when it is delivered again, to machines that know nothing. */
export const addedAgain = async (log: MemoryEventLog, running: Running): Promise<readonly StoredEvent[]> => {
  const before = log.events.length;
  const machine = new Machine(log, { ...running, events: () => log.events, checkpoints: new Map(), batch: 1000 });
  await machine.start();
  await machine.drain();
  return log.events.slice(before);
};

/** The story in such a life. */
export const told = async (story: Story, telling: Telling, life: Life = {}) => {
  const log = await telling.setUp();
  const people = nodeOf(telling)(log);
  const phases = story.phases.map((phase) => () => phase(people, log));
  return { log, died: await lived(log, runningOf(telling), { ...life, phases }) };
};

/** How many events a redelivery of everything adds, but notes that a step changed nothing. */
export const redelivered = async (log: MemoryEventLog, telling: Telling): Promise<number> =>
  (await addedAgain(log, runningOf(telling))).filter(({ type }) => type !== 'StepUnchanged').length;

/** Any draw of these events that keeps the order within each stream, which is all that a reader of several streams can count on. */
const shuffled = (events: readonly StoredEvent[], draw: (max: number) => number): readonly StoredEvent[] => {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  const left = [...streams.values()];
  const all: StoredEvent[] = [];
  while (left.length > 0) {
    const which = draw(left.length - 1);
    const next = left[which]?.shift();
    if (next !== undefined) all.push(next);
    if (left[which]?.length === 0) left.splice(which, 1);
  }
  return all;
};
const roundsMax = 200;

/** The story with every delivery out of order between streams, and each third or so made twice. */
export const toldAnyhow = async (story: Story, telling: Telling, draw: (max: number) => number): Promise<MemoryEventLog> => {
  const log = await telling.setUp();
  const node = nodeOf(telling);
  const people = node(log);
  const { states, commands } = node(log);
  const runners = telling.processes.map((definition) => new ProcessRunner(definition, { log, states, commands, clock: telling.clock }));
  const seen = runners.map(() => 0);
  const deliver = async (runner: ProcessRunner, event: StoredEvent): Promise<void> => {
    await runner.handle([event]);
    if (draw(2) > 0) return;
    await runner.started();
    await runner.handle([event]);
  };
  const drain = async (): Promise<void> => {
    for (let round = 0; seen.some((count) => count < log.events.length); round += 1) {
      if (round > roundsMax) throw new Error('the processes do not come to rest');
      const n = draw(runners.length - 1);
      const fresh = log.events.slice(seen[n]);
      seen[n] = log.events.length;
      for (const event of shuffled(fresh, draw)) await deliver(runners[n] as ProcessRunner, event);
    }
  };
  for (const phase of story.phases) {
    await phase(people, log);
    await drain();
  }
  return log;
};

/** The stories as they are told, killed around calls to the log, and out of order and twice: each ends alike, and a redelivery adds nothing. */
export const tellHowever = (stories: readonly Story[], telling: Telling, { alsoHolds }: { readonly alsoHolds?: (world: World) => void } = {}): void => {
  test.each(stories)('$name', async (story) => {
    const { log } = await told(story, telling);
    await story.ends(new World(log));
    expect(await redelivered(log, telling)).toBe(0);
    alsoHolds?.(new World(log));
  });

  test.each(stories)('ES-8 the same end, killed around calls to the log: $name', async (story) => {
    const kills = await killedAnywhere(async (death) => {
      const { log, died } = await told(story, telling, { death, batch: 1 + (death.step % 5) });
      await story.ends(new World(log));
      expect(await redelivered(log, telling)).toBe(0);
      return died > 0;
    }, 3);
    expect(kills).toBeGreaterThan(2);
  });

  test.each(stories)('the same end, delivered out of order between streams and twice: $name', async (story) => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const draw = (max: number) => Number(numbers.next().value) % (max + 1);
        const log = await toldAnyhow(story, telling, draw);
        await story.ends(new World(log));
        expect(await redelivered(log, telling)).toBe(0);
      }),
      { numRuns: 8 },
    );
  });
};
