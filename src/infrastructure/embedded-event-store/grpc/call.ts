/** One gRPC call on its HTTP/2 stream, seen from the server: frames out with back-pressure, a status at the end. */
import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { GrpcFailure, type Trailers } from './failure.ts';
import { frame } from './frames.ts';

const responseHeaders: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc', 'grpc-accept-encoding': 'identity' };

/** `grpc-message` is percent-encoded UTF-8. */
const encodeDetails = (details: string): string =>
  Array.from(Buffer.from(details, 'utf8'), (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');

const trailersOf = (code: number, details: string, trailers: Trailers): OutgoingHttpHeaders => ({
  'grpc-status': `${code}`,
  'grpc-message': encodeDetails(details),
  ...trailers,
});

export class Call {
  readonly headers: IncomingHttpHeaders;
  /** Set when the caller sent valid credentials. */
  readonly user: string | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #onClose = new Set<() => void>();
  #isClosed = false;
  #isEnded = false;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, user: string | undefined) {
    this.#stream = stream;
    this.headers = headers;
    this.user = user;
    stream.on('close', () => this.#closed());
  }

  /** True once the client has gone or a status was sent: nothing can be written any more. */
  get isOver(): boolean {
    return this.#isClosed || this.#isEnded || this.#stream.destroyed || this.#stream.closed;
  }

  /** `host:port` of the caller. */
  get remoteAddress(): string {
    const socket = this.#stream.session?.socket;
    return `${socket?.remoteAddress ?? ''}:${socket?.remotePort ?? 0}`;
  }

  /** Runs once, when the call is over for whatever reason. Returns how to forget it. */
  onClose(listener: () => void): () => void {
    if (this.#isClosed) listener();
    else this.#onClose.add(listener);
    return () => this.#onClose.delete(listener);
  }

  /** Sends frames (already length-prefixed, any number in one buffer); false when the client should be given time: await `drained`. */
  write(frames: Buffer): boolean {
    if (this.isOver) return true;
    this.begin();
    return this.#stream.write(frames);
  }

  send(message: Uint8Array): boolean {
    return this.write(frame(message));
  }

  /** Sends the response headers now, so that a client waiting for them knows that the call was accepted. */
  begin(): void {
    if (this.isOver || this.#stream.headersSent) return;
    this.#stream.respond(responseHeaders, { waitForTrailers: true });
  }

  /** Resolves when more may be written, or when the call is over. */
  async drained(): Promise<void> {
    if (this.isOver || !this.#stream.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#stream.off('drain', done);
        forget();
        resolve();
      };
      const forget = this.onClose(done);
      this.#stream.on('drain', done);
    });
  }

  finish(): void {
    this.#end(0, '', {});
  }

  /** Ends the call with the status that fits what went wrong; anything but a `GrpcFailure` is UNKNOWN. */
  fail(error: unknown): void {
    if (error instanceof GrpcFailure) this.#end(error.code, error.message, error.trailers);
    else this.#end(2, error instanceof Error ? error.message : String(error), {});
  }

  /** Gives the call up with what is still unsent; the client sees UNAVAILABLE and may call again. */
  abort(): void {
    if (!this.#stream.closed) this.#stream.close(constants.NGHTTP2_REFUSED_STREAM);
  }

  #end(code: number, details: string, trailers: Trailers): void {
    if (this.isOver) return;
    const sent = trailersOf(code, details, trailers);
    if (this.#stream.headersSent) {
      this.#stream.on('wantTrailers', () => this.#stream.sendTrailers(sent));
      this.#stream.end();
    } else this.#stream.respond({ ...responseHeaders, ...sent }, { endStream: true });
    this.#isEnded = true;
  }

  #closed(): void {
    this.#isClosed = true;
    for (const listener of [...this.#onClose]) listener();
    this.#onClose.clear();
  }
}
