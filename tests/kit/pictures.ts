/** Pictures for tests: real ones drawn here, and ones that lie about themselves. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

type Size = { readonly width: number; readonly height: number };
/** Left half red, right half blue: which way is up can be seen. */
export const picture = async ({ width, height }: Size, format: 'png' | 'jpeg' | 'webp', orientation?: number): Promise<Buffer> => {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at += 1) pixels[at * 3 + (at % width < width / 2 ? 0 : 2)] = 255;
  const drawn = sharp(pixels, { raw: { width, height, channels: 3 } })[format]();
  const told =
    orientation === undefined ? drawn : drawn.withExif({ IFD0: { Artist: 'somebody', Orientation: String(orientation) } }).withMetadata({ orientation });
  return told.toBuffer();
};

const chunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type), data]);
  const framed = Buffer.alloc(named.byteLength + 8);
  framed.writeUInt32BE(data.byteLength, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.byteLength + 4);
  return framed;
};
/** A PNG (W3C PNG §11.2) that says it is so large and has next to nothing in it. */
export const pngBomb = ({ width, height }: Size): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(100_000))), chunk('IEND', Buffer.alloc(0))]);
};
