/** `repeat`: what an effect gave up is tried again, by whichever node runs the effect. */
import { Command } from 'commander';
import { repeatEffect } from '../../../application/effects/repeat.ts';
import { isUuid } from '../../../domain/kernel/ids.ts';
import { parts } from '../../composition/tokens.ts';
import { type Cli, CliFailure, exits, writeLine } from '../context.ts';
import { withInstallation } from '../installation.ts';

const repeat = async (cli: Cli, { effect, triggerId }: { readonly effect: string; readonly triggerId: string }): Promise<void> => {
  if (!isUuid(triggerId)) throw new CliFailure('The event is named by its id, a UUID in lower case.', exits.usage);
  await withInstallation(cli, async ({ part }) => {
    const clock = await part(parts.clock);
    const steps = await repeatEffect(await part(parts.log), { effect, triggerId, actor: { kind: 'system', id: 'cli' }, at: clock() });
    if (steps === 0) throw new CliFailure(`${effect} has given up nothing for the event ${triggerId}.`);
    await writeLine(cli, `${effect} tries ${triggerId} again${steps === 1 ? '' : `, ${steps} steps`}; where nothing runs, once the system is started.`);
  });
};

export const repeatCommand = (cli: Cli): Command =>
  new Command('repeat')
    .description('have something tried again that an effect gave up (events EffectGivenUp)')
    .argument('<effect>', 'its name, such as QuotationPrinting')
    .argument('<event>', 'the id of the event that it acted on (`trigger`)')
    .action((effect: string, triggerId: string) => repeat(cli, { effect, triggerId }));
