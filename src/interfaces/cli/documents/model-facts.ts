/** The size of the model and what each part of it says of itself: computed, so that nothing can be left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { eventIndexQuery } from '../../../../projections/event-index/queries.ts';
import type { ReadModel } from '../../../../projections/kernel/read-model.ts';
import { readModels } from '../../../../projections/read-models.ts';
import { contentDeletion } from '../../../application/attachments/delete-content.ts';
import { quotationPrinting } from '../../../application/documents/quotation-printing.ts';
import { accessSync } from '../../../application/processes/access-sync.ts';
import { onboarding } from '../../../application/processes/onboarding.ts';
import { processes } from '../../../application/processes/processes.ts';
import type { AnyAggregate, CommandDefinition, EventDefinition } from '../../../domain/kernel/aggregate.ts';
import { personalPaths } from '../../../domain/kernel/personal.ts';
import { model } from '../../../domain/model.ts';
import { version } from '../../composition/version.ts';
import { commandRoutes } from '../../http/commands/command-routes.ts';
import { openApiDocument } from '../../http/docs/openapi.ts';
import { kebabCase } from '../../http/names.ts';

/** What every part has; `docs` is empty where nobody wrote any. */
type Named = { readonly name: string; readonly docs: string };
export type CommandFacts = Named & {
  readonly permission: string;
  /** Absent for commands that only processes and deadlines give. */
  readonly path?: string;
  readonly creates: boolean;
  readonly startsProcess: boolean;
  readonly rejects: readonly string[];
};
export type EventFacts = Named & { readonly version: number; readonly personal: readonly string[] };
export type AggregateFacts = Named & {
  readonly confidentiality: string;
  readonly commands: readonly CommandFacts[];
  readonly events: readonly EventFacts[];
  /** The rules a command may be refused by, each with the sentences that say so. */
  readonly rules: readonly Named[];
};
export type ReadModelFacts = Named & {
  readonly version: number;
  readonly tables: readonly (Named & { readonly scope: string; readonly columns: number })[];
  readonly queries: readonly (Named & { readonly permission: string })[];
};
export type RouteFacts = Named & { readonly method: string; readonly path: string };
export type ModelFacts = {
  readonly aggregates: readonly AggregateFacts[];
  readonly processes: readonly Named[];
  readonly readModels: readonly ReadModelFacts[];
  readonly routes: readonly RouteFacts[];
  readonly totals: Readonly<Record<string, number>>;
  /** Every part without a word of its own. */
  readonly undocumented: readonly string[];
};
/** What the facts are computed from; the program's own unless a test says otherwise. */
export type Modelled = { readonly model: readonly AnyAggregate[]; readonly readModels: readonly ReadModel[] };

