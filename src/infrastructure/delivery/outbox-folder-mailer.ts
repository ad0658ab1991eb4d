/** Mail for machines without a mail server: each becomes a file that any mail program opens (RFC 5322, RFC 2045). */
import type { Mail, Mailer, MailOutcome } from '../../application/ports/mail.ts';
import { codeOf } from '../failure.ts';
import { writeWhole } from './folder.ts';

type Options = { readonly folder: string; readonly from: string /** ISO 8601 UTC. */; readonly clock: () => string };

/** RFC 2047 encoded words: a header never carries what somebody typed as it is, so no line break can add a header. */
const encodedWord = (text: string): string => {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    // An encoded word has at most 75 characters: 45 bytes in base64 and 12 around them.
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
};
const address = /^[^\s<>,;:"()[\]\\]+@[^\s<>,;:"()[\]\\]+$/;
const fileName = (id: string): string => `${id.replaceAll(/[^A-Za-z0-9-]/g, '_')}.eml`;

/** The mail as a message of RFC 5322; `date` is ISO 8601 UTC. */
export const messageOf = (mail: Mail, { from, date }: { readonly from: string; readonly date: string }): string => {
  const body = Buffer.from(mail.text.replaceAll('\n', '\r\n')).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  const [domain = 'localhost'] = from.split('@').slice(-1);
  return [
    `Message-ID: <${mail.id}@${domain}>`,
    `Date: ${new Date(date).toUTCString().replace('GMT', '+0000')}`,
    `From: <${from}>`,
    `To: <${mail.to}>`,
    `Subject: ${encodedWord(mail.subject)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    body,
    '',
  ].join('\r\n');
};

export class OutboxFolderMailer implements Mailer {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Writes `<id>.eml`; a repetition replaces the same file. */
  async send(mail: Mail): Promise<MailOutcome> {
    if (!address.test(mail.to)) return { ok: false, problem: 'bad-address' };
    const { folder, from, clock } = this.#options;
    try {
      await writeWhole(folder, fileName(mail.id), messageOf(mail, { from, date: clock() }));
      return { ok: true };
    } catch (error) {
      // A full or missing disk is the outbox being away; the mail is tried again later.
      return { ok: false, problem: `outbox-${codeOf(error) ?? 'failed'}` };
    }
  }
}
