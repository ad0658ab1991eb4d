/** The reference data that ships: as its files say it, as facts of decisions, and as events of a log. */
import { readFileSync } from 'node:fs';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import type { Catalog, Entry } from '../../src/domain/catalog/decider.ts';
import { catalogEvents } from '../../src/domain/catalog/events.ts';
import { type AnyEvent, emit } from '../../src/domain/kernel/aggregate.ts';
import { catalogId } from '../../src/domain/kernel/well-known.ts';
import { happened } from './happened.ts';

const said = emit(catalogEvents);
export const catalogStream = (name: string): string => `catalog-${catalogId(name)}`;

export const shippedEntries = (name: string): readonly Entry[] =>
  JSON.parse(readFileSync(new URL(`../../src/infrastructure/reference-data/${name}.json`, import.meta.url), 'utf8')).entries;
/** A catalog as its import leaves it. */
export const shipped = (name: string): Catalog => ({
  name,
  entries: Object.fromEntries(shippedEntries(name).map((entry) => [entry.code, { isActive: true, entry }])),
});
/** Catalogs as decisions see them. */
export const shippedFacts = (...names: readonly string[]): Readonly<Record<string, Catalog>> =>
  Object.fromEntries(names.map((name) => [catalogStream(name), shipped(name)]));

export const imported = (name: string, entries: readonly Entry[] = shippedEntries(name)): readonly AnyEvent[] => [
  said('CatalogDefined', { name, source: 'a test' }),
  said('EntriesImported', { entries }),
];
export const importCatalog = (log: EventLog, name: string, entries?: readonly Entry[]): Promise<void> =>
  happened(log, catalogStream(name), ...imported(name, entries));
export const importShipped = async (log: EventLog, names: readonly string[]): Promise<void> => {
  for (const name of names) await importCatalog(log, name);
};
