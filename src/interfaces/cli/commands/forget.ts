/** `forget`: destroys the key of a person's data, by the command that does so everywhere. */
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import { systemCaller } from '../../../application/caller.ts';
import { type RefusedPart, refusedParts } from '../../../application/forgetting.ts';
import type { CommandOutcome } from '../../../application/handle-command.ts';
import { uuidv7 } from '../../../domain/kernel/ids.ts';
import { model } from '../../../domain/model.ts';
import { subjectKinds } from '../../../domain/subject/events.ts';
import { Validator } from '../../../infrastructure/validation/validator.ts';
import { parts } from '../../composition/tokens.ts';
import { commandRoutes } from '../../http/commands/command-routes.ts';
import { envelopeOf } from '../../http/commands/envelope.ts';
import { type Cli, CliFailure, exits, writeLine } from '../context.ts';
import { type Installation, withInstallation } from '../installation.ts';

type Options = { readonly kind: (typeof subjectKinds)[number]; readonly reason: string; readonly customer?: string; readonly yes?: true };

const told = (outcome: CommandOutcome, id: string): string => {
  switch (outcome.kind) {
    case 'accepted':
      return `${id} is forgotten: the key is destroyed, and its fields read as erased from position ${outcome.position} on.`;
    case 'unchanged':
      return `${id} was forgotten before.`;
    case 'refused':
      throw new CliFailure(outcome.rejection.message);
    case 'notFound':
      throw new CliFailure('There is no such person or customer.');
    case 'invalid':
      throw new CliFailure(outcome.errors.map(({ pointer, message }) => `${pointer} ${message}`).join('\n'), exits.usage);
    case 'revisionMismatch':
    case 'keyReused':
    case 'contention':
      throw new CliFailure('It is being changed by others; try again.', exits.unavailable);
    default:
      return outcome satisfies never;
  }
};

/** What the law keeps for now: the parts that are refused. */
const kept = (refused: readonly RefusedPart[]): string =>
  [
    `${refused.length === 1 ? '1 file' : `${refused.length} files`} about it must be kept, and goes on the day after:`,
    ...refused.map(({ attachmentId, documentCategory, until, reason }) => `  ${attachmentId} (${documentCategory}) through ${until}: ${reason}`),
  ].join('\n');

const forget = async (cli: Cli, { part }: Installation, { id, options }: { readonly id: string; readonly options: Options }): Promise<void> => {
  const directory = await part(parts.directory);
  (await part(parts.reader)).start();
  if (!(await directory.freshness.levels(60_000))) throw new CliFailure('The log cannot be read to its end; try again.', exits.unavailable);
  const validator = new Validator();
  const enveloped = envelopeOf(
    {
      route: commandRoutes(model).get('subject/forget-subject'),
      id,
      body: { kind: options.kind, reason: options.reason, ...(options.customer === undefined ? {} : { customerId: options.customer }) },
      key: undefined,
      ifMatch: undefined,
      caller: systemCaller('cli'),
      correlationId: randomUUID(),
    },
    {
      validation: validator,
      clock: await part(parts.clock),
      newId: () => uuidv7(Date.now(), randomBytes(10)),
      hashKey: createSecretKey((await part(parts.secrets)).hashes),
    },
  );
  if (!enveloped.ok) throw new CliFailure((enveloped.problem.errors ?? []).map(({ message }) => message).join('\n') || enveloped.problem.detail, exits.usage);
  await writeLine(cli, told(await (await part(parts.commands)).handle(enveloped.envelope), id));
  const refused = await refusedParts(await part(parts.states), id, enveloped.envelope.at);
  if (refused.length > 0) await writeLine(cli, kept(refused));
};

export const forgetCommand = (cli: Cli): Command =>
  new Command('forget')
    .description('forget a person for ever: the key of its data is destroyed')
    .argument('<subject>', 'the id of the user, of the customer’s contact, or of the service request that names somebody')
    .addOption(new Option('--kind <kind>', 'what it is').choices(subjectKinds).default('user'))
    .requiredOption('--reason <text>', 'why, for the log')
    .option('--customer <id>', 'the customer of a contact')
    .option('--yes', 'it cannot be undone, and that is meant')
    .action((id: string, options: Options) => {
      if (options.yes !== true) throw new CliFailure(`What is forgotten cannot be read again by anybody; say --yes to forget ${id}.`, exits.usage);
      return withInstallation(cli, (installation) => forget(cli, installation, { id, options }));
    });
