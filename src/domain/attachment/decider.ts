import { type Catalog, catalogFact } from '../catalog/decider.ts';
import { customerFact } from '../customer/state.ts';
import { type Aggregate, emit, type Facts, type Frozen, type Guards, reject } from '../kernel/aggregate.ts';
import { addDays, addMonths } from '../kernel/calendar.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { localDate, startOfLocalDay } from '../kernel/time-zone.ts';
import { catalogId } from '../kernel/well-known.ts';
import { attachmentCommands } from './commands.ts';
import { attachmentEvents } from './events.ts';
import { type Attachment, announced, evolve, initial, linkKey, type PresentAttachment, restrictedTo } from './state.ts';

export const versionsMax = 100;
export const linksMax = 500;
export const unlinkedHours = 24;
const reminderDays = [60, 30, 7] as const;
const categories = catalogId('document-category');
const event = emit(attachmentEvents);

/** The shell lets only creating commands reach what does not exist, and those look for themselves. */
const present = (state: Frozen<Attachment>): PresentAttachment => {
  if (state.situation !== 'present') throw new Error('a command reached an attachment that does not exist');
  return state;
};
/** Days of an expiry are its owner's; until one is set, nobody's in particular. */
const today = ({ timeZone }: PresentAttachment, now: string): string => localDate(now, timeZone);
const hoursLater = (now: string, hours: number): string => new Date(Date.parse(now) + hours * 3_600_000).toISOString();
const timeZoneOf = (facts: Facts, customerId: string | null): string => {
  const customer = customerId === null ? undefined : customerFact.of(facts, customerId);
  return customer === undefined || customer.situation === 'absent' ? 'UTC' : customer.timeZone;
};
const hasAccount = (facts: Facts, customerId: string | undefined, accountId: string): boolean => {
  const customer = customerId === undefined ? undefined : customerFact.of(facts, customerId);
  return customer !== undefined && customer.situation !== 'absent' && Object.hasOwn(customer.accounts, accountId);
};
/** How long this kind of document must be kept once something hangs on it, as the catalog says: attribute `retentionMonths`. */
const retentionMonths = (facts: Facts, documentCategory: string): number => {
  const catalog: Frozen<Catalog> | undefined = catalogFact.of(facts, categories);
  const entry = catalog !== undefined && Object.hasOwn(catalog.entries, documentCategory) ? catalog.entries[documentCategory]?.entry : undefined;
  const months = entry?.attributes?.['retentionMonths'];
  return typeof months === 'number' && Number.isInteger(months) && months > 0 && months <= 1200 ? months : 0;
};

/** What somebody calls a file about a person may name the person, and the log keeps names: it is called by its category instead. */
const nameOf = ({ subjectId, name }: { readonly subjectId?: string; readonly name: string }, documentCategory: string): { readonly name: string } => ({
  name: subjectId === undefined ? name : documentCategory,
});
/** A recording of a threat is named like a file about a person. */
const isNamedByCategory = ({ subjectId, isConfidential }: PresentAttachment): boolean => subjectId !== null || isConfidential;

type Decide = Aggregate<'attachment', Attachment, typeof attachmentCommands, typeof attachmentEvents>['decide'];

