import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventIndex, eventIndexOf } from '../../projections/event-index/projection.ts';
import { eventIndexQuery, wholeEventIndexQuery } from '../../projections/event-index/queries.ts';
import { eventIndexTable, restrictedEventIndexTable } from '../../projections/event-index/tables.ts';
import type { Row } from '../../src/application/ports/queries.ts';
import { erased } from '../../src/domain/kernel/personal.ts';
import { queryRunner } from '../../src/infrastructure/queries/runner.ts';
import { openFilled } from '../infrastructure/queries/database.ts';
import { callerOf } from '../infrastructure/queries/kit.ts';
import { checkProjection, foldWhole, logOf } from '../kit/projections.ts';
import { canary, holders, smallModel, smallSteps } from './occurrences.ts';

const definition = eventIndexOf(smallModel);
const rowsOf = async (steps: Parameters<typeof logOf>[0]): Promise<Readonly<Record<string, readonly Row[]>>> => {
  const { events } = await logOf(steps);
  return Object.fromEntries(Object.entries(foldWhole(definition, events)).map(([name, rows]) => [name, rows.map((row): Row => JSON.parse(row))]));
};

const count = (steps: Parameters<typeof logOf>[0]): number => steps.filter(({ event }) => event.type === 'IncidentReported').length;

describe('the index of events', () => {
  test('is the same however the log is split, repeated or rebuilt', async () => {
    await checkProjection({ definition, steps: smallSteps });
  });

  test('holds every event once, with its holder, and nothing personal', async () => {
    await fc.assert(
      fc.asyncProperty(smallSteps, async (steps) => {
        const { events = [], restricted = [] } = await rowsOf(steps);
        expect([...events, ...restricted].map((row) => row['event_id']).sort()).toEqual(steps.map(({ event }) => event.id).sort());
        expect(JSON.stringify([events, restricted])).not.toContain(canary);
        for (const row of events.filter(({ category }) => category === 'equipment')) {
          const step = steps.find(({ event }) => event.id === row['event_id']);
          expect(row['customer_id']).toBe(step?.event.metadata.tenant);
          const someone = { name: erased, mails: [erased, erased] };
          expect(row['data']).toEqual({ ...step?.event.data, by: someone, people: [someone, someone] });
        }
      }),
      { numRuns: 50 },
    );
  });

  test('TE-2 TE-11 the company’s own, the shell’s and the restricted are nobody else’s', async () => {
    await fc.assert(
      fc.asyncProperty(smallSteps, async (steps) => {
        const { events = [], restricted = [] } = await rowsOf(steps);
        expect(events.filter((row) => row['category'] !== 'equipment' && row['customer_id'] !== null)).toEqual([]);
        expect(events.filter((row) => row['category'] === 'incident')).toEqual([]);
        expect(restricted.filter((row) => row['category'] !== 'incident')).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test('TE-11 staff read both together in the log’s order, the restricted only with their permission; tenants their own', async () => {
    const filled = await openFilled({ 'event-index': [eventIndexTable, restrictedEventIndexTable] });
    try {
      const steps = fc.sample(smallSteps, { numRuns: 40, seed: 3 }).reduce((most, each) => (count(each) > count(most) ? each : most));
      const { events = [], restricted = [] } = await rowsOf(steps);
      expect([events.length > 2, restricted.length > 2]).toEqual([true, true]);
      await filled.fill(eventIndexTable, events);
      await filled.fill(restrictedEventIndexTable, restricted);
      const runner = queryRunner({ database: filled.database, cursorKey: Buffer.alloc(32) });
      const idsFor = async (query: typeof eventIndexQuery, permissions: readonly string[], tenant: string | null = null): Promise<readonly unknown[]> => {
        const caller = callerOf({ tenant, permissions: new Set(permissions) });
        const parsed = runner.parse(query, new URLSearchParams('limit=500'), caller);
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
        return (await runner.page(query, parsed.request, caller)).data.map((row) => row['event_id']);
      };
      const all = steps.map(({ event }) => event.id);
      const open = all.filter((id) => events.some((row) => row['event_id'] === id));
      expect(await idsFor(wholeEventIndexQuery, ['event:view', 'restricted-event:view'])).toEqual(all);
      expect(await idsFor(wholeEventIndexQuery, ['event:view'])).toEqual(open);
      expect(await idsFor(eventIndexQuery, ['event:view', 'restricted-event:view'])).toEqual(open);
      const own = open.filter((id) => events.some((row) => row['event_id'] === id && row['customer_id'] === holders[0]));
      expect(await idsFor(eventIndexQuery, ['event:view'], holders[0])).toEqual(own);
    } finally {
      await filled.close();
    }
  });

  test('knows the whole model', () => {
    expect(eventIndex.name).toBe('event-index');
  });
});
