/** What operators and their machines ask: is it alive, is it ready, how is it doing. Without a token, and without anything of a tenant's. */
import type { RequestHandler } from 'express';
import { sendJson } from './middleware/exchange.ts';
import type { HttpParts } from './parts.ts';

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

export const metricsText =
  ({ metrics }: Pick<HttpParts, 'metrics'>): RequestHandler =>
  async (_request, response) => {
    const { contentType, body } = await metrics.text();
    response.setHeader('Content-Type', contentType);
    response.setHeader('Cache-Control', 'no-store');
    response.end(body);
  };
