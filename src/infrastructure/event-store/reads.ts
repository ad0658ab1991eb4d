/**
 * Reads and subscriptions on the official client's connection, but decoded here: of the time a read takes, three quarters are the client's own
 * decoding.
 */
import type { EventStoreDBClient } from '@eventstore/db-client';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { decodeReadResponse, encodeReadRequest, type ReadRequest, type RecordedEvent } from '../protocol/messages.ts';
import { argumentsOf, bytesMethod } from './streams-client.ts';

const Streams = bytesMethod('Read', { requestStream: false });

const begin = (client: EventStoreDBClient, request: ReadRequest): Promise<ClientReadableStream<Buffer>> =>
  client['GRPCStreamCreator'](Streams, 'read', (streams) => {
    // The boundary to a client made from a definition: it has the method that the definition names.
    const made = streams as unknown as { readonly call: (...sent: unknown[]) => ClientReadableStream<Buffer> };
    return made.call(encodeReadRequest(request), ...argumentsOf(client));
  })();

export type Reading = {
  /** Resolves at the end, also at one by `cancel`; rejects where the call fails, where `each` throws, and where nothing came for `idleMs`. */
  readonly over: Promise<void>;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly cancel: () => void;
};

type Options = {
  readonly request: ReadRequest;
  /** How long nothing may come of what has an end: the client sets no limit of its own. */
  readonly idleMs?: number;
  /** Given every event in order, none after a cancellation. */
  readonly each: (recorded: RecordedEvent) => void;
};

class Call implements Reading {
  readonly over: Promise<void>;
  readonly #options: Options;
  #call: ClientReadableStream<Buffer> | undefined;
  #isCancelled = false;
  #isPaused = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(client: EventStoreDBClient, options: Options) {
    this.#options = options;
    this.over = this.#run(client).finally(() => clearTimeout(this.#idle));
  }

  readonly cancel = (): void => {
    this.#isCancelled = true;
    // Not at once: cancelled from within its own events, a call of this library may fail (grpc-node issues 1464 and 1652).
    setImmediate(() => this.#call?.cancel());
  };

  readonly pause = (): void => {
    this.#isPaused = true;
    this.#call?.pause();
  };

  readonly resume = (): void => {
    this.#isPaused = false;
    this.#idle?.refresh();
    this.#call?.resume();
  };

  async #run(client: EventStoreDBClient): Promise<void> {
    const call = await begin(client, this.#options.request);
    this.#call = call;
    if (this.#isCancelled) this.cancel();
    await new Promise<void>((resolve, reject) => {
      const fail = (error: unknown): void => {
        reject(error);
        this.cancel();
      };
      call.on('error', (error) => (this.#isCancelled ? resolve() : reject(error)));
      call.on('end', resolve);
      call.on('data', (message: Buffer) => this.#take(message, fail));
      if (this.#isPaused) call.pause();
      this.#watch(fail);
    });
  }

  #take(message: Buffer, fail: (error: unknown) => void): void {
    if (this.#isCancelled) return;
    this.#idle?.refresh();
    try {
      const recorded = decodeReadResponse(message);
      if (recorded !== undefined) this.#options.each(recorded);
    } catch (error) {
      fail(error);
    }
  }

  #watch(fail: (error: unknown) => void): void {
    const { idleMs } = this.#options;
    if (idleMs === undefined) return;
    this.#idle = setTimeout(() => {
      if (this.#isPaused) this.#idle?.refresh();
      else fail(new Error(`no answer within ${idleMs} ms`));
    }, idleMs);
  }
}

/** Begins a read. */
export const startReading = (client: EventStoreDBClient, options: Options): Reading => new Call(client, options);