const domain = new URL('../../../domain/', import.meta.url);
const sourcesIn = (folder: string): string => {
  try {
    return readdirSync(new URL(folder, domain), { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map(({ name }) => readFileSync(new URL(`${folder}${name}`, domain), 'utf8'))
      .join('\n');
  } catch {
    return '';
  }
};
const sourcesOfAll = (): string =>
  readdirSync(domain, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => sourcesIn(`${name}/`))
    .join('\n');

const refusal = /reject\(\s*'(\w+)',\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`|"([^"]*)"|(\w))/g;
type Sentences = ReadonlyMap<string, readonly string[]>;
/** The sentences by which code refuses, by refusal; facts in them stand as `…`. */
const sentencesIn = (source: string): Sentences => {
  const found = new Map<string, string[]>();
  for (const [, code = '', plain, template, quoted, computed] of source.matchAll(refusal)) {
    const sentence =
      computed === undefined ? (plain ?? template ?? quoted ?? '').replaceAll(/\$\{[^}]*\}/g, '…').replaceAll("\\'", "'") : 'The answer says what is wrong.';
    found.set(code, [...new Set([...(found.get(code) ?? []), sentence])]);
  }
  return found;
};
const taken = 'Such a value may be held by one at a time, and another holds it.';

const rulesOf = ({ category, commands }: AnyAggregate, everywhere: Sentences): readonly Named[] => {
  const own = sentencesIn(sourcesIn(`${kebabCase(category)}/`));
  const codes = [...new Set(Object.values(commands).flatMap(({ rejects }) => rejects))].sort();
  return codes.map((name) => {
    const sentences = own.get(name) ?? everywhere.get(name) ?? (name.endsWith('Taken') ? [taken] : []);
    return { name, docs: sentences.join(' / ') };
  });
};

const commandOf = (name: string, { docs, permission, creates, startsProcess, rejects }: CommandDefinition, path: string | undefined): CommandFacts => ({
  name,
  docs,
  permission,
  ...(path === undefined ? {} : { path: `/commands/${path}` }),
  creates: creates === true,
  startsProcess: startsProcess === true,
  rejects,
});
const eventOf = (name: string, { docs, version: stored, schema }: EventDefinition): EventFacts => ({
  name,
  docs,
  version: stored,
  personal: personalPaths(schema).map((path) => path.join('.')),
});

const aggregatesOf = (aggregates: readonly AnyAggregate[]): readonly AggregateFacts[] => {
  const paths = new Map([...commandRoutes(aggregates).values()].map(({ aggregate, type, path }) => [`${aggregate.category}/${type}`, path]));
  const everywhere = sentencesIn(sourcesOfAll());
  return aggregates.map((aggregate) => {
    const { category, docs, confidentiality, commands, events } = aggregate;
    return {
      name: category,
      docs,
      confidentiality,
      commands: Object.entries(commands).map(([name, definition]) => commandOf(name, definition, paths.get(`${category}/${name}`))),
      events: Object.entries(events).map(([name, definition]) => eventOf(name, definition)),
      rules: rulesOf(aggregate, everywhere),
    };
  });
};

const readModelOf = ({ projection, queries }: ReadModel): ReadModelFacts => ({
  name: projection.name,
  docs: projection.docs,
  version: projection.version,
  tables: Object.values(projection.tables).map(({ name, docs, scope, columns }) => ({ name, docs, scope, columns: Object.keys(columns).length })),
  queries: queries.map(({ name, docs, permission }) => ({ name, docs, permission })),
});

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const routesOf = (modelled: Modelled): readonly RouteFacts[] => {
  const queries = modelled.readModels.flatMap((readModel) => readModel.queries);
  const paths: unknown = Reflect.get(openApiDocument({ model: modelled.model, queries, eventIndex: eventIndexQuery, version, publicReports: {} }), 'paths');
  return Object.entries(isJson(paths) ? paths : {}).flatMap(([path, operations]) =>
    Object.entries(isJson(operations) ? operations : {}).flatMap(([method, operation]) =>
      isJson(operation) && 'responses' in operation
        ? [{ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, docs: text(operation['description']) || text(operation['summary']) }]
        : [],
    ),
  );
};

const bare = (kind: string, parts: readonly Named[], of = ''): readonly string[] =>
  parts.filter(({ docs }) => docs.trim() === '').map(({ name }) => `${kind} ${of}${name}`);

const undocumentedIn = ({ aggregates, processes: reacting, readModels: models, routes }: Omit<ModelFacts, 'totals' | 'undocumented'>): readonly string[] => [
  ...bare('aggregate', aggregates),
  ...aggregates.flatMap(({ name, commands, events, rules }) => [
    ...bare('command', commands, `${name}.`),
    ...bare('event', events, `${name}.`),
    ...bare('rule', rules, `${name}.`),
  ]),
  ...bare('process', reacting),
  ...bare('read model', models),
  ...models.flatMap(({ tables, queries }) => [...bare('table', tables), ...bare('query', queries)]),
  ...bare('route', routes),
];

const count = <T>(items: readonly T[], of: (item: T) => readonly unknown[]): number => items.reduce((sum, item) => sum + of(item).length, 0);

export const modelFacts = (modelled: Modelled = { model, readModels }): ModelFacts => {
  const facts = {
    aggregates: aggregatesOf(modelled.model),
    processes: [...processes, onboarding, accessSync, contentDeletion, quotationPrinting].map(({ name, docs }) => ({ name, docs })),
    readModels: modelled.readModels.map(readModelOf),
    routes: routesOf(modelled),
  };
  const totals = {
    aggregates: facts.aggregates.length,
    commands: count(facts.aggregates, ({ commands }) => commands),
    events: count(facts.aggregates, ({ events }) => events),
    rules: count(facts.aggregates, ({ rules }) => rules),
    processes: facts.processes.length,
    'read models': facts.readModels.length,
    tables: count(facts.readModels, ({ tables }) => tables),
    queries: count(facts.readModels, ({ queries }) => queries),
    routes: facts.routes.length,
  };
  return { ...facts, totals, undocumented: undocumentedIn(facts) };
};
