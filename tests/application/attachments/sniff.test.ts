import { describe, expect, test } from '@jest/globals';
import { sniff } from '../../../src/application/attachments/sniff.ts';
import { fc } from '../../kit/seed.ts';
import { files, zipOf } from './files.ts';

describe('what a file is', () => {
  test('is told by its first bytes', () => {
    for (const [type, content] of Object.entries(files)) expect({ type, found: sniff(content).includes(type as never) }).toEqual({ type, found: true });
  });

  test('each kind is only itself; plain text and CSV cannot be told apart', () => {
    for (const [type, content] of Object.entries(files)) {
      const found = sniff(content);
      expect(found).toEqual(type.startsWith('text/') ? ['text/csv', 'text/plain'] : [type]);
    }
  });

  test('an office file whose kind is not in sight yet may be any of the three; another archive is none', () => {
    expect(sniff(zipOf('[Content_Types].xml', Buffer.alloc(4096, 7)))).toHaveLength(3);
    for (const member of ['META-INF/MANIFEST.MF', 'evil.exe', 'index.html', 'mimetype']) expect(sniff(zipOf(member, Buffer.from('xl/')))).toEqual([]);
    expect(sniff(zipOf('xl/workbook.xml', Buffer.alloc(0)).subarray(0, 20))).toEqual([]);
  });

  test('what a browser could run is of no kind that is taken', () => {
    const pages = [
      '<!DOCTYPE html>',
      '<html>',
      ' \n<HTML><body>',
      '<script>alert(1)</script>',
      '<svg xmlns="x">',
      '<?xml version="1.0"?><svg/>',
      '<!-- x --><html>',
      '\ufeff<html>',
    ];
    for (const page of pages) expect({ page, types: sniff(Buffer.from(page)) }).toEqual({ page, types: [] });
  });

  test('programs, other pictures, other archives and nothing at all are of no kind that is taken', () => {
    const others = [
      [0x4d, 0x5a],
      [0x7f, 0x45, 0x4c, 0x46],
      [0x1f, 0x8b, 8, 0],
      [0x42, 0x4d, 0, 0, 0],
      [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0],
      [0xd0, 0xcf, 0x11, 0xe0, 0xa1],
      [],
    ];
    for (const bytes of others)
      expect({ bytes, types: sniff(Uint8Array.from([...bytes, ...(bytes.length === 0 ? [] : [0, 1, 2, 3])])) }).toEqual({ bytes, types: [] });
    const avif = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypavif'), Buffer.alloc(8)]);
    expect(sniff(avif)).toEqual([]);
  });

  test('text may be in the older encoding that spreadsheets still write, and begin with a byte order mark', () => {
    expect(sniff(Buffer.from('Dirección;Teléfono\r\n', 'latin1'))).toEqual(['text/csv', 'text/plain']);
    expect(sniff(Buffer.from('\ufeffDirección,1\n'))).toEqual(['text/csv', 'text/plain']);
    expect(sniff(Buffer.from('a\0b'))).toEqual([]);
  });

  test('is told of any bytes without an error, and never as two binary kinds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...Object.values(files)), (tail, content) => {
        for (const head of [tail, Buffer.concat([content.subarray(0, 30), tail]), content.subarray(0, tail.length)]) {
          const types = sniff(head).filter((type) => !type.startsWith('text/') && !type.includes('openxml'));
          expect(types.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
