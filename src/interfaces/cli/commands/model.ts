/** `model`: how large the model is, and what each part of it is for. */
import { Command } from 'commander';
import { aligned, type Cli, CliFailure, shownJson, writeLine } from '../context.ts';
import { type AggregateFacts, type ModelFacts, modelFacts, type ReadModelFacts } from '../documents/model-facts.ts';

type Named = { readonly name: string; readonly docs: string };
const listed = (kind: string, parts: readonly Named[]): readonly string[] =>
  parts.length === 0 ? [] : [`  ${kind}`, ...parts.map(({ name, docs }) => `    ${name}: ${docs}`)];

const aggregate = ({ name, docs, commands, events, rules }: AggregateFacts): string =>
  [`${name}: ${docs}`, ...listed('commands', commands), ...listed('events', events), ...listed('rules', rules)].join('\n');
const readModel = ({ name, docs, tables, queries }: ReadModelFacts): string =>
  [`${name}: ${docs}`, ...listed('tables', tables), ...listed('queries', queries)].join('\n');

const told = ({ aggregates, processes, readModels, routes }: ModelFacts): string =>
  [
    'AGGREGATES',
    ...aggregates.map(aggregate),
    'PROCESSES',
    processes.map(({ name, docs }) => `${name}: ${docs}`).join('\n'),
    'READ MODELS',
    ...readModels.map(readModel),
    'ROUTES',
    routes.map(({ name, docs }) => `${name}: ${docs}`).join('\n'),
    'TOTALS',
  ].join('\n\n');

type Options = { readonly json?: true; readonly totals?: true };

/** Fails where a part says nothing of itself. */
const show = async (cli: Cli, { json, totals }: Options): Promise<void> => {
  const facts = modelFacts();
  if (json === true) await writeLine(cli, shownJson(totals === true ? facts.totals : facts));
  else {
    if (totals !== true) await writeLine(cli, `${told(facts)}\n`);
    await writeLine(
      cli,
      aligned(
        ['what', 'how many'],
        Object.entries(facts.totals).map(([what, count]) => [what, String(count)]),
      ),
    );
  }
  if (facts.undocumented.length > 0) throw new CliFailure(`Nothing is said of ${facts.undocumented.join(', ')}.`);
};

export const modelCommand = (cli: Cli): Command =>
  new Command('model')
    .description('aggregates, commands, events, rules, processes, read models and routes, each with what it says of itself; fails where one says nothing')
    .option('--json', 'as JSON')
    .option('--totals', 'only how many there are')
    .action((options: Options) => show(cli, options));
