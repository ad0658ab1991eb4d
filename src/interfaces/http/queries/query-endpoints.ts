/** The endpoints of all queries: one function, whatever the query. */
import { pipeline } from 'node:stream/promises';
import type { QueryDefinition } from '../../../../projections/kernel/query.ts';
import type { QueryRequest } from '../../../application/ports/queries.ts';
import { fromGeoJson } from '../../../domain/kernel/geo/geojson.ts';
import { type Endpoint, type Exchange, lacking, sendJson } from '../middleware/exchange.ts';
import type { HttpParts } from '../parts.ts';
import { notFound, type Problem, problem } from '../problems.ts';
import { reached, tellPosition } from './consistency.ts';

export const searchProjection = 'global-search';
/** The query whose column `polygon` says where a fence is. */
const fenceQuery = 'geofence';
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const formatsByType: Readonly<Record<string, 'json' | 'csv' | 'xlsx'>> = { 'application/json': 'json', 'text/csv': 'csv', [spreadsheet]: 'xlsx' };

/** The parameters of the address, and the format that `Accept` asks for where `format=` does not. Nothing: no such form. */
const parametersOf = ({ request }: Exchange): URLSearchParams | undefined => {
  const parameters = parametersIn(request.originalUrl);
  if (parameters.has('format')) return parameters;
  const type = request.accepts(Object.keys(formatsByType));
  if (type === false) return undefined;
  const format = formatsByType[type];
  if (format !== undefined && format !== 'json') parameters.set('format', format);
  return parameters;
};

export const parametersIn = (address: string): URLSearchParams => {
  const start = address.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : address.slice(start + 1));
};

const parameter = (exchange: Exchange, name: string): string => {
  const value: unknown = exchange.request.params[name];
  return typeof value === 'string' ? value : '';
};

/** Sends the whole filtered result as it comes from the database; whoever hangs up stops it there too. */
const sendExport = async (
  exchange: Exchange,
  asked: { readonly definition: QueryDefinition; readonly request: QueryRequest },
  parts: HttpParts,
): Promise<void> => {
  const { response, caller } = exchange;
  const format = asked.request.format === 'xlsx' ? 'xlsx' : 'csv';
  const exported = await parts.queryRunner.export(asked.definition, asked.request, caller, format);
  response.setHeader('Content-Type', exported.contentType);
  response.setHeader('Content-Disposition', `attachment; filename="${asked.definition.name}.${format}"`);
  response.setHeader('Cache-Control', 'no-store');
  tellPosition(response, exported.asOf.position);
  if (response.destroyed) {
    exported.body.destroy();
    return;
  }
  try {
    await pipeline(exported.body, response);
  } catch (error) {
    // The status is long gone: the connection has been cut, which is how the client learns of it.
    if (!response.destroyed || exchange.request.complete) parts.logger.warn({ correlationId: exchange.correlationId, err: error }, 'an export ended early');
  }
};

/** The request with the shape of the fence it names, as the caller may see it. A fence that is not there and one that is not the caller's are told alike. */
const fenced = async (
  { request, caller }: Exchange,
  asked: QueryRequest,
  { parts, fences }: { readonly parts: HttpParts; readonly fences: QueryDefinition | undefined },
): Promise<QueryRequest | Problem> => {
  if (asked.area?.kind !== 'fence') return asked;
  const unknown = problem('bad-query', 'There is no such geofence.', {
    errors: [{ parameter: 'in_geofence', message: 'names nothing that is there and yours' }],
  });
  if (fences === undefined) return unknown;
  const refused = lacking(caller, fences.permission) ?? (await reached(request, fences.projection, parts));
  if (refused !== undefined) return refused;
  const { data } = await parts.queryRunner.one(fences, asked.area.fenceId, caller);
  const shape = data === undefined ? undefined : fromGeoJson(data['polygon']);
  return shape === undefined ? unknown : { ...asked, shape };
};

/** `GET /queries/{query}` */
export const listEndpoint =
  (parts: HttpParts, byName: ReadonlyMap<string, QueryDefinition>): Endpoint =>
  async (exchange): Promise<Problem | undefined> => {
    const { request, response, caller } = exchange;
    const definition = byName.get(parameter(exchange, 'query'));
    if (definition === undefined) return problem('not-found', 'There is no such query.');
    const forbidden = lacking(caller, definition.permission);
    if (forbidden !== undefined) return forbidden;
    const parameters = parametersOf(exchange);
    if (parameters === undefined) return problem('not-acceptable', `It can be had as ${Object.keys(formatsByType).join(', ')}.`);
    const parsed = parts.queryRunner.parse(definition, parameters, caller);
    if (!parsed.ok) return problem('bad-query', `${parsed.errors.length} parameter(s) are not right.`, { errors: parsed.errors });
    const behind = await reached(request, definition.projection, parts);
    if (behind !== undefined) return behind;
    if (parsed.request.format !== 'json') {
      await sendExport(exchange, { definition, request: parsed.request }, parts);
      return undefined;
    }
    const placed = await fenced(exchange, parsed.request, { parts, fences: byName.get(fenceQuery) });
    if ('status' in placed) return placed;
    const page = await parts.queryRunner.page(definition, placed, caller);
    tellPosition(response, page.asOf.position);
    sendJson(response, 200, page);
    return undefined;
  };

/** `GET /queries/{query}/{id}` */
export const oneEndpoint =
  (parts: HttpParts, byName: ReadonlyMap<string, QueryDefinition>): Endpoint =>
  async (exchange): Promise<Problem | undefined> => {
    const { request, response, caller } = exchange;
    const definition = byName.get(parameter(exchange, 'query'));
    if (definition === undefined) return problem('not-found', 'There is no such query.');
    const forbidden = lacking(caller, definition.permission);
    if (forbidden !== undefined) return forbidden;
    const behind = await reached(request, definition.projection, parts);
    if (behind !== undefined) return behind;
    const one = await parts.queryRunner.one(definition, parameter(exchange, 'id'), caller);
    if (one.data === undefined) return notFound();
    tellPosition(response, one.asOf.position);
    sendJson(response, 200, one);
    return undefined;
  };

/** `GET /queries/search?q=&limit=` */
export const searchEndpoint =
  (parts: HttpParts): Endpoint =>
  async ({ request, response, caller }): Promise<Problem | undefined> => {
    const parameters = parametersIn(request.originalUrl);
    const text = (parameters.get('q') ?? '').trim();
    const limit = parameters.get('limit') ?? '20';
    const unknown = [...parameters.keys()].filter((name) => name !== 'q' && name !== 'limit');
    const errors = [
      ...(text.length >= 1 && text.length <= 200 && text.isWellFormed() && !text.includes('\0')
        ? []
        : [{ parameter: 'q', message: 'must have 1–200 characters' }]),
      ...(/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 100
        ? []
        : [{ parameter: 'limit', message: 'must be a whole number from 1 to 100' }]),
      ...unknown.map((name) => ({ parameter: name.slice(0, 100), message: 'is not known here', known: ['q', 'limit'] })),
    ];
    if (errors.length > 0) return problem('bad-query', `${errors.length} parameter(s) are not right.`, { errors });
    const behind = await reached(request, searchProjection, parts);
    if (behind !== undefined) return behind;
    const answer = await parts.search.searchFor(text, caller, Number(limit));
    tellPosition(response, answer.asOf.position);
    sendJson(response, 200, answer);
    return undefined;
  };
