/** The command path of this node. */
import { Claims } from '../../application/claims.ts';
import { directoryCategories, primeDirectory } from '../../application/directory/prime.ts';
import { Directory } from '../../application/directory.ts';
import { forgottenIn } from '../../application/forgetting.ts';
import { CommandHandler } from '../../application/handle-command.ts';
import { Numbering } from '../../application/numbering.ts';
import { companyOnly } from '../../application/permissions.ts';
import type { StoredEvent } from '../../application/ports/event-log.ts';
import { ReferenceCheck } from '../../application/reference-check.ts';
import { States } from '../../application/states.ts';
import { model } from '../../domain/model.ts';
import { directoryStart } from '../../infrastructure/postgres/directory-start.ts';
import type { PostgresKeyVault } from '../../infrastructure/postgres/key-vault.ts';
import type { Parts } from './provide.ts';
import { Timepiece } from './timepiece.ts';
import { parts } from './tokens.ts';

export const provideShell = (system: Parts): Parts =>
  system
    .provide(parts.timepiece, [], () => new Timepiece())
    .provide(parts.clock, [parts.timepiece], (timepiece) => timepiece.now)
    .provide(parts.states, [parts.log], (log) => new States(log, model))
    .provide(
      parts.directory,
      [parts.log, parts.reader, parts.states, parts.vault, parts.closers, parts.database],
      async (log, reader, states, vault, closers, { owner }) => {
        const directory = new Directory({ tail: () => log.tail(), nowMs: () => performance.now(), companyOnly: companyOnly(model) });
        const start = await directoryStart(owner, directoryCategories);
        if (start !== undefined) await primeDirectory(directory, log, start);
        reader.subscribe({
          name: 'directory',
          from: start?.position,
          handle: (batch) => {
            for (const event of batch.events) states.observe(event);
            directory.handle(batch);
            forgetHere(batch.events, states, vault);
          },
        });
        const watching = new AbortController();
        const watch = directory.freshness.watch(watching.signal);
        closers.defer(async () => {
          watching.abort();
          await watch;
        });
        return directory;
      },
    )
    .provide(parts.references, [parts.states, parts.directory], (states, directory) => new ReferenceCheck(states, directory))
    .provide(
      parts.commands,
      [parts.log, parts.states, parts.secrets, parts.references, parts.directory, parts.vault],
      (log, states, secrets, references, directory, vault) =>
        new CommandHandler({
          log,
          states,
          claims: new Claims(log, states, secrets.claims),
          numbering: new Numbering(log, states),
          references,
          appended: async (events) => {
            directory.observeOwn(events);
            forgetHere(events, states, vault);
            for (const subject of forgottenIn(events)) await vault.destroy(subject);
          },
        }),
    );

/** A person was forgotten: what this node has in memory of the key goes, and with it every state that was read in clear. */
const forgetHere = (events: readonly StoredEvent[], states: States, vault: PostgresKeyVault): void => {
  for (const subject of forgottenIn(events)) {
    vault.evict(subject);
    states.clear();
  }
};
