/**
 * The first sign-in of somebody who was invited: a token that the issuer vouches for, but whose subject nobody of the model has yet, takes
 * up an invitation. By the code that was mailed, or by an e-mail that the issuer has verified and that the invitation went to.
 */
import { uuidv5 } from '../domain/kernel/ids.ts';
import type { User } from '../domain/user/state.ts';
import { systemCaller } from './caller.ts';
import type { Directory } from './directory.ts';
import type { CommandHandler, CommandOutcome } from './handle-command.ts';
import { isInvitationCode } from './invitation-code.ts';
import type { States } from './states.ts';

const namespace = '0f0a4b9e-53b6-5d0f-9d7d-7b9c1b0d6a51';

export type JoiningParts = {
  readonly states: Pick<States, 'loadFresh'>;
  readonly directory: Pick<Directory, 'invitationOf'>;
  readonly commands: Pick<CommandHandler, 'handle'>;
  readonly clock: () => string;
  /** The key that invitations' codes are made with, the same on every node. */
  readonly invitationKey: Uint8Array;
};
/** What stands in the invitation's link. */
export type Invited = { readonly userId: string /** The end of the invitation, ISO 8601 UTC. */; readonly until: string; readonly code: string };
export type Join = {
  /** The issuer's name for the person: the token's `sub`. */
  readonly subject: string;
  /** Only where the issuer says that it has verified it. */
  readonly verifiedEmail?: string;
  /** Absent: the invitation that went to the verified e-mail. */
  readonly invited?: Invited;
  readonly correlationId: string;
};
/** `notFound`: no such invitation, another code, or no longer open: told alike. */
export type Joined = { readonly kind: 'notFound' } | { readonly kind: 'answered'; readonly userId: string; readonly outcome: CommandOutcome };

/** Links the identity as the system; the same again changes nothing. Throws `StoreUnavailable`. */
export const joinBy =
  ({ states, directory, commands, clock, invitationKey }: JoiningParts) =>
  async ({ subject, verifiedEmail, invited, correlationId }: Join): Promise<Joined> => {
    const now = clock();
    const isRight = invited === undefined || isInvitationCode(invitationKey, { userId: invited.userId, expiresAt: invited.until, code: invited.code, now });
    const userId = invited?.userId ?? (verifiedEmail === undefined ? undefined : directory.invitationOf(verifiedEmail));
    if (!isRight || userId === undefined) return { kind: 'notFound' };
    const { state } = await states.loadFresh('user', userId);
    // The boundary of types: the state of this category.
    const user = state as User;
    // A renewed invitation has another end, and with it another code: the old one no longer opens anything.
    if (user.situation === 'absent' || (invited !== undefined && user.invitationExpiresAt !== invited.until)) return { kind: 'notFound' };
    if (user.situation === 'invited' && now >= user.invitationExpiresAt) return { kind: 'notFound' };
    const commandId = uuidv5(namespace, JSON.stringify([userId, subject]));
    const outcome = await commands.handle({
      commandId,
      commandHash: commandId,
      category: 'user',
      id: userId,
      type: 'LinkIdentity',
      caller: systemCaller('sign-in'),
      at: now,
      correlationId,
      causationId: commandId,
      data: { subject },
    });
    return outcome.kind === 'notFound' ? { kind: 'notFound' } : { kind: 'answered', userId, outcome };
  };
