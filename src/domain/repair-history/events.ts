import { defineEvents } from '../kernel/aggregate.ts';
import { code, fields, instant, measurement, oneOf, optional, uuid } from '../kernel/schema.ts';
import { repairReasons, rework } from '../work-order/events.ts';

/** What was repaired: a part of a unit by its VMRS code, at a position where the part has several. */
export const what = { equipmentId: uuid(), vmrsCode: code({ max: 64 }), position: optional(code({ max: 16 })) } as const;
export const line = { workOrderId: uuid(), lineId: uuid() } as const;
export const repair = {
  ...line,
  repairReason: oneOf(repairReasons),
  openedAt: instant(),
  completedAt: instant(),
  odometerMeters: optional(measurement({ min: 0, unit: 'MTR' })),
  /** The policy of the order, as it stood when that was opened. */
  rework: optional(rework),
} as const;

export const repairHistoryEvents = defineEvents({
  RepairNoted: { version: 1, docs: 'The part was repaired, by a line of a work order that was completed.', schema: fields({ ...what, ...repair }) },
  RepairWithdrawn: { version: 1, docs: 'The order was reopened: the repair is not done.', schema: fields(line) },
  ReworkFound: {
    version: 1,
    docs: 'A repair does again what another order had done not long before (SR-5).',
    schema: fields({ ...line, reworkOf: fields(line) }),
  },
});
