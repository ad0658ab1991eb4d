/** Sending mail. Adapters: infrastructure/delivery. */

export type Mail = {
  /** The same mail has the same id however often it is sent: an adapter that can, delivers it once. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text, lines separated by `\n`. */
  readonly text: string;
};
/** `problem` has no personal data: a status, an error code. */
export type MailOutcome = { readonly ok: true } | { readonly ok: false; readonly problem: string };

export interface Mailer {
  /** Takes the mail over: when it says `ok` the mail survives a crash of ours. */
  send(mail: Mail): Promise<MailOutcome>;
}
