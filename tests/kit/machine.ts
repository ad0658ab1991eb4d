/** A processor that can be killed at any call to the log and started again from what it had saved: processes on a node of its own. */
import type { EventLog, NewEvent, StoredEvent, StreamRead } from '../../src/application/ports/event-log.ts';
import type { ProcessDefinition } from '../../src/application/processes/process.ts';
import { ProcessRunner } from '../../src/application/processes/runner.ts';
import { now } from './decider.ts';
import type { Shell } from './shell.ts';

/** `after` counts appends only: to die after a read is to die before whatever comes next. */
export type Death = { readonly step: number; readonly when: 'before' | 'after' };
/**
 * Lives once for each death around a call to the log, until a life ends without one: before every call, then after it. Where calls are left out, other ones after
 * than before. How often it died.
 */
export const killedAnywhere = async (live: (death: Death) => Promise<boolean>, every = 1): Promise<number> => {
  let kills = 0;
  for (const when of ['before', 'after'] as const)
    for (let step = when === 'before' || every === 1 ? 0 : 1; await live({ step, when }); step += every) kills += 1;
  return kills;
};
const never = new Promise<never>(() => undefined);

/** A log that one caller loses for good at its n-th call, before or after that call takes effect. */
export class MortalLog implements EventLog {
  readonly #log: EventLog;
  readonly #death: Death | undefined;
  readonly died: Promise<'died'>;
  #die: () => void = () => undefined;
  #calls = 0;
  #isDead = false;

  constructor(log: EventLog, death?: Death) {
    this.#log = log;
    this.#death = death;
    this.died = new Promise((resolve) => {
      this.#die = () => resolve('died');
    });
  }

  async #through<T>(call: () => Promise<T>, when?: Death['when']): Promise<T> {
    if (this.#isDead) return never;
    const isCounted = this.#death?.when === 'before' || when === 'after';
    if (isCounted) this.#calls += 1;
    if (!isCounted || this.#death === undefined || this.#calls <= this.#death.step) return call();
    this.#isDead = true;
    if (this.#death.when === 'after') await call();
    this.#die();
    return never;
  }
  append(stream: string, events: readonly NewEvent[], expected: number): ReturnType<EventLog['append']> {
    return this.#through(() => this.#log.append(stream, events, expected), 'after');
  }
  read(stream: string, options?: StreamRead): ReturnType<EventLog['read']> {
    return this.#through(() => this.#log.read(stream, options));
  }
  tail(): Promise<bigint> {
    return this.#log.tail();
  }
  readAll(options: Parameters<EventLog['readAll']>[0]): ReturnType<EventLog['readAll']> {
    return this.#log.readAll(options);
  }
  follow(options: Parameters<EventLog['follow']>[0]): ReturnType<EventLog['follow']> {
    return this.#log.follow(options);
  }
}

type Options = {
  readonly node: (log: EventLog) => Shell;
  readonly processes: readonly ProcessDefinition[];
  /** All events of the log, in order. */
  readonly events: () => readonly StoredEvent[];
  /** How many of them each process has reacted to, kept through deaths. */
  readonly checkpoints: Map<string, number>;
  /** So many events are handed over at a time. */
  readonly batch?: number;
  /** Each process goes as far as it can before the next one moves: the last lags behind all others. */
  readonly isStaggered?: boolean;
  readonly clock?: () => string;
};
const roundsMax = 500;

export class Machine {
  readonly runners: readonly ProcessRunner[];
  readonly #options: Options;

  constructor(log: EventLog, options: Options) {
    this.#options = options;
    const { states, commands } = options.node(log);
    this.runners = options.processes.map((definition) => new ProcessRunner(definition, { log, states, commands, clock: options.clock ?? (() => now) }));
  }

  async start(): Promise<void> {
    for (const runner of this.runners) await runner.started();
  }

  /** One batch for each process; says whether there was anything. */
  async step(): Promise<boolean> {
    if (this.#options.isStaggered !== true) return (await Promise.all(this.runners.map((runner) => this.#next(runner)))).includes(true);
    let isBusy = false;
    for (const runner of this.runners) while (await this.#next(runner)) isBusy = true;
    return isBusy;
  }

  async #next(runner: ProcessRunner): Promise<boolean> {
    const { checkpoints, events, batch = 4 } = this.#options;
    const { name } = runner.definition;
    const from = checkpoints.get(name) ?? 0;
    const some = events().slice(from, from + batch);
    if (some.length === 0) return false;
    await runner.handle(some);
    checkpoints.set(name, from + some.length);
    return true;
  }

  /** Until nothing is left to react to. */
  async drain(): Promise<void> {
    for (let round = 0; await this.step(); round += 1) if (round > roundsMax) throw new Error('the processes do not come to rest');
  }
}
