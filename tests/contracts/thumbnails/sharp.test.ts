import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { thumbnailEdgePixels } from '../../../src/application/ports/thumbnail-maker.ts';
import { SharpThumbnails } from '../../../src/infrastructure/images/sharp-thumbnails.ts';
import { picture, pngBomb } from '../../kit/pictures.ts';
import { fc } from '../../kit/seed.ts';

const maker = new SharpThumbnails();
/** What a thumbnail is: its kind, its size, what it says beside its pixels, and the colours of two corners. */
const seen = async (thumbnail: Uint8Array | undefined) => {
  if (thumbnail === undefined) return undefined;
  const { format, width, height, exif, icc, xmp, orientation } = await sharp(thumbnail).metadata();
  const { data, info } = await sharp(thumbnail).raw().toBuffer({ resolveWithObject: true });
  const redAt = (x: number, y: number): boolean => (data[(y * info.width + x) * info.channels] ?? 0) > 128;
  const corners = { topLeftIsRed: redAt(0, 0), bottomLeftIsRed: redAt(0, height - 1) };
  return { format, width, height, hasMore: [exif, icc, xmp, orientation].some((each) => each !== undefined), ...corners };
};

describe('thumbnails', () => {
  test.each(['png', 'jpeg', 'webp'] as const)('of %s are small WebP pictures of the same shape, and nothing else', async (format) => {
    const expected = { format: 'webp', width: thumbnailEdgePixels, height: 160, hasMore: false, topLeftIsRed: true, bottomLeftIsRed: true };
    expect(await seen(await maker.make(await picture({ width: 1600, height: 800 }, format)))).toEqual(expected);
  });

  test('stand upright, as the telephone was held, and tell nothing of who took them', async () => {
    // Orientation 6: what is stored lies on its left side.
    const thumbnail = await seen(await maker.make(await picture({ width: 800, height: 400 }, 'jpeg', 6)));
    expect(thumbnail).toMatchObject({ width: 160, height: 320, hasMore: false, topLeftIsRed: true, bottomLeftIsRed: false });
  });

  test('never have more pixels than the picture', async () => {
    expect(await seen(await maker.make(await picture({ width: 20, height: 10 }, 'png')))).toMatchObject({ width: 20, height: 10 });
  });

  test('are not made of a picture that is cut off, of one that is none, or of a kind that is not drawn', async () => {
    const whole = await picture({ width: 900, height: 900 }, 'jpeg');
    const none = [
      whole.subarray(0, whole.byteLength / 2),
      whole.subarray(0, 20),
      Buffer.concat([(await picture({ width: 9, height: 9 }, 'png')).subarray(0, 33), Buffer.alloc(500, 7)]),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><image href="file:///etc/passwd"/></svg>'),
      Buffer.from('%PDF-1.7\n'),
      Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1'),
      new Uint8Array(),
    ];
    for (const each of none) expect(await maker.make(each)).toBeUndefined();
  });

  test('are not made of a picture with more pixels than are unpacked, whatever it weighs', async () => {
    expect(await maker.make(pngBomb({ width: 100_000, height: 100_000 }))).toBeUndefined();
    const limited = new SharpThumbnails({ pixelsMax: 9999, secondsMax: 10 });
    const small = await picture({ width: 100, height: 100 }, 'png');
    expect(await limited.make(small)).toBeUndefined();
    expect(await new SharpThumbnails({ pixelsMax: 10_000, secondsMax: 10 }).make(small)).toBeDefined();
  });

  test('noise behind any beginning gives none, and breaks nothing', async () => {
    const beginnings = await Promise.all((['png', 'jpeg', 'webp'] as const).map((format) => picture({ width: 64, height: 64 }, format)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...beginnings), fc.nat(200), fc.uint8Array({ minLength: 200, maxLength: 2000 }), async (beginning, at, noise) => {
        const made = await maker.make(Buffer.concat([beginning.subarray(0, at), noise]));
        if (made !== undefined) expect((await sharp(made).metadata()).format).toBe('webp');
      }),
      { numRuns: 60 },
    );
    expect(await maker.make(beginnings[0] ?? new Uint8Array())).toBeDefined();
  });
});
