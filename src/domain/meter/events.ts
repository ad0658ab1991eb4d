import { meterKinds } from '../equipment/events.ts';
import { defineEvents } from '../kernel/aggregate.ts';
import { fields, flag, instant, integer, lookup, measurement, oneOf, optional, text, uuid } from '../kernel/schema.ts';

export const readingSources = ['manual', 'return', 'inspection', 'work_order', 'maintenance', 'telemetry'] as const;
/** Whose unit it was at the reading's time; absent while it was the company's own. */
const holder = { customerId: optional(uuid()), accountId: optional(uuid()) } as const;
export const which = { equipmentId: uuid(), kind: oneOf(meterKinds), year: integer({ min: 1970, max: 9999 }) } as const;
/** As the meter showed it, in the unit it shows; beside it the same in SI. */
const shown = { value: measurement({ min: 0 }), uom: lookup('uom'), siValue: measurement({ min: 0 }) } as const;

export const meterEvents = defineEvents({
  MeterOpened: {
    version: 1,
    docs: 'A year of a unit’s meter begins where the last one ended. In SI: what was used before the meter now on it, where that meter began, and where it stood.',
    schema: fields({ ...which, carried: measurement({ min: 0 }), start: measurement({ min: 0 }), opening: measurement({ min: 0 }) }),
  },
  MeterReadingRecorded: {
    version: 1,
    docs: 'The meter showed this at that time.',
    schema: fields({
      readingId: uuid(),
      ...which,
      ...shown,
      readAt: instant(),
      source: oneOf(readingSources),
      sourceId: optional(uuid()),
      isRollUp: flag(),
      ...holder,
    }),
  },
  MeterReadingVoided: { version: 1, docs: 'A reading was wrong: it does not count.', schema: fields({ readingId: uuid(), reason: text(), ...holder }) },
  MeterReadingUnvoided: {
    version: 1,
    docs: 'A voided reading counts again, as if it had never been voided.',
    schema: fields({ readingId: uuid(), ...holder }),
  },
  MeterReplaced: {
    version: 1,
    docs: 'A new meter is on the unit; what it was used for before is carried on.',
    schema: fields({
      ...which,
      replacedAt: instant(),
      finalValue: measurement({ min: 0 }),
      startValue: measurement({ min: 0 }),
      uom: lookup('uom'),
      siFinal: measurement({ min: 0 }),
      siStart: measurement({ min: 0 }),
      carried: measurement({ min: 0 }),
      reason: text(),
      ...holder,
    }),
  },
});
