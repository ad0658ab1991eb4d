/** The part of clamd that the scanner's adapter speaks with, over loopback, as clamd(8) describes INSTREAM. It is no scanner: it looks for one word. */
import { createServer, type Server, type Socket } from 'node:net';
import { listenOn } from './listening.ts';

/** The test file of the anti-malware industry (EICAR), put together here so that no scanner takes this source for it. */
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('');
/** `silent`: takes everything and never answers. `cut`: resets the connection within the content. `broken`: answers with an error of its own. */
export type ClamdMood = 'well' | 'silent' | 'cut' | 'broken' | 'mute';

export class ClamdServer {
  mood: ClamdMood = 'well';
  /** As clamd's StreamMaxLength. */
  streamBytesMax = 1_000_000;
  /** The contents that came whole. */
  readonly scanned: Buffer[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  async start(port = 0): Promise<number> {
    return (await listenOn(this.#server, port)).port;
  }
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let came = Buffer.alloc(0);
    let isDone = false;
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    socket.on('data', (piece) => {
      if (isDone) return;
      came = Buffer.concat([came, piece]);
      if (this.mood === 'cut' && came.byteLength > 100) return void socket.resetAndDestroy();
      const answer = this.#answer(came);
      if (answer === undefined || this.mood === 'silent') return;
      isDone = true;
      socket.end(this.mood === 'mute' ? '' : `${this.mood === 'broken' ? 'ERROR: Engine failure' : answer}\0`);
    });
  }

  /** Nothing until the content is whole or too long. */
  #answer(came: Buffer): string | undefined {
    const command = 'zINSTREAM\0';
    if (came.byteLength < command.length) return undefined;
    if (!came.subarray(0, command.length).equals(Buffer.from(command))) return 'UNKNOWN COMMAND';
    const chunks: Buffer[] = [];
    let bytes = 0;
    for (let at = command.length; at + 4 <= came.byteLength; ) {
      const length = came.readUInt32BE(at);
      if (length === 0) return this.#judge(Buffer.concat(chunks));
      bytes += length;
      if (bytes > this.streamBytesMax) return 'INSTREAM size limit exceeded. ERROR';
      if (at + 4 + length > came.byteLength) return undefined;
      chunks.push(came.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return undefined;
  }

  #judge(content: Buffer): string {
    this.scanned.push(content);
    return content.includes(eicar) ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK';
  }
}
