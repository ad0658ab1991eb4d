/**
 * A shape's box cut into square many cells, each known to lie inside, outside, or across the boundary: most questions end there, and only
 * points in cells across the boundary need the exact test. A cell is never called inside or outside unless all of it is.
 */
import { distanceToSegmentMeters, type Segment } from './great-circle.ts';
import { earthRadiusMeters, radians } from './position.ts';
import type { Box } from './ring.ts';
import { type Slabs, sideOfSlabs } from './slabs.ts';

export const outside = 0;
export const inside = 1;
export const across = 2;

/** `size` × `size` cells, row by row from the south-west; `size` is a power of two. */
export type Raster = { readonly size: number; readonly cells: Uint8Array };

/** Cells a side that are worth their room for a shape of so many edges. */
export const rasterSizeOf = (edges: number): number => (edges <= 16 ? 32 : edges <= 1000 ? 64 : 128);

/** The number of the cell that holds a point of the box. */
export const cellAt = ({ size }: Raster, { minX, minY, maxX, maxY }: Box, { x, y }: { readonly x: number; readonly y: number }): number => {
  const column = Math.floor(((x - minX) * size) / (maxX - minX));
  const row = Math.floor(((y - minY) * size) / (maxY - minY));
  return Math.min(row, size - 1) * size + Math.min(column, size - 1);
};

/** The middles of all cells as vectors, from one sine and cosine a row and a column; and how far a cell of the row reaches from its middle. */
const middlesOf = (box: Box, size: number) => {
  const [width, height] = [(box.maxX - box.minX) / size, (box.maxY - box.minY) / size];
  const columns = Array.from({ length: size }, (_, column) => radians(box.minX + (column + 0.5) * width)).map((lambda) => ({
    cosine: Math.cos(lambda),
    sine: Math.sin(lambda),
  }));
  const rows = Array.from({ length: size }, (_, row) => {
    const [south, north] = [box.minY + row * height, box.minY + (row + 1) * height];
    const phi = radians((south + north) / 2);
    // Half the cell's height along a meridian, then half its width along its widest parallel: no point is farther. A millimetre for rounding.
    const widest = south <= 0 && north >= 0 ? 0 : Math.min(Math.abs(south), Math.abs(north));
    const reachMeters = (earthRadiusMeters / 2) * (radians(height) + radians(width) * Math.cos(radians(widest))) + 0.001;
    return { cosine: Math.cos(phi), sine: Math.sin(phi), reachMeters };
  });
  return { columns, rows };
};

/** Marks every cell that an edge comes near, a thousandth of a cell of margin included. */
const markEdges = ({ coordinates, edges }: Slabs, box: Box, { size, cells }: Raster): void => {
  const [perX, perY] = [size / (box.maxX - box.minX), size / (box.maxY - box.minY)];
  const margin = 1e-3;
  const clamp = (value: number): number => Math.max(0, Math.min(size - 1, Math.floor(value)));
  for (const at of edges) {
    const [x1, y1] = [((coordinates[at] ?? 0) - box.minX) * perX, ((coordinates[at + 1] ?? 0) - box.minY) * perY];
    const [x2, y2] = [((coordinates[at + 2] ?? 0) - box.minX) * perX, ((coordinates[at + 3] ?? 0) - box.minY) * perY];
    const [low, high] = [Math.min(y1, y2), Math.max(y1, y2)];
    for (let row = clamp(low - margin), last = clamp(high + margin); row <= last; row++) {
      // The edge between the row's two lines.
      const [from, to] = [Math.max(low, row - margin), Math.min(high, row + 1 + margin)];
      const along = (y: number): number => (high === low ? x1 : x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
      const [a, b] = high - low < margin ? [x1, x2] : [along(from), along(to)];
      cells.fill(across, row * size + clamp(Math.min(a, b) - margin), row * size + clamp(Math.max(a, b) + margin) + 1);
    }
  }
};

/** Neighbouring cells of a row without an edge between them are all inside or all outside: one exact test tells a run of them. */
export const rasterOfPolygon = (slabs: Slabs, box: Box, size: number): Raster => {
  const raster: Raster = { size, cells: new Uint8Array(size * size) };
  const { cells } = raster;
  const [width, height] = [(box.maxX - box.minX) / size, (box.maxY - box.minY) / size];
  markEdges(slabs, box, raster);
  for (let row = 0; row < size; row++) {
    const end = (row + 1) * size;
    for (let at = row * size; at < end; at++) {
      if (cells[at] === across) continue;
      const next = cells.indexOf(across, at);
      const runEnd = next < 0 || next > end ? end : next;
      const middle = { x: box.minX + ((at % size) + 0.5) * width, y: box.minY + (row + 0.5) * height };
      if (sideOfSlabs(slabs, middle) > 0) cells.fill(inside, at, runEnd);
      at = runEnd - 1;
    }
  }
  return raster;
};

/** A raster of what lies within a distance of segments; for each cell across its boundary the segments near enough to matter. */
export type SegmentRaster = Raster & { readonly near: ReadonlyMap<number, readonly Segment[]> };

/** A circle has one segment, a point. `reaches` gives each segment's own box, within which alone it can matter. */
export const rasterOfSegments = (
  { segments, withinMeters, reaches }: { readonly segments: readonly Segment[]; readonly withinMeters: number; readonly reaches: readonly Box[] },
  box: Box,
  size: number,
): SegmentRaster => {
  const cells = new Uint8Array(size * size);
  const near = new Map<number, Segment[]>();
  const { columns, rows } = middlesOf(box, size);
  const cellsIn = (from: number, to: number, [least, most]: readonly [number, number]): readonly [number, number] => {
    const cell = (value: number): number => Math.max(0, Math.min(size - 1, Math.floor(((value - least) * size) / (most - least))));
    return [cell(from - 1e-9), cell(to + 1e-9)];
  };
  for (const [index, segment] of segments.entries()) {
    const { minX, minY, maxX, maxY } = reaches[index] ?? box;
    const [firstColumn, lastColumn] = cellsIn(minX, maxX, [box.minX, box.maxX]);
    const [firstRow, lastRow] = cellsIn(minY, maxY, [box.minY, box.maxY]);
    for (let row = firstRow; row <= lastRow; row++)
      for (let column = firstColumn; column <= lastColumn; column++) {
        const at = row * size + column;
        const [parallel, meridian] = [rows[row], columns[column]];
        if (cells[at] === inside || parallel === undefined || meridian === undefined) continue;
        const middle = { x: parallel.cosine * meridian.cosine, y: parallel.cosine * meridian.sine, z: parallel.sine };
        const awayMeters = distanceToSegmentMeters(middle, segment);
        if (awayMeters - parallel.reachMeters > withinMeters) continue;
        cells[at] = awayMeters + parallel.reachMeters < withinMeters ? inside : across;
        const list = near.get(at);
        if (list === undefined) near.set(at, [segment]);
        else list.push(segment);
      }
  }
  return { size, cells, near };
};
