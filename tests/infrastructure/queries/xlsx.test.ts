import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { workbookBytes } from '../../../src/infrastructure/queries/xlsx.ts';

async function* batchesOf(rows: readonly (readonly unknown[])[], size: number): AsyncGenerator<readonly (readonly unknown[])[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

test('a workbook goes on on further sheets, each with the heading, however the rows arrive', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(12), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), async (count, batch, rowsPerSheet) => {
      const rows = Array.from({ length: count }, (_, n) => [n, `row ${n}`]);
      const headings = [
        { name: 'n', kind: 'integer' },
        { name: 'words', kind: 'text' },
      ] as const;
      const bytes = await buffer(Readable.from(workbookBytes({ title: 'many-rows', headings, batches: batchesOf(rows, batch), rowsPerSheet })));
      const book = new ExcelJS.Workbook();
      await book.xlsx.read(Readable.from([bytes]));
      const sheets = book.worksheets.map((sheet) => {
        const lines: unknown[][] = [];
        sheet.eachRow((row) => lines.push([row.getCell(1).value, row.getCell(2).value]));
        return lines;
      });
      expect(sheets).toHaveLength(Math.max(1, Math.ceil(count / rowsPerSheet)));
      expect(sheets.every(([heading]) => String(heading) === 'n,words')).toBe(true);
      expect(sheets.flatMap((lines) => lines.slice(1))).toEqual(rows);
    }),
    { numRuns: 40 },
  );
});