const content: Pick<Decide, 'BeginUpload' | 'BeginConfidentialUpload' | 'BeginVersion' | 'StoreUpload' | 'RejectUpload'> = {
  BeginUpload: (state, command, { tenant, now, newId, facts }) => {
    const customerId = tenant ?? command.customerId;
    const owned = { ...command, ...nameOf(command, command.documentCategory), ...(customerId === undefined ? {} : { customerId }) };
    if (state.situation === 'present' && state.content === announced(owned)) return [];
    if (state.situation !== 'absent') return reject('alreadyBegun', 'This attachment was announced before.');
    // A tenant's own account was seen by the shell; staff, who see every account, must name its customer too.
    if (tenant === null && command.accountId !== undefined && !hasAccount(facts, customerId, command.accountId))
      return reject('unknownAccount', 'There is no such account of this customer.');
    return [event('AttachmentUploadBegun', { ...owned, uploadId: newId(0), removeUnlinkedAt: hoursLater(now, unlinkedHours) })];
  },
  BeginConfidentialUpload: (state, command, { now, newId }) => {
    const confidential = { ...command, name: command.documentCategory, isConfidential: true };
    if (state.situation === 'present' && state.content === announced(confidential)) return [];
    if (state.situation !== 'absent') return reject('alreadyBegun', 'This attachment was announced before.');
    return [event('AttachmentUploadBegun', { ...confidential, uploadId: newId(0), removeUnlinkedAt: hoursLater(now, unlinkedHours) })];
  },
  BeginVersion: (state, command, { newId }) => {
    const at = present(state);
    const { versions, documentCategory } = at;
    if (versions.length >= versionsMax) return reject('tooMany', `At most ${versionsMax} versions.`, { max: versionsMax });
    const named = isNamedByCategory(at) ? { name: documentCategory } : {};
    return [event('AttachmentVersionBegun', { ...command, ...named, uploadId: newId(0) })];
  },
  StoreUpload: (state, command) => {
    const { pending, versions } = present(state);
    if (versions.some(({ uploadId, sha256 }) => uploadId === command.uploadId && sha256 === command.sha256)) return [];
    if (pending?.uploadId !== command.uploadId) return reject('notUploading', 'No such upload is going on.');
    return [event('AttachmentStored', { ...command, version: versions.length + 1, name: pending.name })];
  },
  RejectUpload: (state, command) => {
    const { pending, rejected } = present(state);
    if (rejected.includes(command.uploadId)) return [];
    return pending?.uploadId === command.uploadId ? [event('AttachmentRejected', command)] : reject('notUploading', 'No such upload is going on.');
  },
};

const links: Pick<Decide, 'LinkAttachment' | 'UnlinkAttachment' | 'RetainAttachment'> = {
  LinkAttachment: (state, command, { now, facts }) => {
    const at = present(state);
    if (at.links.includes(linkKey(command))) return [];
    if (at.links.length >= linksMax) return reject('tooMany', `At most ${linksMax} things hang on one attachment.`, { max: linksMax });
    const months = at.wasLinked ? 0 : retentionMonths(facts, at.documentCategory);
    const until = addMonths(today(at, now), months);
    const isLonger = months > 0 && (at.retainedUntil === null || until > at.retainedUntil);
    const retained = isLonger ? [event('AttachmentRetained', { until, reason: `Kept ${months} months as ${at.documentCategory}.` })] : [];
    return [event('AttachmentLinked', command), ...retained];
  },
  UnlinkAttachment: (state, command) => (present(state).links.includes(linkKey(command)) ? [event('AttachmentUnlinked', command)] : []),
  RetainAttachment: (state, command) => {
    const { retainedUntil } = present(state);
    if (retainedUntil === command.until) return [];
    if (retainedUntil !== null && command.until < retainedUntil) return reject('notLater', `It must be kept through ${retainedUntil}.`, { retainedUntil });
    return [event('AttachmentRetained', command)];
  },
};

const expiry: Pick<Decide, 'SetAttachmentExpiry' | 'ClearAttachmentExpiry' | 'RemindOfAttachmentExpiry' | 'ExpireAttachment' | 'SetAttachmentMetadata'> = {
  SetAttachmentExpiry: (state, { expiresOn }, { facts }) => {
    const at = present(state);
    return at.expiresOn === expiresOn ? [] : [event('AttachmentExpirySet', { expiresOn, timeZone: timeZoneOf(facts, at.customerId) })];
  },
  ClearAttachmentExpiry: (state) => (present(state).expiresOn === null ? [] : [event('AttachmentExpiryCleared', {})]),
  RemindOfAttachmentExpiry: (state, command, { now }) => {
    const at = present(state);
    if (at.expiresOn !== command.expiresOn || at.isExpired || at.reminded.includes(command.daysLeft)) return [];
    // After downtime, or where the expiry was near when it was set, only the nearest reminder speaks.
    const next = reminderDays.find((days) => days < command.daysLeft) ?? -1;
    return today(at, now) >= addDays(command.expiresOn, -next) ? [] : [event('AttachmentExpiryNear', command)];
  },
  ExpireAttachment: (state, command) => {
    const at = present(state);
    return at.expiresOn !== command.expiresOn || at.isExpired ? [] : [event('AttachmentExpired', command)];
  },
  SetAttachmentMetadata: (state, command) => (present(state).metadata === canonicalJson(command.metadata) ? [] : [event('AttachmentMetadataChanged', command)]),
};

/** ES-10: what must be kept is not removed by anybody, whatever they may. */
export const isRetained = (at: PresentAttachment, now: string): boolean => at.retainedUntil !== null && today(at, now) <= at.retainedUntil;

