import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mendSymlinks } from '../../../src/infrastructure/postgres/embedded/binaries.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leasing-binaries-'));
  mkdirSync(join(folder, 'native', 'lib'), { recursive: true });
  writeFileSync(join(folder, 'native', 'lib', 'libpq.so.5.18'), 'library');
});
afterEach(() => rmSync(folder, { recursive: true }));

const writeLinks = (links: unknown): void => writeFileSync(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
const link = { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' };

test('links that npm ci --ignore-scripts left out are made, relative, and once', () => {
  writeLinks([link]);
  mendSymlinks(join(folder, 'native'));
  mendSymlinks(join(folder, 'native'));
  expect(readlinkSync(join(folder, link.target))).toBe('libpq.so.5.18');
  expect(readFileSync(join(folder, link.target), 'utf8')).toBe('library');
});

test('a package without a list of links, and a list of something else, change nothing', () => {
  mendSymlinks(join(folder, 'native'));
  writeLinks([{ source: 'native/lib/libpq.so.5.18', target: 'native/bin/elsewhere' }, { source: 1 }, null]);
  mendSymlinks(join(folder, 'native'));
  writeLinks({ not: 'a list' });
  mendSymlinks(join(folder, 'native'));
});

test('a link that cannot be made is told in one sentence', () => {
  writeLinks([{ source: 'native/none/libpq.so.5.18', target: 'native/none/libpq.so.5' }]);
  expect(() => mendSymlinks(join(folder, 'native'))).toThrow(
    /^The embedded Postgres lacks .+libpq\.so\.5, and it cannot be made; run npm ci without --ignore-scripts\.$/,
  );
});
