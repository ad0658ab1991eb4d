/** Pages of other origins (WHATWG Fetch, CORS): none but those of the list. Tokens travel in a header, so no credentials are ever allowed. */
import type { RequestHandler } from 'express';

const methods = 'GET, HEAD, POST, PUT';
const asked = 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Consistency-Token, Prefer, X-Correlation-Id, Last-Event-ID';
const shown = 'ETag, Location, Consistency-Token, Retry-After, RateLimit, RateLimit-Policy, X-Correlation-Id, Content-Disposition';
const rememberedSeconds = 600;

/** Answers what browsers ask beforehand; a page of an origin that is not listed is told nothing, which its browser takes for a no. */
export const crossOrigin = (origins: readonly string[]): RequestHandler => {
  const listed = new Set(origins);
  return (request, response, next) => {
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !listed.has(origin)) return next();
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', shown);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return next();
    response.setHeader('Access-Control-Allow-Methods', methods);
    response.setHeader('Access-Control-Allow-Headers', asked);
    response.setHeader('Access-Control-Max-Age', rememberedSeconds);
    response.status(204).end();
  };
};
