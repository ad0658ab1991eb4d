/** `token`: a token of the embedded issuer, for trying things out. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { developmentIssuer } from '../../../infrastructure/identity/development-issuer.ts';
import { demoPeople } from '../../demo/people.ts';
import { type Cli, CliFailure, exits, writeLine } from '../context.ts';
import { configurationOf } from '../installation.ts';

const secondsMax = 30 * 24 * 3600;

const subjectOf = (user: string): string => {
  if (demoPeople.some((person) => person.user === user)) return `demo|${user}`;
  if (user.includes('|') || user.includes('@')) return user;
  throw new CliFailure(
    `Nobody is called ${user}; there are ${demoPeople.map((person) => person.user).join(', ')}, or give a subject as the issuer writes it (with | or @).`,
    exits.usage,
  );
};

const issue = async (cli: Cli, user: string, { seconds }: { readonly seconds?: string }): Promise<void> => {
  const { auth, nodeEnv, dataFolder } = configurationOf(cli);
  if (auth.kind === 'external') throw new CliFailure(`Tokens come from ${auth.issuer}, which is asked for them in its own way.`, exits.configuration);
  if (nodeEnv === 'production') throw new CliFailure('The embedded issuer of tokens does not exist in production.', exits.configuration);
  const expiresInSeconds = seconds === undefined ? undefined : Number(seconds);
  if (expiresInSeconds !== undefined && !(Number.isInteger(expiresInSeconds) && expiresInSeconds >= 1 && expiresInSeconds <= secondsMax))
    throw new CliFailure(`--seconds takes a whole number from 1 to ${secondsMax}.`, exits.usage);
  const sub = subjectOf(user);
  // A key made here would be nobody's: the running system has its own.
  if (!existsSync(join(dataFolder, 'issuer.key')))
    throw new CliFailure(`No system has issued tokens in ${dataFolder}; start it once with npm start, or name its folder with DATA_DIR.`, exits.noData);
  const issuer = await developmentIssuer({ dataFolder, nodeEnv });
  await writeLine(cli, issuer.issue(sub, { nowMs: Date.now(), ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }) }).access_token);
};

export const tokenCommand = (cli: Cli): Command =>
  new Command('token')
    .description('a token of the embedded issuer; not in production')
    .argument('<user>', `one of the demonstration's people, or a subject`)
    .option('--seconds <n>', 'how long it is good for (12 hours)')
    .action((user: string, options: { readonly seconds?: string }) => issue(cli, user, options));
