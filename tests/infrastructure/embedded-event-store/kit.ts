/** Servers in this process, folders that go away, and events to compare. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach } from '@jest/globals';
import { type RunningServer, startServer } from '../../../src/infrastructure/embedded-event-store/server.ts';

type Opened = { readonly server: RunningServer; readonly client: EventStoreDBClient; readonly url: string; readonly close: () => Promise<void> };

const folders: string[] = [];
const opened = new Set<Opened>();

afterEach(async () => {
  for (const each of [...opened]) await each.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export const freshFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'event-store-'));
  folders.push(folder);
  return folder;
};

/** A server of this process with a client; closed after the test if the test did not. */
export const open = async (folder?: string): Promise<Opened> => {
  const server = await startServer({ host: '127.0.0.1', port: 0, ...(folder === undefined ? {} : { folder }) });
  const url = `esdb://127.0.0.1:${server.port}?tls=false`;
  const client = EventStoreDBClient.connectionString(url);
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    opened.delete(each);
    await client.dispose();
    await server.close();
  };
  const each = { server, client, url, close };
  opened.add(each);
  return each;
};

export const events = (count: number, type = 'Happened') => Array.from({ length: count }, (_, n) => jsonEvent({ id: randomUUID(), type, data: { n } }));

export type Seen = {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly position: bigint;
};

/** Everything in `$all`, in a form that can be compared. */
export const everything = async (client: EventStoreDBClient): Promise<readonly Seen[]> => {
  const seen: Seen[] = [];
  for await (const { event } of client.readAll()) {
    if (event === undefined) continue;
    seen.push({ stream: event.streamId, revision: event.revision, id: event.id, type: event.type, data: event.data, position: event.position?.commit ?? -1n });
  }
  return seen;
};

export const refused = async (promise: Promise<unknown>): Promise<Error & { readonly code?: number; readonly type?: string }> => {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a refusal');
};
