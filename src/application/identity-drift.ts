/** The daily check that the identity provider still has what we have; what differs is told again. */
import { uuidv5 } from '../domain/kernel/ids.ts';
import { systemCaller } from './caller.ts';
import type { Directory, ExpectedIdentity } from './directory.ts';
import type { CommandHandler } from './handle-command.ts';
import type { ExternalUser, IdentityProvider } from './ports/identity-provider.ts';

const namespace = '6d0b8f57-7c3f-5b0e-8a0d-3b7b7a1f0c55';
type Parts = {
  readonly directory: Pick<Directory, 'expectedIdentities'>;
  readonly identityProvider: IdentityProvider;
  readonly commands: Pick<CommandHandler, 'handle'>;
  readonly signal?: AbortSignal;
};
export type DriftReport = { readonly checked: number; readonly drifted: readonly string[]; readonly problem?: string };

/** Does the provider have something else than we do? A user that is missing there has drifted too. */
export const hasDrifted = (expected: ExpectedIdentity, found: ExternalUser | undefined): boolean =>
  found === undefined ||
  found.isBlocked !== expected.isBlocked ||
  [...found.externalRoleIds].sort().join(' ') !== [...expected.externalRoleIds].sort().join(' ');

/** Checks every user once. `at`: ISO 8601 UTC; on one day a user is told again at most once. Ends at the first failure, which it reports. */
export const checkIdentityDrift = async ({ directory, identityProvider, commands, signal }: Parts, at: string): Promise<DriftReport> => {
  const drifted: string[] = [];
  let checked = 0;
  for (const expected of directory.expectedIdentities()) {
    if (signal?.aborted === true) return { checked, drifted, problem: 'stopped before its end' };
    const found = await identityProvider.userOf(expected.subject);
    if (!found.ok) return { checked, drifted, problem: found.problem };
    checked += 1;
    if (!hasDrifted(expected, found.value)) continue;
    drifted.push(expected.userId);
    const commandId = uuidv5(namespace, `${expected.userId}:${at.slice(0, 10)}`);
    await commands.handle({
      commandId,
      commandHash: commandId,
      category: 'user',
      id: expected.userId,
      type: 'RequestIdentitySync',
      caller: systemCaller('identity-drift'),
      at,
      correlationId: commandId,
      causationId: commandId,
      data: {},
    });
  }
  return { checked, drifted };
};
