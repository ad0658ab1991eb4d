/** Source files as the rules see them: their literal import specifiers, and their code without comments and texts. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = normalize(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

/** One `import` or `export … from`; `target` is a path from the root, or a package. Without `names` all of it is imported. */
export type Import = { readonly target: string; readonly isPackage: boolean; readonly isType: boolean; readonly names: readonly string[] };
/** `path` from the root, with `/`. */
export type Source = {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly code: string;
  /** An import whose target is not a literal. */
  readonly hasHiddenImport: boolean;
};

// Regular expressions come before strings, so that a quote in one opens none; a slash after a value is a division.
const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|(?<=[=(,:;!&|?{[]\s*)\/(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\n[\\])+\/[a-z]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
const withoutComments = (text: string): string => text.replace(token, (found) => (/^\/[*/]/.test(found) ? '' : found));
const withoutTexts = (text: string): string => text.replace(token, (found) => (/^['"]/.test(found) ? "''" : ''));

const statement = /(?:^|[;\n])\s*(?:import|export)\s+(type\s+)?(?:([\w$*{][^;'"()]*?)\s+from\s*)?(['"])([^'"\n]+)\3/g;
const dynamic = /\bimport\s*\(\s*(?:(['"])([^'"\n]+)\1\s*[,)])?|\brequire\s*\(\s*(['"])([^'"\n]+)\3/g;

const resolved = (path: string, specifier: string): Pick<Import, 'target' | 'isPackage'> =>
  specifier.startsWith('.')
    ? {
        target: normalize(join(dirname(path), specifier))
          .split(sep)
          .join('/'),
        isPackage: false,
      }
    : { target: specifier, isPackage: true };

type Names = { readonly names: readonly string[]; readonly areTypes: boolean };
/** `{ type A, b as c }` → `b`, and whether all of them are types. */
const namesIn = (clause: string | undefined): Names => {
  const braced = clause === undefined ? null : /\{([\s\S]*)\}/.exec(clause);
  if (braced === null) return { names: [], areTypes: false };
  const words = (braced[1] ?? '').split(',').map((word) => word.trim());
  const values = words.filter((word) => word !== '' && !word.startsWith('type '));
  return { names: values.map((word) => word.split(/\s+as\s+/)[0] ?? word), areTypes: values.length === 0 };
};

export const sourceOf = (path: string, text: string): Source => {
  const bare = withoutComments(text);
  const stated = [...bare.matchAll(statement)].map((found): Import => {
    const { names, areTypes } = namesIn(found[2]);
    return { ...resolved(path, found[4] ?? ''), isType: found[1] !== undefined || areTypes, names };
  });
  const called = [...bare.matchAll(dynamic)].map((found) => found[2] ?? found[4]);
  const hidden = called.some((specifier) => specifier === undefined);
  const loaded = called.flatMap((specifier) => (specifier === undefined ? [] : [{ ...resolved(path, specifier), isType: false, names: [] }]));
  return { path, text, imports: [...stated, ...loaded], code: withoutTexts(text), hasHiddenImport: hidden };
};

/** Every file below these folders, as paths from the root. */
export const filesIn = (folders: readonly string[]): readonly string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );

export const sourcesIn = (folders: readonly string[]): readonly Source[] =>
  filesIn(folders)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')));
