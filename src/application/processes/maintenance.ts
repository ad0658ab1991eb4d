/**
 * P12: what meters say and what happens to units reaches their maintenance; what comes due opens a request or an order where its plan says
 * so. A unit has one schedule a programme, whose id is made of both. Readings come often: they go to the schedules that the unit is known to
 * have, and a schedule looks at its meters once more when the unit comes to know of it. What comes seldom asks for every schedule that there
 * can be by the catalog's programmes, so that none is missed that was defined a moment before.
 */

import { attachment } from '../../domain/attachment/decider.ts';
import { catalogFact, listedIn } from '../../domain/catalog/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import { equipmentFact, outOf } from '../../domain/equipment/state.ts';
import { inspection } from '../../domain/inspection/decider.ts';
import type { Facts, Frozen, Reference } from '../../domain/kernel/aggregate.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import { catalogId } from '../../domain/kernel/well-known.ts';
import { maintenance } from '../../domain/maintenance/decider.ts';
import { kindsOf } from '../../domain/maintenance/rules.ts';
import { type Maintenance, maintenanceFact, maintenanceId } from '../../domain/maintenance/state.ts';
import { meter } from '../../domain/meter/decider.ts';
import { type MeterKind, meterFact, meterId, meterYear } from '../../domain/meter/state.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { serviceRequestFact } from '../../domain/service-request/state.ts';
import { workOrder } from '../../domain/work-order/decider.ts';
import { currencyOf, currencyReads, performedBy, performedReads, scheduleOf } from './maintenance-work.ts';
import { defineProcess, on, type Send, send, type Trigger } from './process.ts';

const programs = catalogId('maintenance-program');

/** Every schedule that the unit could have. */
const possible = (facts: Facts, equipmentId: string): readonly string[] =>
  Object.keys(catalogFact.of(facts, programs)?.entries ?? {}).map((program) => maintenanceId(equipmentId, program));
const wanted = (facts: Facts, equipmentId: string): readonly Reference[] => [
  catalogFact.at(programs),
  ...possible(facts, equipmentId).map((id) => maintenanceFact.at(id)),
];
/** The schedules that the unit is known to have. */
const noted = (facts: Facts, equipmentId: string): readonly string[] => {
  const unit = equipmentFact.of(facts, equipmentId);
  return unit === undefined || unit.situation === 'absent' ? [] : unit.maintenances;
};
const notedReads = (facts: Facts, equipmentId: string): readonly Reference[] => [
  equipmentFact.at(equipmentId),
  ...noted(facts, equipmentId).map((id) => maintenanceFact.at(id)),
];
type Present = Frozen<Exclude<Maintenance, { readonly situation: 'absent' }>>;
const running = (facts: Facts, ids: readonly string[]): readonly (readonly [id: string, state: Present])[] =>
  ids.flatMap((id) => {
    const state = maintenanceFact.of(facts, id);
    return state === undefined || state.situation === 'absent' || state.situation === 'ended' ? [] : [[id, state]];
  });

/** PM-7: the schedules that an annual inspection in order is a performance of: those of programmes that are inspections by law. */
const inspected = (facts: Facts, equipmentId: string): readonly string[] => {
  const entries = catalogFact.of(facts, programs)?.entries ?? {};
  return running(facts, possible(facts, equipmentId))
    .filter(([, { program }]) => {
      const { serviceType, isRegulatory } = entries[program]?.entry.attributes ?? {};
      return serviceType === 'inspection' && isRegulatory === true;
    })
    .map(([id]) => id);
};

type Looked = { readonly equipmentId: string; readonly kind: MeterKind; readonly year: number };
const look = (facts: Facts, { equipmentId, kind, year }: Looked): readonly Send[] =>
  running(facts, noted(facts, equipmentId))
    .filter(([, { plan }]) => kindsOf(plan).includes(kind))
    .map(([id]) => send(maintenance, 'RecordUsage', { step: `look-${id}`, to: id, data: { kind, year } }));
/** Voiding names only the reading: whose meter it is stands in the meter. */
const metered = (facts: Facts, id: string): Looked | undefined => {
  const state = meterFact.of(facts, id);
  return state === undefined || state.situation === 'absent' ? undefined : state;
};
const lookAgain = {
  reads: ({ aggregateId }: Trigger, facts: Facts): readonly Reference[] => {
    const which = metered(facts, aggregateId);
    return [meterFact.at(aggregateId), ...(which === undefined ? [] : notedReads(facts, which.equipmentId))];
  },
  react: ({ aggregateId }: Trigger, facts: Facts): readonly Send[] => {
    const which = metered(facts, aggregateId);
    return which === undefined ? [] : look(facts, which);
  },
};
const lookAt = {
  reads: ({ data }: Trigger<Looked>, facts: Facts) => notedReads(facts, data.equipmentId),
  react: ({ data }: Trigger<Looked>, facts: Facts) => look(facts, data),
};

