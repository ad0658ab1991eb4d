/**
 * Mail by SMTP (RFC 5321) with nodemailer. Always over TLS, but to this machine; what travels is the same message that the outbox folder
 * writes. SMTP itself knows no repetition: a mail whose acceptance was not heard is sent again under the same Message-ID, by which mail
 * systems and programs know it. Loaded only where `SMTP_URL` is set.
 */
import { createTransport, type Transporter } from 'nodemailer';
import type { Mail, Mailer, MailOutcome } from '../../application/ports/mail.ts';
import { isAddress, messageOf } from './message.ts';

export type SmtpPlace = {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS. */
  readonly isImplicitTls: boolean;
  /** A server that offers no STARTTLS is not spoken with. */
  readonly needsTls: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
};
export type SmtpOptions = {
  readonly place: SmtpPlace;
  readonly from: string;
  /** ISO 8601 UTC. */
  readonly clock: () => string;
  /** Certificates of an authority of one's own, PEM; absent: those that Node knows. */
  readonly ca?: string;
  /** How long a connection, a greeting or an answer may take. */
  readonly timeoutMs?: number;
};

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/** `smtps://user:password@host:465` or `smtp://user:password@host:587`, as the configuration has checked it. */
export const smtpPlaceOf = (text: string): SmtpPlace => {
  const { protocol, hostname, port, username, password } = new URL(text);
  const isImplicitTls = protocol === 'smtps:';
  return {
    host: hostname.replaceAll(/^\[|\]$/g, ''),
    port: port === '' ? (isImplicitTls ? 465 : 587) : Number(port),
    isImplicitTls,
    needsTls: !loopback.test(hostname),
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
};

const fieldOf = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null && name in error ? (error as Readonly<Record<string, unknown>>)[name] : undefined;
/** Commands that speak of this one mail; a refusal of any other is about the server or our account there. */
const ofThisMail = /^(RCPT TO|DATA)/;

/** A code only: what servers say often repeats the address. */
const outcomeOf = (error: unknown): MailOutcome => {
  const [code, status, command] = [fieldOf(error, 'code'), fieldOf(error, 'responseCode'), fieldOf(error, 'command')];
  const problem = `smtp-${typeof status === 'number' ? status : typeof code === 'string' ? code.toLowerCase() : 'failed'}`;
  const isPermanent = typeof status === 'number' && status >= 500 && status < 600 && ofThisMail.test(String(command));
  return isPermanent ? { ok: false, problem, isPermanent } : { ok: false, problem };
};

export class SmtpMailer implements Mailer {
  readonly #transport: Transporter;
  readonly #options: SmtpOptions;

  constructor(options: SmtpOptions) {
    const { place, ca, timeoutMs = 30_000 } = options;
    this.#options = options;
    this.#transport = createTransport({
      pool: true,
      maxConnections: 4,
      maxMessages: 100,
      host: place.host,
      port: place.port,
      secure: place.isImplicitTls,
      requireTLS: !place.isImplicitTls && place.needsTls,
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      // The message is ours and whole: nothing in it is ever a path or an address to fetch.
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(place.auth === undefined ? {} : { auth: place.auth }),
    });
  }

  /** Says `ok` once the server has taken the mail over. Never throws. */
  async send(mail: Mail): Promise<MailOutcome> {
    if (!isAddress(mail.to)) return { ok: false, problem: 'bad-address', isPermanent: true };
    const { from, clock } = this.#options;
    try {
      await this.#transport.sendMail({ envelope: { from, to: mail.to }, raw: messageOf(mail, { from, date: clock() }) });
      return { ok: true };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** Ends idle connections; what is being sent is finished. */
  close(): void {
    this.#transport.close();
  }
}
