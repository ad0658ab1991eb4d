/** A small photograph: a PNG of one colour fading into another (ISO/IEC 15948: signature, then IHDR, IDAT and IEND, each with its CRC-32). */
import { crc32, deflateSync } from 'node:zlib';

const [width, height] = [64, 48];
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
};

/** `shade` 0–255 tells one photograph from another. */
export const photo = (shade: number): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a channel, red, green and blue; no interlace.
  header.set([8, 2, 0, 0, 0], 8);
  // Each line begins with its filter: none.
  const lines = Array.from({ length: height }, (_, y) =>
    Buffer.from([0, ...Array.from({ length: width }, (_unused, x) => [shade, (x * 4) % 256, (y * 5) % 256]).flat()]),
  );
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(lines))), chunk('IEND', Buffer.alloc(0))]);
};
