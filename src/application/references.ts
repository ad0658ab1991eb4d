/** Finds the ids and catalog codes in a command's data by its schema, and checks that each exists and is the caller's to name. */
import type { Static, TSchema } from '../domain/kernel/schema.ts';

export type FoundReference = { readonly pointer: string; readonly category: string; readonly id: string };
export type FoundCode = { readonly pointer: string; readonly catalog: string; readonly code: string };
export type Found = { readonly references: FoundReference[]; readonly codes: FoundCode[] };
type Walk = (value: unknown, pointer: string, found: Found) => void;

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

const walkProperties = (properties: Node): Walk | undefined => {
  const walks = Object.entries(properties).flatMap(([name, schema]) => {
    const walk = compile(schema);
    return walk === undefined ? [] : [[name, walk] as const];
  });
  if (walks.length === 0) return undefined;
  return (value, pointer, found) => {
    if (!isNode(value)) return;
    for (const [name, walk] of walks) if (value[name] !== undefined) walk(value[name], `${pointer}/${name}`, found);
  };
};

const walkItems = (items: unknown): Walk | undefined => {
  const walk = compile(items);
  if (walk === undefined) return undefined;
  return (value, pointer, found) => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, `${pointer}/${index}`, found);
  };
};

const compile = (schema: unknown): Walk | undefined => {
  if (!isNode(schema)) return undefined;
  const category = schema['x-ref'];
  if (typeof category === 'string') {
    return (value, pointer, found) => void (typeof value === 'string' && found.references.push({ pointer, category, id: value }));
  }
  const catalog = schema['x-lookup'];
  if (typeof catalog === 'string') {
    return (value, pointer, found) => void (typeof value === 'string' && found.codes.push({ pointer, catalog, code: value }));
  }
  if (isNode(schema['properties'])) return walkProperties(schema['properties']);
  if (schema['items'] !== undefined) return walkItems(schema['items']);
  if (!Array.isArray(schema['anyOf'])) return undefined;
  const walks = schema['anyOf'].map(compile).filter((walk) => walk !== undefined);
  if (walks.length === 0) return undefined;
  return (value, pointer, found) => {
    for (const walk of walks) walk(value, pointer, found);
  };
};

const compiled = new WeakMap<object, { readonly walk: Walk | undefined }>();

/** The ids (`ref`) and catalog codes (`lookup`) that stand in `data`; each once. */
export const referencesIn = (schema: TSchema, data: Static<TSchema>): Found => {
  let entry = compiled.get(schema);
  if (entry === undefined) {
    entry = { walk: compile(schema) };
    compiled.set(schema, entry);
  }
  const found: Found = { references: [], codes: [] };
  entry.walk?.(data, '', found);
  const once = <T extends { readonly pointer: string }>(items: readonly T[]): T[] => [...new Map(items.map((item) => [item.pointer, item])).values()];
  return { references: once(found.references), codes: once(found.codes) };
};
