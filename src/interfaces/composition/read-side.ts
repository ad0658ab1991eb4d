/** Read models: folding them where this process is a projector, asking them everywhere. */
import { readModels } from '../../../projections/read-models.ts';
import { Projector } from '../../infrastructure/projector/projector.ts';
import { PostgresReadModels } from '../../infrastructure/projector/read-models.ts';
import { queryRunner } from '../../infrastructure/queries/runner.ts';
import type { Parts } from './provide.ts';
import { parts } from './tokens.ts';

export const provideReadSide = (system: Parts): Parts =>
  system
    .provide(
      parts.projector,
      [parts.configuration, parts.database, parts.log, parts.reader, parts.progress, parts.logger, parts.closers],
      ({ roles }, database, log, reader, progress, logger, closers) => {
        if (!roles.includes('projector')) return undefined;
        const projector = new Projector({
          database,
          log,
          reader,
          projections: readModels.map(({ projection }) => projection),
          progress: ({ projections, events, phase }) =>
            progress.step(`building ${projections.length} read models (${phase})`, events, phase === 'done' ? events : 0),
          report: (sentence) => logger.error({}, sentence),
        });
        closers.defer(() => projector.stop());
        return projector;
      },
    )
    .provide(parts.readModels, [parts.database, parts.projector], ({ owner }, projector) => new PostgresReadModels(owner, projector))
    .provide(parts.queryRunner, [parts.database, parts.secrets], (database, { cursors }) => queryRunner({ database, cursorKey: cursors }));
