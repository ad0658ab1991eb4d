/** Whatever is wrong is said in one clear sentence, and in the exit code. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { terminal } from './kit/terminal.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const id = '0190a1b2-0000-7000-8000-000000000001';
const master = Buffer.alloc(32, 7).toString('base64');
/** Nobody listens on port 1. */
const away = { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/nothing', EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false', MASTER_KEY: master };

type Case = readonly [words: string, code: number, sentence: RegExp, environment?: Readonly<Record<string, string>>];
const cases: readonly Case[] = [
  ['nonsense', 64, /unknown command 'nonsense'/],
  ['projections status --nonsense', 64, /unknown option '--nonsense'/],
  ['projections status', 66, /There is no data in .*; start the system once with npm start, or name its folder with DATA_DIR\./],
  ['projections rebuild', 64, /Name the read models to rebuild, or say --all\./],
  ['projections rebuild equipment --all', 64, /Name the read models to rebuild, or say --all\./],
  ['projections rebuild nothing', 64, /There is no read model nothing; there are .*equipment/],
  ['verify nothing', 64, /There is no read model nothing/],
  [`replay nothing ${id}`, 64, /There is no aggregate nothing; there are .*user-settings/],
  ['replay equipment 17', 64, /An id is a UUID in lower case\./],
  [`replay equipment ${id} --as-of yesterday`, 64, /"yesterday" is no instant such as/],
  ['export nothing', 64, /There is no query nothing; there are /],
  ['export equipment --format pdf', 64, /Allowed choices are csv, xlsx, ndjson/],
  ['token nobody', 64, /Nobody is called nobody; there are admin, /],
  ['token admin', 66, /No system has issued tokens in /],
  ['token admin --seconds 0', 64, /--seconds takes a whole number from 1 to /],
  ['token admin', 78, /Tokens come from https:\/\/issuer\.example\//, { AUTH_ISSUER: 'https://issuer.example/', AUTH_AUDIENCE: 'x' }],
  [`forget ${id}`, 64, /required option '--reason <text>' not specified/],
  ['repeat QuotationPrinting', 64, /missing required argument 'event'/],
  ['repeat QuotationPrinting paper-7', 64, /a UUID in lower case/],
  [`forget ${id} --reason asked`, 64, /cannot be read again by anybody; say --yes/],
  ['demo --units 1', 64, /--units takes a whole number from 20 to /],
  ['demo --weeks 0', 64, /--weeks takes a whole number from 1 to 104/],
  ['demo', 78, /AUTH_ISSUER must be set/, { NODE_ENV: 'production' }],
  ['projections status', 78, /HTTP_PORT must be a whole number from 0 to 65535, but is "many"\./, { HTTP_PORT: 'many' }],
  ['projections status', 69, /^The database cannot be reached\.\n$/, away],
];

describe('refusals', () => {
  test.each(cases)('%s → %i %s', async (words, code, sentence, environment = {}) => {
    const said = await terminal({ DATA_DIR: join(folder, 'none'), ...environment })(...words.split(' '));
    expect(said).toMatchObject({ code, out: '', err: expect.stringMatching(sentence) });
    expect(said.err).not.toContain('secret');
    // Asking never makes a data folder.
    expect(await readdir(folder)).toEqual([]);
  });

  test('help that was asked for is an answer', async () => {
    expect(await terminal({})('--help')).toMatchObject({ code: 0, err: '', out: expect.stringContaining('projections') });
    expect(await terminal({})('projections', 'as-of', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('--keep') });
  });
});
