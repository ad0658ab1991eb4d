/** Files: announced by a command, sent to the address that the announcement answers, had again by links that end by themselves (ES-10). */
import type { Received, RejectReason } from '../../../application/attachments/upload.ts';
import type { CommandOutcome } from '../../../application/handle-command.ts';
import { isUuid } from '../../../domain/kernel/ids.ts';
import type { Routing } from '../commands/command-endpoints.ts';
import type { CommandRoute } from '../commands/command-routes.ts';
import { envelopeOf } from '../commands/envelope.ts';
import { answerOf } from '../commands/outcome.ts';
import { readJson } from '../middleware/body.ts';
import { type Endpoint, type Exchange, lacking, sendJson } from '../middleware/exchange.ts';
import type { HttpFiles, HttpParts } from '../parts.ts';
import { notFound, type Problem, problem } from '../problems.ts';
import { parametersIn } from '../queries/query-endpoints.ts';
import { CutBody, pacedBody, SlowBody } from './upload-body.ts';

/** The announcement's route among the commands. */
export const beginUploadPath = 'attachment/begin-upload';
const closing = { headers: { Connection: 'close' } };

const header = ({ request }: Exchange, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};
const idIn = ({ request }: Exchange, name: string): string | undefined => {
  const value: unknown = request.params[name];
  return typeof value === 'string' && isUuid(value) ? value : undefined;
};

const tooLarge = (outcome: CommandOutcome): Problem | undefined =>
  outcome.kind === 'refused' && outcome.rejection.code === 'tooLarge'
    ? problem('file-too-large', outcome.rejection.message, outcome.rejection.details === undefined ? {} : { details: outcome.rejection.details })
    : undefined;

/** `POST /files`: the command `BeginUpload`, and where its content goes. */
export const beginUploadEndpoint =
  (parts: HttpParts, { uploads }: HttpFiles, routing: Routing & { readonly route: CommandRoute }): Endpoint =>
  async (exchange) => {
    const { caller, correlationId, response } = exchange;
    const { route, hasQuery, hashKey } = routing;
    const forbidden = lacking(caller, route.definition.permission);
    if (forbidden !== undefined) return forbidden;
    const read = await readJson(exchange.request, parts);
    if (!read.ok) return read.problem;
    const asked = { route, id: undefined, body: read.value, key: header(exchange, 'idempotency-key'), ifMatch: undefined, caller, correlationId };
    const enveloped = envelopeOf(asked, { validation: parts.validation, clock: parts.clock, newId: parts.newId, hashKey });
    if (!enveloped.ok) return enveloped.problem;
    const { envelope } = enveloped;
    const { outcome, uploadId } = await uploads.begin(envelope);
    parts.metrics.commanded({ aggregate: envelope.category, type: envelope.type, outcome: outcome.kind });
    const large = tooLarge(outcome);
    if (large !== undefined) return large;
    const answered = answerOf(outcome, { route, envelope, hasQuery });
    if (!answered.ok) return answered.problem;
    const { status, headers, body } = answered.answer;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const goesTo = uploadId === undefined ? {} : { uploadId, upload: { method: 'PUT', path: `/files/${envelope.id}/uploads/${uploadId}` } };
    sendJson(response, status, { ...body, ...goesTo });
    return undefined;
  };

const rejectedAs: Readonly<Record<RejectReason, 'file-too-large' | 'file-rejected'>> = {
  tooLarge: 'file-too-large',
  otherSize: 'file-rejected',
  otherType: 'file-rejected',
  unknownType: 'file-rejected',
  infected: 'file-rejected',
  unscannable: 'file-rejected',
};

const answerReceived = (exchange: Exchange, ids: { readonly id: string; readonly uploadId: string }, received: Received): Problem | undefined => {
  // Whatever is left of the body is not read any more.
  if (received.kind === 'notFound') return { ...notFound(), ...closing };
  if (received.kind === 'rejected') {
    const { reason, message } = received;
    return problem(rejectedAs[reason], message, { ...closing, details: { reason } });
  }
  const { outcome, sha256, sizeBytes, mimeType } = received;
  if (outcome.kind === 'accepted') exchange.response.setHeader('Consistency-Token', outcome.position.toString());
  sendJson(exchange.response, 200, { ...ids, sha256, sizeBytes, mimeType });
  return undefined;
};

