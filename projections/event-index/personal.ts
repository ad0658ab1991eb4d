/** Event data with every person's fields erased: what may be kept in tables whose rows nobody can find again when a person is forgotten. */
import type { AnyAggregate } from '../../src/domain/kernel/aggregate.ts';
import { erased, personalPaths } from '../../src/domain/kernel/personal.ts';

/** What these read models know of an aggregate. */
export type Described = Pick<AnyAggregate, 'category' | 'confidentiality' | 'events'>;
type Path = readonly string[];
type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whatever stands at a personal path is erased, whatever its shape. */
const erasedAt = (value: unknown, [head, ...rest]: Path): unknown => {
  if (head === undefined) return erased;
  if (head === '*') return Array.isArray(value) ? value.map((item) => erasedAt(item, rest)) : value;
  return isFields(value) && Object.hasOwn(value, head) ? { ...value, [head]: erasedAt(value[head], rest) } : value;
};

export type Erasing = (event: { readonly category: string; readonly type: string; readonly data: unknown }) => Fields;

/** By the marks in the schemas of these aggregates; the shell's own events hold nothing personal. */
export const erasingBy = (model: readonly Described[]): Erasing => {
  const paths = new Map<string, readonly Path[]>();
  for (const { category, events } of model) {
    for (const [type, { schema }] of Object.entries(events)) {
      const personal = personalPaths(schema);
      if (personal.length > 0) paths.set(`${category}/${type}`, personal);
    }
  }
  return ({ category, type, data }) => {
    const clean = (paths.get(`${category}/${type}`) ?? []).reduce<unknown>(erasedAt, data);
    return isFields(clean) ? clean : {};
  };
};
