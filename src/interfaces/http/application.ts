/** The HTTP interface as one Express application, derived from the model and the queries. */
import { createSecretKey } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { batchEndpoint } from './commands/batch.ts';
import { commandEndpoint, type Routing } from './commands/command-endpoints.ts';
import { commandRoutes } from './commands/command-routes.ts';
import { keysEndpoint, tokenEndpoint, usersEndpoint } from './development-tokens.ts';
import { asyncApiDocument } from './docs/asyncapi.ts';
import { openApiDocument } from './docs/openapi.ts';
import { documentationPage, problemIndex, problemPage, problemPages, sendDocument } from './docs/pages.ts';
import { EventSurface } from './events/event-endpoints.ts';
import { problemOfFailure } from './failures.ts';
import { downloadEndpoint, thumbnailEndpoint } from './files/download-endpoint.ts';
import { beginUploadEndpoint, beginUploadPath, linkEndpoint, receiveEndpoint } from './files/file-endpoints.ts';
import { meEndpoint } from './me.ts';
import { linkIdentityEndpoint } from './me-link.ts';
import { mySettingsEndpoint } from './me-settings.ts';
import { crossOrigin } from './middleware/cors.ts';
import { endpointNames } from './middleware/endpoint-name.ts';
import { type Endpoint, type Gate, signedIn } from './middleware/exchange.ts';
import { RateLimits } from './middleware/rate-limits.ts';
import { boundedAddress, compressed, correlated, inOne, logged, securityHeaders, shedding } from './middleware/security.ts';
import { live, metricsText, ready } from './operations.ts';
import type { HttpParts } from './parts.ts';
import { correlationOf, problem, sendProblem } from './problems.ts';
import { PublicLimits } from './public/public-limits.ts';
import { breakdownEndpoint, systemCaseEndpoint } from './public/report-endpoints.ts';
import { listEndpoint, oneEndpoint, searchEndpoint } from './queries/query-endpoints.ts';

const methods = ['get', 'post', 'put'] as const;
const spoken = { get: ['GET', 'HEAD'], post: ['POST'], put: ['PUT'] } as const;
type Handlers = { readonly [M in (typeof methods)[number]]?: RequestHandler };

/** One address with all its methods; any other method is told which there are. */
const route = (application: Express, path: string, handlers: Handlers): void => {
  const allowed = methods.filter((method) => handlers[method] !== undefined).flatMap((method) => spoken[method]);
  for (const method of methods) {
    const handler = handlers[method];
    if (handler !== undefined) application[method](path, handler);
  }
  application.all(path, (request, response) =>
    sendProblem(request, response, problem('method-not-allowed', `Only ${allowed.join(', ')} here.`, { headers: { Allow: allowed.join(', ') } })),
  );
};

const routingOf = (parts: HttpParts): Routing => {
  const routes = commandRoutes(parts.model);
  const names = new Set(parts.queries.map(({ name }) => name));
  return { routes, hasQuery: (name) => names.has(name), hashKey: createSecretKey(parts.secret) };
};

type Around = {
  /** Puts an endpoint behind the token. */
  readonly behindToken: (endpoint: Endpoint) => RequestHandler;
  readonly limits: RateLimits;
  readonly shed: RequestHandler;
  readonly routing: Routing;
};

const aroundOf = (parts: HttpParts): Around => {
  const limits = new RateLimits(parts.limits);
  const routing = routingOf(parts);
  const { authenticate, requested } = parts;
  const nameOf = endpointNames({ hasCommand: (path) => routing.routes.has(path), hasQuery: routing.hasQuery });
  const gate: Gate = { authenticate, ...(requested === undefined ? {} : { counted: (caller, request) => requested(caller, nameOf(request)) }) };
  return { behindToken: (endpoint) => signedIn(gate, limits, endpoint), limits, shed: shedding(parts.limits), routing };
};

const addCommands = (application: Express, parts: HttpParts, { behindToken, limits, shed, routing }: Around): void => {
  const command = behindToken(commandEndpoint(parts, routing));
  application.use('/commands', shed);
  route(application, '/commands/batch', { post: behindToken(batchEndpoint(parts, routing, limits)) });
  route(application, '/commands/:aggregate/:command', { post: command });
  route(application, '/commands/:aggregate/:id/:command', { post: command });
};

const addFiles = (application: Express, parts: HttpParts, { behindToken, limits, routing }: Around): void => {
  const begin = routing.routes.get(beginUploadPath);
  const { files } = parts;
  if (files === undefined || begin === undefined) return;
  route(application, '/files', { post: behindToken(beginUploadEndpoint(parts, files, { ...routing, route: begin })) });
  route(application, '/files/:id', { get: downloadEndpoint(parts, files, limits) });
  route(application, '/files/:id/thumbnail', { get: thumbnailEndpoint(parts, files, limits) });
  route(application, '/files/:id/link', { get: behindToken(linkEndpoint(parts, files)) });
  route(application, '/files/:id/uploads/:uploadId', { put: behindToken(receiveEndpoint(parts, files)) });
};

