/**
 * Thumbnails by sharp (libvips). What a picture may cost is bounded: its pixels before they are unpacked, the time, the memory that is kept, and
 * the kinds of file that libvips may open at all. Loaded only when the first thumbnail is asked for (docs/decisions/0010-thumbnails.md).
 */
import sharp from 'sharp';
import { type ThumbnailMaker, thumbnailEdgePixels } from '../../application/ports/thumbnail-maker.ts';

// Every other loader of libvips is attack surface: SVG, PDF, GIF, TIFF, ImageMagick and raw camera formats among them.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'] });
sharp.cache(false);
// One thread a picture: what runs beside it are requests.
sharp.concurrency(1);

export type ThumbnailLimits = { readonly pixelsMax: number; readonly secondsMax: number };
/** 100 megapixels are what telephones of 2026 take at most; unpacked they would be 300 MB, but they are read in strips. */
export const usualLimits: ThumbnailLimits = { pixelsMax: 100_000_000, secondsMax: 10 };

export class SharpThumbnails implements ThumbnailMaker {
  readonly #limits: ThumbnailLimits;

  constructor(limits: ThumbnailLimits = usualLimits) {
    this.#limits = limits;
  }

  async make(picture: Uint8Array): Promise<Uint8Array | undefined> {
    const { pixelsMax, secondsMax } = this.#limits;
    try {
      return await sharp(picture, { limitInputPixels: pixelsMax, sequentialRead: true, failOn: 'error', pages: 1, autoOrient: true })
        .resize({ width: thumbnailEdgePixels, height: thumbnailEdgePixels, fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 75, effort: 3 })
        .timeout({ seconds: secondsMax })
        .toBuffer();
    } catch {
      // Whatever libvips says of a picture means the same: there is no thumbnail of it.
      return undefined;
    }
  }
}
