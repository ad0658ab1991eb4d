/** What an auditor or integrator asks the events for: the same filter for pages of the index and for the live stream. */
import type { Filter } from '../../../application/ports/queries.ts';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';
import { isUuid } from '../../../domain/kernel/ids.ts';
import { kebabCase } from '../names.ts';
import type { SeenEvent } from './cloud-event.ts';

export type EventFilter = {
  readonly types?: readonly string[];
  readonly category?: string;
  readonly stream?: string;
  readonly actor?: string;
  readonly tenant?: string;
  readonly correlation?: string;
  readonly from?: string;
  readonly to?: string;
};
export type ParameterError = { readonly parameter: string; readonly message: string; readonly known?: readonly string[] };
export type ParsedFilter = {
  readonly filter: EventFilter;
  /** Exclusive. */
  readonly after: bigint;
  readonly limit: number;
  readonly errors: readonly ParameterError[];
};

export const eventParameters = ['after', 'limit', 'types', 'aggregate', 'actor', 'tenant', 'correlation', 'from', 'to'] as const;
export const pageMax = 500;
const pageDefault = 100;
const typesMax = 50;

/** A date or an instant, as an instant. */
export const instantIn = (text: string): string | undefined => {
  const isForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const at = new Date(text);
  return isForm && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
};

export const positionIn = (text: string): bigint | undefined => {
  if (!/^\d{1,19}$/.test(text)) return undefined;
  const position = BigInt(text);
  return position <= 9_223_372_036_854_775_807n ? position : undefined;
};

/** The names that parameters may have, from the model. */
export type Vocabulary = { readonly types: ReadonlySet<string>; readonly categories: ReadonlyMap<string, string> };
export const vocabularyOf = (model: readonly AnyAggregate[], shellTypes: readonly string[]): Vocabulary => ({
  types: new Set([...model.flatMap(({ events }) => Object.keys(events)), ...shellTypes]),
  categories: new Map(model.map(({ category }) => [kebabCase(category), category])),
});

const aggregateIn = (text: string, { categories }: Vocabulary): Pick<EventFilter, 'category' | 'stream'> | undefined => {
  const [name = '', id, ...more] = text.split('/');
  const category = categories.get(name);
  if (category === undefined || more.length > 0) return undefined;
  if (id === undefined) return { category };
  return isUuid(id) ? { stream: `${category}-${id}` } : undefined;
};

type Read = { readonly filter: EventFilter } | { readonly message: string; readonly known?: readonly string[] };
const readers: Readonly<Record<string, (text: string, words: Vocabulary) => Read>> = {
  types: (text, words) => {
    const types = text.split(',');
    return types.length <= typesMax && types.every((type) => words.types.has(type))
      ? { filter: { types } }
      : { message: `must be 1–${typesMax} event types with commas between` };
  },
  aggregate: (text, words) => {
    const filter = aggregateIn(text, words);
    return filter === undefined ? { message: 'must be an aggregate, or one and an id: equipment/<uuid>', known: [...words.categories.keys()] } : { filter };
  },
  actor: (text) => (/^[\w.:-]{1,100}$/.test(text) ? { filter: { actor: text } } : { message: 'must be the id of an actor' }),
  tenant: (text) => (isUuid(text) ? { filter: { tenant: text } } : { message: 'must be the id of a customer' }),
  correlation: (text) => (isUuid(text) ? { filter: { correlation: text } } : { message: 'must be a correlation id' }),
  from: (text) => readInstant(text, (from) => ({ from })),
  to: (text) => readInstant(text, (to) => ({ to })),
};
const readInstant = (text: string, filter: (at: string) => EventFilter): Read => {
  const at = instantIn(text);
  return at === undefined ? { message: 'must be a date or an instant, such as 2026-01-31T08:15:00Z' } : { filter: filter(at) };
};

/** Reads all parameters; every mistake at once. */
export const parseEventParameters = (parameters: URLSearchParams, words: Vocabulary): ParsedFilter => {
  const errors: ParameterError[] = [];
  let filter: EventFilter = {};
  for (const name of new Set(parameters.keys())) {
    const text = parameters.get(name) ?? '';
    if (!eventParameters.some((known) => known === name)) errors.push({ parameter: name.slice(0, 100), message: 'is not known here', known: eventParameters });
    else if (parameters.getAll(name).length > 1) errors.push({ parameter: name, message: 'stands more than once' });
    const read = Object.hasOwn(readers, name) ? readers[name]?.(text, words) : undefined;
    if (read === undefined) continue;
    if ('filter' in read) filter = { ...filter, ...read.filter };
    else errors.push({ parameter: name, ...read });
  }
  const after = positionIn(parameters.get('after') ?? '0');
  if (after === undefined) errors.push({ parameter: 'after', message: 'must be a position' });
  const limit = parameters.get('limit') ?? String(pageDefault);
  const isLimit = /^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= pageMax;
  if (!isLimit) errors.push({ parameter: 'limit', message: `must be a whole number from 1 to ${pageMax}` });
  // Without the parameter the first event is wanted too, which may stand at position 0.
  return { filter, after: parameters.has('after') ? (after ?? -1n) : -1n, limit: isLimit ? Number(limit) : pageDefault, errors };
};

/** Whether an event of the log is asked for. */
export const matches = (filter: EventFilter, event: SeenEvent): boolean =>
  (filter.types === undefined || filter.types.includes(event.type)) &&
  (filter.category === undefined || filter.category === event.category) &&
  (filter.stream === undefined || filter.stream === event.stream) &&
  (filter.actor === undefined || filter.actor === event.actorId) &&
  (filter.tenant === undefined || filter.tenant === event.tenant) &&
  (filter.correlation === undefined || filter.correlation === event.correlationId) &&
  (filter.from === undefined || event.occurredAt >= filter.from) &&
  (filter.to === undefined || event.occurredAt < filter.to);

/** The same as conditions on the event index. */
export const indexFilters = (filter: EventFilter): readonly Filter[] => [
  ...(filter.types === undefined ? [] : [{ column: 'event_type', operator: 'in', values: filter.types } as const]),
  ...equals('category', filter.category),
  ...equals('stream', filter.stream),
  ...equals('actor_id', filter.actor),
  ...equals('customer_id', filter.tenant),
  ...equals('correlation_id', filter.correlation),
  ...(filter.from === undefined ? [] : [{ column: 'occurred_at', operator: 'gte', values: [filter.from] } as const]),
  ...(filter.to === undefined ? [] : [{ column: 'occurred_at', operator: 'lt', values: [filter.to] } as const]),
];
const equals = (column: string, value: string | undefined): readonly Filter[] => (value === undefined ? [] : [{ column, operator: 'eq', values: [value] }]);
