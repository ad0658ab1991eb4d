/** What operators and their machines ask: is it alive, is it ready, how is it doing. The first two without a token, and without anything of a tenant's. */
import type { Request, RequestHandler, Response } from 'express';
import { operationsView } from '../../application/permissions.ts';
import { type Endpoint, lacking, sendJson } from './middleware/exchange.ts';
import type { HttpParts } from './parts.ts';
import { problem } from './problems.ts';

/** Alive as long as this can be answered: restarting helps against nothing that a dependency does. */
export const live =
  ({ version }: Pick<HttpParts, 'version'>): RequestHandler =>
  (_request, response) =>
    sendJson(response, 200, { status: 'alive', version });

/** 503 while a part that requests need is away. */
export const ready =
  ({ health, version }: Pick<HttpParts, 'health' | 'version'>): RequestHandler =>
  async (_request, response) => {
    const state = await health();
    if (!state.ready) response.setHeader('Retry-After', '1');
    sendJson(response, state.ready ? 200 : 503, { status: state.ready ? 'ready' : 'not ready', version, parts: state.parts });
  };

const loopback = /^(127\.|::1$|::ffff:127\.)/;
/** A proxy on this machine speaks for somebody else, and says so. */
const isFromHere = ({ socket, headers }: Request): boolean =>
  loopback.test(socket.remoteAddress ?? '') && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;

/** Measurements of the whole company: for this machine itself, and for staff and machines of the company with the permission. */
export const metricsText = ({ metrics }: Pick<HttpParts, 'metrics'>, behindToken: (endpoint: Endpoint) => RequestHandler): RequestHandler => {
  const tell = async (response: Response): Promise<void> => {
    const { contentType, body } = await metrics.text();
    response.setHeader('Content-Type', contentType);
    response.setHeader('Cache-Control', 'no-store');
    response.end(body);
  };
  const withToken = behindToken(async ({ caller, response }) => {
    const forbidden = lacking(caller, operationsView);
    if (forbidden !== undefined) return forbidden;
    if (caller.tenant !== null) return problem('forbidden', 'Only the company’s own may see this.', { details: { permission: operationsView } });
    await tell(response);
    return undefined;
  });
  return (request, response, next) => (isFromHere(request) ? tell(response) : withToken(request, response, next));
};
