/** The beginnings of real files of each kind that is taken. */
import type { MediaType } from '../../../src/domain/attachment/media-types.ts';

/** A ZIP local file header (APPNOTE 4.3.7) with this member's name, then its content. */
export const zipOf = (member: string, content: Uint8Array): Buffer => {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt32LE(content.byteLength, 18);
  header.writeUInt16LE(Buffer.byteLength(member), 26);
  return Buffer.concat([header, Buffer.from(member), content]);
};
const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
const office = (part: string): Buffer => Buffer.concat([zipOf('[Content_Types].xml', Buffer.alloc(100, 7)), zipOf(part, Buffer.alloc(20, 7))]);

export const files: Readonly<Record<MediaType, Buffer>> = {
  'application/pdf': Buffer.from('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n1 0 obj\n', 'latin1'),
  'image/png': Buffer.concat([bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), Buffer.from('\0\0\0\rIHDR')]),
  'image/jpeg': Buffer.concat([bytes(0xff, 0xd8, 0xff, 0xe0), Buffer.from('\0\u0010JFIF\0')]),
  'image/webp': Buffer.concat([Buffer.from('RIFF'), bytes(0x24, 0, 0, 0), Buffer.from('WEBPVP8 ')]),
  'image/heic': Buffer.concat([bytes(0, 0, 0, 0x18), Buffer.from('ftypheic\0\0\0\0mif1heic')]),
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': office('word/document.xml'),
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': office('xl/workbook.xml'),
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': office('ppt/presentation.xml'),
  'text/csv': Buffer.from('unit,plate\nT-100,C-123BCD\n'),
  'text/plain': Buffer.from('Left at the gate.\r\n'),
};
