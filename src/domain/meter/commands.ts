import { meterKinds } from '../equipment/events.ts';
import { defineCommands } from '../kernel/aggregate.ts';
import { fields, instant, lookup, measurement, oneOf, optional, ref, text, uuid } from '../kernel/schema.ts';

const edit = 'meter:edit';
const which = { equipmentId: ref('equipment'), kind: oneOf(meterKinds) } as const;
const shown = { value: measurement({ min: 0 }), uom: lookup('uom'), readAt: instant() } as const;
const wrong = ['notThisMeter', 'wrongUnit', 'implausible', 'inFuture', 'notMonotone', 'tooMany'] as const;

export const meterCommands = defineCommands({
  RecordReading: {
    permission: 'meter:create',
    docs: 'Says what a meter showed. Readings that count never fall in time; a year of a meter has an id of its own, made from unit, kind and the year (UTC) of the reading.',
    creates: true,
    rejects: wrong,
    schema: fields({
      ...which,
      ...shown,
      source: oneOf(['manual', 'return', 'inspection', 'work_order', 'maintenance']),
      sourceId: optional(uuid()),
    }),
  },
  RollUpReading: {
    permission: edit,
    docs: 'What telemetry says of a day (UTC); the first of a day counts.',
    creates: true,
    internal: true,
    rejects: wrong,
    schema: fields({ ...which, ...shown }),
  },
  VoidReading: {
    permission: edit,
    docs: 'A reading was wrong.',
    rejects: ['unknownReading', 'notThisMeter'],
    schema: fields({ equipmentId: ref('equipment'), readingId: uuid(), reason: text() }),
  },
  UnvoidReading: {
    permission: edit,
    docs: 'Undoes voiding a reading, while nothing else has happened to this year’s meter since.',
    rejects: ['unknownReading', 'notThisMeter', 'changedSince', 'notMonotone'],
    schema: fields({ equipmentId: ref('equipment'), readingId: uuid() }),
  },
  ReplaceMeter: {
    permission: edit,
    docs: 'A new meter starts where it starts; lifetime usage goes on from where the old one ended.',
    creates: true,
    rejects: [...wrong, 'laterReadings'],
    schema: fields({
      ...which,
      replacedAt: instant(),
      finalValue: measurement({ min: 0 }),
      startValue: measurement({ min: 0 }),
      uom: lookup('uom'),
      reason: text(),
    }),
  },
});
