/**
 * SR-14: what requests are promised of the fleet. Units of the types that service types promise are counted as they come and go; a request
 * that may ask is promised its units, told of it, and lets them go when it ends. What a request wants is read as it stands now: whichever of
 * its events comes last, asks for what it wants then.
 */
import { type Catalog, catalogFact } from '../../domain/catalog/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import { equipmentFact } from '../../domain/equipment/state.ts';
import type { Facts, Frozen } from '../../domain/kernel/aggregate.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { asksForUnits } from '../../domain/service-request/promise.ts';
import { serviceTypes } from '../../domain/service-request/rules.ts';
import { type PresentRequest, serviceRequestFact } from '../../domain/service-request/state.ts';
import { isPromised, isShort } from '../../domain/service-request/wanted.ts';
import { unitPromise } from '../../domain/unit-promise/decider.ts';
import { unitPromiseId } from '../../domain/unit-promise/state.ts';
import { defineProcess, on, type Reaction, type Send, send } from './process.ts';

/** The types of equipment that some service type promises. */
const promisedTypes = (facts: Facts): readonly string[] => {
  const types: Frozen<Catalog> | undefined = catalogFact.of(facts, serviceTypes);
  const found = Object.values(types?.entries ?? {}).flatMap(({ entry }) => {
    const policy: unknown = entry.attributes?.['policy'];
    const promises: unknown = typeof policy === 'object' && policy !== null ? Reflect.get(policy, 'promises') : undefined;
    const type: unknown = typeof promises === 'object' && promises !== null ? Reflect.get(promises, 'equipmentType') : undefined;
    return typeof type === 'string' ? [type] : [];
  });
  return [...new Set(found)];
};
const catalogs = () => [catalogFact.at(serviceTypes)];
const drop = (equipmentType: string, equipmentId: string): Send =>
  send(unitPromise, 'DropFleetUnit', { step: `drop-${equipmentType}`, to: unitPromiseId(equipmentType), data: { equipmentId } });
const count = (equipmentType: string, equipmentId: string): Send =>
  send(unitPromise, 'CountFleetUnit', { step: `count-${equipmentType}`, to: unitPromiseId(equipmentType), data: { equipmentType, equipmentId } });
/** Counted with its own type, and with no other: a corrected one may have been counted with another before. */
const counted = (equipmentId: string, equipmentType: string, facts: Facts): readonly Send[] =>
  promisedTypes(facts).map((type) => (type === equipmentType ? count(type, equipmentId) : drop(type, equipmentId)));

const requestOf = (facts: Facts, requestId: string): PresentRequest | undefined => {
  const found = serviceRequestFact.of(facts, requestId);
  return found === undefined || found.situation === 'absent' ? undefined : found;
};
const availableIn = (details: unknown): number => {
  const said: unknown = typeof details === 'object' && details !== null ? Reflect.get(details, 'available') : undefined;
  return typeof said === 'number' ? said : 0;
};
const ask = (requestId: string, request: PresentRequest): readonly Send[] => {
  const { promises } = request.policy;
  if (promises === undefined || request.wanted === null || !asksForUnits(request) || isPromised(request)) return [];
  const { wanted } = request;
  const { equipmentType } = promises;
  return [
    send(unitPromise, 'PromiseUnits', {
      // Another wish is another step: a redelivery that finds the request amended asks anew, and is told of what it asked for.
      step: `promise-${wanted.from}-${wanted.to}-${wanted.quantity}`,
      to: unitPromiseId(equipmentType),
      data: { equipmentType, requestId, ...wanted },
      next: [send(serviceRequest, 'NoteUnitsPromised', { step: 'promised', to: requestId, data: wanted })],
      refused: ({ details }) => [
        send(serviceRequest, 'NoteUnitsShort', { step: 'short', to: requestId, data: { ...wanted, available: availableIn(details) } }),
      ],
    }),
  ];
};
/** Asks, unless the fleet has said no to this wish already: then somebody asks again. */
const asks: Reaction<unknown> = {
  reads: ({ aggregateId }) => [serviceRequestFact.at(aggregateId)],
  react: ({ aggregateId }, facts) => {
    const request = requestOf(facts, aggregateId);
    return request === undefined || isShort(request) ? [] : ask(aggregateId, request);
  },
};
const lets: Reaction<unknown> = {
  reads: ({ aggregateId }) => [serviceRequestFact.at(aggregateId)],
  react: ({ aggregateId }, facts) => {
    const promises = requestOf(facts, aggregateId)?.policy.promises;
    return promises === undefined
      ? []
      : [send(unitPromise, 'ReleasePromise', { step: 'release', to: unitPromiseId(promises.equipmentType), data: { requestId: aggregateId } })];
  },
};

export const unitPromises = defineProcess({
  name: 'UnitPromise',
  docs: 'Counts the fleet that requests are promised units of, asks for each request’s units, and lets them go when it ends.',
  from: 'start',
  on: [
    on(equipment, {
      EquipmentRegistered: {
        reads: catalogs,
        react: ({ aggregateId, data: { equipmentType } }, facts) => (promisedTypes(facts).includes(equipmentType) ? [count(equipmentType, aggregateId)] : []),
      },
      EquipmentCorrected: { reads: catalogs, react: ({ aggregateId, data }, facts) => counted(aggregateId, data.equipmentType, facts) },
      EquipmentRetired: {
        reads: ({ aggregateId }) => [equipmentFact.at(aggregateId), catalogFact.at(serviceTypes)],
        react: ({ aggregateId }, facts) => {
          const unit = equipmentFact.of(facts, aggregateId);
          const type = unit === undefined || unit.situation === 'absent' ? '' : unit.equipmentType;
          return promisedTypes(facts).includes(type) ? [drop(type, aggregateId)] : [];
        },
      },
    }),
    on(serviceRequest, {
      RequestSubmitted: asks,
      RequestAmended: asks,
      RequestAccepted: asks,
      RequestReopened: asks,
      RequestUnitsAskedFor: {
        reads: ({ aggregateId }) => [serviceRequestFact.at(aggregateId)],
        react: ({ aggregateId }, facts) => {
          const request = requestOf(facts, aggregateId);
          return request === undefined ? [] : ask(aggregateId, request);
        },
      },
      RequestDeclined: lets,
      RequestCancelled: lets,
      RequestClosed: lets,
    }),
  ],
});
