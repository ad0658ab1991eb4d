import { defineCommands } from '../kernel/aggregate.ts';
import { code, fields, uuid } from '../kernel/schema.ts';
import { span } from '../service-request/events.ts';

const internal = { permission: 'service-request:assign', internal: true } as const;

export const unitPromiseCommands = defineCommands({
  CountFleetUnit: {
    ...internal,
    docs: 'A unit of the type joined the fleet.',
    creates: true,
    rejects: ['notThisType'],
    schema: fields({ equipmentType: code(), equipmentId: uuid() }),
  },
  DropFleetUnit: {
    ...internal,
    docs: 'A unit left the fleet, or is of another type.',
    rejects: [],
    schema: fields({ equipmentId: uuid() }),
  },
  PromiseUnits: {
    ...internal,
    docs: 'Promises units for a request over some days; never more on any day than the fleet has.',
    creates: true,
    rejects: ['notThisType', 'endsBeforeStart', 'notEnough', 'tooMany'],
    schema: fields({ equipmentType: code(), requestId: uuid(), ...span }),
  },
  ReleasePromise: { ...internal, docs: 'A request needs its units no more.', rejects: [], schema: fields({ requestId: uuid() }) },
});
