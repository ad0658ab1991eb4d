/**
 * Imports the shipped catalogs through the command handler. A chunk's command id follows from its content: a second start changes nothing,
 * two nodes that start together import once, and what people changed by hand stays until the shipped chunk itself changes.
 */
import { hash } from 'node:crypto';
import type { Entry } from '../domain/catalog/decider.ts';
import { canonicalJson } from '../domain/kernel/hash.ts';
import { uuidv5 } from '../domain/kernel/ids.ts';
import { catalogId } from '../domain/kernel/well-known.ts';
import { systemCaller } from './caller.ts';
import type { CommandHandler, CommandOutcome } from './handle-command.ts';
import type { EventLog } from './ports/event-log.ts';

const namespace = 'd1c2a7de-6f5b-5b7e-9d40-3f6b8a2c1e05';
/** The most entries that one import takes. */
const chunkMax = 500;

/** A catalog as a file of reference data says it. `date`: the day its content was last compared with its source. */
export type ShippedCatalog = { readonly catalog: string; readonly source: string; readonly date: string; readonly entries: readonly Entry[] };
export type CatalogProgress = { readonly catalog: string; readonly catalogsDone: number; readonly catalogsTotal: number };
/** `imported`: entries of the chunks that this call appended; `unchanged`: of those that the log held before. */
export type LoadedCatalogs = { readonly catalogs: number; readonly entries: number; readonly imported: number; readonly unchanged: number };
type Parts = {
  readonly commands: Pick<CommandHandler, 'handle'>;
  readonly log: Pick<EventLog, 'tail'>;
  readonly clock: () => string;
  readonly onProgress?: (progress: CatalogProgress) => void;
};
type Import = { readonly catalog: string; readonly source: string; readonly asOf: string; readonly entries: readonly Entry[] };

const chunksOf = ({ catalog, source, date, entries }: ShippedCatalog): readonly Import[] =>
  Array.from({ length: Math.ceil(entries.length / chunkMax) }, (_, index) => ({
    catalog,
    source,
    asOf: date,
    entries: entries.slice(index * chunkMax, (index + 1) * chunkMax),
  }));

/** Throws with the outcome where an import was not taken: the shipped data or the log is broken then, and nothing should start. */
const send = async (chunk: Import, { commands, clock }: Parts): Promise<Extract<CommandOutcome, { readonly kind: 'accepted' | 'unchanged' }>> => {
  const commandId = uuidv5(namespace, hash('sha256', canonicalJson(chunk)));
  const outcome = await commands.handle({
    commandId,
    commandHash: commandId,
    category: 'catalog',
    id: catalogId(chunk.catalog),
    type: 'ImportEntries',
    caller: systemCaller('catalog-loader'),
    at: clock(),
    correlationId: commandId,
    causationId: commandId,
    data: chunk,
  });
  if (outcome.kind === 'accepted' || outcome.kind === 'unchanged') return outcome;
  throw new Error(`the catalog ${chunk.catalog} was not imported: ${JSON.stringify(outcome)}`);
};

/** Imports every catalog in the order given: a catalog after those its entries have parents in. */
export const loadCatalogs = async (shipped: readonly ShippedCatalog[], parts: Parts): Promise<LoadedCatalogs> => {
  const before = await parts.log.tail();
  const counts = { imported: 0, unchanged: 0 };
  for (const [index, catalog] of shipped.entries()) {
    for (const chunk of chunksOf(catalog)) {
      const outcome = await send(chunk, parts);
      const isNew = outcome.kind === 'accepted' && outcome.position > before;
      counts[isNew ? 'imported' : 'unchanged'] += chunk.entries.length;
    }
    parts.onProgress?.({ catalog: catalog.catalog, catalogsDone: index + 1, catalogsTotal: shipped.length });
  }
  return { catalogs: shipped.length, entries: counts.imported + counts.unchanged, ...counts };
};
