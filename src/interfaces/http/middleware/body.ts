/** Reads a JSON body ourselves: bounded in bytes and time, strict in everything else. Faster than a general parser, and nothing it lets through surprises. */
import type { Request } from 'express';
import type { HttpParts } from '../parts.ts';
import { type Problem, problem } from '../problems.ts';

export type ReadBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };
type Bytes = Buffer | 'large' | 'slow' | 'cut';

/** The body's bytes. Too large or too slow: reading stops, and the connection has to be closed after the answer. */
const bytesOf = (request: Request, bytesMax: number, msMax: number): Promise<Bytes> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => end('slow'), msMax);
    const end = (outcome: Bytes): void => {
      clearTimeout(timer);
      request.off('data', take).off('end', whole).off('error', cut).off('close', cut);
      if (outcome === 'large' || outcome === 'slow') request.pause();
      resolve(outcome);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > bytesMax) end('large');
      else chunks.push(chunk);
    };
    const whole = (): void => end(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    const cut = (): void => end('cut');
    request.on('data', take).on('end', whole).on('error', cut).on('close', cut);
  });

const jsonType = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const refused = (refusal: Problem): ReadBody => ({ ok: false, problem: refusal });
const closing = { headers: { Connection: 'close' } };

/** The parsed body, or why there is none. */
export const readJson = async (request: Request, { limits, validation }: Pick<HttpParts, 'limits' | 'validation'>): Promise<ReadBody> => {
  if (!jsonType.test(request.headers['content-type'] ?? '')) return refused(problem('unsupported-media-type', 'The body must be application/json in UTF-8.'));
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return refused(problem('unsupported-media-type', 'The body must not be compressed.'));
  const tooLarge = problem('body-too-large', `The body has more than ${limits.bodyBytesMax} bytes.`, closing);
  if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytesMax) return refused(tooLarge);
  const bytes = await bytesOf(request, limits.bodyBytesMax, limits.bodyMsMax);
  if (bytes === 'large') return refused(tooLarge);
  if (bytes === 'slow') return refused(problem('request-timeout', `The body did not arrive within ${limits.bodyMsMax} ms.`, closing));
  if (bytes === 'cut') return refused(problem('bad-request', 'The connection ended within the body.', closing));
  const parsed = validation.parse(bytes);
  return parsed.ok ? parsed : refused(problem('not-json', parsed.message));
};
