/**
 * P9: who takes a request on. The catalog `service-routing` says it: each entry names a role and a user (`role`, `userId`), and may name a
 * service type, a customer, a department or a municipality that it is for. The entry that fits most closely is asked first; where its user
 * cannot take it on, the next one.
 */
import { type Catalog, catalogFact } from '../../domain/catalog/decider.ts';
import type { Facts, Frozen } from '../../domain/kernel/aggregate.ts';
import { isUuid } from '../../domain/kernel/ids.ts';
import { catalogId } from '../../domain/kernel/well-known.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import type { Role } from '../../domain/service-request/state.ts';
import { serviceRequestFact } from '../../domain/service-request/state.ts';
import { defineProcess, on, type Send, send } from './process.ts';

export const routingCatalog = 'service-routing';
const routing = catalogId(routingCatalog);
const municipios = catalogId('municipio');
/** So many are asked before nobody is. */
const askedMax = 5;
const conditions = ['serviceType', 'customerId', 'department', 'municipio'] as const;

/** What a request is, in the words of the routing's conditions. */
export type Routed = { readonly [K in (typeof conditions)[number]]?: string };

/** The users for a role, best first: those whose entry names more of what the request is, then by the entry's code. */
export const candidatesFor = (catalog: Frozen<Catalog> | undefined, role: Role, request: Routed): readonly string[] =>
  Object.values(catalog?.entries ?? {})
    .flatMap(({ isActive, entry: { code, attributes = {} } }) => {
      const asked = conditions.filter((name) => attributes[name] !== undefined);
      const fits = isActive && attributes['role'] === role && asked.every((name) => attributes[name] === request[name]);
      const userId = attributes['userId'];
      return fits && typeof userId === 'string' && isUuid(userId) ? [{ code, userId, weight: asked.length }] : [];
    })
    .sort((a, b) => b.weight - a.weight || (a.code < b.code ? -1 : 1))
    .map(({ userId }) => userId)
    .filter((userId, n, all) => all.indexOf(userId) === n)
    .slice(0, askedMax);

const departmentOf = (facts: Facts, municipio: string | undefined): string | undefined => {
  const catalog: Frozen<Catalog> | undefined = catalogFact.of(facts, municipios);
  const parent = municipio === undefined ? undefined : catalog?.entries[municipio]?.entry.parent;
  return parent?.startsWith('department/') === true ? parent.slice('department/'.length) : undefined;
};
const routedBy = (facts: Facts, said: { readonly serviceType: string; readonly customerId: string; readonly municipio: string | undefined }): Routed => {
  const { municipio, ...rest } = said;
  const department = departmentOf(facts, municipio);
  return { ...rest, ...(municipio === undefined ? {} : { municipio }), ...(department === undefined ? {} : { department }) };
};
/** Asks one after the other; a refusal (inactive, of another customer) leads to the next. */
const assign = (requestId: string, role: Role, [userId, ...others]: readonly string[]): readonly Send[] =>
  userId === undefined
    ? []
    : [
        send(serviceRequest, 'AssignRequest', {
          step: `${role}-${userId}`,
          to: requestId,
          data: { role, userId },
          refused: () => assign(requestId, role, others),
        }),
      ];
const catalogs = () => [catalogFact.at(routing), catalogFact.at(municipios)];
const municipioIn = (particulars: string): string | undefined => {
  const said: unknown = JSON.parse(particulars);
  const location: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, 'location') : undefined;
  const municipio: unknown = typeof location === 'object' && location !== null ? Reflect.get(location, 'municipio') : undefined;
  return typeof municipio === 'string' ? municipio : undefined;
};

export const requestRouting = defineProcess({
  name: 'RequestRouting',
  docs: 'Gives a request to a salesperson by its type and place, and a review to a reviewer, as the catalog service-routing says.',
  from: 'now',
  on: [
    on(serviceRequest, {
      RequestSubmitted: {
        reads: ({ aggregateId }) => [...catalogs(), serviceRequestFact.at(aggregateId)],
        react: ({ aggregateId, data: { serviceType, customerId, location } }, facts) => {
          const state = serviceRequestFact.of(facts, aggregateId);
          // Somebody has chosen already.
          if (state === undefined || state.situation === 'absent' || state.assignments.salesperson !== undefined) return [];
          const routed = routedBy(facts, { serviceType, customerId, municipio: location?.municipio });
          return assign(aggregateId, 'salesperson', candidatesFor(catalogFact.of(facts, routing), 'salesperson', routed));
        },
      },
      ManagerReviewRequested: {
        reads: ({ aggregateId }) => [...catalogs(), serviceRequestFact.at(aggregateId)],
        react: ({ aggregateId, data: { requesterId } }, facts) => {
          const state = serviceRequestFact.of(facts, aggregateId);
          if (state === undefined || state.situation === 'absent' || state.assignments.reviewer !== undefined) return [];
          const { serviceType, customerId, requesters } = state;
          const routed = routedBy(facts, { serviceType, customerId, municipio: municipioIn(state.particulars) });
          // TE-10: never whoever asked for the review or for the service.
          const others = candidatesFor(catalogFact.of(facts, routing), 'reviewer', routed).filter((one) => one !== requesterId && !requesters.includes(one));
          return assign(aggregateId, 'reviewer', others);
        },
      },
    }),
  ],
});
