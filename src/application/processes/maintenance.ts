/**
 * P12: what meters say and what happens to units reaches their maintenance; what comes due opens a request or an order where its plan says
 * so. A unit has one schedule a programme, whose id is made of both: the programmes of the catalog name all that there can be.
 */
import { catalogFact } from '../../domain/catalog/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import type { Facts, Frozen, Reference } from '../../domain/kernel/aggregate.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import { catalogId } from '../../domain/kernel/well-known.ts';
import { maintenance } from '../../domain/maintenance/decider.ts';
import { type Maintenance, maintenanceFact, maintenanceId } from '../../domain/maintenance/state.ts';
import { meter } from '../../domain/meter/decider.ts';
import { type MeterKind, meterFact, meterId, meterYear } from '../../domain/meter/state.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { workOrder } from '../../domain/work-order/decider.ts';
import { defineProcess, on, type Send, send, type Trigger } from './process.ts';

const programs = catalogId('maintenance-program');
/** What an order costs is agreed when it is worked on; until then it has the company's currency. */
const currency = 'GTQ';

const schedulesOf = (facts: Facts, equipmentId: string): readonly string[] =>
  Object.keys(catalogFact.of(facts, programs)?.entries ?? {}).map((program) => maintenanceId(equipmentId, program));
/** Every schedule that the unit could have. */
const wanted = (facts: Facts, equipmentId: string): readonly Reference[] => [
  catalogFact.at(programs),
  ...schedulesOf(facts, equipmentId).map((id) => maintenanceFact.at(id)),
];
type Present = Frozen<Exclude<Maintenance, { readonly situation: 'absent' }>>;
const running = (facts: Facts, equipmentId: string): readonly (readonly [id: string, state: Present])[] =>
  schedulesOf(facts, equipmentId).flatMap((id) => {
    const state = maintenanceFact.of(facts, id);
    return state === undefined || state.situation === 'absent' || state.situation === 'ended' ? [] : [[id, state]];
  });

type Looked = { readonly equipmentId: string; readonly kind: MeterKind; readonly year: number };
const look = (facts: Facts, { equipmentId, kind, year }: Looked): readonly Send[] =>
  running(facts, equipmentId)
    .filter(([, { plan }]) => plan.primaryMeter?.kind === kind || plan.secondaryMeter?.kind === kind)
    .map(([id]) => send(maintenance, 'RecordUsage', { step: `look-${id}`, to: id, data: { kind, year } }));
/** Voiding names only the reading: whose meter it is stands in the meter. */
const metered = (facts: Facts, id: string): Looked | undefined => {
  const state = meterFact.of(facts, id);
  return state === undefined || state.situation === 'absent' ? undefined : state;
};
const lookAgain = {
  reads: ({ aggregateId }: Trigger, facts: Facts): readonly Reference[] => {
    const which = metered(facts, aggregateId);
    return [meterFact.at(aggregateId), ...(which === undefined ? [] : wanted(facts, which.equipmentId))];
  },
  react: ({ aggregateId }: Trigger, facts: Facts): readonly Send[] => {
    const which = metered(facts, aggregateId);
    return which === undefined ? [] : look(facts, which);
  },
};
const lookAt = {
  reads: ({ data }: Trigger<Looked>, facts: Facts) => wanted(facts, data.equipmentId),
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
const dueId = (maintenanceOf: string, occurrence: number): string => derivedId(maintenanceOf, ['due', String(occurrence)]);
const open = (id: string, due: Due): Send => {
  const { equipmentId, accountId, customerId, name, tasks, occurrence } = due;
  const owner = { ...(accountId === undefined ? {} : { accountId }), ...(customerId === undefined ? {} : { customerId }) };
  const data = {
    equipmentId,
    ...owner,
    maintenanceId: id,
    kind: 'pm' as const,
    description: [name, ...tasks].join('\n').slice(0, 4000),
    currency,
    attachmentIds: [],
  };
  return send(workOrder, 'OpenWorkOrder', { step: 'open', to: dueId(id, occurrence), data: { ...data, source: 'maintenance' } });
};
const ask = (id: string, due: Due, accountId: string): Send => {
  const { equipmentId, program, name, tasks, dueOn, occurrence } = due;
  const details = { program, tasks: tasks.map(short), ...(dueOn === undefined ? {} : { dueOn }) };
  const data = { accountId, equipmentId, serviceType: 'pm', urgency: 'scheduled', description: name, details };
  // A request may be refused (the account was closed, the unit came back): then the company does it itself.
  return send(serviceRequest, 'SubmitRequest', { step: 'ask', to: dueId(id, occurrence), data, refused: () => [open(id, { ...due, occurrence })] });
};

export const maintenances = defineProcess({
  name: 'Maintenance',
  docs: 'Meters are looked at again for each reading; what comes due opens a request or an order; a retired unit ends its maintenance.',
  from: 'start',
  on: [
    on(meter, { MeterReadingRecorded: lookAt, MeterReplaced: lookAt, MeterReadingVoided: lookAgain, MeterReadingUnvoided: lookAgain }),
    on(maintenance, {
      MaintenanceDue: ({ aggregateId, data }) => {
        if (data.onDue === 'none') return [];
        return [data.onDue === 'request' && data.accountId !== undefined ? ask(aggregateId, data, data.accountId) : open(aggregateId, data)];
      },
      MaintenancePerformed: ({ data }) =>
        // An order enters its own closing readings.
        data.workOrderId !== undefined
          ? []
          : data.readings.map((reading, n) =>
              send(meter, 'RecordReading', {
                step: `reading-${n}`,
                to: meterId(data.equipmentId, reading.kind, meterYear(reading.readAt)),
                data: { equipmentId: data.equipmentId, ...reading, source: 'maintenance', sourceId: data.performanceId },
              }),
            ),
    }),
    on(equipment, {
      EquipmentRetired: {
        reads: ({ aggregateId }, facts) => wanted(facts, aggregateId),
        react: ({ aggregateId }, facts) =>
          running(facts, aggregateId).map(([id]) =>
            send(maintenance, 'EndMaintenance', { step: `end-${id}`, to: id, data: { reason: 'The unit left the fleet.' } }),
          ),
      },
      EquipmentReturned: {
        reads: ({ aggregateId }, facts) => wanted(facts, aggregateId),
        react: ({ aggregateId, data: { accountId } }, facts) =>
          running(facts, aggregateId)
            .filter(([, state]) => state.accountId === accountId)
            .map(([id]) => send(maintenance, 'LeaveMaintenanceAccount', { step: `leave-${id}`, to: id, data: { accountId } })),
      },
    }),
  ],
});
