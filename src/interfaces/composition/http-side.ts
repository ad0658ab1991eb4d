/** The HTTP interface of this node, where it is an API. */
import { randomBytes } from 'node:crypto';
import { eventIndexQuery, wholeEventIndexQuery } from '../../../projections/event-index/queries.ts';
import { restrictedEventIndexTable } from '../../../projections/event-index/tables.ts';
import { readModels } from '../../../projections/read-models.ts';
import { ApiUsageMeter } from '../../application/api-usage-meter.ts';
import { Claims } from '../../application/claims.ts';
import { PublicReports } from '../../application/public-reports.ts';
import type { States } from '../../application/states.ts';
import { uuidv7 } from '../../domain/kernel/ids.ts';
import { model } from '../../domain/model.ts';
import type { UserSettings } from '../../domain/user-settings/decider.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { search } from '../../infrastructure/queries/search.ts';
import { Validator } from '../../infrastructure/validation/validator.ts';
import { createHttpApplication } from '../http/application.ts';
import { defaultLimits, type HttpLimits, type OwnSettings } from '../http/parts.ts';
import type { Parts } from './provide.ts';
import { parts } from './tokens.ts';
import { version } from './version.ts';

const nowMs = (): number => Date.now();

const limitsOf = ({ rateLimitPerMinute, rateLimitAnonymousPerMinute, rateLimitPublicPerMinute, trustedProxies }: Configuration): HttpLimits => ({
  ...defaultLimits,
  perCallerAMinute: rateLimitPerMinute,
  perTenantAMinute: rateLimitPerMinute * 10,
  perAddressAMinute: rateLimitAnonymousPerMinute,
  publicPerAddressAMinute: rateLimitPublicPerMinute,
  trustedProxies,
});

const ownSettingsFrom =
  (states: States): OwnSettings =>
  async (userId) => {
    const { state, revision } = await states.loadFresh('userSettings', userId);
    // The boundary of types: the state of this category.
    return { settings: state as UserSettings, revision };
  };

export const provideHttpSide = (system: Parts): Parts =>
  system
    .provide(parts.search, [parts.database], (database) => search(database))
    .provide(
      parts.usage,
      [parts.commands, parts.clock, parts.logger],
      (commands, clock, logger) =>
        new ApiUsageMeter({
          commands,
          clock,
          node: `api-${randomBytes(6).toString('hex')}`,
          failed: (error) => logger.warn({ err: error }, 'API usage is reported later'),
        }),
    )
    .provide(
      parts.httpAsking,
      [parts.search, parts.queryRunner, parts.readModels, parts.log, parts.reader],
      (found, queryRunner, readModelPort, log, reader) => ({
        queries: readModels.flatMap(({ queries }) => queries),
        queryRunner,
        search: found,
        readModels: readModelPort,
        eventIndex: eventIndexQuery,
        wholeEventIndex: wholeEventIndexQuery,
        restrictedEventsPermission: restrictedEventIndexTable.permission,
        log,
        reader,
      }),
    )
    .provide(
      parts.publicReports,
      [parts.configuration, parts.log, parts.states, parts.secrets, parts.commands, parts.clock],
      ({ publicReports }, log, states, secrets, commands, clock) =>
        publicReports ? new PublicReports({ claims: new Claims(log, states, secrets.claims), states, commands, clock }) : undefined,
    )
    .provide(
      parts.httpTelling,
      [parts.commands, parts.states, parts.uploads, parts.downloads, parts.usage, parts.publicReports],
      (commands, states, uploads, downloads, usage, publicReports) => ({
        commands,
        files: { uploads, downloads },
        ownSettings: ownSettingsFrom(states),
        requested: (...called: Parameters<ApiUsageMeter['count']>) => usage.count(...called),
        ...(publicReports === undefined ? {} : { publicReports }),
      }),
    )
    .provide(
      parts.application,
      [parts.configuration, parts.httpAsking, parts.httpTelling, parts.signIn, parts.clock, parts.secrets, parts.logger, parts.metrics, parts.health],
      (configuration, asking, telling, signIn, clock, secrets, logger, metrics, health) =>
        createHttpApplication({
          model,
          ...asking,
          ...telling,
          ...signIn,
          validation: new Validator(),
          clock,
          newId: () => uuidv7(nowMs(), randomBytes(10)),
          secret: secrets.hashes,
          limits: limitsOf(configuration),
          logger,
          metrics,
          health,
          version,
          corsOrigins: configuration.corsOrigins,
          ...(configuration.publicUrl === undefined ? {} : { publicUrl: configuration.publicUrl }),
        }),
    );
