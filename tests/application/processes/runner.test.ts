/** The runner's own promises, on a process small enough to see them. */
import { describe, expect, test } from '@jest/globals';
import { type EventLog, StoreUnavailable } from '../../../src/application/ports/event-log.ts';
import { defineProcess, on, send } from '../../../src/application/processes/process.ts';
import { ProcessRunner } from '../../../src/application/processes/runner.ts';
import { erase } from '../../../src/domain/kernel/aggregate.ts';
import { id, now } from '../../kit/decider.ts';
import { killedAnywhere, Machine, MortalLog } from '../../kit/machine.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { shellOn } from '../../kit/shell.ts';
import { ticket } from '../../kit/ticket.ts';

const node = (log: EventLog) => shellOn(log, [erase(ticket)]);
const other = id('other');

/** A nudged ticket nudges the other one; where that is refused it is closed. */
const teller = defineProcess({
  name: 'Teller',
  docs: 'For tests.',
  from: 'start',
  on: [
    on(ticket, {
      TicketNudged: ({ aggregateId, data }) =>
        aggregateId === other
          ? []
          : [
              send(ticket, 'NudgeTicket', {
                step: 'tell',
                to: other,
                data,
                refused: () => [send(ticket, 'CloseTicket', { step: 'close', to: aggregateId, data: {} })],
              }),
            ],
    }),
  ],
});

const nudged = async (...names: readonly string[]) => {
  const log = new MemoryEventLog();
  const { send: tell } = node(log);
  for (const name of names) {
    await tell('ticket', id(name), 'OpenTicket', { name });
    await tell('ticket', id(name), 'NudgeTicket', { by: 5 });
  }
  return { log, tell };
};

describe('the runner of processes', () => {
  test('ES-8 writes a refusal down before it compensates: a step that would be accepted by now stays refused', async () => {
    const ends: string[] = [];
    await killedAnywhere(async (death) => {
      const { log, tell } = await nudged('a');
      const options = { node, processes: [teller], events: () => log.events, checkpoints: new Map<string, number>() };
      const mortal = new MortalLog(log, death);
      const outcome = await Promise.race([new Machine(mortal, options).drain(), mortal.died]);
      // What was missing is there before the process comes back.
      await tell('ticket', other, 'OpenTicket', { name: 'other' });
      const again = new Machine(log, options);
      await again.start();
      await again.drain();
      const happened = log.events
        .slice(3)
        .flatMap(({ type, aggregateId }) => (type === 'TicketNudged' || type === 'TicketClosed' ? [`${type} ${aggregateId}`] : []));
      expect([[`TicketNudged ${other}`], [`TicketClosed ${id('a')}`]]).toContainEqual(happened);
      ends.push(happened[0] ?? '');
      return outcome === 'died';
    });
    expect(new Set(ends).size).toBe(2);
  });

  test('ES-8 a batch that failed is over only when all its reactions are, so that its redelivery never runs beside them', async () => {
    const { log } = await nudged('a', 'b', 'other');
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let reads = 0;
    const failing: EventLog = Object.assign(Object.create(log) as MemoryEventLog, {
      append: async (...call: Parameters<EventLog['append']>) => {
        await gate;
        return log.append(...call);
      },
      read: async (...call: Parameters<EventLog['read']>) => {
        reads += 1;
        if (reads === 1) throw new StoreUnavailable('away for one read');
        return log.read(...call);
      },
    });
    const { states, commands } = node(failing);
    const runner = new ProcessRunner(teller, { log: failing, states, commands, clock: () => now });
    let isOver = false;
    const handled = runner.handle(log.events).finally(() => {
      isOver = true;
    });
    handled.catch(() => undefined);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    open();
    await expect(handled).rejects.toThrow('away for one read');
    expect(log.events.filter(({ type, aggregateId }) => type === 'TicketNudged' && aggregateId === other)).toHaveLength(2);
  });
});
