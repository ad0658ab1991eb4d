/**
 * Finds places without any service outside: the point that the catalogs give for a zone or a municipality, else for the department it lies
 * in. The nearest that is known is told as its precision; a department's middle counts as a municipality's, the coarsest there is.
 */
import type { FoundPlace, Geocoder, SaidPlace } from '../../application/ports/geocoder.ts';
import type { Catalog, Entry } from '../../domain/catalog/decider.ts';
import type { Frozen } from '../../domain/kernel/aggregate.ts';
import { catalogId } from '../../domain/kernel/well-known.ts';

/** The state of a catalog by its name, as it is now. */
export type CatalogOf = (name: string) => Promise<Frozen<Catalog>>;
const provider = 'offline';
const degrees = /^-?[0-9]{1,3}(\.[0-9]{1,8})?$/;
const isDegrees = (value: unknown, limit: number): value is string => typeof value === 'string' && degrees.test(value) && Math.abs(Number(value)) <= limit;

const pointOf = (entry: Entry | undefined): FoundPlace['position'] | undefined => {
  const { latitude, longitude } = entry?.attributes ?? {};
  return isDegrees(latitude, 90) && isDegrees(longitude, 180) ? { latitude, longitude } : undefined;
};

export class CatalogGeocoder implements Geocoder {
  readonly #catalogOf: CatalogOf;

  constructor(catalogOf: CatalogOf) {
    this.#catalogOf = catalogOf;
  }

  async find({ municipio, zona }: SaidPlace): Promise<FoundPlace | undefined> {
    const zone = await this.#entry('zona', zona);
    const inZone = pointOf(zone);
    if (inZone !== undefined) return { position: inZone, precision: 'zone', provider };
    const town = (await this.#entry('municipio', municipio)) ?? (await this.#parent('municipio', zone));
    const inTown = pointOf(town) ?? pointOf(await this.#parent('department', town));
    return inTown === undefined ? undefined : { position: inTown, precision: 'municipality', provider };
  }

  async #entry(name: string, code: string | undefined): Promise<Entry | undefined> {
    if (code === undefined) return undefined;
    const { entries } = await this.#catalogOf(catalogId(name));
    return Object.hasOwn(entries, code) ? entries[code]?.entry : undefined;
  }
  /** The entry of another catalog that this one lies in. */
  async #parent(name: string, entry: Entry | undefined): Promise<Entry | undefined> {
    const [catalog, code] = entry?.parent?.split('/') ?? [];
    return catalog === name ? this.#entry(name, code) : undefined;
  }
}
