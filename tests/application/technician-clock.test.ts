/** SR-15 on the real command path: two nodes, one technician, several orders at once. */
import { expect, test } from '@jest/globals';
import { areDisjoint } from '../../src/domain/kernel/interval.ts';
import { model } from '../../src/domain/model.ts';
import type { WorkOrder } from '../../src/domain/work-order/state.ts';
import { assigned, opened, started, techId } from '../domain/work-order/kit.ts';
import { id } from '../kit/decider.ts';
import { happened } from '../kit/happened.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { fc } from '../kit/seed.ts';
import { shellOn } from '../kit/shell.ts';

const orders = ['W1', 'W2', 'W3'] as const;

test('SR-15 labour of one technician never overlaps across orders, whichever nodes are asked at the same time', async () => {
  const acts = fc.array(
    fc.array(
      fc.record({
        node: fc.nat(1),
        order: fc.constantFrom(...orders),
        command: fc.constantFrom('ClockIn', 'ClockIn', 'ClockOut', 'PauseWorkOrder', 'ResumeWorkOrder'),
      }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    { minLength: 1, maxLength: 12 },
  );
  let worked = 0;
  await fc.assert(
    fc.asyncProperty(acts, async (rounds) => {
      const log = new MemoryEventLog();
      for (const name of orders) await happened(log, `workOrder-${id(name)}`, opened, assigned, started);
      const nodes = [shellOn(log, model), shellOn(log, model)];
      for (const [minute, round] of rounds.entries()) {
        const at = new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString();
        await Promise.all(
          round.map(({ node, order, command }) => {
            const data: Record<string, unknown> =
              command === 'PauseWorkOrder' ? { reason: 'x' } : command === 'ResumeWorkOrder' ? {} : { technicianId: techId };
            return nodes[node]?.send('workOrder', id(order), command, data, { at });
          }),
        );
      }
      const states = await Promise.all(orders.map(async (name) => (await shellOn(log, model).states.loadFresh('workOrder', id(name))).state as WorkOrder));
      const spells = states.flatMap((state) => (state.situation === 'absent' ? [] : state.spells));
      worked += spells.length;
      expect(areDisjoint(spells.map(({ startedAt, endedAt }) => ({ from: startedAt, to: endedAt })))).toBe(true);
    }),
    { numRuns: 60 },
  );
  expect(worked).toBeGreaterThan(60);
});
