import { describe, expect, test } from '@jest/globals';
import { apiUsage, apiUsageId } from '../../../src/domain/api-usage/decider.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, run } = scenarios(apiUsage);
const self = apiUsageId(id('ana'), '2026-03');
const report = (node: string, sequence: number, count = 1) => ({
  holderKind: 'user' as const,
  holderId: id('ana'),
  month: '2026-03',
  from: '2026-03-01T12:00:00.000Z',
  to: '2026-03-01T12:01:00.000Z',
  node,
  sequence,
  endpoints: [{ endpoint: 'GET /queries/equipment', count }],
});

describe('API usage', () => {
  test('is one stream a holder and month', () => {
    given().when('ReportApiUsage', report('n1', 1), { id: self }).thenTypes('ApiUsageReported');
    given()
      .when('ReportApiUsage', report('n1', 1), { id: id('another') })
      .thenRejected('notThisUsage');
  });

  test('ES-2 a report counts once by (node, sequence), however often it is sent again', () => {
    const sent = fc.array(fc.record({ node: fc.constantFrom('n1', 'n2'), repeats: fc.integer({ min: 1, max: 3 }), count: fc.integer({ min: 1, max: 9 }) }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(sent, (reports) => {
        const sequences = new Map<string, number>();
        const commands = reports.flatMap(({ node, repeats, count }) => {
          const sequence = (sequences.get(node) ?? 0) + 1;
          sequences.set(node, sequence);
          return Array.from({ length: repeats }, () => ({ type: 'ReportApiUsage' as const, data: report(node, sequence, count) }));
        });
        const { events } = run(commands, () => ({ id: self }));
        const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
        expect(total(events.map(({ data }) => data.count))).toBe(total(reports.map(({ count }) => count)));
      }),
    );
  });
});
