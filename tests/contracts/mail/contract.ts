/** What every mailer promises. An adapter's test gives it a mailer, a way to see what was taken, and a way to take the service away. */
import { describe, expect, test } from '@jest/globals';
import type { Mail, Mailer } from '../../../src/application/ports/mail.ts';
import { fc } from '../../kit/seed.ts';
import { within } from '../under-test.ts';

export type MailerUnderTest = {
  readonly mailer: Mailer;
  /** The messages that were taken over, one of each Message-ID, whole and as they travel. */
  readonly messages: () => Promise<readonly string[]>;
  readonly leave: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  readonly close: () => Promise<void>;
};
export const from = 'portal@example.org';
export const at = '2026-03-01T12:00:00.000Z';
export const mail: Mail = { id: 'a-1', to: 'ana@example.org', subject: 'Invitación', text: 'Hola,\n.\nadiós.\n' };

/** What a mail program shows. */
export const shown = (message: string) => {
  const [head = '', body = ''] = message.split('\r\n\r\n');
  const words = [...(/^Subject: ((?:.|\r\n )*)/m.exec(head)?.[1] ?? '').matchAll(/=\?utf-8\?B\?([^?]*)\?=/g)];
  return {
    lines: head.split('\r\n'),
    id: /^Message-ID: (\S+)$/m.exec(head)?.[1],
    to: /^To: <(.*)>$/m.exec(head)?.[1],
    subject: words.map(([, word = '']) => Buffer.from(word, 'base64').toString()).join(''),
    text: Buffer.from(body, 'base64').toString().replaceAll('\r\n', '\n'),
  };
};

export const mailerContract = (name: string, open: () => Promise<MailerUnderTest>): void => {
  const withMailer = within(open);

  describe(`the mailer ${name}`, () => {
    test('hands over what was written, to whom it was written', () =>
      withMailer(async ({ mailer, messages }) => {
        const text = fc.string({ unit: 'grapheme', maxLength: 300 }).map((each) => each.replaceAll('\r', '').toWellFormed());
        let n = 0;
        await fc.assert(
          fc.asyncProperty(text, text, async (subject, body) => {
            n += 1;
            const written = { ...mail, id: `p-${n}`, subject, text: body };
            expect(await mailer.send(written)).toEqual({ ok: true });
            const found = (await messages()).map(shown).find(({ id }) => id === `<p-${n}@example.org>`);
            expect(found).toMatchObject({ to: mail.to, subject, text: body });
          }),
          { numRuns: 25 },
        );
      }));

    test('the same mail again is the same message: one of its id is kept, however often it is sent', () =>
      withMailer(async ({ mailer, messages }) => {
        for (let times = 0; times < 3; times += 1) expect(await mailer.send(mail)).toEqual({ ok: true });
        await mailer.send({ ...mail, id: 'a-2' });
        expect((await messages()).map((each) => shown(each).id).sort()).toEqual(['<a-1@example.org>', '<a-2@example.org>']);
      }));

    test('no address and no subject adds a header or a recipient, and what is no address is never tried again', () =>
      withMailer(async ({ mailer, messages }) => {
        const addresses = ['ana@example.org>\r\nBcc: <x@example.org', 'a@example.org, b@example.org', 'ana', '', 'a@b@c', 'a b@example.org', '<a@example.org>'];
        for (const to of addresses) expect(await mailer.send({ ...mail, to })).toEqual({ ok: false, problem: 'bad-address', isPermanent: true });
        expect(await messages()).toEqual([]);
        await mailer.send({ ...mail, id: 'x>\r\nBcc: <y@example.org', subject: 'a\r\nBcc: x@example.org' });
        const [message = ''] = await messages();
        expect(shown(message).lines.some((line) => /^bcc/i.test(line))).toBe(false);
        expect(shown(message).subject).toBe('a\r\nBcc: x@example.org');
      }));

    test('says of a service that is away that it may be tried again, without a word of whom it was for; then it is taken', () =>
      withMailer(async ({ mailer, messages, leave, comeBack }) => {
        await leave();
        const outcome = await mailer.send(mail);
        expect(outcome).toEqual({ ok: false, problem: expect.stringMatching(/^[a-z0-9_-]+$/i) });
        expect(JSON.stringify(outcome)).not.toContain('ana');
        await comeBack();
        expect(await mailer.send(mail)).toEqual({ ok: true });
        expect((await messages()).length).toBe(1);
      }));

    test('takes many at once', () =>
      withMailer(async ({ mailer, messages }) => {
        const all = Array.from({ length: 40 }, (_, n) => mailer.send({ ...mail, id: `m-${n}`, to: `u${n}@example.org` }));
        expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
        const found = (await messages()).map(shown);
        expect(found.length).toBe(40);
        for (const { id, to } of found) expect(to).toBe(`u${id?.match(/\d+/)?.[0]}@example.org`);
      }));
  });
};