/** What can be told from the headers alone. */
const refusedBeforeContent = (exchange: Exchange): Problem | undefined => {
  const forbidden = lacking(exchange.caller, 'attachment:create');
  if (forbidden !== undefined) return { ...forbidden, ...closing };
  if ((header(exchange, 'content-encoding') ?? 'identity') !== 'identity')
    return problem('unsupported-media-type', 'The content must be sent as it is, not compressed.', closing);
  // RFC 9110 §14.5: a server that would take a part for the whole must refuse it.
  return header(exchange, 'content-range') === undefined ? undefined : problem('bad-request', 'The content must be sent whole, not in ranges.', closing);
};

/** `PUT /files/{id}/uploads/{uploadId}`: the content itself. What is broken off leaves nothing and may be sent again. */
export const receiveEndpoint = ({ limits }: Pick<HttpParts, 'limits'>, { uploads }: HttpFiles): Endpoint => {
  const open = new Map<string, number>();
  return async (exchange) => {
    const { request, caller } = exchange;
    const [id, uploadId] = [idIn(exchange, 'id'), idIn(exchange, 'uploadId')];
    const refused = refusedBeforeContent(exchange) ?? (id === undefined || uploadId === undefined ? { ...notFound(), ...closing } : undefined);
    if (refused !== undefined || id === undefined || uploadId === undefined) return refused;
    const who = `${caller.actor.kind}:${caller.actor.id}`;
    const going = open.get(who) ?? 0;
    if (going >= limits.uploadsPerCaller) {
      const tooMany = `At most ${limits.uploadsPerCaller} files may be sent at once.`;
      return problem('rate-limited', tooMany, { headers: { 'Retry-After': '1', Connection: 'close' } });
    }
    open.set(who, going + 1);
    try {
      const received = await uploads.receive({ attachmentId: id, uploadId, content: pacedBody(request, limits), caller });
      return answerReceived(exchange, { id, uploadId }, received);
    } catch (error) {
      if (error instanceof SlowBody) return problem('request-timeout', 'The content came too slowly; nothing of it was kept.', closing);
      if (error instanceof CutBody) return problem('bad-request', 'The connection ended within the content.', closing);
      throw error;
    } finally {
      const left = (open.get(who) ?? 1) - 1;
      if (left === 0) open.delete(who);
      else open.set(who, left);
    }
  };
};

/** `GET /files/{id}/link?version=`: an address that needs no sign-in, for some minutes. */
export const linkEndpoint =
  ({ publicUrl }: Pick<HttpParts, 'publicUrl'>, { downloads }: HttpFiles): Endpoint =>
  async (exchange) => {
    const forbidden = lacking(exchange.caller, 'attachment:view');
    if (forbidden !== undefined) return forbidden;
    const parameters = parametersIn(exchange.request.originalUrl);
    const version = parameters.get('version') ?? undefined;
    const unknown = [...parameters.keys()].filter((name) => name !== 'version');
    const errors = [
      ...(version === undefined || /^[1-9]\d{0,5}$/.test(version) ? [] : [{ parameter: 'version', message: 'must be a whole number from 1' }]),
      ...unknown.map((name) => ({ parameter: name.slice(0, 100), message: 'is not known here', known: ['version'] })),
    ];
    if (errors.length > 0) return problem('bad-query', `${errors.length} parameter(s) are not right.`, { errors });
    const id = idIn(exchange, 'id');
    const link = id === undefined ? undefined : await downloads.signedLink(id, exchange.caller, version === undefined ? undefined : Number(version));
    if (link === undefined) return notFound();
    const { path, thumbnailPath, expiresAt } = link;
    const below = (publicUrl ?? '').replace(/\/$/, '');
    sendJson(exchange.response, 200, { url: below + path, ...(thumbnailPath === undefined ? {} : { thumbnailUrl: below + thumbnailPath }), expiresAt });
    return undefined;
  };
