/** Mail for machines without a mail server: each becomes a file that any mail program opens. */
import type { Mail, Mailer, MailOutcome } from '../../application/ports/mail.ts';
import { codeOf } from '../failure.ts';
import { writeWhole } from './folder.ts';
import { isAddress, messageOf } from './message.ts';

type Options = { readonly folder: string; readonly from: string /** ISO 8601 UTC. */; readonly clock: () => string };

const fileName = (id: string): string => `${id.replaceAll(/[^A-Za-z0-9-]/g, '_')}.eml`;

export class OutboxFolderMailer implements Mailer {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Writes `<id>.eml`; a repetition replaces the same file. */
  async send(mail: Mail): Promise<MailOutcome> {
    if (!isAddress(mail.to)) return { ok: false, problem: 'bad-address', isPermanent: true };
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
