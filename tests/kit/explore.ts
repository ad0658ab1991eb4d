/**
 * Runs concurrent actors in every order of their steps. Each call of an actor to the log waits at a gate; when all live actors wait, the
 * schedule picks whose call goes next. Schedules are enumerated depth first: the same choices give the same run.
 */
import type { EventLog } from '../../src/application/ports/event-log.ts';

type Waiting = { readonly actor: number; readonly go: () => void };

/** One run: knows who waits, follows a list of choices, and notes how many there were at each point. */
export class Schedule {
  readonly #choices: readonly number[];
  readonly #waiting: Waiting[] = [];
  /** At each point: what was chosen, and of how many. */
  readonly taken: { readonly choice: number; readonly of: number }[] = [];

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  /** An actor's next step waits here for its turn. */
  gate(actor: number): Promise<void> {
    return new Promise((go) => this.#waiting.push({ actor, go }));
  }

  /** A decision that is not about order (does this actor crash here?), enumerated like all others. */
  choose(of: number): number {
    const choice = this.#choices[this.taken.length] ?? 0;
    this.taken.push({ choice, of });
    return choice;
  }

  /** Lets one after the other go on until all actors have ended or stand still for good. */
  async run(actors: readonly Promise<unknown>[]): Promise<void> {
    let ended = false;
    const all = Promise.allSettled(actors).then(() => {
      ended = true;
    });
    for (let step = 0; step < 2000; step += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (ended) return void (await all);
      if (this.#waiting.length === 0) return;
      this.#waiting.sort((a, b) => a.actor - b.actor);
      const index = this.#waiting.length === 1 ? 0 : this.choose(this.#waiting.length);
      const [next] = this.#waiting.splice(index, 1);
      next?.go();
    }
    throw new Error('the actors never end');
  }
}

/** The choices of the next schedule, or nothing when all are done. */
export const nextChoices = (taken: Schedule['taken']): readonly number[] | undefined => {
  for (let index = taken.length - 1; index >= 0; index -= 1) {
    const point = taken[index];
    if (point !== undefined && point.choice + 1 < point.of) return [...taken.slice(0, index).map(({ choice }) => choice), point.choice + 1];
  }
  return undefined;
};

/** Every schedule, or the first `max` of them; returns how many ran and whether that was all. */
export const explore = async (run: (schedule: Schedule) => Promise<void>, max = 100_000): Promise<{ readonly schedules: number; readonly all: boolean }> => {
  let choices: readonly number[] | undefined = [];
  let schedules = 0;
  while (choices !== undefined && schedules < max) {
    const schedule: Schedule = new Schedule(choices);
    await run(schedule);
    schedules += 1;
    choices = nextChoices(schedule.taken);
  }
  return { schedules, all: choices === undefined };
};

const never = new Promise<never>(() => undefined);
/** An actor's view of the log: each call waits at the gate. `dies(step)` ends it before (`'before'`) or after (`'after'`) the call takes effect. */
export const gated = (log: EventLog, schedule: Schedule, actor: number, dies: (step: number) => 'before' | 'after' | undefined = () => undefined): EventLog => {
  let step = 0;
  const through = async <T>(call: () => Promise<T>): Promise<T> => {
    await schedule.gate(actor);
    const death = dies(step);
    step += 1;
    if (death === 'before') return never;
    const result = await call();
    return death === 'after' ? never : result;
  };
  return {
    append: (stream, events, expected) => through(() => log.append(stream, events, expected)),
    read: (stream, options) => through(() => log.read(stream, options)),
    tail: () => log.tail(),
    readAll: (options) => log.readAll(options),
    follow: (options) => log.follow(options),
  };
};
