/** Which fields of an event are a person's, found from the schema's own marks. */
import type { TSchema } from './schema.ts';

/** What a forgotten person's fields read as, everywhere and for ever. */
export const erased = '[erased]';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Paths to the fields marked `personal`; `*` stands for every item of a list. */
export const personalPaths = (schema: TSchema | Node): readonly (readonly string[])[] => {
  if (!isNode(schema)) return [];
  if (schema['x-personal'] === true) return [[]];
  const properties = isNode(schema['properties']) ? Object.entries(schema['properties']) : [];
  const below = properties.flatMap(([name, member]) => (isNode(member) ? personalPaths(member).map((path) => [name, ...path]) : []));
  const items = isNode(schema['items']) ? personalPaths(schema['items']).map((path) => ['*', ...path]) : [];
  const choices = Array.isArray(schema['anyOf']) ? schema['anyOf'].flatMap((choice: unknown) => (isNode(choice) ? personalPaths(choice) : [])) : [];
  return [...below, ...items, ...choices];
};
