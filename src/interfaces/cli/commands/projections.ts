/** `projections`: how far read models are, building them anew, and as they were. */
import { Command, Option } from 'commander';
import type { ProjectionDefinition } from '../../../../projections/kernel/projection.ts';
import { readModels } from '../../../../projections/read-models.ts';
import type { EventLog } from '../../../application/ports/event-log.ts';
import type { ReadModelStatus } from '../../../application/ports/read-models.ts';
import { Locks } from '../../../infrastructure/postgres/locks.ts';
import { id, qualified } from '../../../infrastructure/postgres/names.ts';
import { AsOf } from '../../../infrastructure/projector/as-of.ts';
import { Builder, type BuildProgress } from '../../../infrastructure/projector/builder.ts';
import { Builds } from '../../../infrastructure/projector/builds.ts';
import { readBuilds } from '../../../infrastructure/projector/checkpoints.ts';
import { selectList } from '../../../infrastructure/projector/row-form.ts';
import { writerPool } from '../../../infrastructure/projector/writer-pool.ts';
import type { Progress } from '../../composition/progress.ts';
import { parts } from '../../composition/tokens.ts';
import { aligned, type Cli, CliFailure, exits, shownJson, writeLine } from '../context.ts';
import { type Installation, withInstallation } from '../installation.ts';
import { positionAt } from '../moment.ts';
import { eachRow } from '../rows.ts';

const definitions = readModels.map(({ projection }) => projection);
const definitionOf = (name: string): ProjectionDefinition => {
  const found = definitions.find((definition) => definition.name === name);
  if (found === undefined)
    throw new CliFailure(`There is no read model ${name}; there are ${definitions.map((definition) => definition.name).join(', ')}.`, exits.usage);
  return found;
};

type Shown = Omit<ReadModelStatus, 'state'> & { readonly state: ReadModelStatus['state'] | 'missing'; readonly behind: bigint };

const statusOf = async ({ part }: Installation): Promise<readonly Shown[]> => {
  const log = await part(parts.log);
  const tail = await log.tail();
  const known = new Map((await (await part(parts.readModels)).status()).map((status) => [status.name, status]));
  return definitions.map(({ name, version }) => {
    const status = known.get(name) ?? { name, version, state: 'missing' as const, position: -1n };
    return { ...status, behind: status.position >= tail ? 0n : tail - status.position };
  });
};

/** Fails where a read model stands still, so that a script notices. */
const showStatus = (cli: Cli, { json }: { readonly json?: true }): Promise<void> =>
  withInstallation(cli, async (installation) => {
    const shown = await statusOf(installation);
    if (json === true) await writeLine(cli, shownJson(shown));
    else {
      const rows = shown.map(({ name, version, state, position, behind }) => [name, String(version), state, String(position), String(behind)]);
      await writeLine(cli, aligned(['read model', 'version', 'state', 'position', 'behind'], rows));
    }
    const faulted = shown.flatMap(({ name, fault }) =>
      fault === undefined ? [] : [`${name} stands still before ${fault.eventType} ${fault.eventId}: ${fault.message}`],
    );
    if (faulted.length > 0) throw new CliFailure(faulted.join('\n'));
  });

/** A bar for reading the log, which is what takes long. */
const buildBar = (progress: Progress): ((step: BuildProgress) => void) => {
  let isRead = false;
  return ({ phase, position, tail }) => {
    if (phase === 'reading') progress.step('reading the log', Math.max(0, Number(position)), Number(tail));
    if (phase === 'writing' && !isRead) {
      isRead = true;
      progress.step('reading the log', Number(tail), Number(tail));
      progress.say('  writing tables');
    }
  };
};

const refuseNewer = async ({ part }: Installation, wanted: readonly ProjectionDefinition[]): Promise<void> => {
  const builds = await readBuilds((await part(parts.database)).owner);
  for (const { name, version } of wanted) {
    const live = builds.find((build) => build.isLive && build.name === name);
    if (live !== undefined && live.version > version)
      throw new CliFailure(`The read model ${name} is live in version ${live.version}; this program knows version ${version}.`);
  }
};

const rebuildAll = async (cli: Cli, installation: Installation, wanted: readonly ProjectionDefinition[]): Promise<void> => {
  await refuseNewer(installation, wanted);
  const database = await installation.part(parts.database);
  const log = await installation.part(parts.log);
  const lost = new AbortController();
  const writers = writerPool(database.url, 2);
  const locks = new Locks(database.url, () => lost.abort(new Error('the connection that holds the locks ended')));
  const builder = new Builder({ database, writers, log, progress: buildBar(cli.progress) });
  const signal = AbortSignal.any([lost.signal, cli.interrupted]);
  const builds = new Builds({ builder, locks, signal, report: (sentence) => cli.progress.warn(sentence) });
  try {
    for (const { name } of wanted)
      if (!(await builds.claim(name))) throw new CliFailure(`The read model ${name} is being built by another process; try again later.`);
    const faults = await builds.run(wanted);
    if (faults.size > 0) throw new CliFailure(`${[...faults.keys()].join(', ')} cannot be built to the end; what was live stays.`);
  } finally {
    await locks.close();
    await builder.close();
    await writers.close();
  }
};

