/** Stories told to processes however events may be delivered: in order, out of order between streams and twice, and to machines that die. */
import type { EventLog, StoredEvent } from '../../../src/application/ports/event-log.ts';
import type { ProcessDefinition } from '../../../src/application/processes/process.ts';
import { ProcessRunner } from '../../../src/application/processes/runner.ts';
import { model } from '../../../src/domain/model.ts';
import { type Death, Machine, MortalLog } from '../../kit/machine.ts';
import type { MemoryEventLog } from '../../kit/memory-event-log.ts';
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

/** The story with a machine that dies there, is started again, and goes on. */
export const told = async (story: Story, telling: Telling, { death, batch = 3 }: { readonly death?: Death; readonly batch?: number } = {}) => {
  const log = await telling.setUp();
  const node = nodeOf(telling);
  const people = node(log);
  const checkpoints = new Map<string, number>();
  const options = { node, processes: telling.processes, events: () => log.events, checkpoints, batch, isStaggered: batch % 2 === 0, clock: telling.clock };
  let mortal = new MortalLog(log, death);
  let machine = new Machine(mortal, options);
  let died = 0;
  for (const phase of story.phases) {
    await phase(people, log);
    while ((await Promise.race([machine.drain(), mortal.died])) === 'died') {
      died += 1;
      mortal = new MortalLog(log);
      machine = new Machine(mortal, options);
      await machine.start();
    }
  }
  return { log, died };
};

/** The whole history again, to machines that know nothing: how many events it adds, but notes that a step changed nothing. */
export const redelivered = async (log: MemoryEventLog, telling: Telling): Promise<number> => {
  const before = log.events.length;
  const options = { node: nodeOf(telling), processes: telling.processes, events: () => log.events, checkpoints: new Map(), batch: 1000, clock: telling.clock };
  const machine = new Machine(log, options);
  await machine.start();
  await machine.drain();
  return log.events.slice(before).filter(({ type }) => type !== 'StepUnchanged').length;
};

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
