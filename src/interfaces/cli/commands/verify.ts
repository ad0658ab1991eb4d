/** `verify`: holds everything that can be derived from the log against the log. */
import { Command } from 'commander';
import { readModels } from '../../../../projections/read-models.ts';
import { parts } from '../../composition/tokens.ts';
import { type Cli, CliFailure, exits, writeLine } from '../context.ts';
import { type Installation, withInstallation } from '../installation.ts';
import { type Finding, ReadModelVerification } from '../verify/read-models.ts';
import { verifyStreams } from '../verify/streams.ts';

const definitions = readModels.map(({ projection }) => projection);

/** A checkpoint past the end belongs to another log, or to this one before it was restored from a backup. */
const verifyProcesses = async ({ part }: Installation): Promise<Finding> => {
  const tail = await (await part(parts.log)).tail();
  const { owner } = await part(parts.database);
  const rows = await owner.rows<{ name: string; position: string }>('select name, position::text as position from kept.process_checkpoint order by name');
  const problems = rows
    .filter(({ position }) => BigInt(position) > tail || BigInt(position) < -1n)
    .map(({ name, position }) => `the process ${name} says it has read up to ${position}, but the log ends at ${tail}`);
  const lowest = rows.reduce((least, { position }) => (BigInt(position) < least ? BigInt(position) : least), tail);
  return { what: 'processes', told: `${rows.length} checkpoints, the last one ${tail - lowest} positions behind`, problems };
};

const report = async (cli: Cli, { what, told, problems }: Finding): Promise<number> => {
  await writeLine(cli, `${problems.length === 0 ? 'ok    ' : 'WRONG '}  ${what}: ${told}`);
  for (const problem of problems) await writeLine(cli, `          ${problem}`);
  return problems.length;
};

const verify = async (cli: Cli, installation: Installation, names: readonly string[]): Promise<void> => {
  let problems = await report(cli, await verifyStreams(installation, cli));
  problems += await report(cli, await verifyProcesses(installation));
  const verification = new ReadModelVerification(await installation.part(parts.database), await installation.part(parts.log));
  try {
    const wanted = definitions.filter(({ name }) => names.length === 0 || names.includes(name));
    for (const [index, definition] of wanted.entries()) {
      problems += await report(cli, await verification.verify(definition, cli.interrupted));
      cli.progress.step('read models', index + 1, wanted.length);
    }
  } finally {
    await verification.close();
  }
  if (problems > 0) throw new CliFailure(`${problems} ${problems === 1 ? 'thing is' : 'things are'} not as the log says.`);
};

export const verifyCommand = (cli: Cli): Command =>
  new Command('verify')
    .description('every stream folds, every process is where it can be, every read model equals one built anew, row for row (ES-3)')
    .argument('[names...]', 'only these read models')
    .action((names: readonly string[]) => {
      const unknown = names.find((name) => !definitions.some((definition) => definition.name === name));
      if (unknown !== undefined)
        throw new CliFailure(`There is no read model ${unknown}; there are ${definitions.map(({ name }) => name).join(', ')}.`, exits.usage);
      return withInstallation(cli, (installation) => verify(cli, installation, names));
    });
