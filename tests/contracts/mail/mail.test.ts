import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { messageOf, OutboxFolderMailer } from '../../../src/infrastructure/delivery/outbox-folder-mailer.ts';
import { fc } from '../../kit/seed.ts';

const mail = { id: 'a-1', to: 'ana@example.org', subject: 'Invitación', text: 'Hola,\nadiós.\n' } as const;
const at = '2026-03-01T12:00:00.000Z';

describe('the outbox folder', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outbox-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const mailer = () => new OutboxFolderMailer({ folder, from: 'portal@example.org', clock: () => at });

  test('keeps each mail once, however often it is sent', async () => {
    expect(await mailer().send(mail)).toEqual({ ok: true });
    expect(await mailer().send(mail)).toEqual({ ok: true });
    await mailer().send({ ...mail, id: 'a-2' });
    expect((await readdir(folder)).sort()).toEqual(['a-1.eml', 'a-2.eml']);
    expect(await readFile(join(folder, 'a-1.eml'), 'utf8')).toBe(messageOf(mail, { from: 'portal@example.org', date: at }));
  });

  test('no id leaves the folder', async () => {
    await mailer().send({ ...mail, id: '../../etc/passwd' });
    expect(await readdir(folder)).toEqual(['______etc_passwd.eml']);
  });

  test('says what went wrong as a value: a bad address, a folder that is none', async () => {
    expect(await mailer().send({ ...mail, to: 'ana@example.org>\r\nBcc: <x@example.org' })).toEqual({ ok: false, problem: 'bad-address' });
    await writeFile(join(folder, 'file'), '');
    const nowhere = new OutboxFolderMailer({ folder: join(folder, 'file', 'below'), from: 'portal@example.org', clock: () => at });
    expect((await nowhere.send(mail)).ok).toBe(false);
  });
});

describe('a message', () => {
  const decoded = (message: string) => {
    const [head = '', body = ''] = message.split('\r\n\r\n');
    const words = [...(/^Subject: ((?:.|\r\n )*)/m.exec(head)?.[1] ?? '').matchAll(/=\?utf-8\?B\?([^?]*)\?=/g)];
    return {
      lines: head.split('\r\n'),
      subject: words.map(([, word = '']) => Buffer.from(word, 'base64').toString()).join(''),
      text: Buffer.from(body, 'base64').toString(),
    };
  };

  test('says what was written, in lines that mail allows, and no subject adds a header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 500 }), (subject, text) => {
        const clean = text.replaceAll('\r', '').toWellFormed();
        const message = decoded(messageOf({ ...mail, subject: subject.toWellFormed(), text: clean }, { from: 'portal@example.org', date: at }));
        expect(message.subject).toBe(subject.toWellFormed());
        expect(message.text.replaceAll('\r\n', '\n')).toBe(clean);
        for (const line of message.lines) expect(line.length).toBeLessThanOrEqual(78 + 20);
        expect(message.lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(':')[0])).toEqual([
          'Message-ID',
          'Date',
          'From',
          'To',
          'Subject',
          'MIME-Version',
          'Content-Type',
          'Content-Transfer-Encoding',
        ]);
      }),
    );
  });
});
