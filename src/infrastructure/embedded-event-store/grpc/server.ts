/**
 * A gRPC server on Node's own HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), cleartext with prior knowledge.
 * Written here because a library's server sends one message a write: a page of events in one write is what makes reads and
 * fan-out as fast as clients can take them.
 */
import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { Call } from './call.ts';
import { GrpcFailure, status } from './failure.ts';
import { FrameCutter } from './frames.ts';

/** What a method does with its incoming messages; thrown errors end the call with their status. */
export type Incoming = { readonly message: (bytes: Buffer) => void; readonly end: () => void };
export type Method = (call: Call) => Incoming;
export type Methods = ReadonlyMap<string, Method>;

/** Answers the name of a user, `undefined` for a caller without credentials, or throws UNAUTHENTICATED. */
export type Authenticate = (authorization: string | undefined) => string | undefined;

export type GrpcServer = { readonly port: number; readonly close: (reason: GrpcFailure) => Promise<void> };

const sessionWindowBytes = 16 * 1024 * 1024;
const streamWindowBytes = 1024 * 1024;
const keepAliveEveryMs = 10_000;
const unansweredMax = 3;
/** How long a stopping server waits for clients to take what was sent to them. */
const unsentMs = 250;
/** How long a client has to end a connection that has ended here. */
const lingerMs = 5000;

/** A method that takes one message and answers with one. */
export const unary =
  (answer: (message: Buffer, call: Call) => Promise<Uint8Array> | Uint8Array): Method =>
  (call) => {
    let request: Buffer | undefined;
    const reply = async (): Promise<void> => {
      if (request === undefined) throw new GrpcFailure(status.invalidArgument, 'The request is empty');
      call.send(await answer(request, call));
      call.finish();
    };
    return {
      message: (bytes) => {
        request = bytes;
      },
      end: () => {
        reply().catch((error: unknown) => call.fail(error));
      },
    };
  };

const guarded = (call: Call, act: () => void): void => {
  try {
    act();
  } catch (error) {
    call.fail(error);
  }
};

const receive = (stream: ServerHttp2Stream, call: Call, incoming: Incoming): void => {
  const cutter = new FrameCutter();
  stream.on('data', (chunk: Buffer) =>
    guarded(call, () => {
      if (!call.isOver) cutter.push(chunk, (message) => incoming.message(message));
    }),
  );
  stream.on('end', () =>
    guarded(call, () => {
      if (call.isOver) return;
      if (cutter.isTorn) throw new GrpcFailure(status.invalidArgument, 'The request ends within a message');
      incoming.end();
    }),
  );
};

const dispatch = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  context: { readonly methods: Methods; readonly authenticate: Authenticate },
): Call | undefined => {
  if (!(headers['content-type'] ?? '').startsWith('application/grpc')) {
    stream.respond({ ':status': 415 }, { endStream: true });
    return undefined;
  }
  const path = headers[':path'] ?? '';
  const method = context.methods.get(path);
  try {
    const call = new Call(stream, headers, context.authenticate(headers.authorization));
    if (method === undefined) throw new GrpcFailure(status.unimplemented, `The server does not implement the method ${path}`);
    receive(stream, call, method(call));
    return call;
  } catch (error) {
    stream.resume();
    new Call(stream, headers, undefined).fail(error);
    return undefined;
  }
};

/** Pings a client; one that leaves several pings unanswered is gone (a single one may be a client busy with its own work). */
const keepAlive = (session: ServerHttp2Session, everyMs: number): void => {
  let unanswered = 0;
  const timer = setInterval(() => {
    // Between its end here and at the client it cannot be pinged any more.
    if (session.destroyed) return;
    if (unanswered >= unansweredMax) {
      session.destroy();
      return;
    }
    unanswered += 1;
    session.ping(() => {
      unanswered = 0;
    });
  }, everyMs);
  timer.unref();
  session.on('close', () => clearInterval(timer));
};

/** A connection that has ended here is not kept by a client that never ends it. */
const endWithin = (socket: Socket, ms: number): void => {
  socket.once('finish', () => {
    const timer = setTimeout(() => socket.destroy(), ms);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  });
};

type Open = { readonly server: Http2Server; readonly sessions: ReadonlySet<ServerHttp2Session>; readonly sockets: ReadonlySet<Socket> } & {
  readonly calls: ReadonlySet<Call>;
};

/** Every call gets its status; who has not taken what was sent to him within a moment is cut off. */
const shutDown = async ({ server, sessions, sockets, calls }: Open, reason: GrpcFailure): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const call of calls) call.fail(reason);
  await new Promise((resolve) => setImmediate(resolve));
  for (const session of sessions) session.close();
  const giveUp = setTimeout(() => {
    for (const call of calls) call.abort();
    setImmediate(() => {
      for (const socket of sockets) socket.destroy();
    });
  }, unsentMs);
  await closed;
  clearTimeout(giveUp);
};

/** Starts serving; `close` ends every open call with the given status, then the connections. */
export const serve = async (options: {
  readonly host: string;
  readonly port: number;
  readonly methods: Methods;
  readonly authenticate: Authenticate;
  readonly keepAliveMs?: number;
}): Promise<GrpcServer> => {
  // The default of 10 MB a connection would refuse calls while slow subscribers have a page each waiting.
  const server = createServer({ settings: { initialWindowSize: streamWindowBytes }, maxSessionMemory: Number.MAX_SAFE_INTEGER });
  const sessions = new Set<ServerHttp2Session>();
  const calls = new Set<Call>();
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    endWithin(socket, lingerMs);
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.setLocalWindowSize(sessionWindowBytes);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
    keepAlive(session, options.keepAliveMs ?? keepAliveEveryMs);
  });
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const call = dispatch(stream, headers, options);
    if (call === undefined) return;
    calls.add(call);
    call.onClose(() => calls.delete(call));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const close = (reason: GrpcFailure): Promise<void> => shutDown({ server, sessions, sockets, calls }, reason);
  return { port: typeof address === 'object' && address !== null ? address.port : options.port, close };
};
