/** The text of a PDF as its readers would see it: each page's texts with their places. Understands what pdfkit writes with the standard fonts. */
import { inflateSync } from 'node:zlib';

/** Points from the page's lower left corner. */
export type PlacedText = { readonly x: number; readonly y: number; readonly size: number; readonly font: string; readonly text: string };

/** Windows-1252, the encoding of the standard fonts (ISO 32000-1 annex D.2). */
const decoder = new TextDecoder('windows-1252');
const objectsOf = (file: string): ReadonlyMap<string, string> =>
  new Map([...file.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(([, number = '', body = '']) => [number, body]));

const contentOf = (body: string): string => {
  const stream = /stream\n([\s\S]*?)\nendstream/.exec(body)?.[1] ?? '';
  return body.includes('/FlateDecode') ? inflateSync(Buffer.from(stream, 'latin1')).toString('latin1') : stream;
};
const shown = (operands: string): string => [...operands.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => decoder.decode(Buffer.from(hex, 'hex'))).join('');

const textsIn = (content: string): readonly PlacedText[] => {
  const found: PlacedText[] = [];
  let [x, y, size, font] = [0, 0, 0, ''];
  const operators = /1 0 0 1 (-?[\d.]+) (-?[\d.]+) Tm|\/(F\d+) ([\d.]+) Tf|\[([^\]]*)\] TJ/g;
  for (const [, left, bottom, name, points, operands] of content.matchAll(operators)) {
    if (left !== undefined && bottom !== undefined) [x, y] = [Number(left), Number(bottom)];
    if (name !== undefined && points !== undefined) [font, size] = [name, Number(points)];
    if (operands !== undefined) found.push({ x, y, size, font, text: shown(operands) });
  }
  return found;
};

/** The texts of every page, in the order they were written. */
export const pagesOf = (pdf: Uint8Array): readonly (readonly PlacedText[])[] => {
  const objects = objectsOf(Buffer.from(pdf).toString('latin1'));
  const kids = /\/Kids \[([^\]]*)\]/.exec([...objects.values()].find((body) => body.includes('/Type /Pages')) ?? '')?.[1] ?? '';
  return [...kids.matchAll(/(\d+) 0 R/g)].map(([, page = '']) => {
    const contents = /\/Contents (\d+) 0 R/.exec(objects.get(page) ?? '')?.[1] ?? '';
    return textsIn(contentOf(objects.get(contents) ?? ''));
  });
};

/** All of a page's words as one text. */
export const wordsOf = (texts: readonly PlacedText[]): string =>
  texts
    .map(({ text }) => text)
    .join(' ')
    .replace(/\s+/g, ' ');
