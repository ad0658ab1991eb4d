/** Mail: the server that `SMTP_URL` names, else a folder that shows what would be sent. */
import { join } from 'node:path';
import type { Mailer } from '../../application/ports/mail.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { OutboxFolderMailer } from '../../infrastructure/delivery/outbox-folder-mailer.ts';
import type { Parts } from './provide.ts';
import { type Closers, parts } from './tokens.ts';

const mailerFor = async ({ smtpUrl, mailFrom: from, dataFolder }: Configuration, clock: () => string, closers: Closers): Promise<Mailer> => {
  if (smtpUrl === undefined) return new OutboxFolderMailer({ folder: join(dataFolder, 'outbox'), from, clock });
  // Loaded only where it is used, as most machines have no mail server.
  const { SmtpMailer, smtpPlaceOf } = await import('../../infrastructure/delivery/smtp-mailer.ts');
  const mailer = new SmtpMailer({ place: smtpPlaceOf(smtpUrl), from, clock });
  closers.defer(() => mailer.close());
  return mailer;
};

export const provideMail = (system: Parts): Parts =>
  system.provide(parts.mailer, [parts.configuration, parts.clock, parts.closers], (configuration, clock, closers) => mailerFor(configuration, clock, closers));
