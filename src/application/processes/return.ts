/**
 * P2: a unit is back. Its slot is freed, its meters are read, what is damaged keeps it out of service. There is nothing to compensate:
 * these are facts; a step that is refused stands in the process's stream.
 */
import { allocation } from '../../domain/allocation/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import { meter } from '../../domain/meter/decider.ts';
import { meterId, meterYear } from '../../domain/meter/state.ts';
import { defineProcess, on, send } from './process.ts';

const noteMax = 1000;

type Damage = { readonly component: string; readonly description: string };
// By code points: half a character could not be stored.
const told = (damages: readonly Damage[]): string =>
  [...damages.map(({ component, description }) => `${component}: ${description}`).join('\n')].slice(0, noteMax).join('');

export const returns = defineProcess({
  name: 'Return',
  docs: 'A returned unit frees its slot, enters its meters’ readings, and is held where it came back damaged.',
  from: 'start',
  on: [
    on(equipment, {
      EquipmentReturned: ({ id, aggregateId, data }) => [
        send(allocation, 'ReleaseSlot', {
          step: 'release',
          to: data.allocationId,
          data: { assignmentId: data.assignmentId, reason: 'The unit was returned.' },
        }),
        ...data.readings.map((reading, n) =>
          send(meter, 'RecordReading', {
            step: `reading-${n}`,
            to: meterId(aggregateId, reading.kind, meterYear(reading.readAt)),
            data: { equipmentId: aggregateId, ...reading, source: 'return', sourceId: data.assignmentId },
          }),
        ),
        ...(data.condition === 'damaged' || data.damages.length > 0
          ? [
              send(equipment, 'PlaceHold', {
                step: 'hold',
                to: aggregateId,
                data: {
                  holdId: derivedId(id, ['damage']),
                  kind: 'damage',
                  source: `return ${data.assignmentId}`,
                  note: told(data.damages),
                },
              }),
            ]
          : []),
      ],
    }),
  ],
});
