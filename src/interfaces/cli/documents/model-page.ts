/** `docs/model.md`: every aggregate with its commands, events and rules, every process, read model and route. */
import { code, page, table } from './markdown.ts';
import type { AggregateFacts, CommandFacts, ModelFacts, ReadModelFacts } from './model-facts.ts';

const marks = ({ creates, startsProcess, path }: CommandFacts): string =>
  [creates ? 'creates' : '', startsProcess ? 'begins a process' : '', path === undefined ? 'internal' : ''].filter((mark) => mark !== '').join(', ');

const aggregate = ({ name, docs, confidentiality, commands, events, rules }: AggregateFacts): string =>
  [
    `### ${name}`,
    `${docs} Confidentiality: ${confidentiality}.`,
    table(
      ['command', 'permission', '', 'what it does', 'may be refused by'],
      commands.map((command) => [code(command.name), code(command.permission), marks(command), command.docs, command.rejects.map(code).join(' ')]),
    ),
    table(
      ['event', 'version', 'what happened', 'personal fields'],
      events.map((event) => [code(event.name), String(event.version), event.docs, event.personal.map(code).join(' ')]),
    ),
    rules.length === 0
      ? ''
      : table(
          ['rule', 'what it says'],
          rules.map((rule) => [code(rule.name), rule.docs]),
        ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');

const readModel = ({ name, docs, version, tables, queries }: ReadModelFacts): string =>
  [
    `### ${name}`,
    `${docs} Version ${version}.`,
    table(
      ['table', 'columns', 'who sees rows', 'what it holds'],
      tables.map((one) => [code(one.name), String(one.columns), one.scope, one.docs]),
    ),
    queries.length === 0
      ? 'Asked by words only, through `GET /queries/search`.'
      : table(
          ['query', 'permission', 'what it answers'],
          queries.map((query) => [code(`/queries/${query.name}`), code(query.permission), query.docs]),
        ),
  ].join('\n\n');

export const modelPage = ({ aggregates, processes, readModels, routes, totals }: ModelFacts): string =>
  page('The model', [
    table(
      ['what', 'how many'],
      Object.entries(totals).map(([what, count]) => [what, String(count)]),
    ),
    '## Aggregates',
    ...aggregates.map(aggregate),
    '## Processes',
    table(
      ['process', 'what it does'],
      processes.map(({ name, docs }) => [code(name), docs]),
    ),
    '## Read models',
    ...readModels.map(readModel),
    '## Routes',
    table(
      ['method', 'path', 'what it does'],
      routes.map(({ method, path, docs }) => [method, code(path), docs]),
    ),
  ]);
