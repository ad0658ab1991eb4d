/** Decisions about a unit's permit and documents, and when their expiry is told. */
import { type DeadlineChange, type Decide, emit } from '../kernel/aggregate.ts';
import { addDays } from '../kernel/calendar.ts';
import { reject } from '../kernel/rejection.ts';
import { localDate, startOfLocalDay } from '../kernel/time-zone.ts';
import { present } from './assignments.ts';
import type { equipmentCommands } from './commands.ts';
import { equipmentEvents } from './events.ts';
import { lastDay, notRetired, reminderDays, roomIn } from './rules.ts';
import { contentOf, type Equipment, type Paper, type PresentEquipment } from './state.ts';

const event = emit(equipmentEvents);
type Decisions = Decide<Equipment, typeof equipmentCommands, typeof equipmentEvents>;
type PaperCommand =
  | 'SetPermit'
  | 'RemovePermit'
  | 'RemindOfPermit'
  | 'ExpirePermit'
  | 'AddEquipmentDocument'
  | 'RenewEquipmentDocument'
  | 'RemoveEquipmentDocument'
  | 'RemindOfEquipmentDocument'
  | 'ExpireEquipmentDocument';

type Due = { readonly expiresOn: string; readonly daysLeft?: number };
/** Does a deadline still fit the paper it was set for? A renewal, a removal or a retirement has made it pointless. */
const stillFits = ({ lifecycle }: PresentEquipment, paper: Paper | undefined | null, { expiresOn }: Due): paper is Paper =>
  lifecycle === 'active' && paper !== undefined && paper !== null && paper.expiresOn === expiresOn && !paper.isExpired;
/** PM-10: once a threshold, and not where a nearer one has come meanwhile (a paper added late, a scheduler that was down). */
const isToTell = (paper: Paper, { expiresOn, daysLeft = 0 }: Due, today: string): boolean =>
  !paper.reminded.includes(daysLeft) && !reminderDays.some((nearer) => nearer < daysLeft && addDays(expiresOn, -nearer) <= today);

const unknownDocument = () => reject('unknownDocument', 'There is no such document.');
const wrongOrder = (paper: { readonly issuedOn?: string }, expiresOn: string | undefined) =>
  paper.issuedOn !== undefined && expiresOn !== undefined && expiresOn < paper.issuedOn
    ? reject('expiresBeforeIssue', 'The paper would expire before it was made.')
    : undefined;

export const paperDecisions: Pick<Decisions, PaperCommand> = {
  SetPermit: (before, command, { newId }) => {
    const state = present(before);
    if (state.permit?.content === contentOf(command)) return notRetired(state) ?? [];
    return notRetired(state) ?? [event('EquipmentPermitSet', { permitId: newId(0), ...command, timeZone: state.timeZone })];
  },
  RemovePermit: (before, command) => {
    const state = present(before);
    return notRetired(state) ?? (state.permit?.permitId === command.permitId ? [event('EquipmentPermitRemoved', command)] : []);
  },
  RemindOfPermit: (before, command, { now }) => {
    const state = present(before);
    const paper = state.permit?.permitId === command.permitId ? state.permit : undefined;
    return stillFits(state, paper, command) && isToTell(paper, command, localDate(now, state.timeZone)) ? [event('EquipmentPermitExpiryNear', command)] : [];
  },
  ExpirePermit: (before, command) => {
    const state = present(before);
    return stillFits(state, state.permit?.permitId === command.permitId ? state.permit : undefined, command) ? [event('EquipmentPermitExpired', command)] : [];
  },
  AddEquipmentDocument: (before, command, { newId }) => {
    const state = present(before);
    const { expiresOn: _, ...paper } = command;
    const expiresOn = lastDay(command);
    if (expiresOn !== undefined && typeof expiresOn !== 'string') return notRetired(state) ?? expiresOn;
    const added = { documentId: newId(0), ...paper, ...(expiresOn === undefined ? {} : { expiresOn }), timeZone: state.timeZone };
    return notRetired(state) ?? roomIn(state.documents) ?? wrongOrder(command, expiresOn) ?? [event('EquipmentDocumentAdded', added)];
  },
  RenewEquipmentDocument: (before, command) => {
    const state = present(before);
    const { documentId, expiresOn: _, ...rest } = command;
    const known = state.documents[documentId];
    if (known === undefined) return notRetired(state) ?? unknownDocument();
    const expiresOn = lastDay({ ...command, category: known.category });
    if (expiresOn === undefined) return notRetired(state) ?? reject('expiryNeeded', 'A renewal says until when it is valid.');
    if (typeof expiresOn !== 'string') return notRetired(state) ?? expiresOn;
    if (known.expiresOn === expiresOn && known.issuedOn === (command.issuedOn ?? null)) return notRetired(state) ?? [];
    const isEarlier = known.expiresOn !== null && expiresOn < known.expiresOn;
    return (
      notRetired(state) ??
      wrongOrder(command, expiresOn) ??
      (isEarlier ? reject('notLater', `The paper at hand is valid until ${known.expiresOn}.`) : undefined) ?? [
        event('EquipmentDocumentRenewed', { documentId, ...rest, expiresOn, timeZone: state.timeZone }),
      ]
    );
  },
  RemoveEquipmentDocument: (before, command) => {
    const state = present(before);
    return notRetired(state) ?? (Object.hasOwn(state.documents, command.documentId) ? [event('EquipmentDocumentRemoved', command)] : unknownDocument());
  },
  RemindOfEquipmentDocument: (before, command, { now }) => {
    const state = present(before);
    const paper = state.documents[command.documentId];
    return stillFits(state, paper, command) && isToTell(paper, command, localDate(now, state.timeZone)) ? [event('EquipmentDocumentExpiryNear', command)] : [];
  },
  ExpireEquipmentDocument: (before, command) => {
    const state = present(before);
    return stillFits(state, state.documents[command.documentId], command) ? [event('EquipmentDocumentExpired', command)] : [];
  },
};

type Watched = { readonly name: string; readonly remind: string; readonly expire: string; readonly id: Readonly<Record<string, string>> };
/** Reminders and the expiry in the unit's own days. A paper set anew sets each of them anew; one without an expiry cancels them. */
export const watch = (watched: Watched, paper: { readonly expiresOn?: string; readonly timeZone: string }): readonly DeadlineChange[] => {
  const { expiresOn, timeZone } = paper;
  if (expiresOn === undefined) return unwatch(watched.name);
  const at = (name: string, day: string, command: string, data: Readonly<Record<string, unknown>>): DeadlineChange => ({
    change: 'set',
    name: `${watched.name}:${name}`,
    dueAt: startOfLocalDay(day, timeZone),
    command,
    data: { ...watched.id, expiresOn, ...data },
  });
  return [
    ...reminderDays.map((daysLeft) => at(String(daysLeft), addDays(expiresOn, -daysLeft), watched.remind, { daysLeft })),
    at('expiry', addDays(expiresOn, 1), watched.expire, {}),
  ];
};
export const unwatch = (name: string): readonly DeadlineChange[] => [...reminderDays, 'expiry'].map((part) => ({ change: 'cancel', name: `${name}:${part}` }));
