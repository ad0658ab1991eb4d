/** What a server says while it is being started: the port is taken and answers, so that nobody takes a start for an outage or the port for free. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { problem, problemDocument } from './problems.ts';

const retryAfterSeconds = '1';

const refuse = (request: IncomingMessage, response: ServerResponse): void => {
  const correlationId = randomUUID();
  const refused = problem('starting', 'The stores are being opened and the read models built.');
  response.writeHead(refused.status, {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Cache-Control': 'no-store',
    'Retry-After': retryAfterSeconds,
    'X-Correlation-Id': correlationId,
  });
  response.end(JSON.stringify(problemDocument(refused, { instance: (request.url ?? '').split('?')[0] ?? '', correlationId })));
};

/** A listener that refuses everything (503 `starting`; alive, not ready) until it is given the application. */
export const startingListener = (): { readonly listener: RequestListener; readonly serve: (application: RequestListener) => void } => {
  let current: RequestListener = (request, response) => {
    if (request.url === '/health/live') return void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"starting"}');
    refuse(request, response);
  };
  return {
    listener: (request, response) => current(request, response),
    serve: (application) => {
      current = application;
    },
  };
};
