/** What cannot be read as HTTP at all: answered like every other refusal, on the bare socket. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ProblemCode, problem, problemDocument } from './problems.ts';

const codes: Readonly<Record<string, ProblemCode>> = { HPE_HEADER_OVERFLOW: 'header-too-large', ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout' };
const reasons: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };

const answer = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refused = problem(codes[error.code ?? ''] ?? 'bad-request', 'The request cannot be read as HTTP.');
  const correlationId = randomUUID();
  const body = JSON.stringify(problemDocument(refused, { instance: '', correlationId }));
  const head = [
    `HTTP/1.1 ${refused.status} ${reasons[refused.status] ?? 'Bad Request'}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Correlation-Id: ${correlationId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};

const requestMsMax = 30_000;
const uploadMsMax = 900_000;

/** A file may take its time, and is held to a pace of its own; every other request is whole within half a minute or is cut. */
const boundSlowness = (server: Server) => (request: IncomingMessage) => {
  const { headers, method, url = '', socket } = request;
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return;
  if (method === 'PUT' && url.startsWith('/files/')) return;
  const late = () => {
    if (!request.complete) server.emit('clientError', Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
  };
  const timer = setTimeout(late, requestMsMax).unref();
  request.once('close', () => clearTimeout(timer));
};

/** Headers within 10 s and 16 KiB, a whole request within 30 s (a file within 15 min), idle connections closed after 65 s; whatever breaks that gets a problem document. */
export const hardenServer = (server: Server): Server => {
  server.headersTimeout = 10_000;
  server.requestTimeout = uploadMsMax;
  server.keepAliveTimeout = 65_000;
  server.maxHeadersCount = 100;
  return server.on('clientError', answer).prependListener('request', boundSlowness(server));
};
