/** What every answer carries and every request is held to, before anybody is asked who they are. */
import { randomUUID } from 'node:crypto';
import compression from 'compression';
import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { isUuid } from '../../../domain/kernel/ids.ts';
import type { HttpLimits, HttpParts } from '../parts.ts';
import { correlationHeader, correlationOf, problem, sendProblem } from '../problems.ts';

const addressMax = 8192;

const protections = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
  },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
  frameguard: { action: 'deny' },
});

/**
 * Headers against sniffing, framing and foreign scripts; the pages for people relax them for their own script and style only. They are the
 * same for every answer, so helmet is asked once what they are.
 */
export const securityHeaders = (): RequestHandler => {
  let known: readonly (readonly [string, string])[] | undefined;
  return (request, response, next) => {
    if (known !== undefined) {
      for (const [name, value] of known) response.setHeader(name, value);
      return next();
    }
    const before = new Set(response.getHeaderNames());
    return protections(request, response, (error?: unknown) => {
      known = response.getHeaderNames().flatMap((name) => (before.has(name) ? [] : [[name, String(response.getHeader(name))] as const]));
      next(error);
    });
  };
};

/** Handlers one after the other, as one. */
export const inOne =
  (...handlers: readonly RequestHandler[]): RequestHandler =>
  (request, response, next) => {
    const from = (index: number): void => {
      const handler = handlers[index];
      if (handler === undefined) next();
      else handler(request, response, (error?: unknown) => (error === undefined ? from(index + 1) : next(error)));
    };
    from(0);
  };

/** Compresses what gains by it; never an event stream, whose frames must leave at once. */
export const compressed = (): RequestHandler =>
  compression({
    threshold: 2048,
    filter: (request, response) => !String(response.getHeader('Content-Type') ?? '').startsWith('text/event-stream') && compression.filter(request, response),
  });

/** The client's own correlation id where it is a UUID, else a new one; told back in every answer. */
export const correlated: RequestHandler = (request, response, next) => {
  const sent = request.headers['x-correlation-id'];
  response.setHeader(correlationHeader, typeof sent === 'string' && isUuid(sent) ? sent : randomUUID());
  next();
};

export const boundedAddress: RequestHandler = (request, response, next) => {
  if (request.originalUrl.length <= addressMax) next();
  else sendProblem(request, response, problem('uri-too-long', `The address has more than ${addressMax} bytes.`));
};

/** Sheds what there is no room for, before memory grows. */
export const shedding = (limits: HttpLimits): RequestHandler => {
  let inFlight = 0;
  return (request, response, next) => {
    if (inFlight >= limits.inFlightMax) {
      sendProblem(
        request,
        response,
        problem('overloaded', `More than ${limits.inFlightMax} requests are being answered.`, { headers: { 'Retry-After': '1' } }),
      );
      return;
    }
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    next();
  };
};

const routeOf = (request: Request): string => {
  const path: unknown = request.route?.path;
  return typeof path === 'string' ? path : 'unknown';
};

/** One line and one measurement an answer. The template of the route, never the address: an address may hold what somebody searched for. */
export const logged =
  ({ logger, metrics }: Pick<HttpParts, 'logger' | 'metrics'>): RequestHandler =>
  (request, response: Response, next) => {
    const start = process.hrtime.bigint();
    response.once('close', () => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const facts = { method: request.method, route: routeOf(request), status: response.statusCode, seconds };
      metrics.answered(facts);
      const isWhole = response.writableFinished;
      logger.info({ ...facts, ms: Math.round(seconds * 10_000) / 10, correlationId: correlationOf(response), ...(isWhole ? {} : { cut: true }) }, 'answered');
    });
    next();
  };
