/** A document of letter-size pages, written from the top down: the few strokes that papers are made of, over pdfkit. Points, from the top left. */
import { printable } from './win-ansi.ts';

export type Look = { readonly size: number; readonly isBold?: boolean; readonly isGrey?: boolean };
export type Place = { readonly x: number; readonly width: number; readonly align?: 'left' | 'right' };
export type Cell = Place & { readonly text: string };
export type RowLook = Look & { readonly padding: number; readonly isShaded?: boolean; readonly isUnderlined?: boolean };
/** `createdAt`: ISO 8601 UTC. */
export type About = { readonly title: string; readonly author: string; readonly createdAt: string; readonly language: string };
type Footer = { readonly left: string; readonly right: string; readonly below: string };

const margin = 45;
const footerHeight = 34;
const ink = '#111111';
const grey = '#666666';
const shade = '#ececec';
const line = '#bbbbbb';

/** What is used of pdfkit's document. */
type Pages = Pick<
  PDFKit.PDFDocument,
  'font' | 'fontSize' | 'fillColor' | 'text' | 'heightOfString' | 'widthOfString' | 'rect' | 'addPage' | 'bufferedPageRange' | 'switchToPage' | 'end' | 'on'
>;

export class Sheet {
  readonly left = margin;
  readonly width: number;
  readonly #pages: Pages & Pick<PDFKit.PDFDocument, 'moveTo' | 'page'>;
  readonly #bottom: number;
  readonly #bytes: Promise<Uint8Array>;
  #y = margin;

  constructor(pages: PDFKit.PDFDocument) {
    this.#pages = pages;
    this.width = pages.page.width - 2 * margin;
    this.#bottom = pages.page.height - margin - footerHeight;
    const chunks: Uint8Array[] = [];
    this.#bytes = new Promise((resolve, reject) => {
      pages.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      pages.on('end', () => resolve(Buffer.concat(chunks)));
      pages.on('error', reject);
    });
  }

  /** Where the next stroke begins. */
  get y(): number {
    return this.#y;
  }
  moveTo(y: number): void {
    this.#y = y;
  }

  /** Begins a new page where less than this height is left; says whether it did. */
  keep(height: number): boolean {
    if (this.#y + height <= this.#bottom || this.#y <= margin) return false;
    this.#pages.addPage();
    this.#y = margin;
    return true;
  }

  /** One text, which is not cut; it moves down by its height. */
  text(text: string, place: Place & Look): void {
    this.#draw(text, place, this.#y);
    this.#y += this.#heightOf(text, place) + 1;
  }

  /** A text of any length, which goes on on the next page. */
  flow(text: string, place: Place & Look): void {
    for (const paragraph of printable(text).split('\n')) {
      if (paragraph.trim() === '') this.#y += place.size / 2;
      else
        for (const part of this.#wrapped(paragraph, place)) {
          this.keep(this.#heightOf(part, place));
          this.text(part, place);
        }
    }
  }

  heightOf(cells: readonly Cell[], look: RowLook): number {
    return Math.max(...cells.map((cell) => this.#heightOf(cell.text, { ...cell, ...look }))) + 2 * look.padding;
  }

  /** Cells side by side; it moves down by the highest. */
  row(cells: readonly Cell[], look: RowLook): void {
    const height = this.heightOf(cells, look);
    if (look.isShaded === true) this.#pages.rect(this.left, this.#y, this.width, height).fill(shade);
    for (const cell of cells) this.#draw(cell.text, { ...cell, ...look }, this.#y + look.padding);
    this.#y += height;
    if (look.isUnderlined === true) this.rule();
  }

  /** A thin line over the whole width. */
  rule(): void {
    this.#stroke(this.left, this.width);
  }

  /** A line to write on, with what belongs there below it. */
  blank(label: string, { x, width, height }: Place & { readonly height: number }): void {
    this.#y += height - 9;
    this.#stroke(x, width);
    this.#draw(label, { x, width, size: 7, isGrey: true }, this.#y + 1);
    this.#y += 9;
  }

  /** Writes the foot of every page, once all pages are there. */
  footers(footer: (page: number, of: number) => Footer): void {
    const { start, count } = this.#pages.bufferedPageRange();
    for (let n = 0; n < count; n += 1) {
      this.#pages.switchToPage(start + n);
      const { left, right, below } = footer(n + 1, count);
      // Else pdfkit would begin a new page for what stands below its margin.
      this.#pages.page.margins.bottom = 0;
      this.#y = this.#bottom + 10;
      this.rule();
      const look = { size: 7.5, isGrey: true };
      this.#draw(left, { x: this.left, width: this.width * 0.7, ...look }, this.#y + 4);
      this.#draw(right, { x: this.left + this.width * 0.7, width: this.width * 0.3, align: 'right', ...look }, this.#y + 4);
      this.#draw(below, { x: this.left, width: this.width, ...look }, this.#y + 14);
    }
  }

  /** The whole document. */
  end(): Promise<Uint8Array> {
    this.#pages.end();
    return this.#bytes;
  }

  #look({ size, isBold = false, isGrey = false }: Look): Pages {
    return this.#pages
      .font(isBold ? 'Helvetica-Bold' : 'Helvetica')
      .fontSize(size)
      .fillColor(isGrey ? grey : ink);
  }
  #heightOf(text: string, { width, ...look }: Place & Look): number {
    return this.#look(look).heightOfString(printable(text), { width });
  }
  #draw(text: string, { x, width, align = 'left', ...look }: Place & Look, y: number): void {
    this.#look(look).text(printable(text), x, y, { width, align });
  }
  #stroke(x: number, width: number): void {
    this.#pages
      .moveTo(x, this.#y)
      .lineTo(x + width, this.#y)
      .lineWidth(0.5)
      .strokeColor(line)
      .stroke();
  }
  /** A paragraph in pieces that each fit on a line. */
  #wrapped(paragraph: string, { width, ...look }: Place & Look): readonly string[] {
    const pages = this.#look(look);
    const lines: string[] = [];
    let current = '';
    for (const word of paragraph.split(' ')) {
      const longer = current === '' ? word : `${current} ${word}`;
      if (current !== '' && pages.widthOfString(longer) > width) {
        lines.push(current);
        current = word;
      } else current = longer;
    }
    return [...lines, current];
  }
}

/** An empty document. pdfkit is loaded here, not before. */
export const sheetOf = async (about: About, { isCompressed = true }: { readonly isCompressed?: boolean } = {}): Promise<Sheet> => {
  const { default: PDFDocument } = await import('pdfkit');
  const CreationDate = new Date(about.createdAt);
  const info = { Title: printable(about.title), Author: printable(about.author), CreationDate, ModDate: CreationDate };
  const options = { size: 'LETTER', margin, bufferPages: true, compress: isCompressed, lang: about.language, displayTitle: true, pdfVersion: '1.7' as const };
  return new Sheet(new PDFDocument({ ...options, info }));
};
