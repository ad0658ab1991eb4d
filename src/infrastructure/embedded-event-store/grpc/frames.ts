/** gRPC's length-prefixed messages: one byte compressed flag, four bytes length, the message. */
import { GrpcFailure, status } from './failure.ts';

/** Default clients send at most 3 MiB at once; the protocol's own limit for a message is 16 MiB. */
export const messageBytesMax = 16 * 1024 * 1024;

/** One message as a frame. */
export const frame = (message: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(5 + message.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, 5);
  return bytes;
};

/** Cuts the incoming bytes of one call into messages; keeps at most one unfinished message. */
export class FrameCutter {
  #chunks: Buffer[] = [];
  #have = 0;
  #need = 5;

  /** Calls `take` with each message completed by this chunk. A message is a view of memory that is not reused. */
  push(chunk: Buffer, take: (message: Buffer) => void): void {
    this.#chunks.push(chunk);
    this.#have += chunk.length;
    while (this.#have >= this.#need) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks, this.#have);
      const rest = this.#cut(bytes, take);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#have = rest.length;
    }
  }

  /** Whether a message was begun and not finished. */
  get isTorn(): boolean {
    return this.#have > 0;
  }

  #cut(bytes: Buffer, take: (message: Buffer) => void): Buffer {
    let at = 0;
    while (bytes.length - at >= 5) {
      if (bytes[at] !== 0) throw new GrpcFailure(status.unimplemented, 'Compressed messages are not supported');
      const length = bytes.readUInt32BE(at + 1);
      if (length > messageBytesMax) throw new GrpcFailure(status.resourceExhausted, `Received message larger than max (${length} vs ${messageBytesMax})`);
      if (bytes.length - at < 5 + length) {
        this.#need = 5 + length;
        return bytes.subarray(at);
      }
      take(bytes.subarray(at + 5, at + 5 + length));
      at += 5 + length;
    }
    this.#need = 5;
    return bytes.subarray(at);
  }
}
