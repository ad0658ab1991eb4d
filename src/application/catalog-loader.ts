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

/** Catalogs that can be imported at once, one group after the other: each after those its entries have parents in. */
const generations = (shipped: readonly ShippedCatalog[]): readonly (readonly ShippedCatalog[])[] => {
  const generationOf = new Map<string, number>();
  for (const { catalog, entries } of shipped) {
    const above = new Set(entries.flatMap(({ parent }) => parent?.split('/')[0] ?? []));
    above.delete(catalog);
    generationOf.set(catalog, Math.max(-1, ...[...above].map((name) => generationOf.get(name) ?? -1)) + 1);
  }
  return [...Map.groupBy(shipped, ({ catalog }) => generationOf.get(catalog) ?? 0)].sort(([a], [b]) => a - b).map(([, group]) => group);
};

/** Imports every catalog; the order given has parents before children. */
export const loadCatalogs = async (shipped: readonly ShippedCatalog[], parts: Parts): Promise<LoadedCatalogs> => {
  const before = await parts.log.tail();
  const counts = { imported: 0, unchanged: 0 };
  let catalogsDone = 0;
  const load = async (catalog: ShippedCatalog): Promise<void> => {
    for (const chunk of chunksOf(catalog)) {
      const outcome = await send(chunk, parts);
      const isNew = outcome.kind === 'accepted' && outcome.position > before;
      counts[isNew ? 'imported' : 'unchanged'] += chunk.entries.length;
    }
    catalogsDone += 1;
    parts.onProgress?.({ catalog: catalog.catalog, catalogsDone, catalogsTotal: shipped.length });
  };
  for (const group of generations(shipped)) await Promise.all(group.map(load));
  return { catalogs: shipped.length, entries: counts.imported + counts.unchanged, ...counts };
};
