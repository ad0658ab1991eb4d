/** Processes, effects and deadlines, where this process is a processor. */
import { join } from 'node:path';
import { contentDeletion } from '../../application/attachments/delete-content.ts';
import { DeadlineScheduler } from '../../application/deadlines/scheduler.ts';
import { quotationPrinting } from '../../application/documents/quotation-printing.ts';
import { EffectRunner, type GivenUp } from '../../application/effects/runner.ts';
import { forgetting } from '../../application/forgetting.ts';
import { IdentityDriftWatch } from '../../application/identity-drift-watch.ts';
import { invitationCode } from '../../application/invitation-code.ts';
import { PastStates } from '../../application/past-states.ts';
import type { Geocoder } from '../../application/ports/geocoder.ts';
import type { IdentityProvider } from '../../application/ports/identity-provider.ts';
import { accessSync } from '../../application/processes/access-sync.ts';
import { geocoding } from '../../application/processes/geocoding.ts';
import { onboarding } from '../../application/processes/onboarding.ts';
import { processes } from '../../application/processes/processes.ts';
import { requestNotices } from '../../application/processes/request-notices.ts';
import { ProcessRunner } from '../../application/processes/runner.ts';
import { ProcessSupervisor } from '../../application/processes/supervisor.ts';
import type { States } from '../../application/states.ts';
import type { Catalog } from '../../domain/catalog/decider.ts';
import type { Frozen } from '../../domain/kernel/aggregate.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { OfflineIdentityProvider } from '../../infrastructure/delivery/offline-identity-provider.ts';
import { quotationPdf } from '../../infrastructure/documents/quotation-pdf.ts';
import { CatalogGeocoder } from '../../infrastructure/geocoding/catalog-geocoder.ts';
import { PostgresDueDeadlines } from '../../infrastructure/postgres/due-deadlines.ts';
import { Locks } from '../../infrastructure/postgres/locks.ts';
import { PostgresProcessCheckpoints } from '../../infrastructure/postgres/process-checkpoints.ts';
import type { Logger } from '../http/parts.ts';
import type { Parts } from './provide.ts';
import { parts } from './tokens.ts';

/** The people's directory outside: Auth0 where it is configured, else a folder that shows what would be there. */
const identityProviderFor = async ({ auth0, dataFolder }: Configuration): Promise<IdentityProvider> => {
  if (auth0 === undefined) return new OfflineIdentityProvider(join(dataFolder, 'identity'));
  // Loaded only where it is used: Auth0's client is a large part of a start and of the memory.
  const { Auth0IdentityProvider, auth0Client } = await import('../../infrastructure/delivery/auth0-identity-provider.ts');
  return new Auth0IdentityProvider({ client: auth0Client(auth0), connection: 'Username-Password-Authentication' });
};

/** Places are found in the catalogs: no service outside is asked. */
const geocoderOn = (states: States): Geocoder =>
  // The boundary of types: a catalog has a catalog's state.
  new CatalogGeocoder(async (catalog) => (await states.loadFresh('catalog', catalog)).state as Frozen<Catalog>);

const portalOf = ({ publicUrl }: Configuration): string => publicUrl ?? 'http://127.0.0.1:3000';

const tellingOf =
  (logger: Logger) =>
  ({ effect, step, trigger: { id, stream }, error }: GivenUp): void =>
    logger.error({ err: error, effect, step, trigger: id, stream }, 'an effect gave up; npm run cli -- repeat has it tried again');

export const provideProcessSide = (system: Parts): Parts =>
  system
    .provide(parts.identityProvider, [parts.configuration], (configuration) => identityProviderFor(configuration))
    .provide(
      parts.drift,
      [parts.directory, parts.identityProvider, parts.commands, parts.clock],
      (directory, identityProvider, commands, clock) => new IdentityDriftWatch({ directory, identityProvider, commands, clock }),
    )
    .provide(
      parts.printing,
      [parts.log, parts.states, parts.commands, parts.uploads, parts.clock, parts.logger],
      (log, states, commands, uploads, clock, logger) =>
        new EffectRunner(quotationPrinting, {
          log,
          gaveUp: tellingOf(logger),
          states,
          commands,
          clock,
          ports: { printer: quotationPdf(), past: new PastStates({ log, states }), uploads, clock },
        }),
    )
    .provide(
      parts.effects,
      [
        parts.configuration,
        parts.states,
        parts.commands,
        parts.clock,
        parts.directory,
        parts.blobs,
        parts.secrets,
        parts.identityProvider,
        parts.printing,
        parts.mailer,
        parts.log,
        parts.logger,
      ],
      (configuration, states, commands, clock, directory, blobs, { links }, identityProvider, printing, mailer, log, logger) => {
        const shell = { log, states, commands, clock, gaveUp: tellingOf(logger) };
        const portal = portalOf(configuration);
        const mailing = {
          mailer,
          invitationLink: ({ userId, expiresAt }: { readonly userId: string; readonly expiresAt: string }) =>
            `${portal}/invitations/${userId}?until=${encodeURIComponent(expiresAt)}&code=${invitationCode(links, { userId, expiresAt })}`,
          approvalLink: (userId: string) => `${portal}/approvals/${userId}`,
        };
        const access = { identityProvider, usersWithRole: (roleId: string) => directory.usersWithRole(roleId) };
        return [
          new EffectRunner(onboarding, { ...shell, ports: mailing }),
          new EffectRunner(accessSync, { ...shell, ports: access }),
          new EffectRunner(contentDeletion, { ...shell, ports: { blobs } }),
          new EffectRunner(geocoding, { ...shell, ports: { geocoder: geocoderOn(states) } }),
          new EffectRunner(requestNotices, { ...shell, ports: { mailer, requestLink: (requestId) => `${portal}/service-requests/${requestId}` } }),
          printing,
        ];
      },
    )
    .provide(
      parts.processes,
      [parts.log, parts.reader, parts.states, parts.commands, parts.clock, parts.database, parts.logger, parts.effects, parts.vault],
      (log, reader, states, commands, clock, { owner, url }, logger, effects, vault) => {
        const runners = processes.map((definition) => new ProcessRunner(definition, { log, states, commands, clock }));
        return new ProcessSupervisor([...runners, ...effects, forgetting(vault)], {
          log,
          reader,
          checkpoints: new PostgresProcessCheckpoints(owner),
          leadership: (lost) => new Locks(url, lost),
          failed: (name, error) => logger.error({ err: error, process: name }, 'a process stopped; it goes on from its checkpoint'),
        });
      },
    )
    .provide(
      parts.scheduler,
      [parts.log, parts.commands, parts.clock, parts.database],
      (log, commands, clock, { owner }) => new DeadlineScheduler({ log, commands, clock, deadlines: new PostgresDueDeadlines(owner) }),
    );
