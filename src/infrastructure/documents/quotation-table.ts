/** The table of a quotation's lines: a row is never cut in two, and every page begins with the headings. */
import type { PrintedLine } from '../../application/ports/quotation-printer.ts';
import type { Cell, Sheet } from './sheet.ts';
import { moneyText, quantityText } from './spanish.ts';

type Column = { readonly title: string; readonly share: number; readonly align: 'left' | 'right'; readonly of: (line: PrintedLine, n: number) => string };
/** Shares of the page's width; together 1. */
const columns: readonly Column[] = [
  { title: 'No.', share: 0.045, align: 'left', of: (_line, n) => `${n + 1}` },
  { title: 'Descripción', share: 0.275, align: 'left', of: ({ description, sku }) => (sku === undefined ? description : `${description}\n${sku}`) },
  { title: 'Cantidad', share: 0.09, align: 'right', of: ({ quantity }) => quantityText(quantity) },
  { title: 'Unidad', share: 0.09, align: 'left', of: ({ unit }) => unit },
  { title: 'Precio unitario', share: 0.13, align: 'right', of: ({ unitPrice }) => moneyText(unitPrice) },
  { title: 'Descuento', share: 0.11, align: 'right', of: ({ discount }) => (discount === undefined ? '–' : moneyText(discount)) },
  { title: 'Impuesto', share: 0.12, align: 'right', of: ({ tax, taxAmount }) => `${tax}\n${moneyText(taxAmount)}` },
  { title: 'Importe', share: 0.14, align: 'right', of: ({ amount }) => moneyText(amount) },
];
const inset = 3;

const cells = ({ left, width }: Sheet, textOf: (column: Column) => string): readonly Cell[] => {
  let x = left;
  return columns.map((column) => {
    const cell = { text: textOf(column), x: x + inset, width: column.share * width - 2 * inset, align: column.align };
    x += column.share * width;
    return cell;
  });
};

/** Draws the lines one below the other. */
export const linesTable = (sheet: Sheet, lines: readonly PrintedLine[]): void => {
  const headings = (): void =>
    sheet.row(
      cells(sheet, ({ title }) => title),
      { size: 8, isBold: true, padding: 4, isShaded: true },
    );
  sheet.keep(60);
  headings();
  for (const [n, line] of lines.entries()) {
    const row = cells(sheet, ({ of }) => of(line, n));
    const look = { size: 8.5, padding: 4, isUnderlined: true };
    if (sheet.keep(sheet.heightOf(row, look))) headings();
    sheet.row(row, look);
  }
};
