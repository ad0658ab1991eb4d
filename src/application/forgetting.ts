/**
 * What must happen after a person was forgotten: the key is destroyed. It follows the log from a checkpoint, as processes do, so that neither
 * a crash right after the event nor a database that was away leaves a key behind (ES-9).
 */
import type { StoredEvent } from './ports/event-log.ts';
import type { KeyVault } from './ports/key-vault.ts';
import type { Follower } from './processes/supervisor.ts';

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
