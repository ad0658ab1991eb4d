import { defineEvents } from '../kernel/aggregate.ts';
import { code, fields, instant, integer, oneOf, optional, text, uuid } from '../kernel/schema.ts';

/** Where and when: `node` names one run of one API process, `sequence` counts its reports about this holder from 1. */
export const report = { from: instant(), to: instant(), node: code(), sequence: integer({ min: 1 }) } as const;
export const holder = {
  holderKind: oneOf(['user', 'apiClient']),
  holderId: uuid(),
  customerId: optional(uuid()),
  month: text({ min: 7, max: 7, pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$', docs: 'YYYY-MM, UTC' }),
} as const;
export const usage = { endpoint: text({ max: 200 }), count: integer({ min: 1, max: 1_000_000_000 }) } as const;

export const apiUsageEvents = defineEvents({
  ApiUsageReported: {
    version: 1,
    docs: 'How often a user or machine called an endpoint between two instants, as one API process counted.',
    schema: fields({ ...holder, ...usage, ...report }),
  },
});
