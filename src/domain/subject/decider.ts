import { customerFact } from '../customer/state.ts';
import { type Aggregate, emit, type Guards, reject } from '../kernel/aggregate.ts';
import { isEnded, userFact } from '../user/state.ts';
import { subjectCommands } from './commands.ts';
import { subjectEvents } from './events.ts';

export type Subject = { readonly isForgotten: boolean; readonly customerId: string | null };
const event = emit(subjectEvents);
const initial: Subject = { isForgotten: false, customerId: null };
const unknown = () => reject('unknownSubject', 'There is no such person.');

const guards: Guards<Subject, typeof subjectCommands> = {
  ForgetSubject: (_state, { kind, customerId }, { id }) =>
    kind === 'user' ? [userFact.at(id)] : customerId === undefined ? [] : [customerFact.at(customerId)],
};

const decide: Aggregate<'subject', Subject, typeof subjectCommands, typeof subjectEvents>['decide'] = {
  ForgetSubject: (state, { kind, customerId: named, reason }, { id, tenant, facts }) => {
    if (state.isForgotten) return [];
    if (kind === 'user') {
      const user = userFact.of(facts, id);
      if (user === undefined || user.situation === 'absent' || (tenant !== null && user.customerId !== tenant)) return unknown();
      if (!isEnded(user.situation)) return reject('stillActive', 'Deactivate the user first.', { status: user.situation });
      const { customerId } = user;
      return [event('SubjectForgotten', { subjectId: id, kind, reason, ...(customerId === null ? {} : { customerId }) })];
    }
    const customer = named === undefined ? undefined : customerFact.of(facts, named);
    if (named === undefined || customer === undefined || customer.situation === 'absent') return unknown();
    // Contacts taken off the list are no longer in the customer's state: those only staff can name.
    if (tenant !== null && !Object.hasOwn(customer.contacts, id)) return unknown();
    return [event('SubjectForgotten', { subjectId: id, kind, customerId: named, reason })];
  },
};

/** A person whose data are kept: forgotten once, and then for ever. The stream has the person's id. */
export const subject: Aggregate<'subject', Subject, typeof subjectCommands, typeof subjectEvents> = {
  category: 'subject',
  docs: 'A person whose data are kept: forgotten once, and then for ever. The stream has the person’s id.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: subjectEvents,
  commands: subjectCommands,
  initial,
  decide,
  evolve: { SubjectForgotten: (_state, { customerId }) => ({ isForgotten: true, customerId: customerId ?? null }) },
  guards,
  tenantOf: ({ customerId }) => customerId,
  exists: ({ isForgotten }) => isForgotten,
};
