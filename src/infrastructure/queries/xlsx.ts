/**
 * Workbooks (ECMA-376) written as a stream. Texts are inline strings, which are never formulas; those that look like one also carry
 * `quotePrefix`, so that they stay texts when somebody edits the cell.
 */
import type { ColumnKind } from '../../../projections/kernel/table.ts';
import { isDangerous } from './spreadsheet-guard.ts';
import { type ZipEntry, zip } from './zip.ts';

export type Heading = { readonly name: string; readonly kind: ColumnKind };
export type Batches = AsyncIterable<readonly (readonly unknown[])[]>;

export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** Excel's own limit is 1,048,576; the heading is repeated on every sheet. */
export const rowsPerSheet = 1_000_000;
/** Excel's limit for one cell; what is longer ends with an ellipsis. */
const cellLengthMax = 32_767;
// A double holds 15 decimal digits; a longer number stays a text, so that no digit is lost.
const digitsMax = 15;

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelationships = 'http://schemas.openxmlformats.org/package/2006/relationships';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
// ECMA-376 22.9.2.19: what XML cannot say is written _xHHHH_, and a text that looks like that has its underscore written so.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters it is about.
const special = /[&<>]|[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/g;
const escaped = (text: string): string =>
  text.replace(special, (letter) => entities[letter] ?? `_x${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`);

const textCell = (at: string, text: string): string => {
  const kept = text.length > cellLengthMax ? `${text.slice(0, cellLengthMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
  return `<c r="${at}" t="inlineStr"${isDangerous(text) ? ' s="1"' : ''}><is><t xml:space="preserve">${escaped(kept)}</t></is></c>`;
};
const plainCell = (at: string, value: string): string => `<c r="${at}"><v>${value}</v></c>`;
const isShort = (text: string): boolean => text.replace(/[^0-9]/g, '').length <= digitsMax;

const cell = (at: string, kind: ColumnKind, value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean' && kind === 'boolean') return `<c r="${at}" t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === 'number' && kind !== 'json') return Number.isFinite(value) ? plainCell(at, String(value)) : textCell(at, String(value));
  if (kind === 'numeric' || kind === 'bigint') return isShort(String(value)) ? plainCell(at, String(value)) : textCell(at, String(value));
  if (kind === 'textArray' || kind === 'uuidArray') return textCell(at, Array.isArray(value) ? value.join('; ') : String(value));
  return textCell(at, kind === 'json' ? JSON.stringify(value) : String(value));
};

/** 0 → A, 25 → Z, 26 → AA. */
const letters = (column: number): string => (column < 26 ? '' : letters(Math.floor(column / 26) - 1)) + String.fromCharCode(65 + (column % 26));

const rowXml = (columns: readonly Column[], row: readonly unknown[], number: number): string =>
  `<row r="${number}">${columns.map(({ kind, letter }, at) => cell(`${letter}${number}`, kind, row[at])).join('')}</row>`;
const headingXml = (columns: readonly Column[]): string => `<row r="1">${columns.map(({ name, letter }) => textCell(`${letter}1`, name)).join('')}</row>`;
type Column = Heading & { readonly letter: string };

/** Rows that can be taken a sheet's worth at a time. */
type Supply = { readonly take: () => Promise<readonly (readonly unknown[])[]>; readonly putBack: (rows: readonly (readonly unknown[])[]) => void };
const supplyOf = (batches: Batches): Supply => {
  const iterator = batches[Symbol.asyncIterator]();
  let kept: readonly (readonly unknown[])[] = [];
  return {
    take: async () => {
      const rows = kept;
      kept = [];
      if (rows.length > 0) return rows;
      const next = await iterator.next();
      return next.done === true ? [] : next.value;
    },
    putBack: (rows) => {
      kept = rows;
    },
  };
};

async function* sheetXml(headings: readonly Heading[], supply: Supply, rowsMax: number): AsyncGenerator<Buffer> {
  const columns = headings.map((heading, at) => ({ ...heading, letter: letters(at) }));
  yield Buffer.from(`${declaration}<worksheet xmlns="${main}"><sheetData>${headingXml(columns)}`);
  let written = 0;
  while (written < rowsMax) {
    const rows = await supply.take();
    if (rows.length === 0) break;
    const here = rows.slice(0, rowsMax - written);
    supply.putBack(rows.slice(here.length));
    // Rows are numbered from 1, and the first is the heading.
    const first = written + 2;
    written += here.length;
    yield Buffer.from(here.map((row, at) => rowXml(columns, row, first + at)).join(''));
  }
  yield Buffer.from('</sheetData></worksheet>');
}

const stylesXml = `${declaration}<styleSheet xmlns="${main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf quotePrefix="1"/></cellXfs></styleSheet>`;
const sheetNumbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);
const contentTypes = (sheets: number): string => {
  const kind = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const parts = sheetNumbers(sheets).map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${kind}.worksheet+xml"/>`);
  return `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${kind}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${kind}.styles+xml"/>${parts.join('')}</Types>`;
};
const workbookXml = (title: string, sheets: number): string => {
  const name = (n: number): string => escaped(n === 1 ? title.slice(0, 31) : `${title.slice(0, 24)} ${n}`);
  const list = sheetNumbers(sheets).map((n) => `<sheet name="${name(n)}" sheetId="${n}" r:id="rId${n}"/>`);
  return `${declaration}<workbook xmlns="${main}" xmlns:r="${relationships}"><sheets>${list.join('')}</sheets></workbook>`;
};
const workbookRelations = (sheets: number): string => {
  const list = sheetNumbers(sheets).map((n) => `<Relationship Id="rId${n}" Type="${relationships}/worksheet" Target="worksheets/sheet${n}.xml"/>`);
  return `${declaration}<Relationships xmlns="${packageRelationships}">${list.join('')}<Relationship Id="rId${sheets + 1}" Type="${relationships}/styles" Target="styles.xml"/></Relationships>`;
};
const rootRelations = `${declaration}<Relationships xmlns="${packageRelationships}"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

async function* parts(workbook: Workbook): AsyncGenerator<ZipEntry> {
  const supply = supplyOf(workbook.batches);
  let sheets = 0;
  do {
    sheets += 1;
    yield { name: `xl/worksheets/sheet${sheets}.xml`, content: sheetXml(workbook.headings, supply, workbook.rowsPerSheet ?? rowsPerSheet) };
    const rest = await supply.take();
    supply.putBack(rest);
    if (rest.length === 0) break;
  } while (sheets < sheetsMax);
  yield { name: 'xl/styles.xml', content: once(stylesXml) };
  yield { name: 'xl/workbook.xml', content: once(workbookXml(workbook.title, sheets)) };
  yield { name: 'xl/_rels/workbook.xml.rels', content: once(workbookRelations(sheets)) };
  yield { name: '_rels/.rels', content: once(rootRelations) };
  yield { name: '[Content_Types].xml', content: once(contentTypes(sheets)) };
}
const sheetsMax = 1000;

/** `title`: the sheet's name, of letters, digits and hyphens. Batches that are empty end the workbook. */
export type Workbook = { readonly title: string; readonly headings: readonly Heading[]; readonly batches: Batches; readonly rowsPerSheet?: number };

/** The workbook's bytes, made as they are read. */
export const workbookBytes = (workbook: Workbook): AsyncGenerator<Buffer> => zip(parts(workbook));
