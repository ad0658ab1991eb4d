/**
 * What must happen after a person was forgotten: the key is destroyed. It follows the log from a checkpoint, as processes do, so that neither
 * a crash right after the event nor a database that was away leaves a key behind (ES-9).
 */
import { isRetained } from '../domain/attachment/decider.ts';
import type { Attachment } from '../domain/attachment/state.ts';
import type { Subject } from '../domain/subject/decider.ts';
import type { StoredEvent } from './ports/event-log.ts';
import type { KeyVault } from './ports/key-vault.ts';
import type { Follower } from './processes/supervisor.ts';
import type { States } from './states.ts';

/** The persons whom these events say to forget. */
export const forgottenIn = (events: readonly StoredEvent[]): readonly string[] =>
  events.flatMap(({ category, type, data }) => (category === 'subject' && type === 'SubjectForgotten' ? [String(data['subjectId'])] : []));

/** Destroys the keys of whoever is forgotten. Repeated, it changes nothing; throws where the vault is away: the events come again. */
export const forgetting = (vault: Pick<KeyVault, 'destroy'>): Follower => ({
  definition: { name: 'Forgetting', from: 'start' },
  started: () => Promise.resolve(),
  handle: async (events) => {
    for (const subject of forgottenIn(events)) await vault.destroy(subject);
  },
});

/** A part of forgetting that is refused: a file that must be kept through the day `until` (`YYYY-MM-DD`), and goes on the day after. */
export type RefusedPart = { readonly attachmentId: string; readonly documentCategory: string; readonly until: string; readonly reason: string };

/** The files about a person that the law keeps at this instant, whether it is forgotten yet or not (P19, ES-12). */
export const refusedParts = async (states: Pick<States, 'loadFresh'>, subjectId: string, now: string): Promise<readonly RefusedPart[]> => {
  // The boundary of types: the states of these categories.
  const { files } = (await states.loadFresh('subject', subjectId)).state as Subject;
  const parts: RefusedPart[] = [];
  for (const attachmentId of files) {
    const file = (await states.loadFresh('attachment', attachmentId)).state as Attachment;
    if (file.situation !== 'present' || file.retainedUntil === null || !isRetained(file, now)) continue;
    const { documentCategory, retainedUntil, retainedFor } = file;
    parts.push({ attachmentId, documentCategory, until: retainedUntil, reason: retainedFor ?? '' });
  }
  return parts;
};
