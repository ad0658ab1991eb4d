/** `export`: the whole filtered answer of a query as a file. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import type { QueryDefinition } from '../../../../projections/kernel/query.ts';
import { readModels } from '../../../../projections/read-models.ts';
import { systemCaller } from '../../../application/caller.ts';
import type { QueryRequest } from '../../../application/ports/queries.ts';
import { eventForm } from '../../../infrastructure/queries/sql-text.ts';
import { wholeText } from '../../../infrastructure/queries/statements.ts';
import { columnOf } from '../../../infrastructure/queries/words.ts';
import { parts } from '../../composition/tokens.ts';
import { type Cli, CliFailure, exits, write } from '../context.ts';
import { type Installation, withInstallation } from '../installation.ts';
import { eachRow } from '../rows.ts';

type Options = {
  readonly format: 'csv' | 'xlsx' | 'ndjson';
  readonly filter: readonly string[];
  readonly fields?: string;
  readonly sort?: string;
  readonly to?: string;
};

const queries = readModels.flatMap((readModel) => readModel.queries);
const queryOf = (name: string): QueryDefinition => {
  const found = queries.find((query) => query.name === name);
  if (found === undefined) throw new CliFailure(`There is no query ${name}; there are ${queries.map((query) => query.name).join(', ')}.`, exits.usage);
  return found;
};

/** The parameters that `GET /queries/…` would have. */
const parametersOf = ({ filter, fields, sort }: Options): URLSearchParams => {
  const parameters = new URLSearchParams();
  for (const one of filter) {
    const equals = one.indexOf('=');
    if (equals < 1) throw new CliFailure(`A filter is written column=value or column=operator:value, unlike ${JSON.stringify(one)}.`, exits.usage);
    parameters.append(`filter[${one.slice(0, equals)}]`, one.slice(equals + 1));
  }
  if (fields !== undefined) parameters.set('fields', fields);
  if (sort !== undefined) parameters.set('sort', sort);
  return parameters;
};

/** Staff with every permission: whoever may run this has the keys of the stores anyway. */
const caller = systemCaller('cli');

type Asked = { readonly definition: QueryDefinition; readonly request: QueryRequest };

const writeLines = async (cli: Cli, { part }: Installation, { definition, request }: Asked): Promise<void> => {
  const database = await part(parts.database);
  const select = wholeText({ definition, request, caller }, (name, reference) => eventForm(columnOf(definition, name), reference));
  const lines = (text: string) => write(cli, text);
  let piece = '';
  await database.as(
    caller,
    (session) =>
      eachRow(
        (text) => session.rows(text),
        select,
        async (row) => {
          piece += `${JSON.stringify(row)}\n`;
          if (piece.length < 65_536) return;
          await lines(piece);
          piece = '';
        },
      ),
    { purpose: 'export' },
  );
  await lines(piece);
};

const exported = async (cli: Cli, installation: Installation, { name, options }: { readonly name: string; readonly options: Options }): Promise<void> => {
  const definition = queryOf(name);
  const runner = await installation.part(parts.queryRunner);
  const parsed = runner.parse(definition, parametersOf(options), caller);
  if (!parsed.ok) {
    const mistakes = parsed.errors.map(
      ({ parameter, message, known }) => `${parameter}: ${message}${known === undefined ? '' : ` Known: ${known.join(', ')}.`}`,
    );
    throw new CliFailure(mistakes.join('\n'), exits.usage);
  }
  if (options.format === 'ndjson') return writeLines(cli, installation, { definition, request: parsed.request });
  const { body } = await runner.export(definition, parsed.request, caller, options.format);
  await pipeline(body, cli.out, { end: false });
};

const run = async (cli: Cli, name: string, options: Options): Promise<void> => {
  queryOf(name);
  if (options.to === undefined) return withInstallation(cli, (installation) => exported(cli, installation, { name, options }));
  const file = createWriteStream(options.to, { mode: 0o600 });
  await new Promise<void>((resolve, reject) => file.once('open', () => resolve()).once('error', reject));
  await withInstallation(cli, (installation) => exported({ ...cli, out: file }, installation, { name, options })).finally(
    () => new Promise<void>((resolve) => file.end(resolve)),
  );
};

export const exportCommand = (cli: Cli): Command =>
  new Command('export')
    .description('the whole answer of a query, as staff see it')
    .argument('<query>', 'as in GET /queries/<query>')
    .addOption(new Option('--format <format>', 'the form').choices(['csv', 'xlsx', 'ndjson']).default('csv'))
    .option('--filter <column=value>', 'as filter[column]=value, any number of them', (one: string, before: readonly string[]) => [...before, one], [])
    .option('--fields <columns>', 'only these, with commas between')
    .option('--sort <columns>', 'the order, - for descending')
    .option('--to <file>', 'write a file instead of standard output')
    .action((name: string, options: Options) => run(cli, name, options));
