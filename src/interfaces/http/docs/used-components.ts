/** Leaves out of a document's components what nothing refers to. */
import { isSchemaNode } from './examples.ts';

const referencesIn = (value: unknown, found: Set<string>): Set<string> => {
  if (Array.isArray(value)) for (const member of value) referencesIn(member, found);
  else if (isSchemaNode(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name === '$ref' && typeof member === 'string') found.add(member);
      else referencesIn(member, found);
    }
  }
  return found;
};

type Kinds = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The components of the given kinds that `rest` reaches, directly or through one another. */
export const usedOf = (components: Kinds, rest: unknown): Kinds => {
  const reached = new Set<string>();
  let fresh = [...referencesIn(rest, new Set())];
  while (fresh.length > 0) {
    for (const reference of fresh) reached.add(reference);
    const targets = fresh.map((reference) => {
      const [, , kind = '', name = ''] = reference.split('/');
      return components[kind]?.[name];
    });
    fresh = [...referencesIn(targets, new Set())].filter((reference) => !reached.has(reference));
  }
  return Object.fromEntries(
    Object.entries(components).map(([kind, members]) => [
      kind,
      Object.fromEntries(Object.entries(members).filter(([name]) => reached.has(`#/components/${kind}/${name}`))),
    ]),
  );
};
