/** Pages of what lies in a shape: the database finds by the shape's box, the domain decides, and the cursor is that of the rows looked at. */
import type { Page, QueryRequest, Row } from '../../application/ports/queries.ts';
import { prepareShape } from '../../domain/kernel/geo/contains.ts';
import type { Shape } from '../../domain/kernel/geo/shape.ts';
import { limitMax } from './parse.ts';
import type { Marked } from './snapshot.ts';
import type { Asking } from './statements.ts';

/** Rows looked at for one page: 20 times the largest page. What is left then comes with the next page. */
const batchesMax = 20;

type Reading = {
  /** One page and a row more, as of any other request. */
  readonly read: (asking: Asking) => Promise<Marked>;
  readonly valuesOf: (row: Row) => readonly (string | null)[];
};
export type Fenced = Pick<Page, 'asOf'> & {
  readonly rows: readonly Row[] /** The sort values to go on after; nothing: that was all. */;
  readonly next?: readonly (string | null)[];
};

/** Does the row's place lie in the shape? A row without one lies nowhere. */
const isInside = (shape: Shape, { definition }: Asking): ((row: Row) => boolean) => {
  const { contains } = prepareShape(shape);
  const { latitude, longitude } = definition.place ?? { latitude: '', longitude: '' };
  return (row) => row[latitude] !== null && row[longitude] !== null && contains({ latitude: Number(row[latitude]), longitude: Number(row[longitude]) });
};

/** A page may be short, even empty, and still have a next one: then so many rows lay in the box and not in the shape. */
export const readFenced = async (asking: Asking, shape: Shape, { read, valuesOf }: Reading): Promise<Fenced> => {
  const { request, definition } = asking;
  const inside = isInside(shape, asking);
  const fields = [...new Set([...request.fields, ...Object.values(definition.place ?? {})])];
  const kept: Row[] = [];
  let after: QueryRequest['after'];
  let asOf: Page['asOf'] | undefined;
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const marked = await read({ ...asking, request: { ...request, fields, limit: limitMax, ...(after === undefined ? {} : { after }) } });
    // The first is the lowest: what came later may be in the rows or not.
    asOf ??= marked.asOf;
    for (const row of marked.rows.slice(0, limitMax).filter(inside)) {
      const last = kept.at(-1);
      if (kept.length === request.limit && last !== undefined) return { asOf, rows: kept, next: valuesOf(last) };
      kept.push(row);
    }
    const last = marked.rows[limitMax - 1];
    if (marked.rows.length <= limitMax || last === undefined) return { asOf, rows: kept };
    after = valuesOf(last);
  }
  if (asOf === undefined || after === undefined) throw new Error('a page was read without a batch');
  return { asOf, rows: kept, next: after };
};
