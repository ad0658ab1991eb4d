/** P7: invite → mail → the person signs in → who may approve is told. What follows the approval is access-sync.ts. */
import { administratorsFact, administratorsOf, companyAdministrators } from '../../domain/administrators/decider.ts';
import type { Facts, Frozen } from '../../domain/kernel/aggregate.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import { erased } from '../../domain/kernel/personal.ts';
import { user } from '../../domain/user/decider.ts';
import { type PresentUser, type User, userFact } from '../../domain/user/state.ts';
import { type EffectReaction, effects } from '../effects/effect.ts';
import type { Mailer } from '../ports/mail.ts';
import { send } from './process.ts';

export type OnboardingPorts = {
  readonly mailer: Mailer;
  /** The portal's page that takes the invitation up, with its code (invitation-code.ts). */
  readonly invitationLink: (invitation: { readonly userId: string; readonly expiresAt: string }) => string;
  /** The portal's page where users wait for approval. */
  readonly approvalLink: (userId: string) => string;
};

const { when, effect } = effects<OnboardingPorts>();
const approversMax = 50;

const personOf = (state: Frozen<User> | undefined): PresentUser | undefined => (state === undefined || state.situation === 'absent' ? undefined : state);

const inviting = (name: string, link: string, until: string): string =>
  [
    `${name},`,
    '',
    `Le invitamos a usar el portal. Abra este enlace antes del ${until.slice(0, 10)}:`,
    `You are invited to the portal. Open this link before ${until.slice(0, 10)}:`,
    '',
    link,
    '',
  ].join('\n');
const asking = (link: string): string =>
  ['Una persona espera su aprobación para usar el portal:', 'Somebody waits for your approval to use the portal:', '', link, ''].join('\n');

/** Mails an invitation that still holds; a failure is recorded and tried again by a deadline. */
const mailInvitation: EffectReaction<OnboardingPorts, { readonly expiresAt: string }> = {
  reads: ({ aggregateId }) => [userFact.at(aggregateId)],
  plan: ({ aggregateId, data: { expiresAt } }, facts) => {
    const person = personOf(userFact.of(facts, aggregateId));
    if (person?.situation !== 'invited' || person.invitationExpiresAt !== expiresAt || person.email === erased) return [];
    return [
      {
        step: 'mail',
        category: user.category,
        to: aggregateId,
        perform: async ({ mailer, invitationLink }) => {
          // The same for every attempt: one that failed may have arrived all the same.
          const id = derivedId(aggregateId, ['invitation', expiresAt]);
          const link = invitationLink({ userId: aggregateId, expiresAt });
          const mail = { id, to: person.email, subject: 'Invitación al portal / Invitation', text: inviting(person.name, link, expiresAt) };
          const sent = await mailer.send(mail);
          const problem = sent.ok ? {} : { problem: sent.problem };
          return [send(user, 'RecordInvitationMail', { step: 'mail', to: aggregateId, data: { expiresAt, ...problem } })];
        },
      },
    ];
  },
};

/** Administrators of the user's customer, else of the company: those who are told. */
const approvers = (facts: Facts, customerId: string | null): readonly string[] => {
  const own = Object.keys(administratorsFact.of(facts, administratorsOf(customerId))?.members ?? {});
  const all = own.length > 0 ? own : Object.keys(administratorsFact.of(facts, companyAdministrators)?.members ?? {});
  return all.slice(0, approversMax);
};

export const onboarding = effect({
  name: 'Onboarding',
  docs: 'P7: mails invitations, and tells who may approve that somebody waits.',
  on: [
    when(user, {
      UserInvited: mailInvitation,
      InvitationRenewed: mailInvitation,
      InvitationMailRequested: mailInvitation,
      IdentityLinked: {
        reads: ({ aggregateId }, facts) => {
          const customerId = personOf(userFact.of(facts, aggregateId))?.customerId;
          if (customerId === undefined) return [userFact.at(aggregateId)];
          const sets = [administratorsFact.at(administratorsOf(customerId)), administratorsFact.at(companyAdministrators)];
          return [...sets, ...approvers(facts, customerId).map((id) => userFact.at(id))];
        },
        plan: ({ aggregateId }, facts) => {
          const person = personOf(userFact.of(facts, aggregateId));
          if (person?.situation !== 'pending_approval') return [];
          const told = approvers(facts, person.customerId).flatMap((id) => {
            const approver = personOf(userFact.of(facts, id));
            return approver?.situation === 'active' && approver.email !== erased && id !== person.invitedBy ? [{ id, email: approver.email }] : [];
          });
          return [
            {
              step: 'ask',
              category: user.category,
              to: aggregateId,
              perform: async ({ mailer, approvalLink }, { callId }) => {
                const approverIds: string[] = [];
                for (const { id, email } of told) {
                  const mail = { id: `${callId}-${id}`, to: email, subject: 'Aprobación pendiente / Approval', text: asking(approvalLink(aggregateId)) };
                  if ((await mailer.send(mail)).ok) approverIds.push(id);
                }
                return [send(user, 'RecordApprovalRequest', { step: 'ask', to: aggregateId, data: { approverIds } })];
              },
            },
          ];
        },
      },
    }),
  ],
});
