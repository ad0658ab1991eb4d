/** A file as it comes in: handed on piece by piece, so that a slow disk slows the sender and memory stays flat, and given up where it comes too slowly. */
import type { Request } from 'express';
import type { HttpLimits } from '../parts.ts';

/** The sender is too slow; nothing more is read. */
export class SlowBody extends Error {
  override readonly name = 'SlowBody';
}
/** The connection ended within the body. */
export class CutBody extends Error {
  override readonly name = 'CutBody';
}

type Pace = Pick<HttpLimits, 'uploadIdleMsMax' | 'uploadBytesASecondMin'>;
type Piece = IteratorResult<unknown>;

/** The next piece, or nothing after `ms`. */
const withinMs = async (next: Promise<Piece>, ms: number): Promise<Piece | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([next, late]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * The body's bytes. Throws `SlowBody` where nothing comes for `uploadIdleMsMax`, or where after that time all together came more slowly
 * than `uploadBytesASecondMin`; `CutBody` where the sender goes. The connection stays open for an answer either way.
 */
export async function* pacedBody(request: Request, { uploadIdleMsMax, uploadBytesASecondMin }: Pace): AsyncGenerator<Uint8Array> {
  const pieces: AsyncIterator<unknown> = request.iterator({ destroyOnReturn: false });
  const startMs = performance.now();
  let bytes = 0;
  for (;;) {
    const untilMs = startMs + uploadIdleMsMax + (bytes / uploadBytesASecondMin) * 1000;
    const next = pieces.next();
    const piece = await withinMs(next, Math.max(0, Math.min(uploadIdleMsMax, untilMs - performance.now()))).catch((error: unknown) => {
      throw new CutBody('the connection ended within the body', { cause: error });
    });
    if (piece === undefined) {
      // What the abandoned reading comes to is nobody's concern any more.
      next.catch(() => undefined);
      throw new SlowBody('the body came too slowly');
    }
    if (piece.done === true) return;
    if (!(piece.value instanceof Uint8Array)) throw new Error('a body of bytes gave something else');
    bytes += piece.value.byteLength;
    yield piece.value;
  }
}
