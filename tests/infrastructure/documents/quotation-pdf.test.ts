import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quotationPdf } from '../../../src/infrastructure/documents/quotation-pdf.ts';
import { dayText, moneyText, quantityText } from '../../../src/infrastructure/documents/spanish.ts';
import { printable } from '../../../src/infrastructure/documents/win-ansi.ts';
import { printsQuotations, quotationOf } from '../../contracts/documents/quotation-printer.ts';
import { pagesOf, wordsOf } from '../../kit/pdf-text.ts';

const printed = async (...document: Parameters<typeof quotationOf>) => pagesOf(await quotationPdf().print(quotationOf(...document)));
const gtq = (amount: string) => ({ amount, currency: 'GTQ' });

describe('a quotation as a PDF', () => {
  printsQuotations(quotationPdf);

  test('says all that a customer needs to say yes', async () => {
    const text = wordsOf((await printed(2)).flat());
    for (const wanted of [
      ...['Empresa de ejemplo, S. A.', 'NIT 123456-7', 'Tel. +502 2222 2222', 'Hotel Los Árboles', 'NIT 1234567-8', '5a avenida 1-23', 'Cuenta: Sur norte'],
      ...['COTIZACIÓN', 'No. Q-2026-000042', 'Revisión 2', '1 de marzo de 2026', '31 de marzo de 2026', 'No. 12'],
      ...['Vaciado de fosa séptica 1', 'FOSA-000002', '2.5', 'Q 1,250.00', 'Q 125.00', 'Q 3,125.00', 'IVA 12 %', 'Q 334.82'],
      ...['Subtotal sin impuestos', 'Q 13,392.85', 'IVA 12 % (incluido)', 'TOTAL', 'Q 15,000.00', 'Anticipo', 'Q 3,000.00', 'Saldo', 'Q 12,000.00'],
      ...['El camión entra por la 6a calle.', 'Los precios incluyen impuestos.', 'Aceptado por el cliente', 'Firma', 'Página 1 de'],
    ])
      expect([wanted, text.includes(wanted)]).toEqual([wanted, true]);
    expect(text.replaceAll(' ', '')).toContain('metrocúbico');
  });

  test('QC-1 names on every page the content that is accepted, which revision it is, and how many pages there are', async () => {
    const pages = await printed(200);
    expect(pages.length).toBeGreaterThan(6);
    for (const [n, page] of pages.entries()) {
      const text = wordsOf(page);
      expect(text).toContain('Cotización Q-2026-000042 · Revisión 2');
      expect(text).toContain(`Página ${n + 1} de ${pages.length}`);
      expect(text).toContain(`Huella del contenido (SHA-256): ${'0123456789abcdef'.repeat(4)}`);
    }
  });

  test('shows every line once, under headings on each page that has lines, and nothing outside the page', async () => {
    const pages = await printed(200);
    const skus = pages.flat().filter(({ text }) => text.startsWith('FOSA-'));
    expect(skus.map(({ text }) => text)).toEqual(Array.from({ length: 200 }, (_, n) => `FOSA-${String(n + 1).padStart(6, '0')}`));
    for (const page of pages) {
      if (page.some(({ text }) => text.startsWith('FOSA-'))) expect(wordsOf(page)).toContain('Descripción');
      for (const { x, y } of page) expect(x >= 40 && x <= 575 && y >= 40 && y <= 760).toBe(true);
    }
  });

  test('without advance, notes, discount, account or tax id it leaves these out; taxes on top say so', async () => {
    const {
      lines: [line],
      advance: _,
      notes: __,
      requestNumber: ___,
      ...rest
    } = quotationOf(1);
    if (line === undefined) throw new Error('a quotation without lines');
    const { discount: ____, ...plain } = line;
    const bare = { ...rest, customer: { name: 'Sur', lines: [] }, revision: 1, lines: [{ ...plain, isTaxIncluded: false }] };
    const text = wordsOf(pagesOf(await quotationPdf().print(bare)).flat());
    for (const absent of ['Anticipo', 'Saldo', 'Observaciones', 'Descuentos', 'Cuenta', 'sustituye', 'SOLICITUD']) expect(text).not.toContain(absent);
    expect(text).toContain('Los impuestos se suman a los precios.');
  });

  test('prints whatever people have written, with all its pages whole', async () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 500 });
    await fc.assert(
      fc.asyncProperty(words, words, words, fc.nat({ max: 40 }), async (name, description, notes, count) => {
        const { customer, lines } = quotationOf(count + 1);
        const change = { customer: { ...customer, name }, notes, lines: lines.map((line) => ({ ...line, description })) };
        const pages = await printed(1, change);
        expect(pages.length).toBeGreaterThan(0);
        for (const [n, page] of pages.entries()) expect(wordsOf(page)).toContain(`Página ${n + 1} de ${pages.length}`);
      }),
      { numRuns: 15 },
    );
  });

  test('long notes go on on the next page', async () => {
    const notes = Array.from({ length: 120 }, (_, n) => `Observación número ${n + 1}.`).join('\n');
    const pages = await printed(1, { notes });
    expect(pages.length).toBeGreaterThan(1);
    const text = wordsOf(pages.flat());
    for (const n of [1, 60, 120]) expect(text).toContain(`Observación número ${n}.`);
  });
});

describe('Spanish words', () => {
  test('amounts have their currency’s digits, and more where they have more', () => {
    expect([gtq('1234567.5'), gtq('0'), gtq('0.005'), { amount: '1200', currency: 'JPY' }, { amount: '-1500', currency: 'USD' }].map(moneyText)).toEqual([
      'Q 1,234,567.50',
      'Q 0.00',
      'Q 0.005',
      'JPY 1,200',
      'US$ -1,500.00',
    ]);
    expect(['1', '2.500', '1234.0', '0.10'].map(quantityText)).toEqual(['1', '2.5', '1,234', '0.1']);
  });
  test('days are written out', () => expect(['2026-03-01', '2026-12-31'].map(dayText)).toEqual(['1 de marzo de 2026', '31 de diciembre de 2026']));
  test('what the fonts lack becomes its base letter or a question mark, never another character', () => {
    expect(printable('Ñandú – “x” €5')).toBe('Ñandú – “x” €5');
    expect(printable('Łódź Čapek 运输 ﬁn a\u0301\u200b\r\nx')).toBe('?ódz Capek ?? fin á\nx');
  });
});
