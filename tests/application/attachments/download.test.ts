import { describe, expect, test } from '@jest/globals';
import { Downloads, type Link } from '../../../src/application/attachments/download.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { files } from './files.ts';
import { begin, norte, type Started, staff, started, sur, tenant, upload } from './kit.ts';

const content = files['application/pdf'];
const attachmentId = id('file');
const partsOf = (path: string): Link => {
  const url = new URL(path, 'http://localhost');
  const value = (name: string) => url.searchParams.get(name) ?? '';
  return { attachmentId: url.pathname.replace('/files/', ''), version: value('version'), expires: value('expires'), signature: value('signature') };
};
const withFile = async (work: (system: Started, link: Link) => Promise<void>): Promise<void> => {
  const system = await started();
  try {
    await upload(system, { attachmentId, type: 'application/pdf', content });
    const signed = await system.downloads.signedLink(attachmentId, sur);
    await work(system, partsOf(signed?.path ?? ''));
  } finally {
    await system.stop();
  }
};

describe('signed links', () => {
  test('ES-10 lead to the content, by name, type and hash, without any sign-in', async () => {
    await withFile(async ({ downloads }, link) => {
      const opened = await downloads.open(link);
      if (opened.kind !== 'file') throw new Error(opened.kind);
      const chunks: Uint8Array[] = [];
      for await (const chunk of opened.file.content) chunks.push(chunk);
      expect(Buffer.concat(chunks).equals(content)).toBe(true);
      expect(opened.file).toMatchObject({ name: 'policy', mimeType: 'application/pdf', sizeBytes: content.byteLength });
    });
  });

  test('TE-11 what an incident names is given only to those who may see incidents', async () => {
    await withFile(async ({ downloads, send }) => {
      expect(await downloads.signedLink(attachmentId, staff)).toBeDefined();
      await send('attachment', attachmentId, 'LinkAttachment', { category: 'restricted', targetId: id('opaque') });
      for (const caller of [staff, sur]) expect(await downloads.signedLink(attachmentId, caller)).toBeUndefined();
      const trusted = { ...staff, permissions: new Set([...staff.permissions, 'extortion-incident:view']) };
      expect(await downloads.signedLink(attachmentId, trusted)).toBeDefined();
    });
  });

  test('ES-10 end: good to the last second, gone after it', async () => {
    await withFile(async ({ clock, downloads }, link) => {
      const at = (seconds: number) => new Date(Number(link.expires) * 1000 + seconds * 1000).toISOString();
      clock.now = at(-1);
      expect((await downloads.open(link)).kind).toBe('file');
      clock.now = at(0);
      expect(await downloads.open(link)).toEqual({ kind: 'gone' });
    });
  });

  test('ES-10 no change of any part of a link is let through', async () => {
    await withFile(async ({ downloads, parts }, link) => {
      const other = await new Downloads({ ...parts, linkKey: new Uint8Array(32).fill(4), linkSeconds: 300 }).signedLink(attachmentId, sur);
      const wrong: readonly Partial<Link>[] = [
        { attachmentId: id('another') },
        { version: '2' },
        { version: '01' },
        { expires: String(Number(link.expires) + 1) },
        { expires: '99999999999' },
        { expires: '' },
        { signature: '' },
        { signature: partsOf(other?.path ?? '').signature },
        { attachmentId: '../../etc/passwd' },
      ];
      for (const change of wrong) expect({ change, kind: (await downloads.open({ ...link, ...change })).kind }).toEqual({ change, kind: 'notFound' });
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: link.signature.length - 2 }), fc.constantFrom('A', 'b', '-', '_', '9'), async (place, letter) => {
          const signature = link.signature.slice(0, place) + letter + link.signature.slice(place + 1);
          expect((await downloads.open({ ...link, signature })).kind).toBe(signature === link.signature ? 'file' : 'notFound');
        }),
      );
    });
  });

  test('TE-2 are given only to who may see the attachment', async () => {
    await withFile(async ({ downloads }) => {
      expect(await downloads.signedLink(attachmentId, staff)).toBeDefined();
      expect(await downloads.signedLink(attachmentId, norte)).toBeUndefined();
      expect(await downloads.signedLink(attachmentId, tenant('Sur', []))).toBeUndefined();
      expect(await downloads.signedLink(id('no file'), staff)).toBeUndefined();
      expect(await downloads.signedLink('no id', staff)).toBeUndefined();
      expect(await downloads.signedLink(attachmentId, staff, 2)).toBeUndefined();
    });
  });

  test('ES-10 end with the attachment, and there is none before its content has come', async () => {
    await withFile(async (system, link) => {
      await system.send('attachment', attachmentId, 'RemoveAttachment', { reason: 'x' });
      expect(await system.downloads.open(link)).toEqual({ kind: 'notFound' });
      expect(await system.downloads.signedLink(attachmentId, sur)).toBeUndefined();
      await begin(system, { attachmentId: id('empty'), type: 'application/pdf', sizeBytes: 10 });
      expect(await system.downloads.signedLink(id('empty'), sur)).toBeUndefined();
    });
  });

  test('a short key is refused at the start', () => {
    expect(() => new Downloads({ linkKey: new Uint8Array(31) } as never)).toThrow('32 bytes');
  });
});
