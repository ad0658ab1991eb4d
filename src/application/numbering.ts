/**
 * Gapless numbers: a stream per series; each event takes one number or takes over the last one from an aggregate that did not use it
 * (docs/decisions/0003-numbering.md). The only gap a crash can leave, between taking and using, is closed by the next taker.
 */
import { uuidv5 } from '../domain/kernel/ids.ts';
import type { EventLog } from './ports/event-log.ts';
import type { Loaded, States } from './states.ts';
import { type Appender, systemEvent } from './system-stream.ts';

const attemptsMax = 50;
const namespace = 'f1b8c2a4-9d3e-5b70-8a46-2c7d90e3b511';

export const seriesStream = (series: string): string => `numbering-${uuidv5(namespace, series)}`;

export class Numbering {
  readonly #log: EventLog;
  readonly #states: States;

  constructor(log: EventLog, states: States) {
    this.#log = log;
    this.#states = states;
  }

  /** The number for `owner` in this series, or nothing where contention did not end. The same command gets the same number again. */
  async take(series: string, owner: { readonly category: string; readonly id: string }, by: Appender): Promise<number | undefined> {
    const stream = seriesStream(series);
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const [last] = await this.#log.read(stream, { backwards: true, max: 1 });
      const number = last === undefined ? 1 : await this.#next(series, last.data, by);
      if (number === undefined) continue;
      // Also where the last is our own from an attempt before: somebody may be about to take it over at this very revision.
      const taken = systemEvent(by, 'NumberTaken', { series, number, ownerCategory: owner.category, ownerId: owner.id, commandId: by.commandId });
      if ((await this.#log.append(stream, [taken], last?.revision ?? -1)).ok) return number;
    }
    return undefined;
  }

  /** The number after the last, or the last itself where its taker did not use it and now cannot any more. */
  async #next(series: string, last: Readonly<Record<string, unknown>>, by: Appender): Promise<number | undefined> {
    const number = Number(last['number']);
    if (last['commandId'] === by.commandId) return number;
    const [category, id] = [String(last['ownerCategory']), String(last['ownerId'])];
    // A number that was used stays used: what memory says of that holds, only a missing one is looked for in the stream.
    const { loaded, cached } = await this.#states.load(category, id);
    if (uses(loaded, series, number)) return number + 1;
    const taker = cached ? await this.#states.refresh(loaded) : loaded;
    if (uses(taker, series, number)) return number + 1;
    const fence = systemEvent(by, 'StreamFenced', { reason: 'number', by: String(last['ownerId']) });
    return (await this.#log.append(taker.stream, [fence], taker.revision)).ok ? number : undefined;
  }
}

const uses = ({ aggregate, state, id }: Loaded, series: string, number: number): boolean =>
  aggregate.numbers(state, id).some((held) => held.series === series && held.number === number);
