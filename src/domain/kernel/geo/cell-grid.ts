/**
 * Boxes found by a point: each box is entered in the cells it touches of a grid whose cells are half to twice its size, so in at most nine. A
 * point asks one cell of each grid in use. All of it lies in flat arrays: an open-addressed table of cells, and the entries of a cell with
 * their boxes side by side, so that most boxes are passed over without a look elsewhere in memory.
 */
import type { Box } from './ring.ts';

export type CellGrid = {
  /** Adds the numbers of all boxes that may hold the point (longitude −180 to 180) to the list, each once, in no order. */
  readonly collect: (longitude: number, latitude: number, into: number[]) => void;
};

/** Cells of level n are 360° / 2ⁿ wide and high, the finest about ten metres. Only every second level is used: fewer cells to ask. */
const levelMax = 22;
const levelOf = ({ minX, minY, maxX, maxY }: Box): number => {
  const size = Math.max(maxX - minX, maxY - minY, 1e-9);
  return Math.max(0, Math.min(levelMax, 2 * Math.floor((Math.log2(360 / size) + 1) / 2)));
};
const cellsPerDegree = (level: number): number => 2 ** level / 360;

type Entry = { readonly column: number; readonly row: number; readonly level: number; readonly item: number; readonly part: Box };

/** Bounds are kept in single precision, which near 180 is good to 0.000008°. */
const slack = 2e-5;

/**
 * The parts of a laid-out box within −180 to 180, each with the columns it touches; 180 itself is asked for as −180. Two parts that share a
 * column are taken for the whole round, lest a cell name the box twice.
 */
const partsOf = (box: Box, scale: number): readonly (Box & { readonly first: number; readonly last: number })[] => {
  const column = (longitude: number): number => Math.floor((Math.min(180, longitude) + 180) * scale);
  const west = { ...box, first: column(box.minX), last: column(box.maxX) };
  if (box.maxX < 180) return [west];
  const east = { ...box, minX: -180, maxX: box.maxX - 360 + 1e-12, first: 0, last: column(box.maxX - 360 + 1e-12) };
  return east.last < west.first ? [west, east] : [{ ...box, minX: -180, maxX: 180, first: 0, last: column(180) }];
};

const entriesOf = (boxes: readonly Box[]): readonly Entry[] =>
  boxes.flatMap((box, item) => {
    const level = levelOf(box);
    const scale = cellsPerDegree(level);
    return partsOf(box, scale).flatMap((part) => {
      const entries: Entry[] = [];
      for (let row = Math.floor((part.minY + 90) * scale); row <= Math.floor((part.maxY + 90) * scale); row++)
        for (let column = part.first; column <= part.last; column++) entries.push({ column, row, level, item, part });
      return entries;
    });
  });

const hashOf = (column: number, place: number): number => {
  const mixed = Math.imul(column, 0x9e3779b1) ^ Math.imul(place, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 0;
};
/** Row and level in one number: rows have at most 22 bits. */
const placeOf = (row: number, level: number): number => (row << 5) | level;

/** Four numbers a slot: column, place, where its items start, how many there are (0: a free slot). */
const findSlot = (slots: Int32Array, mask: number, [column, place]: readonly [number, number]): number => {
  let slot = hashOf(column, place) & mask;
  while (slots[slot * 4 + 3] !== 0 && (slots[slot * 4] !== column || slots[slot * 4 + 1] !== place)) slot = (slot + 1) & mask;
  return slot * 4;
};

export const createCellGrid = (boxes: readonly Box[]): CellGrid => {
  const entries = entriesOf(boxes);
  const mask = 2 ** Math.ceil(Math.log2(Math.max(4, entries.length * 2))) - 1;
  const slots = new Int32Array((mask + 1) * 4);
  const slotOf = entries.map(({ column, row, level }) => {
    const place = placeOf(row, level);
    const slot = findSlot(slots, mask, [column, place]);
    slots.set([column, place, 0, (slots[slot + 3] ?? 0) + 1], slot);
    return slot;
  });
  let start = 0;
  for (let slot = 0; slot < slots.length; slot += 4) {
    slots[slot + 2] = start;
    start += slots[slot + 3] ?? 0;
  }
  const items = new Int32Array(start);
  const bounds = new Float32Array(start * 4);
  const filled = new Int32Array(slots.length / 4);
  for (const [index, { item, part }] of entries.entries()) {
    const slot = slotOf[index] ?? 0;
    const at = (slots[slot + 2] ?? 0) + (filled[slot / 4] ?? 0);
    items[at] = item;
    bounds.set([part.minX - slack, part.minY - slack, part.maxX + slack, part.maxY + slack], at * 4);
    filled[slot / 4] = (filled[slot / 4] ?? 0) + 1;
  }
  // Most cells hold nothing: a bit or none tells so within the nearest cache.
  const taken = new Uint32Array((mask + 1) / 4);
  for (const { column, row, level } of entries) {
    const bit = hashOf(column, placeOf(row, level));
    taken[(bit >>> 5) & (taken.length - 1)] = (taken[(bit >>> 5) & (taken.length - 1)] ?? 0) | (1 << (bit & 31));
  }
  const levels = Int32Array.from(new Set(entries.map(({ level }) => level)));
  const scales = Float64Array.from(levels, cellsPerDegree);
  return { collect: collectFrom({ taken, slots, items, bounds, levels, scales, mask }) };
};

type Table = {
  readonly taken: Uint32Array;
  readonly slots: Int32Array;
  readonly items: Int32Array;
  readonly bounds: Float32Array;
  readonly levels: Int32Array;
  readonly scales: Float64Array;
  readonly mask: number;
};

const collectFrom =
  ({ taken, slots, items, bounds, levels, scales, mask }: Table): CellGrid['collect'] =>
  (longitude, latitude, into) => {
    const x = longitude === 180 ? -180 : longitude;
    for (let index = 0; index < levels.length; index++) {
      const scale = scales[index] ?? 0;
      const column = Math.floor((x + 180) * scale);
      const place = placeOf(Math.floor((latitude + 90) * scale), levels[index] ?? 0);
      const hash = hashOf(column, place);
      if ((((taken[(hash >>> 5) & (taken.length - 1)] ?? 0) >>> (hash & 31)) & 1) === 0) continue;
      let slot = hash & mask;
      while (slots[slot * 4 + 3] !== 0 && (slots[slot * 4] !== column || slots[slot * 4 + 1] !== place)) slot = (slot + 1) & mask;
      const start = slots[slot * 4 + 2] ?? 0;
      for (let at = start, end = start + (slots[slot * 4 + 3] ?? 0); at < end; at++) {
        const bound = at * 4;
        if (x < (bounds[bound] ?? 0) || x > (bounds[bound + 2] ?? 0) || latitude < (bounds[bound + 1] ?? 0) || latitude > (bounds[bound + 3] ?? 0)) continue;
        into.push(items[at] ?? 0);
      }
    }
  };
