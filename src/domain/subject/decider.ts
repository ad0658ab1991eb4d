import { customerFact } from '../customer/state.ts';
import { type Aggregate, type Context, emit, fact, type Guards, reject } from '../kernel/aggregate.ts';
import { serviceRequestFact } from '../service-request/state.ts';
import { isEnded, userFact } from '../user/state.ts';
import { subjectCommands } from './commands.ts';
import { subjectEvents } from './events.ts';

export type Subject = {
  readonly isForgotten: boolean;
  readonly customerId: string | null;
  /** The files that are about the person. */
  readonly files: readonly string[];
  /** Those that must be kept, and through which day. */
  readonly kept: Readonly<Record<string, string>>;
};
/** A person as others see it: there only once it is forgotten. */
export const subjectFact = fact<Subject>('subject');
export const subjectFilesMax = 5000;
const event = emit(subjectEvents);
const initial: Subject = { isForgotten: false, customerId: null, files: [], kept: {} };
const unknown = () => reject('unknownSubject', 'There is no such person.');

const guards: Guards<Subject, typeof subjectCommands> = {
  ForgetSubject: (_state, { kind, customerId }, { id }) => {
    if (kind === 'user') return [userFact.at(id)];
    if (kind === 'request') return [serviceRequestFact.at(id)];
    return customerId === undefined ? [] : [customerFact.at(customerId)];
  },
};

const ofRequest = (reason: string, { id, tenant, facts }: Context) => {
  const request = serviceRequestFact.of(facts, id);
  if (request === undefined || request.situation === 'absent' || (tenant !== null && request.customerId !== tenant)) return unknown();
  return [event('SubjectForgotten', { subjectId: id, kind: 'request', customerId: request.customerId, reason })];
};

const decide: Aggregate<'subject', Subject, typeof subjectCommands, typeof subjectEvents>['decide'] = {
  NoteSubjectFile: ({ files }, command) => {
    if (files.includes(command.attachmentId)) return [];
    const max = subjectFilesMax;
    return files.length >= max ? reject('tooMany', `At most ${max} files are about one person.`, { max }) : [event('SubjectFileNoted', command)];
  },
  NoteFileKept: ({ kept }, command) => (kept[command.attachmentId] === command.until ? [] : [event('SubjectFileKept', command)]),
  ForgetSubject: (state, { kind, customerId: named, reason }, context) => {
    const { id, tenant, facts } = context;
    if (state.isForgotten) return [];
    if (kind === 'request') return ofRequest(reason, context);
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
  docs: 'A person whose data are kept: which files are about it; forgotten once, and then for ever. The stream has the person’s id.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: subjectEvents,
  commands: subjectCommands,
  initial,
  decide,
  evolve: {
    SubjectFileNoted: (state, { attachmentId }) => ({ ...state, files: [...state.files, attachmentId] }),
    SubjectForgotten: (state, { customerId }) => ({ ...state, isForgotten: true, customerId: customerId ?? null }),
    SubjectFileKept: (state, { attachmentId, until }) => ({ ...state, kept: { ...state.kept, [attachmentId]: until } }),
  },
  guards,
  tenantOf: ({ customerId }) => customerId,
  exists: ({ isForgotten }) => isForgotten,
};