type Due = {
  readonly equipmentId: string;
  readonly accountId?: string;
  readonly customerId?: string;
  readonly occurrence: number;
  readonly program: string;
  readonly name: string;
  readonly tasks: readonly string[];
  readonly dueOn?: string;
  readonly onDue: 'none' | 'request' | 'workOrder';
};
const taskMax = 200;
const short = (text: string): string => [...text].slice(0, taskMax).join('');
/** The request or order of an occurrence: the same one however often it is told. */
export const dueId = (maintenanceOf: string, occurrence: number): string => derivedId(maintenanceOf, ['due', String(occurrence)]);
/** Whose order it will be: the schedule’s, else whoever has the unit now. */
const payerOf = (facts: Facts, due: Pick<Due, 'equipmentId' | 'customerId' | 'accountId'>) => {
  const unit = equipmentFact.of(facts, due.equipmentId);
  const holder = unit === undefined || unit.situation === 'absent' ? undefined : outOf(unit)?.ids;
  return due.accountId === undefined && holder !== undefined ? holder : due;
};
const open = (id: string, due: Due, facts: Facts): Send => {
  const { equipmentId, accountId, customerId, name, tasks, occurrence } = due;
  const currency = currencyOf(payerOf(facts, due), 'pm', facts);
  const owner = { ...(accountId === undefined ? {} : { accountId }), ...(customerId === undefined ? {} : { customerId }) };
  const data = {
    equipmentId,
    ...owner,
    maintenanceId: id,
    kind: 'pm' as const,
    description: [...[name, ...tasks].join('\n')].slice(0, 4000).join(''),
    currency,
    attachmentIds: [],
  };
  return send(workOrder, 'OpenWorkOrder', { step: 'open', to: dueId(id, occurrence), data: { ...data, source: 'maintenance' } });
};
const ask = (id: string, due: Due, { accountId, facts }: { readonly accountId: string; readonly facts: Facts }): Send => {
  const { equipmentId, program, name, tasks, dueOn, occurrence } = due;
  const isInspection = listedIn(facts, programs, program)?.entry.attributes?.['serviceType'] === 'inspection';
  const which = isInspection ? { kind: program } : { program, tasks: tasks.map(short) };
  const details = { ...which, ...(dueOn === undefined ? {} : { dueOn }) };
  const data = { accountId, equipmentId, serviceType: isInspection ? 'inspection' : 'pm', urgency: 'scheduled', description: name, details };
  // A request may be refused (the account was closed, the unit came back): then the company does it itself.
  return send(serviceRequest, 'SubmitRequest', { step: 'ask', to: dueId(id, occurrence), data, refused: () => [open(id, due, facts)] });
};
/** P18: the report of a record hangs on it. */
const report = (id: string, partId: string) => ({ category: 'maintenance', targetId: id, partId });
type Worked = { readonly requestId?: string; readonly maintenanceId?: string; readonly kind: string };
/** An order that names no schedule did that of the request it was opened from. An order that names one is told by its own process. */
const asked = ({ requestId, maintenanceId, kind }: Worked): string | undefined =>
  maintenanceId === undefined && (kind === 'pm' || kind === 'inspection') ? requestId : undefined;
const askedReads = ({ aggregateId, data }: Trigger<Worked>, facts: Facts): readonly Reference[] => {
  const requestId = asked(data);
  if (requestId === undefined) return [];
  const schedule = scheduleOf(facts, requestId);
  return [serviceRequestFact.at(requestId), ...(schedule === undefined ? [] : performedReads(schedule, aggregateId))];
};
const askedSchedule = (data: Worked, facts: Facts): string | undefined => {
  const requestId = asked(data);
  return requestId === undefined ? undefined : scheduleOf(facts, requestId);
};