const addPublic = (application: Express, parts: HttpParts): void => {
  const { publicReports } = parts;
  if (publicReports === undefined) return;
  const around = { parts, limits: new PublicLimits(parts.limits) };
  route(application, '/public/breakdowns', { post: breakdownEndpoint(around, publicReports) });
  route(application, '/public/system-cases', { post: systemCaseEndpoint(around, publicReports) });
};

const addQueries = (application: Express, parts: HttpParts, { behindToken }: Around): void => {
  const byName = new Map(parts.queries.map((definition) => [definition.name, definition]));
  if (byName.size !== parts.queries.length) throw new Error('two queries have the same name');
  route(application, '/queries/search', { get: behindToken(searchEndpoint(parts)) });
  route(application, '/queries/:query', { get: behindToken(listEndpoint(parts, byName)) });
  route(application, '/queries/:query/:id', { get: behindToken(oneEndpoint(parts, byName)) });
};

const addMe = (application: Express, parts: HttpParts, { behindToken, limits }: Around): void => {
  const { firstSignIn, ownSettings } = parts;
  route(application, '/me', { get: behindToken(meEndpoint(parts)) });
  if (firstSignIn !== undefined) route(application, '/me/link', { post: linkIdentityEndpoint(parts, firstSignIn, limits) });
  if (ownSettings !== undefined) route(application, '/me/settings', { get: behindToken(mySettingsEndpoint(parts, ownSettings)) });
};

const addDocuments = (application: Express, parts: HttpParts): void => {
  const pages = problemPages(parts.model);
  route(application, '/openapi.json', { get: sendDocument(() => openApiDocument(parts)) });
  route(application, '/asyncapi.json', { get: sendDocument(() => asyncApiDocument(parts)) });
  route(application, '/docs', { get: documentationPage() });
  route(application, '/problems', { get: problemIndex(pages) });
  route(application, '/problems/:code', { get: problemPage(pages) });
  route(application, '/', { get: (_request, response) => response.redirect(302, '/docs') });
};

const addDevelopment = (application: Express, parts: HttpParts, limits: RateLimits): void => {
  if (parts.development === undefined) return;
  route(application, '/dev/token', { post: tokenEndpoint(parts, parts.development, limits) });
  route(application, '/dev/users', { get: usersEndpoint(parts.development) });
  route(application, '/.well-known/jwks.json', { get: keysEndpoint(parts.development) });
};

/** Builds the application; nothing listens yet. Throws where the model or a query is wrong in itself. */
export const createHttpApplication = (parts: HttpParts): Express => {
  const application = express();
  const around = aroundOf(parts);
  application
    .disable('x-powered-by')
    .disable('etag')
    .set('trust proxy', parts.limits.trustedProxies)
    .set('query parser', false)
    .set('case sensitive routing', true);
  // As one layer: each of Express's own costs every request a match.
  application.use(inOne(correlated, logged(parts), securityHeaders(), boundedAddress));
  const { corsOrigins = [] } = parts;
  if (corsOrigins.length > 0) application.use(crossOrigin(corsOrigins));
  // First, because each layer before it costs every command a look.
  addCommands(application, parts, around);
  // Outside the limit of requests in flight: these are asked by those who watch over it, and a stream is open for hours and has a limit of its own.
  route(application, '/health/live', { get: live(parts) });
  route(application, '/health/ready', { get: ready(parts) });
  route(application, '/metrics', { get: metricsText(parts, around.behindToken) });
  const surface = new EventSurface(parts);
  route(application, '/events/stream', { get: around.behindToken(surface.stream) });
  application.use(around.shed);
  // Files go as they are: their length and hash are those of the content.
  addFiles(application, parts, around);
  addPublic(application, parts);
  // After the commands: their answers are too short to gain by it.
  application.use(compressed());
  route(application, '/events', { get: around.behindToken(surface.list) });
  route(application, '/history/:aggregate/:id', { get: around.behindToken(surface.history) });
  addQueries(application, parts, around);
  addMe(application, parts, around);
  addDocuments(application, parts);
  addDevelopment(application, parts, around.limits);
  application.use((request, response) => sendProblem(request, response, problem('not-found', 'There is nothing at this address.')));
  const failed: ErrorRequestHandler = (error, request, response, _next) =>
    sendProblem(request, response, problemOfFailure(error, parts.logger, correlationOf(response)));
  application.use(failed);
  return application;
};
