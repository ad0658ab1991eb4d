import { describe, expect, test } from '@jest/globals';
import { SmtpMailer, type SmtpPlace, smtpPlaceOf } from '../../../src/infrastructure/delivery/smtp-mailer.ts';
import { SmtpServer } from '../../kit/smtp-server.ts';
import { testCertificate } from '../../kit/test-certificate.ts';
import { at, from, mail, mailerContract, shown } from './contract.ts';

const credentials = { user: 'portal', pass: 'p:s@ss' } as const;
const implicit = { isImplicitTls: true, needsTls: true } as const;
type More = { readonly place?: Partial<SmtpPlace>; readonly ca?: string; readonly timeoutMs?: number };
const mailerAt = (port: number, { place, ca = testCertificate.cert, timeoutMs = 5000 }: More = {}): SmtpMailer =>
  new SmtpMailer({ place: { host: '127.0.0.1', port, ...implicit, ...place }, from, clock: () => at, ca, timeoutMs });

mailerContract('by SMTP over TLS', async () => {
  const server = new SmtpServer({ tls: 'implicit', credentials });
  const port = await server.start();
  const mailer = mailerAt(port, { place: { auth: credentials } });
  return {
    mailer,
    messages: async () => [...server.kept().values()].map(({ message }) => message),
    leave: () => server.stop(),
    comeBack: async () => void (await server.start(port)),
    close: async () => {
      mailer.close();
      await server.stop();
    },
  };
});

const withServer = async (
  server: SmtpServer,
  more: More,
  work: (under: { readonly server: SmtpServer; readonly mailer: SmtpMailer }) => Promise<void>,
): Promise<void> => {
  const mailer = mailerAt(await server.start(), more);
  try {
    await work({ server, mailer });
  } finally {
    mailer.close();
    await server.stop();
  }
};

describe('SMTP', () => {
  test('STARTTLS is asked for, and the mail and the password travel only after it', () =>
    withServer(new SmtpServer({ tls: 'starttls', credentials }), { place: { isImplicitTls: false, auth: credentials } }, async ({ server, mailer }) => {
      expect(await mailer.send(mail)).toEqual({ ok: true });
      expect(server.delivered).toMatchObject([{ to: mail.to, from, isOverTls: true, user: 'portal' }]);
      const verbs = server.commands.map((line) => line.split(' ')[0]);
      expect(verbs.indexOf('STARTTLS')).toBeLessThan(verbs.indexOf('AUTH'));
    }));

  test('a server that offers no STARTTLS is told neither mail nor password', () =>
    withServer(new SmtpServer({ credentials }), { place: { isImplicitTls: false, auth: credentials } }, async ({ server, mailer }) => {
      expect((await mailer.send(mail)).ok).toBe(false);
      expect(server.commands.filter((line) => /^(AUTH|MAIL)/.test(line))).toEqual([]);
    }));

  test('this machine may be spoken with in clear', () =>
    withServer(new SmtpServer(), { place: { isImplicitTls: false, needsTls: false } }, async ({ server, mailer }) => {
      expect(await mailer.send(mail)).toEqual({ ok: true });
      expect(server.delivered).toMatchObject([{ isOverTls: false }]);
    }));

  test.each([
    ['nobody vouches for', { ca: '' }],
    ['is for another host', { place: { host: '127.0.0.2' } }],
  ] as const)('a certificate that %s is refused: nothing is sent, and it may be tried again', (_name, more) =>
    withServer(new SmtpServer({ tls: 'implicit' }), more, async ({ server, mailer }) => {
      const outcome = await mailer.send(mail);
      expect(outcome.ok).toBe(false);
      expect(outcome).not.toHaveProperty('isPermanent');
      expect(server.commands).toEqual([]);
    }),
  );

  test.each([
    ['RCPT', '550 5.1.1 ana@example.org: no such user', 'smtp-550', true],
    ['RCPT', '450 4.2.1 ana@example.org: greylisted', 'smtp-450', false],
    ['DATA', '554 5.7.1 ana@example.org is a spammer', 'smtp-554', true],
    ['BODY', '552 5.2.2 mailbox of ana@example.org full', 'smtp-552', true],
    ['BODY', '451 4.3.0 later', 'smtp-451', false],
    ['MAIL', '421 4.7.0 too many', 'smtp-421', false],
    // Of our account there, not of this mail.
    ['MAIL', '550 5.7.1 sender not allowed', 'smtp-550', false],
    ['AUTH', '535 5.7.8 bad credentials', 'smtp-535', false],
    ['GREETING', '554 no service', 'smtp-554', false],
  ] as const)('%s answered by %s', (verb, reply, problem, isPermanent) =>
    withServer(new SmtpServer({ tls: 'implicit', credentials }), { place: { auth: credentials } }, async ({ server, mailer }) => {
      server.replies.set(verb, reply);
      expect(await mailer.send(mail)).toEqual({ ok: false, problem, ...(isPermanent ? { isPermanent } : {}) });
      server.replies.clear();
      expect(await mailer.send(mail)).toEqual({ ok: true });
    }),
  );

  test('a mail whose acceptance was not heard is sent again under the same Message-ID', () =>
    withServer(new SmtpServer({ tls: 'implicit' }), {}, async ({ server, mailer }) => {
      server.replies.set('BODY', 'cut');
      const outcome = await mailer.send(mail);
      expect(outcome.ok).toBe(false);
      expect(outcome).not.toHaveProperty('isPermanent');
      server.replies.clear();
      expect(await mailer.send(mail)).toEqual({ ok: true });
      expect(server.delivered.length).toBe(2);
      expect(server.kept().size).toBe(1);
    }));

  test.each(['GREETING', 'EHLO', 'MAIL', 'BODY'])('a server that falls silent after %s is given up and may be tried again', (verb) =>
    withServer(new SmtpServer({ tls: 'implicit' }), { timeoutMs: 150 }, async ({ server, mailer }) => {
      server.replies.set(verb, 'silent');
      const outcome = await mailer.send(mail);
      expect(outcome).toEqual({ ok: false, problem: expect.stringMatching(/^smtp-/) });
      server.replies.clear();
      expect(await mailer.send(mail)).toEqual({ ok: true });
    }),
  );

  test('lines of the text that begin with a dot arrive', () =>
    withServer(new SmtpServer({ tls: 'implicit' }), {}, async ({ server, mailer }) => {
      await mailer.send({ ...mail, text: '.\n..\n.a\n' });
      expect(shown(server.delivered[0]?.message ?? '').text).toBe('.\n..\n.a\n');
    }));
});

describe('the address of a mail server', () => {
  test.each([
    ['smtps://portal:p%3As%40ss@mail.example.org', { host: 'mail.example.org', port: 465, isImplicitTls: true, needsTls: true, auth: credentials }],
    ['smtp://mail.example.org', { host: 'mail.example.org', port: 587, isImplicitTls: false, needsTls: true }],
    ['smtp://localhost:25', { host: 'localhost', port: 25, isImplicitTls: false, needsTls: false }],
    ['smtp://[::1]:2525', { host: '::1', port: 2525, isImplicitTls: false, needsTls: false }],
  ])('%s', (text, place) => expect(smtpPlaceOf(text)).toEqual(place));
});