/** Builds beside what is live and swaps in; a running system goes on with the new tables by itself. */
const rebuild = async (cli: Cli, names: readonly string[], { all }: { readonly all?: true }): Promise<void> => {
  if ((all === true) === names.length > 0) throw new CliFailure('Name the read models to rebuild, or say --all.', exits.usage);
  const wanted = all === true ? definitions : [...new Set(names)].map(definitionOf);
  const startedAt = performance.now();
  await withInstallation(cli, (installation) => rebuildAll(cli, installation, wanted));
  await writeLine(cli, `rebuilt ${wanted.map(({ name }) => name).join(', ')} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
};

const positionIn = async (log: EventLog, text: string): Promise<bigint> => {
  const tail = await log.tail();
  const position = /^\d{1,19}$/.test(text) ? BigInt(text) : await positionAt(log, text);
  if (position > tail) throw new CliFailure(`The log ends at position ${tail}.`, exits.usage);
  return position;
};

type Past = { readonly name: string; readonly moment: string; readonly keep: boolean; readonly rows: string | undefined };

const showPast = async (cli: Cli, installation: Installation, { name, moment, keep, rows }: Past): Promise<void> => {
  const definition = definitionOf(name);
  const table = Object.values(definition.tables).find((one) => one.name === rows);
  if (rows !== undefined && table === undefined)
    throw new CliFailure(
      `${name} has no table ${rows}; it has ${Object.values(definition.tables)
        .map((one) => one.name)
        .join(', ')}.`,
      exits.usage,
    );
  const log = await installation.part(parts.log);
  const database = await installation.part(parts.database);
  const position = await positionIn(log, moment);
  const asOf = new AsOf({ database, log, projections: definitions, nowSeconds: () => Math.floor(Date.now() / 1000), progress: buildBar(cli.progress) });
  try {
    const schema = await asOf.make(name, position, cli.interrupted);
    try {
      if (table === undefined) await writeCounts(cli, installation, { definition, schema, position });
      else
        await database.owner.transaction((client) =>
          eachRow(
            async (text) => (await client.query<Record<string, unknown>>(text)).rows,
            `select ${selectList(table)} from ${qualified(schema, table.name)} order by ${id(table.key)}`,
            (row) => writeLine(cli, JSON.stringify(row)),
          ),
        );
    } finally {
      if (keep) cli.progress.say(`It is kept a day in the schema ${schema}: set search_path to ${schema}.`);
      else await asOf.drop(schema);
    }
  } finally {
    await asOf.close();
  }
};

type Made = { readonly definition: ProjectionDefinition; readonly schema: string; readonly position: bigint };
const writeCounts = async (cli: Cli, { part }: Installation, { definition, schema, position }: Made): Promise<void> => {
  const { owner } = await part(parts.database);
  const counts: [string, string][] = [];
  for (const { name } of Object.values(definition.tables)) {
    const [row] = await owner.rows<{ n: string }>(`select count(*)::text as n from ${qualified(schema, name)}`);
    counts.push([name, row?.n ?? '0']);
  }
  await writeLine(cli, `${definition.name} after position ${position}\n${aligned(['table', 'rows'], counts)}`);
};

export const projectionsCommand = (cli: Cli): Command => {
  const command = new Command('projections').description('read models: how far they are, building them anew, as they were');
  command
    .command('status')
    .description('each read model: version, state, position, and how far behind the end of the log')
    .option('--json', 'as JSON')
    .action((options: { readonly json?: true }) => showStatus(cli, options));
  command
    .command('rebuild')
    .argument('[names...]', 'read models')
    .option('--all', 'every one, in one reading of the log')
    .description('build anew beside what is live, then swap; nothing stands still meanwhile')
    .action((names: readonly string[], options: { readonly all?: true }) => rebuild(cli, names, options));
  command
    .command('as-of')
    .argument('<name>', 'a read model')
    .argument('<moment>', 'a position of the log, or an instant such as 2026-01-31T08:15:00Z')
    .addOption(new Option('--rows <table>', 'the rows of one table as NDJSON, instead of counts'))
    .option('--keep', 'keep the tables for a day and say where they are')
    .description('a read model as it was')
    .action((name: string, moment: string, { keep, rows }: { readonly keep?: true; readonly rows?: string }) =>
      withInstallation(cli, (installation) => showPast(cli, installation, { name, moment, keep: keep === true, rows })),
    );
  return command;
};
