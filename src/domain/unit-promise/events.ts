import { defineEvents } from '../kernel/aggregate.ts';
import { code, fields, integer, uuid } from '../kernel/schema.ts';
import { span } from '../service-request/events.ts';

const unit = { equipmentId: uuid() } as const;

export const unitPromiseEvents = defineEvents({
  FleetUnitCounted: { version: 1, docs: 'A unit of the type is in the fleet.', schema: fields({ equipmentType: code(), ...unit }) },
  FleetUnitDropped: {
    version: 1,
    docs: 'A unit of the type left the fleet. `short`: so many units are promised beyond what is left, on the worst day.',
    schema: fields({ equipmentType: code(), ...unit, short: integer() }),
  },
  UnitsPromised: {
    version: 1,
    docs: 'Units are promised for a request over some days, in place of what it was promised before.',
    schema: fields({ equipmentType: code(), requestId: uuid(), ...span }),
  },
  PromiseReleased: { version: 1, docs: 'A request needs its units no more.', schema: fields({ requestId: uuid() }) },
});
