/**
 * A ZIP archive written as a stream, in constant memory and only as fast as it is read (PKWARE APPNOTE 6.3.10: sizes and checksums
 * follow each entry in a data descriptor, 4.3.9). Without ZIP64: an entry or archive past 4 GiB is refused.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

export type ZipEntry = { readonly name: string; readonly content: AsyncIterable<Buffer> };
type Written = { readonly name: Buffer; readonly offset: number; readonly checksum: number; readonly packed: number; readonly size: number };

const sizeMax = 0xffff_ffff;
const versionNeeded = 20;
// Bit 3: sizes in the descriptor; bit 11: names in UTF-8.
const flags = 0x0808;
const deflated = 8;
// 1 January 1980, the format's first day: an archive of the same rows has the same bytes.
const dosDate = 0x0021;
const deflateLevel = 4;

const numbers = (...fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer => {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) at = bytes === 2 ? buffer.writeUInt16LE(value, at) : buffer.writeUInt32LE(value, at);
  return buffer;
};

const localHeader = (name: Buffer): Buffer =>
  Buffer.concat([
    numbers([4, 0x04034b50], [2, versionNeeded], [2, flags], [2, deflated], [2, 0], [2, dosDate], [4, 0], [4, 0], [4, 0], [2, name.length], [2, 0]),
    name,
  ]);
const descriptor = ({ checksum, packed, size }: Written): Buffer => numbers([4, 0x08074b50], [4, checksum], [4, packed], [4, size]);
const centralHeader = ({ name, offset, checksum, packed, size }: Written): Buffer =>
  Buffer.concat([
    numbers([4, 0x02014b50], [2, versionNeeded], [2, versionNeeded], [2, flags], [2, deflated], [2, 0], [2, dosDate]),
    numbers([4, checksum], [4, packed], [4, size], [2, name.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]),
    name,
  ]);
const endOfArchive = (count: number, length: number, offset: number): Buffer =>
  numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, length], [4, offset], [2, 0]);

const bounded = (value: number): number => {
  if (value > sizeMax) throw new Error('The workbook would be larger than 4 GiB; export it as CSV.');
  return value;
};

async function* entryBytes(entry: ZipEntry, offset: number): AsyncGenerator<Buffer, Written> {
  const name = Buffer.from(entry.name);
  let [checksum, size, packed] = [0, 0, 0];
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of entry.content) {
      checksum = crc32(chunk, checksum);
      size = bounded(size + chunk.length);
      yield chunk;
    }
  }
  yield localHeader(name);
  const deflate = createDeflateRaw({ level: deflateLevel });
  const feeding = pipeline(Readable.from(counted(), { objectMode: true, highWaterMark: 1 }), deflate);
  // A failure also ends the loop below; this only keeps it from being reported a second time.
  feeding.catch(() => undefined);
  for await (const part of deflate) {
    const bytes: Buffer = part;
    packed = bounded(packed + bytes.length);
    yield bytes;
  }
  await feeding;
  const written: Written = { name, offset, checksum, packed, size };
  yield descriptor(written);
  return written;
}

/** The archive's bytes; entries are asked for one after the other, so the last may depend on what the ones before held. */
export async function* zip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const directory: Written[] = [];
  let offset = 0;
  for await (const entry of entries) {
    const bytes = entryBytes(entry, offset);
    let next = await bytes.next();
    while (next.done !== true) {
      offset = bounded(offset + next.value.length);
      yield next.value;
      next = await bytes.next();
    }
    directory.push(next.value);
  }
  const central = Buffer.concat(directory.map(centralHeader));
  yield central;
  yield endOfArchive(directory.length, central.length, offset);
}
