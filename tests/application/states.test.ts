/** States in memory, while another node writes, this one observes late, and answers of the store come later than they were made. */
import { describe, expect, test } from '@jest/globals';
import type { EventLog, StoredEvent, StreamRead } from '../../src/application/ports/event-log.ts';
import { fold, States, streamOf } from '../../src/application/states.ts';
import { erase } from '../../src/domain/kernel/aggregate.ts';
import { id } from '../kit/decider.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { fc } from '../kit/seed.ts';
import { shellOn } from '../kit/shell.ts';
import { ticket } from '../kit/ticket.ts';

const model = [erase(ticket)];
const tickets = ['one', 'two', 'three'].map((name) => id(`states ${name}`));

/** Answers with what was there when it was asked, but not before it is told to. */
class LateLog {
  readonly #log: MemoryEventLog;
  readonly #held: (() => void)[] = [];
  constructor(log: MemoryEventLog) {
    this.#log = log;
  }
  async read(stream: string, options?: StreamRead): Promise<readonly StoredEvent[]> {
    const answer = await this.#log.read(stream, options);
    await new Promise<void>((release) => this.#held.push(release));
    return answer;
  }
  get isWaitedFor(): boolean {
    return this.#held.length > 0;
  }
  release(): void {
    this.#held.shift()?.();
  }
}

type Op = { readonly kind: 'write' | 'observe' | 'load' | 'fresh' | 'answer'; readonly on: number };
const ops: fc.Arbitrary<readonly Op[]> = fc.array(
  fc.record({ kind: fc.constantFrom('write', 'observe', 'load', 'fresh', 'answer'), on: fc.nat({ max: tickets.length - 1 }) }),
  { minLength: 5, maxLength: 60 },
);
/** Lets everything that can go on do so. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
};

describe('states in memory', () => {
  test('ES-2 no state is behind what was observed when it was asked for, absent ones included, and each is a fold of the log', async () => {
    await fc.assert(
      fc.asyncProperty(ops, async (run) => {
        const log = new MemoryEventLog();
        const late = new LateLog(log);
        // The boundary of types: states read streams and nothing else.
        const states = new States(late as unknown as EventLog, model);
        const other = shellOn(log, model);
        let observed = 0;
        const asked: Promise<void>[] = [];
        const countOf = (ticketId: string, upTo: number): number =>
          log.events.slice(0, upTo).filter(({ aggregateId, category }) => category === 'ticket' && aggregateId === ticketId).length;
        const check = (ticketId: string, loaded: Awaited<ReturnType<States['loadFresh']>>, least: number): void => {
          expect(loaded.revision + 1).toBeGreaterThanOrEqual(least);
          const events = log.events.filter(({ stream }) => stream === streamOf('ticket', ticketId)).slice(0, loaded.revision + 1);
          const again = fold({ ...loaded, revision: -1, state: ticket.initial, commands: new Map() }, events);
          expect(loaded.state).toEqual(again.state);
        };
        for (const { kind, on } of run) {
          const ticketId = tickets[on] ?? '';
          const [seen, all] = [countOf(ticketId, observed), countOf(ticketId, log.events.length)];
          if (kind === 'write')
            await (all === 0 ? other.send('ticket', ticketId, 'OpenTicket', { name: `name ${on}` }) : other.send('ticket', ticketId, 'NudgeTicket', { by: 1 }));
          else if (kind === 'observe') {
            for (const event of log.events.slice(observed)) {
              states.observe(event);
            }
            observed = log.events.length;
          } else if (kind === 'answer') late.release();
          else if (kind === 'load') asked.push(states.load('ticket', ticketId).then(({ loaded }) => check(ticketId, loaded, seen)));
          else asked.push(states.loadFresh('ticket', ticketId).then((loaded) => check(ticketId, loaded, all)));
          await turns();
        }
        while (late.isWaitedFor) {
          late.release();
          await turns();
        }
        await Promise.all(asked);
      }),
      { numRuns: 300 },
    );
  });

  test('a stream that is known not to be there is not read again until something is heard of it', async () => {
    const log = new MemoryEventLog();
    let reads = 0;
    const counting = { read: (stream: string, options?: StreamRead) => log.read(stream, options).finally(() => (reads += 1)) };
    const states = new States(counting as unknown as EventLog, model);
    const [ticketId = ''] = tickets;
    expect((await states.load('ticket', ticketId)).loaded.revision).toBe(-1);
    expect((await states.load('ticket', ticketId)).cached).toBe(true);
    expect(reads).toBe(1);
    await shellOn(log, model).send('ticket', ticketId, 'OpenTicket', { name: 'a name' });
    for (const event of log.events) states.observe(event);
    expect((await states.load('ticket', ticketId)).loaded.revision).toBe(0);
    expect(reads).toBe(2);
  });
});
