/** `demo`: loads the demonstration into a data folder, larger or otherwise than by itself at the first start. */
import { Command } from 'commander';
import { acquireInstanceLock } from '../../../infrastructure/instance-lock.ts';
import { load } from '../../composition/filling.ts';
import { type System, startSystem } from '../../composition/system.ts';
import { type DemoOptions, defaultDemo } from '../../demo/load.ts';
import { isDemoLoaded } from '../../demo/remembered.ts';
import { type Cli, CliFailure, exits } from '../context.ts';
import { configurationOf, onceInterrupted } from '../installation.ts';

const unitsMin = 20;
const unitsMax = 100_000;
const weeksMax = 104;

const wholeNumber = (name: string, text: string, { min, max }: { readonly min: number; readonly max: number }): number => {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) throw new CliFailure(`${name} takes a whole number from ${min} to ${max}.`, exits.usage);
  return number;
};

/** The whole system but the API, for as long as it takes: what follows from the demonstration's commands follows at once. */
const loadAlone = async (cli: Cli, options: DemoOptions): Promise<void> => {
  const configuration = { ...configurationOf(cli), roles: ['projector', 'processor'] as const, demo: true, logLevel: 'error' as const };
  if (configuration.nodeEnv === 'production') throw new CliFailure('Nothing is loaded for show in production.', exits.configuration);
  if (isDemoLoaded(configuration.dataFolder))
    throw new CliFailure(`The demonstration has been loaded into ${configuration.dataFolder} before; take another folder with DATA_DIR.`);
  const lock = acquireInstanceLock(configuration.dataFolder);
  if (!lock.ok) throw new CliFailure(lock.error, exits.unavailable);
  try {
    const fill = (starting: Pick<System, 'part'>): Promise<void> =>
      Promise.race([load(starting, configuration, cli.progress, options), onceInterrupted(cli.interrupted)]);
    const system = await startSystem(configuration, cli.progress, { fill, fillFirst: true });
    try {
      await system.filled;
    } finally {
      await system.stop();
    }
  } finally {
    lock.release();
  }
};

export const demoCommand = (cli: Cli): Command =>
  new Command('demo')
    .description('load the demonstration by real commands, once a data folder; an interrupted load goes on where it was')
    .option('--units <n>', 'units of the fleet', String(defaultDemo.units))
    .option('--weeks <n>', 'weeks of operations up to now; without it a few stories, each kind once')
    .option('--seed <n>', 'the same seed gives the same fleet and the same operations', String(defaultDemo.seed))
    .action(({ units, weeks, seed }: { readonly units: string; readonly weeks?: string; readonly seed: string }) =>
      loadAlone(cli, {
        units: wholeNumber('--units', units, { min: unitsMin, max: unitsMax }),
        ...(weeks === undefined ? {} : { weeks: wholeNumber('--weeks', weeks, { min: 1, max: weeksMax }) }),
        seed: wholeNumber('--seed', seed, { min: 0, max: 999_999_999 }),
      }),
    );
