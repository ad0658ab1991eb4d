/** The rules of the architecture, over the literal import specifiers and the code of every source file. */
import {
  aggregateKinds,
  ambient,
  ambientExceptions,
  ambientShell,
  emptyNames,
  environmentReaders,
  isTable,
  type Layer,
  layers,
  linesMax,
  openToOthers,
  readModelKinds,
} from './layers.ts';
import type { Import, Source } from './source.ts';

export type Violation = { readonly rule: string; readonly path: string; readonly message: string };
type Rule = (files: readonly Source[]) => readonly Violation[];

const beginsWithOne = (path: string, beginnings: readonly string[]): boolean => beginnings.some((beginning) => path.startsWith(beginning));
const layerOf = (path: string): Layer | undefined => layers.find(({ at }) => path.startsWith(at));
/** `ajv/dist/2020.js` → `ajv`, `@a/b/c` → `@a/b`. */
const packageOf = (specifier: string): string =>
  (specifier.startsWith('@') ? specifier.split('/').slice(0, 2) : specifier.startsWith('node:') ? [specifier] : specifier.split('/').slice(0, 1)).join('/');
const mayPackage = ({ packages }: Layer, target: string): boolean =>
  packages.includes(packageOf(target)) || (target.startsWith('node:') && packages.includes('node:*'));
const mayImport = (layer: Layer, { isPackage, isType, target }: Import): boolean => {
  if (isPackage) return mayPackage(layer, target) || (isType && (layer.mayTypes ?? []).includes(packageOf(target)));
  return beginsWithOne(target, layer.may) || (isType && beginsWithOne(target, layer.mayTypes ?? []));
};

/** A layer knows what its row in the table names, nothing else. */
const layering: Rule = (files) =>
  files.flatMap((file) => {
    const layer = layerOf(file.path);
    if (layer === undefined) return [{ rule: 'layers', path: file.path, message: 'belongs to no layer' }];
    const foreign = file.imports
      .filter((one) => !mayImport(layer, one))
      .map(({ target }) => ({ rule: 'layers', path: file.path, message: `imports ${target}` }));
    return file.hasHiddenImport ? [...foreign, { rule: 'layers', path: file.path, message: 'imports what no literal names' }] : foreign;
  });

/** The folder of an aggregate, where the path is in one. */
const aggregateOf = (path: string): string | undefined => {
  const folder = /^src\/domain\/([^/]+)\//.exec(path)?.[1];
  return folder === 'kernel' ? undefined : folder;
};
const camel = (folder: string): string => folder.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Another aggregate is seen through its facts, types, schema words and readings of its state; nobody decides for it. */
const aggregates: Rule = (files) =>
  files.flatMap((file) => {
    const own = aggregateOf(file.path);
    if (own === undefined) return [];
    return file.imports.flatMap(({ target, names, isType, isPackage }) => {
      const other = isPackage ? undefined : aggregateOf(target);
      if (other === undefined || other === own || isType)
        return target === 'src/domain/model.ts' ? [{ rule: 'aggregates', path: file.path, message: 'imports the model' }] : [];
      const isOpen = openToOthers.some((kind) => target.endsWith(`/${kind}`));
      const isWhole = names.length === 0 || names.includes(camel(other)) || names.some((name) => /^(?:decide|evolve|commands)$/.test(name));
      return isOpen && !isWhole
        ? []
        : [{ rule: 'aggregates', path: file.path, message: `decides with ${target}: only facts, types and readings of ${other} are its` }];
    });
  });

/** A read model knows its own folder and the kernel; what two share is named. */
const sharedProjections = new Set(['projections/event-index/personal.ts']);
const readModels: Rule = (files) =>
  files.flatMap(({ path, imports }) => {
    const own = /^projections\/([^/]+)\//.exec(path)?.[1];
    if (own === undefined) return [];
    return imports
      .filter(
        ({ target, isPackage }) =>
          !isPackage &&
          target.startsWith('projections/') &&
          !beginsWithOne(target, [`projections/${own}/`, 'projections/kernel/']) &&
          !sharedProjections.has(target),
      )
      .map(({ target }) => ({ rule: 'read models', path, message: `imports another read model's ${target}` }));
  });

/** Time, chance and the environment are arguments. */
const ambience: Rule = (files) =>
  files.flatMap(({ path, code }) => {
    if (/\bprocess\.env\b/.test(code) && !environmentReaders.has(path)) return [{ rule: 'ambient', path, message: 'reads process.env: configuration.ts does' }];
    const found = beginsWithOne(path, ambientShell) || ambientExceptions.has(path) ? null : ambient.exec(code);
    return found === null ? [] : [{ rule: 'ambient', path, message: `uses ${found[0]}, which is an argument here` }];
  });

/** Files import in one direction: what two need stands in a third. Types make no circle. */
const circles: Rule = (files) => {
  const edges = new Map(files.map(({ path, imports }) => [path, imports.filter(({ isType, isPackage }) => !isType && !isPackage).map(({ target }) => target)]));
  const done = new Set<string>();
  const found: Violation[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.push({ rule: 'circles', path, message: [...way.slice(way.indexOf(path)), path].join(' → ') });
    if (way.includes(path) || done.has(path)) return;
    for (const target of edges.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
};

type Kinds = { readonly required: readonly string[]; readonly optional: readonly string[] };
/** What is wrong with a file as part of a folder whose kinds are these. */
const strangeness = (name: string, text: string, { required, optional }: Kinds): string | undefined => {
  if (required.includes(name) || optional.includes(name)) return undefined;
  if (emptyNames.test(name)) return 'has a name that says nothing: name it by its subject';
  return text.startsWith('/**') ? undefined : 'is no usual kind of file here, so it begins with a sentence that says what it is';
};
const kindsIn = (files: readonly Source[], folderOf: (path: string) => string | undefined, kinds: Kinds): readonly Violation[] => {
  const inFolders = files.filter(({ path }) => folderOf(path) !== undefined);
  const folders = Map.groupBy(inFolders, ({ path }) => path.slice(0, path.lastIndexOf('/') + 1));
  return [...folders].flatMap(([folder, members]) => {
    const names = members.map(({ path }) => path.slice(folder.length));
    const missing = kinds.required.filter((kind) => !names.includes(kind)).map((name) => ({ rule: 'kinds', path: folder + name, message: 'is missing' }));
    const strange = members.flatMap(({ path, text }) => {
      const message = strangeness(path.slice(folder.length), text, kinds);
      return message === undefined ? [] : [{ rule: 'kinds', path, message }];
    });
    return [...missing, ...strange];
  });
};
const readModelOf = (path: string): string | undefined => {
  const folder = /^projections\/([^/]+)\//.exec(path)?.[1];
  return folder === 'kernel' ? undefined : folder;
};
/** The set of file kinds is closed. */
const kinds: Rule = (files) => [...kindsIn(files, aggregateOf, aggregateKinds), ...kindsIn(files, readModelOf, readModelKinds)];

const lengths: Rule = (files) =>
  files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1;
    return lines <= linesMax || isTable(path) ? [] : [{ rule: 'lengths', path, message: `has ${lines} lines, ${linesMax} are the limit` }];
  });

export const rules: readonly Rule[] = [layering, aggregates, readModels, ambience, circles, kinds, lengths];

/** Everything that is wrong with these files, which are the whole of `src` and `projections`. */
export const violationsIn = (files: readonly Source[]): readonly Violation[] => rules.flatMap((rule) => rule(files));
