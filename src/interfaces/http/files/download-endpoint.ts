/** `GET /files/{id}?version&expires&signature`, and the same of a thumbnail: what a signed link leads to. The signature stands for the token. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Opened, OpenedFile, OpenedThumbnail } from '../../../application/attachments/download.ts';
import { problemOfFailure } from '../failures.ts';
import type { RateLimits } from '../middleware/rate-limits.ts';
import type { HttpFiles, HttpParts } from '../parts.ts';
import { correlationOf, notFound, type Problem, problem, sendProblem } from '../problems.ts';
import { parametersIn } from '../queries/query-endpoints.ts';

/** RFC 6266: a plain name for old clients, the right one for all others. Nothing of a name can end the header or the quotes. */
export const attachmentDisposition = (name: string): string => {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%/]/g, '_').slice(0, 150);
  const exact = encodeURIComponent(name.toWellFormed()).replaceAll(/['()*]/g, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
};

/** The content, whose last piece is held back until the whole is known to be what was stored: a damaged file ends early instead of passing for one. */
async function* verified({ content, sha256 }: OpenedFile): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const piece of content) {
    digest.update(piece);
    if (held !== undefined) yield held;
    held = piece;
  }
  if (digest.digest('hex') !== sha256) throw new Error('a stored file is not what its hash says');
  if (held !== undefined) yield held;
}

const describe = (response: Response, { name, mimeType, sizeBytes, sha256 }: OpenedFile): void => {
  response.setHeader('Content-Type', mimeType);
  response.setHeader('Content-Length', sizeBytes);
  response.setHeader('Content-Disposition', attachmentDisposition(name));
  response.setHeader('ETag', `"${sha256}"`);
  response.setHeader('Accept-Ranges', 'none');
  // Of one person's browser; asked for again, the link is judged anew.
  response.setHeader('Cache-Control', 'private, no-cache, no-transform');
  response.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
};

const send = async (request: Request, response: Response, file: OpenedFile): Promise<void> => {
  describe(response, file);
  if (request.headers['if-none-match'] === `"${file.sha256}"`) {
    response.removeHeader('Content-Length');
    response.status(304).end();
    return;
  }
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(Readable.from(verified(file), { objectMode: false, highWaterMark: 65_536 }), response);
};

type Found = Extract<OpenedThumbnail, { readonly kind: 'thumbnail' }>;
const sendThumbnail = async (request: Request, response: Response, { thumbnail, etag }: Found): Promise<void> => {
  response.setHeader('Content-Type', 'image/webp');
  response.setHeader('Content-Length', thumbnail.sizeBytes);
  response.setHeader('Content-Disposition', 'inline');
  response.setHeader('ETag', `"${etag}"`);
  response.setHeader('Cache-Control', 'private, no-cache, no-transform');
  response.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
  // A portal of another origin shows it in its lists: the signature is what lets it.
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  if (request.headers['if-none-match'] === `"${etag}"`) {
    response.removeHeader('Content-Length');
    response.status(304).end();
    return;
  }
  if (request.method === 'HEAD') response.end();
  else await pipeline(Readable.from(thumbnail.content, { objectMode: false }), response);
};

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);
const linkIn = (request: Request) => {
  const parameters = parametersIn(request.originalUrl);
  const id: unknown = request.params['id'];
  const text = (name: string): string => (parameters.get(name) ?? '').slice(0, 200);
  return { attachmentId: typeof id === 'string' ? id : '', version: text('version'), expires: text('expires'), signature: text('signature') };
};

type Opening = (link: ReturnType<typeof linkIn>) => Promise<Opened | OpenedThumbnail>;
const refusalOf = ({ kind }: { readonly kind: 'gone' | 'notFound' }): Problem =>
  kind === 'gone' ? problem('link-expired', 'Ask for another link.') : notFound();
const busy = problem('overloaded', 'Many thumbnails are being made. Ask again.', { headers: { 'Retry-After': '1' } });

const linked =
  (logger: HttpParts['logger'], limits: RateLimits, opening: Opening): RequestHandler =>
  async (request, response) => {
    try {
      const opened = await opening(linkIn(request));
      if (opened.kind === 'file') return await send(request, response, opened.file);
      if (opened.kind === 'thumbnail') return await sendThumbnail(request, response, opened);
      if (opened.kind === 'busy') return sendProblem(request, response, busy);
      // As with tokens: only wrong ones count against an address, so that nobody tries signatures.
      const limited = await limits.countAddress(request.ip ?? 'unknown', response);
      return sendProblem(request, response, limited ?? refusalOf(opened));
    } catch (error) {
      // Whoever hangs up has had enough.
      if (response.headersSent && codeOf(error) === 'ERR_STREAM_PREMATURE_CLOSE') return undefined;
      return sendProblem(request, response, problemOfFailure(error, logger, correlationOf(response)));
    }
  };

export const downloadEndpoint = ({ logger }: Pick<HttpParts, 'logger'>, { downloads }: HttpFiles, limits: RateLimits): RequestHandler =>
  linked(logger, limits, (link) => downloads.open(link));

/** `GET /files/{id}/thumbnail?version&expires&signature`: a small picture of the picture, for lists. */
export const thumbnailEndpoint = ({ logger }: Pick<HttpParts, 'logger'>, { downloads }: HttpFiles, limits: RateLimits): RequestHandler =>
  linked(logger, limits, (link) => downloads.openThumbnail(link));