export const maintenances = defineProcess({
  name: 'Maintenance',
  docs: 'Meters are looked at again for each reading; what comes due opens a request or an order; work done for it counts once; a retired unit ends its maintenance.',
  from: 'start',
  on: [
    on(meter, { MeterReadingRecorded: lookAt, MeterReplaced: lookAt, MeterReadingVoided: lookAgain, MeterReadingUnvoided: lookAgain }),
    on(maintenance, {
      MaintenanceDefined: ({ aggregateId, data }) => [
        send(equipment, 'NoteMaintenance', { step: 'note', to: data.equipmentId, data: { maintenanceId: aggregateId } }),
      ],
      MaintenanceDue: {
        reads: ({ data }, facts) => [catalogFact.at(programs), equipmentFact.at(data.equipmentId), ...currencyReads(payerOf(facts, data))],
        react: ({ aggregateId, data }, facts) => {
          const { onDue, accountId } = data;
          if (onDue === 'none') return [];
          return [onDue === 'request' && accountId !== undefined ? ask(aggregateId, data, { accountId, facts }) : open(aggregateId, data, facts)];
        },
      },
      MaintenancePerformed: ({ aggregateId, data }) => [
        // An order enters its own closing readings.
        ...(data.workOrderId !== undefined ? [] : data.readings).map((reading, n) =>
          send(meter, 'RecordReading', {
            step: `reading-${n}`,
            to: meterId(data.equipmentId, reading.kind, meterYear(reading.readAt)),
            data: { equipmentId: data.equipmentId, ...reading, source: 'maintenance', sourceId: data.performanceId },
          }),
        ),
        ...(data.attachmentId === undefined
          ? []
          : [send(attachment, 'LinkAttachment', { step: 'link', to: data.attachmentId, data: report(aggregateId, data.performanceId) })]),
      ],
      MaintenanceEnded: ({ data: { records } }) =>
        records.flatMap(({ performanceId, attachmentId, retainedUntil }) =>
          attachmentId === undefined
            ? []
            : [
                send(attachment, 'RetainAttachment', {
                  step: `retain-${performanceId}`,
                  to: attachmentId,
                  data: { until: retainedUntil, reason: 'A maintenance record of a unit that left the fleet.' },
                }),
              ],
        ),
      MaintenanceRecordRemoved: ({ aggregateId, data: { performanceId, attachmentId } }) =>
        attachmentId === undefined
          ? []
          : [send(attachment, 'UnlinkAttachment', { step: 'unlink', to: attachmentId, data: report(aggregateId, performanceId) })],
    }),
    on(workOrder, {
      WorkOrderCompleted: {
        reads: askedReads,
        react: ({ aggregateId, occurredAt, data }, facts) => {
          const schedule = askedSchedule(data, facts);
          return schedule === undefined ? [] : performedBy(schedule, { ...data, workOrderId: aggregateId, at: occurredAt }, facts);
        },
      },
      WorkOrderReopened: {
        reads: askedReads,
        react: ({ aggregateId, data }, facts) => {
          const schedule = askedSchedule(data, facts);
          if (schedule === undefined || maintenanceFact.of(facts, schedule) === undefined) return [];
          const again = { workOrderId: aggregateId, reason: 'The work order was reopened.' };
          return [send(maintenance, 'WithdrawMaintenancePerformed', { step: 'withdraw', to: schedule, data: again })];
        },
      },
    }),
    on(inspection, {
      InspectionPassed: {
        reads: ({ data }, facts) => wanted(facts, data.equipmentId),
        react: ({ aggregateId, data: { equipmentId, inspectedOn } }, facts) =>
          inspected(facts, equipmentId).map((id) =>
            send(maintenance, 'RecordMaintenancePerformed', {
              step: `passed-${id}`,
              to: id,
              data: { inspectionId: aggregateId, performedOn: inspectedOn, readings: [] },
            }),
          ),
      },
      InspectionPassWithdrawn: {
        reads: ({ data }, facts) => wanted(facts, data.equipmentId),
        react: ({ aggregateId, data: { equipmentId } }, facts) =>
          inspected(facts, equipmentId).map((id) =>
            send(maintenance, 'WithdrawMaintenancePerformed', {
              step: `not-passed-${id}`,
              to: id,
              data: { inspectionId: aggregateId, reason: 'The inspection is not in order after all.' },
            }),
          ),
      },
    }),
    on(equipment, {
      // What was read before the unit knew of the schedule was told to no one.
      EquipmentMaintenanceNoted: {
        reads: ({ data }) => [maintenanceFact.at(data.maintenanceId)],
        react: ({ occurredAt, data: { maintenanceId: id } }, facts) =>
          running(facts, [id]).flatMap(([, { plan }]) =>
            kindsOf(plan).map((kind) => send(maintenance, 'RecordUsage', { step: `look-${kind}`, to: id, data: { kind, year: meterYear(occurredAt) } })),
          ),
      },
      EquipmentRetired: {
        reads: ({ aggregateId }, facts) => wanted(facts, aggregateId),
        react: ({ aggregateId }, facts) =>
          running(facts, possible(facts, aggregateId)).map(([id]) =>
            send(maintenance, 'EndMaintenance', { step: `end-${id}`, to: id, data: { reason: 'The unit left the fleet.' } }),
          ),
      },
      EquipmentReturned: {
        reads: ({ aggregateId }, facts) => wanted(facts, aggregateId),
        react: ({ aggregateId, data: { accountId } }, facts) =>
          running(facts, possible(facts, aggregateId))
            .filter(([, state]) => state.accountId === accountId)
            .map(([id]) => send(maintenance, 'LeaveMaintenanceAccount', { step: `leave-${id}`, to: id, data: { accountId } })),
      },
    }),
  ],
});
