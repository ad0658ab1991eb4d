/**
 * The suite's own view of a server: the official client, and the generated stubs for what that client cannot send. `EVENTSTORE_URL` runs the
 * same tests against any EventStoreDB; without it each file starts the embedded store in memory.
 */
import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { EventStoreDBClient, jsonEvent, type ReadableSubscription } from '@eventstore/db-client';
import { PersistentSubscriptionsClient } from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll } from '@jest/globals';
import { startEmbeddedEventStore } from '../../../src/infrastructure/embedded-event-store/start.ts';

export type Server = {
  readonly url: string;
  readonly address: string;
  readonly client: EventStoreDBClient;
  /** A second connection. */
  readonly other: EventStoreDBClient;
  readonly streams: StreamsClient;
  readonly persistent: PersistentSubscriptionsClient;
};

const addressOf = (url: string): string => url.replace(/^esdb(\+discover)?:\/\/(.*@)?/, '').replace(/[/?].*$/, '');

/** Starts (or finds) the server before the tests of a file, and leaves nothing behind after them. */
export const useServer = (): (() => Server) => {
  let server: Server | undefined;
  let close = (): Promise<void> => Promise.resolve();
  beforeAll(async () => {
    const given = process.env['EVENTSTORE_URL'];
    const started = given === undefined ? await startEmbeddedEventStore({}) : undefined;
    const url = started?.url ?? given ?? '';
    const address = addressOf(url);
    server = {
      url,
      address,
      client: EventStoreDBClient.connectionString(url),
      other: EventStoreDBClient.connectionString(url),
      streams: new StreamsClient(address, credentials.createInsecure()),
      persistent: new PersistentSubscriptionsClient(address, credentials.createInsecure()),
    };
    close = async () => started?.close();
  });
  afterAll(async () => {
    await server?.client.dispose();
    await server?.other.dispose();
    server?.streams.close();
    server?.persistent.close();
    await close();
  });
  return () => {
    if (server === undefined) throw new Error('the server has not started');
    return server;
  };
};

/** A name that no other test uses: a real server keeps everything. */
export const freshName = (category = 'conformance'): string => `${category}-${randomUUID()}`;

/** A category without the dash that would split it. */
export const freshCategory = (): string => `c${randomUUID().replaceAll('-', '')}`;

export const made = (type: string, data: Readonly<Record<string, unknown>> = {}, id: string = randomUUID()) => jsonEvent({ id, type, data: { ...data } });

export const several = (count: number, type = 'Happened') => Array.from({ length: count }, (_, n) => made(type, { n }));

/** What a client tells about a refusal. */
export type Refusal = { readonly type?: string; readonly code?: number; readonly message: string } & Readonly<Record<string, unknown>>;

/** The error a promise rejects with; fails if it does not. */
export const refusal = async (promise: Promise<unknown>): Promise<Refusal> => {
  try {
    await promise;
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('expected a refusal');
};

export const gather = async <T>(events: AsyncIterable<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for await (const event of events) found.push(event);
  return found;
};

/** What a subscription has said so far, and a way to wait for more without sleeping. */
export type Followed<T> = {
  readonly events: readonly T[];
  readonly log: readonly string[];
  /** Resolves once the condition holds; rejects if the subscription fails first. */
  readonly until: (condition: () => boolean) => Promise<void>;
  readonly count: (count: number) => Promise<readonly T[]>;
  readonly error: Promise<Refusal>;
};

/** Listens to everything a subscription emits; a `data` handler decides what is kept. */
export const follow = <T>(subscription: ReadableSubscription<T>): Followed<T> => {
  const events: T[] = [];
  const log: string[] = [];
  const emitter: EventEmitter = subscription;
  const waiting = new Set<() => void>();
  let failed: Refusal | undefined;
  const changed = (): void => {
    for (const check of [...waiting]) check();
  };
  const note = (what: string): void => {
    log.push(what);
    changed();
  };
  subscription.on('data', (event: T) => {
    events.push(event);
    note('event');
  });
  subscription.on('confirmation', () => note('confirmation'));
  emitter.on('caughtUp', () => note('caughtUp'));
  const error = new Promise<Refusal>((resolve) => {
    emitter.on('error', (reason: Refusal) => {
      failed = reason;
      resolve(reason);
      note('error');
    });
    subscription.on('end', () => note('end'));
  });
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (condition()) resolve();
        else if (failed !== undefined) reject(failed);
        else return;
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  const count = async (wanted: number): Promise<readonly T[]> => {
    await until(() => events.length >= wanted);
    return events;
  };
  return { events, log, until, count, error };
};

/** One unary call of a generated stub: what it answered, or the status it failed with. */
export const unaryCall = <Request, Response>(
  method: (request: Request, metadata: Metadata, callback: (error: ServiceError | null, response: Response) => void) => unknown,
  request: Request,
  metadata: Metadata = new Metadata(),
): Promise<Response> =>
  new Promise((resolve, reject) => {
    method(request, metadata, (error, response) => (error === null ? resolve(response) : reject(error)));
  });

/** A trailer of a failed call. */
export const trailer = (error: Refusal, key: string): string | undefined => {
  const metadata = (error as unknown as ServiceError).metadata ?? (error as { _raw?: ServiceError })._raw?.metadata;
  return metadata?.get(key)[0]?.toString();
};

export const basic = (user: string, password: string): Metadata => {
  const metadata = new Metadata();
  metadata.set('authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
  return metadata;
};
