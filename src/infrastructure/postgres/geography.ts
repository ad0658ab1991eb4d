/** Places without PostGIS: a point on the sphere from latitude and longitude, by the extensions `cube` and `earthdistance`. */
import type { Columns } from '../../../projections/kernel/table.ts';
import { id } from './names.ts';

/** The indexed expression of a table's place (metres from the centre of the earth); a query must use the very same one. Nothing where there are no coordinates. */
export function earthOf(columns: Columns, place: { readonly latitude: string; readonly longitude: string }): string | undefined {
  const isNumber = (name: string): boolean => columns[name]?.kind === 'numeric' || columns[name]?.kind === 'double';
  if (!isNumber(place.latitude) || !isNumber(place.longitude)) return undefined;
  return `ll_to_earth(${id(place.latitude)}::float8, ${id(place.longitude)}::float8)`;
}
