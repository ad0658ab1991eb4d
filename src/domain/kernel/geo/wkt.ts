/**
 * Shapes as well-known text (OGC 06-103r4, § 7), longitude first, as PostGIS and map tools read it. Text has no place for a radius or a
 * width, so circle and corridor need theirs beside it.
 */
import type { Position } from './position.ts';
import type { Shape } from './shape.ts';

const positionText = ({ longitude, latitude }: Position): string => `${longitude} ${latitude}`;
const listText = (positions: readonly Position[]): string => `(${positions.map(positionText).join(', ')})`;

/** The geometry of a shape: POLYGON, LINESTRING for a corridor's path, POINT for a circle's centre. */
export const toWkt = (shape: Shape): string => {
  switch (shape.kind) {
    case 'circle':
      return `POINT (${positionText(shape.center)})`;
    case 'corridor':
      return `LINESTRING ${listText(shape.path)}`;
    case 'polygon':
      return `POLYGON (${shape.rings.map(listText).join(', ')})`;
    default:
      return shape satisfies never;
  }
};

// No two ways to read one number: a megabyte of digits must not take a day.
const number = '[-+]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][-+]?\\d+)?';
const pointPattern = new RegExp(`^\\s*(${number})\\s+(${number})\\s*$`);

const parsePosition = (text: string): Position | undefined => {
  const [, longitude, latitude] = pointPattern.exec(text) ?? [];
  return longitude === undefined || latitude === undefined ? undefined : { latitude: Number(latitude), longitude: Number(longitude) };
};
const parseList = (text: string): readonly Position[] | undefined => {
  const parts = text.split(',');
  const positions = parts.map(parsePosition).filter((position) => position !== undefined);
  return positions.length === parts.length ? positions : undefined;
};
const parseRings = (text: string): readonly (readonly Position[])[] | undefined => {
  const inner = /^\s*\(([\s\S]*)\)\s*$/.exec(text)?.[1];
  const parts = inner?.split(/\)\s*,\s*\(/) ?? [];
  const rings = parts.map(parseList).filter((ring) => ring !== undefined);
  return parts.length > 0 && rings.length === parts.length ? rings : undefined;
};

/**
 * The shape of a text, not yet checked for validity; nothing where it is no POLYGON, LINESTRING or POINT in two dimensions or the size it
 * needs is missing. Text longer than a megabyte is not read.
 */
export const fromWkt = (text: string, size: { readonly radiusMeters?: number; readonly widthMeters?: number } = {}): Shape | undefined => {
  const [, type, body] = text.length > 1_048_576 ? [] : (/^\s*(POINT|LINESTRING|POLYGON)\s*\(([\s\S]*)\)\s*$/i.exec(text) ?? []);
  if (type === undefined || body === undefined) return undefined;
  switch (type.toUpperCase()) {
    case 'POINT': {
      const center = parsePosition(body);
      return center === undefined || size.radiusMeters === undefined ? undefined : { kind: 'circle', center, radiusMeters: size.radiusMeters };
    }
    case 'LINESTRING': {
      const path = parseList(body);
      return path === undefined || size.widthMeters === undefined ? undefined : { kind: 'corridor', path, widthMeters: size.widthMeters };
    }
    default: {
      const rings = parseRings(body);
      return rings === undefined ? undefined : { kind: 'polygon', rings };
    }
  }
};
