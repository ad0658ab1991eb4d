/**
 * Appends on the official client's connection, over the one long call that its own `appendToStream` uses (servers have it since 21.10), but encoded
 * here: that takes half the time.
 */
import { randomUUID } from 'node:crypto';
import type { EventStoreDBClient } from '@eventstore/db-client';
import type { ClientDuplexStream, Client as GrpcClient } from '@grpc/grpc-js';
import { type AppendAnswer, type AppendResponse, decodeAppendResponse, encodeAppend, type Proposed } from '../protocol/batch-append.ts';
import { argumentsOf, bytesMethod } from './streams-client.ts';

/** The server gives up so long before we do. */
const headStartMs = 2000;

type Pending = { readonly resolve: (answer: AppendAnswer) => void; readonly reject: (error: unknown) => void; readonly late: NodeJS.Timeout };
type Call = ClientDuplexStream<Buffer, Buffer>;
const Streams = bytesMethod('BatchAppend', { requestStream: true });

const settle = (pending: Map<string, Pending>, { correlationId, answer }: AppendResponse): void => {
  const asked = pending.get(correlationId);
  // Whoever is not waiting any more has been told that the outcome is unknown.
  if (asked === undefined) return;
  pending.delete(correlationId);
  clearTimeout(asked.late);
  asked.resolve(answer);
};

export class Appends {
  readonly #client: EventStoreDBClient;
  readonly #answerMs: number;
  readonly #calls = new WeakMap<GrpcClient, Call>();
  readonly #pending = new WeakMap<Call, Map<string, Pending>>();
  readonly #open: () => Promise<Call>;

  /** An answer that does not come within `answerMs` leaves the outcome unknown: the client sets no limit of its own on the call. */
  constructor(client: EventStoreDBClient, answerMs: number) {
    this.#client = client;
    this.#answerMs = answerMs;
    this.#open = client['GRPCStreamCreator'](Streams, 'append', (streams) => this.#begin(streams), this.#calls);
  }

  /** Rejects where the outcome is unknown: the call failed, or no answer came in time. */
  async append(stream: string, events: readonly Proposed[], expected: number): Promise<AppendAnswer> {
    const call = await this.#open();
    const pending = this.#pending.get(call);
    if (pending === undefined || call.destroyed || call.writableEnded) throw new Error('the call for appends has ended');
    return new Promise((resolve, reject) => {
      const correlationId = randomUUID();
      const late = setTimeout(() => {
        pending.delete(correlationId);
        reject(new Error(`no answer within ${this.#answerMs} ms`));
      }, this.#answerMs);
      pending.set(correlationId, { resolve, reject, late });
      const deadlineMs = Date.now() + Math.max(this.#answerMs - headStartMs, this.#answerMs / 2);
      for (const message of encodeAppend({ correlationId, stream, expected, deadlineMs, events })) call.write(message);
    });
  }

  #begin(streams: GrpcClient): Call {
    // The boundary to a client made from a definition: it has the method that the definition names.
    const call = (streams as unknown as { readonly call: (...sent: unknown[]) => Call }).call(...argumentsOf(this.#client));
    const pending = new Map<string, Pending>();
    this.#pending.set(call, pending);
    const end = (error: unknown): void => {
      for (const { reject, late } of pending.values()) {
        clearTimeout(late);
        reject(error);
      }
      pending.clear();
    };
    call.on('data', (message: Buffer) => {
      try {
        settle(pending, decodeAppendResponse(message));
      } catch (error) {
        // What is no answer says nothing of any append; the next ones go over a new call.
        end(error);
        setImmediate(() => call.cancel());
      }
    });
    call.on('error', end);
    call.on('end', () => end(new Error('the call for appends has ended')));
    return call;
  }
}
