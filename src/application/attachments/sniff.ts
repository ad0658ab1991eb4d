/**
 * What a file is, by its first bytes alone: names and declared types are only what somebody says. Only the kinds that are taken are known;
 * everything else, and every text that a browser could run, is of no known kind.
 * Signatures: PDF 32000-1 §7.5.2, PNG (W3C) §5.2, JPEG ITU T.81 B.1.1.3, WebP container RFC 9649 §2.4, HEIF ISO 23008-12 (brands),
 * ZIP APPNOTE 4.3.7 and the part names of ECMA-376 part 2.
 */
import type { MediaType } from '../../domain/attachment/media-types.ts';

const ascii = (head: Uint8Array, from: number, to: number): string => String.fromCharCode(...head.subarray(from, to));
const startsWith = (head: Uint8Array, bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte);

const heicBrands: ReadonlySet<string> = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);
const office: readonly MediaType[] = [
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
];
/** An office file is an archive whose parts lie in folders of these names; which comes first is up to the program that wrote it. */
const officeParts = /^(\[Content_Types\]\.xml|_rels\/|docProps\/|customXml\/|word\/|xl\/|ppt\/)/;
const officeKinds: readonly (readonly [folder: string, type: MediaType | undefined])[] = [
  ['word/', office[0]],
  ['xl/', office[1]],
  ['ppt/', office[2]],
];

/** The name of an archive's first member, from its local file header. */
const firstMember = (head: Uint8Array): string | undefined => {
  if (!startsWith(head, [0x50, 0x4b, 0x03, 0x04]) || head.byteLength < 30) return undefined;
  const nameBytes = (head[26] ?? 0) + (head[27] ?? 0) * 256;
  return ascii(head, 30, 30 + nameBytes);
};
const sniffOffice = (head: Uint8Array): readonly MediaType[] => {
  const member = firstMember(head);
  if (member === undefined || !officeParts.test(member)) return [];
  const text = ascii(head, 0, head.byteLength);
  const kinds = officeKinds.flatMap(([folder, type]) => (type !== undefined && text.includes(folder) ? [type] : []));
  return kinds.length === 0 ? office : kinds;
};

/** Text has no control characters but tab, line ends, form feed and escape; a byte order mark of UTF-8 may stand before it. */
const isText = (head: Uint8Array): boolean => head.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
/** What a browser may take for a page, a drawing or a script when it guesses by itself. */
const isMarkup = (head: Uint8Array): boolean =>
  /^(\xef\xbb\xbf)?\s*<(!doctype|!--|\?xml|html|head|body|script|svg|iframe|[a-z]+:?[a-z]*[\s>])/i.test(ascii(head, 0, 512));

/** The types that a file with this beginning may be; none where it is of no kind that is taken. Text of any sort is both plain text and CSV. */
export const sniff = (head: Uint8Array): readonly MediaType[] => {
  if (ascii(head, 0, 5) === '%PDF-') return ['application/pdf'];
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return ['image/png'];
  if (startsWith(head, [0xff, 0xd8, 0xff])) return ['image/jpeg'];
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return ['image/webp'];
  if (ascii(head, 4, 8) === 'ftyp' && heicBrands.has(ascii(head, 8, 12))) return ['image/heic'];
  const documents = sniffOffice(head);
  if (documents.length > 0) return documents;
  return head.byteLength > 0 && isText(head) && !isMarkup(head) ? ['text/csv', 'text/plain'] : [];
};
