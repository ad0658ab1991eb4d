/** Units, devices and add-ons in a log of memory, several nodes over it, and a process that follows it; every step in any order. */

import type { AppendOutcome, EventLog, NewEvent, StoredEvent, StreamRead } from '../../../src/application/ports/event-log.ts';
import type { ProcessDefinition } from '../../../src/application/processes/process.ts';
import { ProcessRunner } from '../../../src/application/processes/runner.ts';
import { model } from '../../../src/domain/model.ts';
import { now } from '../../kit/decider.ts';
import type { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { type Shell, shellOn } from '../../kit/shell.ts';

/** A log every call of which waits for its turn: whoever gives the turns decides how nodes and processes interleave. */
export class TurnLog implements EventLog {
  readonly #log: MemoryEventLog;
  readonly #turn: (label: string) => Promise<void>;

  constructor(log: MemoryEventLog, turn: (label: string) => Promise<void>) {
    this.#log = log;
    this.#turn = turn;
  }
  async append(stream: string, events: readonly NewEvent[], expected: number): Promise<AppendOutcome> {
    await this.#turn(`append ${events.map(({ type }) => type).join(' ')}`);
    return this.#log.append(stream, events, expected);
  }
  async read(stream: string, options?: StreamRead): Promise<readonly StoredEvent[]> {
    await this.#turn(`read ${stream.slice(0, 12)}`);
    return this.#log.read(stream, options);
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

/** A process on a node of its own. `step` reacts to what is new; it says whether there was anything. */
export const following = (definition: ProcessDefinition, log: EventLog, seen: () => readonly StoredEvent[]) => {
  const node = shellOn(log, model);
  const runner = new ProcessRunner(definition, { log, states: node.states, commands: node.commands, clock: () => now });
  let next = 0;
  const step = async (): Promise<boolean> => {
    const events = seen().slice(next);
    next += events.length;
    await runner.handle(events);
    return events.length > 0;
  };
  return {
    runner,
    step,
    /** Until nothing new comes. */
    drain: async (): Promise<void> => {
      for (let rounds = 0; await step(); rounds += 1) if (rounds > 100) throw new Error('the process does not come to rest');
    },
  };
};

export const nodeOn = (log: EventLog): Shell => shellOn(log, model);
