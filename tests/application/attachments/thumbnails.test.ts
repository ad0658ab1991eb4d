import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Downloads, type Link } from '../../../src/application/attachments/download.ts';
import { Thumbnails, thumbnailKeyOf } from '../../../src/application/attachments/thumbnails.ts';
import { Uploads } from '../../../src/application/attachments/upload.ts';
import type { ThumbnailMaker } from '../../../src/application/ports/thumbnail-maker.ts';
import { SharpThumbnails } from '../../../src/infrastructure/images/sharp-thumbnails.ts';
import { readAll } from '../../contracts/blob-store/contract.ts';
import { id } from '../../kit/decider.ts';
import { picture } from '../../kit/pictures.ts';
import { files } from './files.ts';
import { norte, type Started, started, stateOf, sur, upload } from './kit.ts';

const attachmentId = id('picture');
const sharp = new SharpThumbnails();
let photo: Buffer = Buffer.alloc(0);
beforeAll(async () => {
  photo = await picture({ width: 800, height: 600 }, 'jpeg');
});

/** Counts what is drawn, and draws when it is let. */
class CountingMaker implements ThumbnailMaker {
  made = 0;
  gate: Promise<void> = Promise.resolve();
  async make(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    this.made += 1;
    await this.gate;
    return sharp.make(bytes);
  }
}
let maker: CountingMaker;
let system: Started;
beforeEach(async () => {
  const plain = await started();
  maker = new CountingMaker();
  const thumbnails = new Thumbnails({ ...plain.parts, maker });
  const downloads = new Downloads({ ...plain.parts, linkKey: new Uint8Array(32).fill(3), linkSeconds: 300, thumbnails });
  system = { ...plain, uploads: new Uploads({ ...plain.parts, bytesMax: 1_000_000 }), downloads };
});
afterEach(() => system.stop());

const linkIn = (path: string | undefined): Link => {
  const url = new URL(path ?? '', 'http://files');
  const at = (name: string): string => url.searchParams.get(name) ?? '';
  return { attachmentId: url.pathname.split('/')[2] ?? '', version: at('version'), expires: at('expires'), signature: at('signature') };
};
const thumbnailLink = async (to = attachmentId): Promise<Link> => linkIn((await system.downloads.signedLink(to, sur))?.thumbnailPath);
const open = async (link: Link) => {
  const opened = await system.downloads.openThumbnail(link);
  if (opened.kind !== 'thumbnail') return opened.kind;
  const pieces: Uint8Array[] = [];
  for await (const piece of opened.thumbnail.content) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  expect(opened.thumbnail.sizeBytes).toBe(bytes.byteLength);
  return bytes;
};
const uploadIdOf = async (): Promise<string> => {
  const state = await stateOf(system, attachmentId);
  return state.situation === 'present' ? (state.versions.at(-1)?.uploadId ?? '') : '';
};

describe('thumbnails', () => {
  test('are made once, when first asked for, and kept beside the file', async () => {
    await upload(system, { attachmentId, type: 'image/jpeg', content: photo });
    expect(maker.made).toBe(0);
    const [first, second] = [await open(await thumbnailLink()), await open(await thumbnailLink())];
    expect(Buffer.isBuffer(first) && first.equals(Buffer.from(second))).toBe(true);
    expect(maker.made).toBe(1);
    expect((await readAll(system.parts.blobs, thumbnailKeyOf(attachmentId, await uploadIdOf())))?.equals(Buffer.from(first))).toBe(true);
  });

  test('many who ask at once wait for the same one', async () => {
    await upload(system, { attachmentId, type: 'image/jpeg', content: photo });
    const link = await thumbnailLink();
    const all = await Promise.all(Array.from({ length: 30 }, () => open(link)));
    expect(new Set(all.map((each) => each.toString('base64'))).size).toBe(1);
    expect(maker.made).toBe(1);
  });

  test('of more pictures than may wait are asked for again later', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => id(`picture ${n}`));
    for (const each of ids) await upload(system, { attachmentId: each, type: 'image/jpeg', content: photo });
    const links = await Promise.all(ids.map((each) => thumbnailLink(each)));
    const { promise, resolve } = Promise.withResolvers<void>();
    maker.gate = promise;
    const going = links.map((link) => open(link));
    // Those that find no room answer before anything is drawn.
    expect(await Promise.race(going)).toBe('busy');
    resolve();
    const all = await Promise.all(going);
    expect(all.filter((each) => each === 'busy').length).toBeLessThanOrEqual(8);
    expect(all.filter((each) => Buffer.isBuffer(each)).length).toBeGreaterThanOrEqual(52);
    expect(Buffer.isBuffer(await open(links.at(-1) ?? linkIn('')))).toBe(true);
  });

  test('a broken picture is stored and served as any other, has none, and is tried once', async () => {
    const broken = photo.subarray(0, 900);
    await upload(system, { attachmentId, type: 'image/jpeg', content: broken });
    expect(await open(await thumbnailLink())).toBe('notFound');
    expect(await open(await thumbnailLink())).toBe('notFound');
    expect(maker.made).toBe(1);
    const opened = await system.downloads.open(linkIn((await system.downloads.signedLink(attachmentId, sur))?.path));
    expect(opened.kind).toBe('file');
  });

  test('of what is no picture are not offered', async () => {
    await upload(system, { attachmentId, type: 'application/pdf', content: files['application/pdf'] });
    expect(await system.downloads.signedLink(attachmentId, sur)).not.toHaveProperty('thumbnailPath');
  });

  test('a link to one opens no other version and not the file, nor the other way round; TE-2 nobody else gets one; it ends', async () => {
    await upload(system, { attachmentId, type: 'image/jpeg', content: photo });
    const link = await thumbnailLink();
    expect((await system.downloads.open(link)).kind).toBe('notFound');
    expect(await open(linkIn((await system.downloads.signedLink(attachmentId, sur))?.path))).toBe('notFound');
    expect(await open({ ...link, version: '2' })).toBe('notFound');
    expect(await system.downloads.signedLink(attachmentId, norte)).toBeUndefined();
    system.clock.now = new Date(Date.parse(system.clock.now) + 300_000).toISOString();
    expect(await open(link)).toBe('gone');
  });

  test('ES-12 one that is being made while its attachment goes is not left behind', async () => {
    await upload(system, { attachmentId, type: 'image/jpeg', content: photo });
    const [link, uploadId] = [await thumbnailLink(), await uploadIdOf()];
    const { promise, resolve } = Promise.withResolvers<void>();
    maker.gate = promise;
    const opening = open(link);
    await system.send('attachment', attachmentId, 'RemoveAttachment', { reason: 'wrong picture' });
    await system.parts.blobs.removeAll(attachmentId);
    resolve();
    expect(await opening).toBe('notFound');
    expect(await system.parts.blobs.read(thumbnailKeyOf(attachmentId, uploadId))).toBeUndefined();
  });
});
