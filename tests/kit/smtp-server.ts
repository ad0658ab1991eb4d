/** The part of an SMTP server that mail is handed to, over loopback (RFC 5321, STARTTLS of RFC 3207, AUTH PLAIN of RFC 4954). */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { listenOn } from './listening.ts';
import { testCertificate } from './test-certificate.ts';

export type Delivered = {
  readonly to: string;
  readonly from: string;
  readonly message: string;
  readonly isOverTls: boolean;
  readonly user: string | undefined;
};
type Options = { readonly tls?: 'implicit' | 'starttls'; readonly credentials?: { readonly user: string; readonly pass: string } };
/** What the next commands of a kind are answered with instead; `cut` ends the connection after doing, `silent` never answers. */
export type Reply = string | 'cut' | 'silent';

type Talk = { socket: Socket; isOverTls: boolean; user: string | undefined; from: string; to: string; data: string | undefined; buffer: string };

export class SmtpServer {
  /** Every mail that was taken over, also repeated ones. */
  readonly delivered: Delivered[] = [];
  readonly commands: string[] = [];
  /** By verb: `MAIL`, `RCPT`, `DATA` (the command), `BODY` (the end of the message), `GREETING`, `AUTH`. */
  readonly replies = new Map<string, Reply>();
  readonly #options: Options;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(options: Options = {}) {
    this.#options = options;
    this.#server =
      options.tls === 'implicit'
        ? createTlsServer({ ...testCertificate }, (socket) => this.#begin(socket, true))
        : createServer((socket) => this.#begin(socket, false));
    this.#server.on('tlsClientError', () => undefined);
  }

  async start(port = 0): Promise<number> {
    return (await listenOn(this.#server, port)).port;
  }
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
  /** What a mail system keeps of it: one of each Message-ID. */
  kept(): ReadonlyMap<string, Delivered> {
    return new Map(this.delivered.map((mail) => [/^Message-ID: (\S+)/m.exec(mail.message)?.[1] ?? '', mail]));
  }

  #begin(socket: Socket, isOverTls: boolean): void {
    const talk: Talk = { socket, isOverTls, user: undefined, from: '', to: '', data: undefined, buffer: '' };
    this.#listen(talk);
    this.#say(talk, 'GREETING', '220 localhost ESMTP');
  }
  #listen(talk: Talk): void {
    const { socket } = talk;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    socket.on('data', (bytes) => {
      talk.buffer += bytes.toString('latin1');
      for (let end = talk.buffer.indexOf('\r\n'); end >= 0; end = talk.buffer.indexOf('\r\n')) {
        const line = talk.buffer.slice(0, end);
        talk.buffer = talk.buffer.slice(end + 2);
        if (talk.data === undefined) this.#command(talk, line);
        else this.#content(talk, line);
      }
    });
  }

  #say({ socket }: Talk, verb: string, reply: string): void {
    const told = this.replies.get(verb) ?? reply;
    if (told === 'silent') return;
    if (told === 'cut') socket.destroy();
    else socket.write(`${told}\r\n`);
  }

  #command(talk: Talk, line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    this.commands.push(line);
    if (verb === 'EHLO' || verb === 'HELO') this.#say(talk, 'EHLO', this.#extensions(talk));
    else if (verb === 'STAR') this.#startTls(talk);
    else if (verb === 'AUTH') this.#authenticate(talk, line);
    else if (this.#options.credentials !== undefined && talk.user === undefined && verb !== 'QUIT') this.#say(talk, verb, '530 5.7.0 Authentication required');
    else this.#mail(talk, verb, line);
  }

  #mail(talk: Talk, verb: string, line: string): void {
    if (verb === 'MAIL') talk.from = /<(.*?)>/.exec(line)?.[1] ?? '';
    if (verb === 'RCPT') talk.to = /<(.*?)>/.exec(line)?.[1] ?? '';
    if (verb === 'DATA' && !this.replies.has('DATA')) talk.data = '';
    this.#say(talk, verb, verb === 'QUIT' ? '221 Bye' : verb === 'DATA' ? '354 Go ahead' : '250 OK');
  }

  #extensions({ isOverTls }: Talk): string {
    const startTls = this.#options.tls === 'starttls' && !isOverTls ? ['250-STARTTLS'] : [];
    const auth = this.#options.credentials === undefined ? [] : ['250-AUTH PLAIN'];
    return ['250-localhost', ...startTls, ...auth, '250 8BITMIME'].join('\r\n');
  }

  #startTls(talk: Talk): void {
    if (this.#options.tls !== 'starttls') return void this.#say(talk, 'STARTTLS', '502 5.5.1 Not here');
    const plain = talk.socket;
    plain.removeAllListeners('data');
    plain.write('220 Ready\r\n');
    talk.socket = new TLSSocket(plain, { isServer: true, ...testCertificate });
    talk.isOverTls = true;
    talk.buffer = '';
    this.#listen(talk);
  }

  #authenticate(talk: Talk, line: string): void {
    const [, user, pass] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
      .toString()
      .split('\0');
    const isRight = user === this.#options.credentials?.user && pass === this.#options.credentials?.pass;
    if (isRight) talk.user = user;
    this.#say(talk, 'AUTH', isRight ? '235 2.7.0 Accepted' : '535 5.7.8 Bad credentials');
  }

  #content(talk: Talk, line: string): void {
    if (line !== '.') {
      talk.data = `${talk.data}${line.startsWith('.') ? line.slice(1) : line}\r\n`;
      return;
    }
    const { to, from, isOverTls, user, data: message = '' } = talk;
    talk.data = undefined;
    const reply = this.replies.get('BODY');
    // A lost answer is lost after the mail was taken over.
    if (reply === undefined || reply === 'cut' || reply.startsWith('2')) this.delivered.push({ to, from, message, isOverTls, user });
    this.#say(talk, 'BODY', '250 2.0.0 Taken');
  }
}