const removal: Pick<Decide, 'RemoveAttachment' | 'RemoveUnlinkedAttachment' | 'ForgetAttachment' | 'RecordContentDeleted'> = {
  RemoveAttachment: (state, command, { now }) => {
    const at = present(state);
    if (at.links.length > 0) return reject('linked', `${at.links.length} things hang on it.`, { links: at.links.slice(0, 20) });
    if (isRetained(at, now)) return reject('retained', `It must be kept through ${at.retainedUntil}.`, { retainedUntil: at.retainedUntil });
    return [event('AttachmentRemoved', command)];
  },
  RemoveUnlinkedAttachment: (state, _command, { now }) => {
    const at = present(state);
    return at.wasLinked || isRetained(at, now) ? [] : [event('AttachmentRemoved', { reason: `Nothing linked to it within ${unlinkedHours} hours.` })];
  },
  ForgetAttachment: (state, _command, { now }) => {
    const at = present(state);
    const { subjectId, retainedUntil, retainedFor, forgottenAfter, timeZone } = at;
    if (subjectId === null) return [];
    if (retainedUntil === null || !isRetained(at, now)) return [event('AttachmentRemoved', { reason: 'The person it is about is forgotten.' })];
    return forgottenAfter === retainedUntil
      ? []
      : [event('AttachmentForgettingDeferred', { subjectId, until: retainedUntil, timeZone, ...(retainedFor === null ? {} : { reason: retainedFor }) })];
  },
  RecordContentDeleted: (state) => {
    if (state.situation !== 'removed') return reject('notRemoved', 'The attachment is not removed.');
    return state.isContentDeleted ? [] : [event('AttachmentContentDeleted', {})];
  },
};

const guards: Guards<Attachment, typeof attachmentCommands> = {
  BeginUpload: (_state, { customerId }) => (customerId === undefined ? [] : [customerFact.at(customerId)]),
  SetAttachmentExpiry: (state) => (state.situation === 'absent' || state.customerId === null ? [] : [customerFact.at(state.customerId)]),
  LinkAttachment: () => [catalogFact.at(categories)],
};

const expiryDeadlines = ['expiry', ...reminderDays.map((days) => `expiry:${days}`)];
const cancelled = (names: readonly string[]) => names.map((name) => ({ change: 'cancel' as const, name }));
const watched = ({ expiresOn, timeZone }: { readonly expiresOn: string; readonly timeZone: string }) => [
  ...reminderDays.map((daysLeft) => ({
    change: 'set' as const,
    name: `expiry:${daysLeft}`,
    dueAt: startOfLocalDay(addDays(expiresOn, -daysLeft), timeZone),
    command: 'RemindOfAttachmentExpiry',
    data: { expiresOn, daysLeft },
  })),
  { change: 'set' as const, name: 'expiry', dueAt: startOfLocalDay(addDays(expiresOn, 1), timeZone), command: 'ExpireAttachment', data: { expiresOn } },
];

/** A file with its versions: what it hangs on, how long it is valid and how long it must be kept. Its content lies in the blob store. */
export const attachment: Aggregate<'attachment', Attachment, typeof attachmentCommands, typeof attachmentEvents> = {
  category: 'attachment',
  docs: 'A file with its versions: what it hangs on, how long it is valid and how long it must be kept. Its content lies in the blob store.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: attachmentEvents,
  commands: attachmentCommands,
  initial,
  decide: { ...content, ...links, ...expiry, ...removal },
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  accountOf: (state) => (state.situation === 'absent' ? null : state.accountId),
  restriction: { permission: restrictedTo, isOn: (state) => state.situation !== 'absent' && state.isConfidential },
  exists: ({ situation }) => situation === 'present',
  deadlines: {
    AttachmentUploadBegun: ({ removeUnlinkedAt }) => [
      { change: 'set', name: 'unlinked', dueAt: removeUnlinkedAt, command: 'RemoveUnlinkedAttachment', data: {} },
    ],
    AttachmentLinked: () => cancelled(['unlinked']),
    AttachmentExpirySet: watched,
    AttachmentExpiryCleared: () => cancelled(expiryDeadlines),
    AttachmentForgettingDeferred: ({ until, timeZone }) => [
      { change: 'set', name: 'forget', dueAt: startOfLocalDay(addDays(until, 1), timeZone), command: 'ForgetAttachment', data: {} },
    ],
    AttachmentRemoved: () => cancelled(['unlinked', 'forget', ...expiryDeadlines]),
  },
};
