import { loadReferenceData } from '../../../src/infrastructure/reference-data/reference-data.ts';

/** What ships, loaded once a test file. */
export const shipped = loadReferenceData();

/** The entries of one shipped catalog; throws when it does not ship. */
export const entriesOf = (name: string) => {
  const found = shipped.find(({ catalog }) => catalog === name);
  if (found === undefined) throw new Error(`no catalog ${name} ships`);
  return found.entries;
};

export const codesOf = (name: string): readonly string[] => entriesOf(name).map(({ code }) => code);

/** An attribute that must be text. */
export const textOf = (entry: { readonly code: string; readonly attributes: Readonly<Record<string, unknown>> }, key: string): string => {
  const value = entry.attributes[key];
  if (typeof value !== 'string') throw new Error(`${entry.code}.${key} is not text`);
  return value;
};

/** An attribute that must be a finite number. */
export const numberOf = (entry: { readonly code: string; readonly attributes: Readonly<Record<string, unknown>> }, key: string): number => {
  const value = entry.attributes[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${entry.code}.${key} is not a number`);
  return value;
};

/** An attribute that must be a list of texts. */
export const listOf = (entry: { readonly code: string; readonly attributes: Readonly<Record<string, unknown>> }, key: string): readonly string[] => {
  const value: unknown = entry.attributes[key];
  if (!Array.isArray(value)) throw new Error(`${entry.code}.${key} is not a list`);
  return value.map(String);
};
