/** Finding out where a place is. Adapters: infrastructure/geocoding. */

/** A place as people say it. Codes are those of the catalogs `municipio` and `zona`; `country` is ISO 3166-1 alpha-2. */
export type SaidPlace = { readonly street?: string; readonly municipio?: string; readonly zona?: string; readonly country?: string };
/** Degrees as decimal strings, how near that is to the place, and who says so. */
export type FoundPlace = {
  readonly position: { readonly latitude: string; readonly longitude: string };
  readonly precision: 'exact' | 'street' | 'zone' | 'municipality';
  readonly provider: string;
};

export interface Geocoder {
  /** Nothing where it does not know the place. Throws where its service is away: the question is asked again. */
  find(place: SaidPlace): Promise<FoundPlace | undefined>;
}
