import { watch } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { freeCluster, serversIn } from '../../../src/infrastructure/postgres/embedded/recovery.ts';
import { eventually, newFolder, type Program, query, startProgram, within } from './harness.ts';

let folder: string;
let programs: Program[] = [];

function run(launcher?: string): Program {
  const program = startProgram(folder, launcher);
  programs.push(program);
  return program;
}

async function killed(program: Program): Promise<void> {
  program.child.kill('SIGKILL');
  await within(program.exited, 'the end of the killed program');
}

async function interrupted(program: Program): Promise<Readonly<Record<string, unknown>>> {
  process.kill(-(program.child.pid ?? 0), 'SIGINT');
  const said = await program.nextLine();
  await within(program.exited, 'the end of the interrupted program');
  return said;
}

const cluster = (): string => join(folder, 'postgres', 'cluster');
const postgresIsGone = (): Promise<void> => eventually(() => serversIn(cluster()).length === 0, 'no Postgres works in the folder');

beforeEach(async () => {
  folder = await newFolder();
});
afterEach(async () => {
  for (const program of programs) program.child.kill('SIGKILL');
  programs = [];
  await freeCluster(cluster());
  await rm(folder, { recursive: true, force: true });
});

describe('the embedded Postgres and the process that started it', () => {
  test('after kill -9 of the process nothing is left running, and the next start has every committed row', async () => {
    const first = run();
    const { url } = await first.nextLine();
    await query(String(url), 'create table kept (value int); insert into kept select generate_series(1, 1000)');
    await killed(first);
    await postgresIsGone();
    const second = run();
    const again = await second.nextLine();
    expect(await query(String(again['url']), 'select count(*)::int as n, sum(value)::int as sum from kept')).toEqual([{ n: 1000, sum: 500_500 }]);
    expect(await interrupted(second)).toEqual({ answer: 42 });
  });

  test('Ctrl-C to the whole process group leaves Postgres answering until the process stops it', async () => {
    const program = run();
    await program.nextLine();
    expect(await interrupted(program)).toEqual({ answer: 42 });
    expect(serversIn(cluster())).toEqual([]);
    expect(await readdir(folder)).not.toContain('instance.pid');
  });

  test('kill -9 while the cluster is being made leaves nothing running, and the next start makes it whole', async () => {
    await mkdir(join(folder, 'postgres'));
    const isHalfMade = new Promise<void>((resolve) => {
      const watcher = watch(join(folder, 'postgres'), (_, name) => {
        if (!name?.startsWith('cluster.new-')) return;
        watcher.close();
        resolve();
      });
    });
    const first = run();
    await within(isHalfMade, 'a half-made cluster');
    await killed(first);
    expect(await readdir(join(folder, 'postgres'))).not.toContain('cluster');
    const second = run();
    const { url } = await second.nextLine();
    expect(await query(String(url), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await interrupted(second)).toEqual({ answer: 42 });
    expect(await readdir(join(folder, 'postgres'))).toEqual(['cluster', 'password', 'server.log']);
  });

  test('works in a folder of mode 0700 under a folder of mode 0700', async () => {
    await chmod(folder, 0o700);
    const inner = join(folder, 'inner');
    await mkdir(inner, { mode: 0o700 });
    folder = inner;
    const program = run();
    await program.nextLine();
    expect(await interrupted(program)).toEqual({ answer: 42 });
    folder = join(inner, '..');
  });

  test('a second process on the same folder is refused in one sentence, and the first is not disturbed', async () => {
    const first = run();
    await first.nextLine();
    const second = run();
    const { refused } = await second.nextLine();
    expect(refused).toBe(`Another instance (process ${first.child.pid}) is using the data folder ${folder}; stop it, or choose another folder with DATA_DIR.`);
    expect(await interrupted(first)).toEqual({ answer: 42 });
  });

  test('by pg_ctl, a server that outlived its killed process is stopped by the next start, which has every committed row', async () => {
    const first = run('pg_ctl');
    const { url } = await first.nextLine();
    await query(String(url), 'create table kept (value int); insert into kept values (7)');
    await killed(first);
    const outlived = serversIn(cluster());
    expect(outlived.length).toBeGreaterThan(0);
    const second = run('pg_ctl');
    const again = await second.nextLine();
    expect(await query(String(again['url']), 'select value from kept')).toEqual([{ value: 7 }]);
    expect(serversIn(cluster()).filter((pid) => outlived.includes(pid))).toEqual([]);
    expect(await interrupted(second)).toEqual({ answer: 42 });
  });
});
