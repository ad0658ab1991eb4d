/** `npm run event-store -- …`: the event store as a program of its own, and its operations. */
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { backUp } from './operations/backup.ts';
import { scavenge } from './operations/scavenge.ts';
import { verify } from './operations/verify.ts';
import { type RunningServer, startServer } from './server.ts';
import { openForReading } from './storage/database.ts';

const usage = `The embedded event store: EventStoreDB's gRPC protocol on one node.

  --port <n>           the port to listen on (2113; 0 is any free one)
  --data <folder>      where the log is kept (./data/events)
  --memory             keep the log in memory; it is gone at the end
  --bind <address>     listen on this address instead of 127.0.0.1: there is no TLS and anybody who connects has every right

Instead of serving (the first two also beside a running server):
  --verify             check every record of the folder
  --backup-to <file>   copy the log of the folder as it is now, verified
  --scavenge           give back the space of deleted and expired events; a running server does it on SIGUSR2
  --export <file>      write the log of the server at --url as NDJSON
  --import <file>      append the events of such a file to the server at --url
  --url <esdb://…>     the server for --export and --import (esdb://127.0.0.1:2113?tls=false)
`;

const options = {
  port: { type: 'string', default: '2113' },
  data: { type: 'string', default: './data/events' },
  memory: { type: 'boolean', default: false },
  bind: { type: 'string', default: '127.0.0.1' },
  verify: { type: 'boolean', default: false },
  'backup-to': { type: 'string' },
  scavenge: { type: 'boolean', default: false },
  export: { type: 'string' },
  import: { type: 'string' },
  url: { type: 'string', default: 'esdb://127.0.0.1:2113?tls=false' },
  help: { type: 'boolean', default: false },
} as const;

const read = () => parseArgs({ options, strict: true }).values;
type Arguments = ReturnType<typeof read>;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Reports what `verify` found; the exit code says it too. */
const report = ({ events, streams, problems }: ReturnType<typeof verify>): void => {
  for (const problem of problems) say(problem);
  say(`${events} events in ${streams} streams, ${problems.length === 0 ? 'all sound' : `${problems.length} problems`}`);
  if (problems.length > 0) process.exitCode = 1;
};

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

const scavengeOn = async (server: RunningServer): Promise<void> => {
  const { eventsRemoved, bytesFreed } = await scavenge(server.store);
  say(`scavenged: ${eventsRemoved} events removed, ${bytesFreed} bytes given back`);
};

const runServer = async (args: Arguments): Promise<void> => {
  const port = Number(args.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${args.port} is no port.`);
  if (!isLoopback(args.bind)) {
    process.stderr.write(`warning: listening on ${args.bind} without TLS; whoever can reach it can read, write and delete everything\n`);
  }
  const server = await startServer({ host: args.bind, port, ...(args.memory ? {} : { folder: args.data }) });
  say(`event store ${args.memory ? 'in memory' : `in ${args.data}`} on esdb://${args.bind}:${server.port}?tls=false`);
  const stop = (): void => {
    server.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.on('SIGUSR2', () => {
    scavengeOn(server).catch((error: unknown) => process.stderr.write(`scavenge failed: ${String(error)}\n`));
  });
};

const scavengeFolder = async (args: Arguments): Promise<void> => {
  const server = await startServer({ host: '127.0.0.1', port: 0, folder: args.data });
  await scavengeOn(server);
  await server.close();
};

const move = async (args: Arguments): Promise<void> => {
  // Only here: the gRPC client library would take up half of a server's start.
  const { connect } = await import('./operations/protocol-client.ts');
  const { exportLines, importLines } = await import('./operations/ndjson.ts');
  const client = connect(args.url);
  try {
    if (args.export !== undefined) await pipeline(Readable.from(exportLines(client)), createWriteStream(args.export));
    if (args.import !== undefined) say(`${await importLines(client, createInterface({ input: createReadStream(args.import) }))} events imported`);
  } finally {
    client.close();
  }
};

const run = async (args: Arguments): Promise<void> => {
  const backupTo = args['backup-to'];
  if (args.help) say(usage);
  else if (args.verify) report(verify(openForReading(args.data)));
  else if (backupTo !== undefined) report(backUp(openForReading(args.data), backupTo));
  else if (args.scavenge) await scavengeFolder(args);
  else if (args.export !== undefined || args.import !== undefined) await move(args);
  else await runServer(args);
};

try {
  await run(read());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
