/** Sending mail. Adapters: infrastructure/delivery. Every adapter passes tests/contracts/mail. */

export type Mail = {
  /** The same mail has the same id however often it is sent, and so the same Message-ID: whoever takes it twice knows it by that. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text, lines separated by `\n`. */
  readonly text: string;
};
/**
 * `problem` has no personal data: a status, an error code. `isPermanent`: the same mail will never be taken, so trying again is of no use
 * (RFC 5321 §4.2.1); without it, the same mail may be taken later.
 */
export type MailOutcome = { readonly ok: true } | { readonly ok: false; readonly problem: string; readonly isPermanent?: true };

export interface Mailer {
  /** Takes the mail over: when it says `ok` the mail survives a crash of ours. */
  send(mail: Mail): Promise<MailOutcome>;
}
