/**
 * ClamAV's daemon over TCP by its command INSTREAM (clamd(8), "COMMANDS"): the content in chunks, each after its length in four bytes, network
 * order; a chunk of length zero ends it; the answer is one line that ends with NUL, because the command was said with a `z`.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ScanVerdict, type VirusScanner, VirusScannerUnavailable } from '../../application/ports/virus-scanner.ts';
import { codeOf } from '../failure.ts';

export type ClamdOptions = {
  readonly host: string;
  readonly port: number;
  readonly connectMs?: number;
  /** How long nothing may happen; the scan itself begins when the content has come whole, and takes its time. */
  readonly idleMs?: number;
};

const chunkBytesMax = 65_536;
const answerBytesMax = 4096;

/** `tcp://host:port`, as the configuration has checked it. */
export const clamdAt = (url: string): Pick<ClamdOptions, 'host' | 'port'> => {
  const { hostname, port } = new URL(url);
  return { host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port) };
};

const unavailable = (why: string, cause?: unknown): VirusScannerUnavailable => new VirusScannerUnavailable(`clamd: ${why}`, { cause });
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);

const verdictOf = (answer: string): ScanVerdict => {
  if (answer === 'stream: OK') return { kind: 'clean' };
  const signature = /^stream: (.+) FOUND$/s.exec(answer)?.[1];
  if (signature !== undefined) return { kind: 'infected', signature: printable(signature) };
  if (/size limit exceeded/i.test(answer)) return { kind: 'unscannable' };
  throw unavailable(answer === '' ? 'no answer' : printable(answer));
};

/** One content's conversation. */
class Session {
  readonly #socket: Socket;
  /** What it says: rejects where the connection ends before. */
  readonly answer: Promise<string>;
  #isAnswered = false;

  constructor(socket: Socket, idleMs: number) {
    this.#socket = socket;
    this.answer = new Promise((resolve, reject) => {
      let text = '';
      const told = (): void => {
        this.#isAnswered = true;
        resolve(text.split('\0')[0]?.trim() ?? '');
      };
      socket.setTimeout(idleMs, () => socket.destroy(unavailable(`nothing for ${idleMs} ms`)));
      socket.setEncoding('latin1').on('data', (piece: string) => {
        text = (text + piece).slice(0, answerBytesMax);
        if (text.includes('\0')) told();
      });
      socket.on('end', () => told());
      socket.on('error', (error) => reject(error instanceof VirusScannerUnavailable ? error : unavailable(codeOf(error) ?? 'the connection broke', error)));
      socket.on('close', () => reject(unavailable('the connection ended')));
    });
    // Waited for later, or not at all.
    this.answer.catch(() => undefined);
  }

  /** False where it has answered already and reads no more. */
  async send(piece: Uint8Array): Promise<boolean> {
    for (let at = 0; at < piece.byteLength && !this.#isAnswered; at += chunkBytesMax) await this.#chunk(piece.subarray(at, at + chunkBytesMax));
    return !this.#isAnswered;
  }

  async begin(): Promise<void> {
    await this.#write(Buffer.from('zINSTREAM\0'));
  }
  async end(): Promise<void> {
    if (!this.#isAnswered) await this.#chunk(new Uint8Array());
  }

  async #chunk(bytes: Uint8Array): Promise<void> {
    const frame = Buffer.allocUnsafe(4 + bytes.byteLength);
    frame.writeUInt32BE(bytes.byteLength);
    frame.set(bytes, 4);
    await this.#write(frame);
  }
  async #write(bytes: Buffer): Promise<void> {
    if (this.#socket.write(bytes)) return;
    const drained = once(this.#socket, 'drain');
    drained.catch(() => undefined);
    await Promise.race([drained, this.answer]);
  }
}

export class ClamdScanner implements VirusScanner {
  readonly #options: Required<ClamdOptions>;

  constructor(options: ClamdOptions) {
    this.#options = { connectMs: 5000, idleMs: 120_000, ...options };
  }

  async scan(content: AsyncIterable<Uint8Array>): Promise<ScanVerdict> {
    const socket = await this.#connected();
    try {
      const session = new Session(socket, this.#options.idleMs);
      await session.begin();
      for await (const piece of content) if (!(await session.send(piece))) break;
      await session.end();
      return verdictOf(await session.answer);
    } finally {
      socket.destroy();
    }
  }

  async #connected(): Promise<Socket> {
    const { host, port, connectMs } = this.#options;
    const socket = connect({ host, port });
    const given = setTimeout(() => socket.destroy(unavailable(`no connection within ${connectMs} ms`)), connectMs);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      throw error instanceof VirusScannerUnavailable ? error : unavailable(codeOf(error) ?? 'no connection', error);
    } finally {
      clearTimeout(given);
    }
  }
}
