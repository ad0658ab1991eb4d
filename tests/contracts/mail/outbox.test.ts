import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { messageOf } from '../../../src/infrastructure/delivery/message.ts';
import { OutboxFolderMailer } from '../../../src/infrastructure/delivery/outbox-folder-mailer.ts';
import { at, from, mail, mailerContract } from './contract.ts';

const opened = async () => {
  const root = await mkdtemp(join(tmpdir(), 'outbox-'));
  const folder = join(root, 'outbox');
  const mailer = new OutboxFolderMailer({ folder, from, clock: () => at });
  const names = async (): Promise<readonly string[]> => readdir(folder).catch(() => []);
  return { root, folder, mailer, names };
};

mailerContract('into a folder', async () => {
  const { root, folder, mailer, names } = await opened();
  return {
    mailer,
    messages: async () => Promise.all((await names()).map((name) => readFile(join(folder, name), 'utf8'))),
    // A file stands where the folder has to be.
    leave: () => writeFile(folder, ''),
    comeBack: async () => {
      await rm(folder);
      await mkdir(folder);
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
});

test('each mail is one file, which any mail program opens, and no id leaves the folder', async () => {
  const { root, folder, mailer, names } = await opened();
  await mailer.send(mail);
  expect(await readFile(join(folder, 'a-1.eml'), 'utf8')).toBe(messageOf(mail, { from, date: at }));
  await mailer.send({ ...mail, id: '../../etc/passwd' });
  expect(await names()).toEqual(['______etc_passwd.eml', 'a-1.eml']);
  await rm(root, { recursive: true });
});
