/** Positions on the earth, WGS84 degrees. Distances are great-circle metres on the sphere of the mean radius. */

export type Position = { readonly latitude: number; readonly longitude: number };
/** A position as the log keeps it: decimal strings of at most nine places (a tenth of a millimetre). */
export type PositionText = { readonly latitude: string; readonly longitude: string };

/** Mean earth radius R₁ of the IUGG, in metres. */
export const earthRadiusMeters = 6_371_008.8;
export const radians = (degrees: number): number => (degrees * Math.PI) / 180;
export const degrees = (angle: number): number => (angle * 180) / Math.PI;

/** Out of range (TL-5) or not a finite number, or nothing. */
export const positionProblem = ({ latitude, longitude }: Position): 'latitudeOutOfRange' | 'longitudeOutOfRange' | undefined => {
  if (!(latitude >= -90 && latitude <= 90)) return 'latitudeOutOfRange';
  return longitude >= -180 && longitude <= 180 ? undefined : 'longitudeOutOfRange';
};

const coordinateText = (value: number): string => {
  const text = value.toFixed(9).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
};
/** A position as the log keeps it. */
export const toPositionText = ({ latitude, longitude }: Position): PositionText => ({
  latitude: coordinateText(latitude),
  longitude: coordinateText(longitude),
});
/** A position of the log as numbers. */
export const toPosition = ({ latitude, longitude }: PositionText): Position => ({ latitude: Number(latitude), longitude: Number(longitude) });

/** Great-circle distance by the haversine formula, which keeps its digits for points close together and loses some (to centimetres) for points opposite each other. */
export const distanceMeters = (a: Position, b: Position): number => {
  const sineLatitude = Math.sin(radians(b.latitude - a.latitude) / 2);
  const sineLongitude = Math.sin(radians(b.longitude - a.longitude) / 2);
  const haversine = sineLatitude * sineLatitude + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * sineLongitude * sineLongitude;
  return 2 * earthRadiusMeters * Math.asin(Math.min(1, Math.sqrt(haversine)));
};
