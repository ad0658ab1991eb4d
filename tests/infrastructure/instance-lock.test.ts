import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { acquireInstanceLock, type InstanceLock } from '../../src/infrastructure/instance-lock.ts';

const source = fileURLToPath(new URL('../../src/infrastructure/instance-lock.ts', import.meta.url));
let folder: string;
let held: InstanceLock[] = [];
let children: ChildProcess[] = [];

function acquire(place = folder): InstanceLock {
  const lock = acquireInstanceLock(place);
  held.push(lock);
  return lock;
}

/** Another process that takes the lock, keeps nothing of it, lets garbage be collected and then does nothing until it is killed. */
async function holder() {
  const code = `import { acquireInstanceLock } from ${JSON.stringify(source)};
    const said = JSON.stringify(acquireInstanceLock(process.argv[1]));
    setImmediate(() => { gc(); setImmediate(() => console.log(said)); }); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', code, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [said] = await once(child.stdout, 'data');
  return { child, said: JSON.parse(String(said)), exited: once(child, 'exit') };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leasing-lock-'));
});
afterEach(() => {
  for (const lock of held) if (lock.ok) lock.release();
  held = [];
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

test('one instance per data folder, also when its process keeps nothing of the lock: a second is refused with the first one’s process, in one sentence', async () => {
  const first = await holder();
  expect(first.said).toEqual({ ok: true });
  expect(acquire()).toEqual({
    ok: false,
    error: `Another instance (process ${first.child.pid}) is using the data folder ${folder}; stop it, or choose another folder with DATA_DIR.`,
  });
  first.child.kill('SIGKILL');
  await first.exited;
});

test('a killed instance leaves no lock: the kernel has freed it when the process is gone', async () => {
  const first = await holder();
  first.child.kill('SIGKILL');
  await first.exited;
  expect(acquire().ok).toBe(true);
});

test('within one process too, the lock is had once, and again after its release', () => {
  const first = acquire();
  expect(acquire().ok).toBe(false);
  if (first.ok) first.release();
  expect(acquire().ok).toBe(true);
});

test('releasing twice does not free a lock that somebody took meanwhile', () => {
  const first = acquire();
  if (first.ok) first.release();
  acquire();
  if (first.ok) first.release();
  expect(existsSync(join(folder, 'instance.pid'))).toBe(true);
  expect(acquire().ok).toBe(false);
});

test('looking at the lock file does not free it for other processes', async () => {
  expect(acquire().ok).toBe(true);
  expect(readdirSync(folder)).toContain('instance.lock');
  const second = await holder();
  expect(second.said.ok).toBe(false);
  second.child.kill('SIGKILL');
  await second.exited;
});

test('makes the folder; where it cannot, says so in one sentence', () => {
  expect(acquire(join(folder, 'a', 'b')).ok).toBe(true);
  writeFileSync(join(folder, 'file'), '');
  const refused = acquire(join(folder, 'file', 'below'));
  expect(refused.ok ? '' : refused.error).toMatch(/^The data folder .+below cannot be used \(.+\); choose another with DATA_DIR\.$/);
});

test('a lock file that is something else is refused in one sentence and left as it was', () => {
  writeFileSync(join(folder, 'instance.lock'), 'not a database, but longer than a header of SQLite '.repeat(40));
  const refused = acquire();
  expect(refused.ok ? '' : refused.error).toMatch(/^The data folder .+ cannot be locked \(file is not a database\); choose another with DATA_DIR\.$/);
});
