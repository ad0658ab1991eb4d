/** What every printer of quotations does: the same document is the same bytes, and a PDF. */
import { expect, test } from '@jest/globals';
import type { QuotationDocument, QuotationPrinter } from '../../../src/application/ports/quotation-printer.ts';

const gtq = (amount: string) => ({ amount, currency: 'GTQ' });
/** A quotation of `count` lines, every word in it Spanish. */
export const quotationOf = (count: number, change: Partial<QuotationDocument> = {}): QuotationDocument => ({
  issuer: { name: 'Empresa de ejemplo, S. A.', taxId: 'NIT 123456-7', lines: ['Ciudad de Guatemala', 'Tel. +502 2222 2222'] },
  customer: { name: 'Hotel Los Árboles', taxId: 'NIT 1234567-8', lines: ['5a avenida 1-23', 'Zona 10, Guatemala'], account: 'Sur norte' },
  quotationNumber: 'Q-2026-000042',
  revision: 2,
  requestNumber: 12,
  issuedAt: '2026-03-01T12:00:00.000Z',
  issuedOn: '2026-03-01',
  validUntil: '2026-03-31',
  timeZone: 'America/Guatemala',
  lines: Array.from({ length: count }, (_, n) => ({
    description: `Vaciado de fosa séptica ${n + 1}`,
    sku: `FOSA-${String(n + 1).padStart(6, '0')}`,
    quantity: '2.500',
    unit: 'metro cúbico',
    unitPrice: gtq('1250.00'),
    ...(n === 0 ? { discount: gtq('125.00') } : {}),
    amount: gtq('3125.00'),
    tax: 'IVA 12 %',
    taxAmount: gtq('334.82'),
    isTaxIncluded: true,
  })),
  net: gtq('13392.85'),
  tax: gtq('1607.15'),
  total: gtq('15000.00'),
  advance: gtq('3000.00'),
  notes: 'El camión entra por la 6a calle.',
  contentHash: '0123456789abcdef'.repeat(4),
  ...change,
});

export const printsQuotations = (make: () => QuotationPrinter): void => {
  test('prints the same bytes for the same document, and others for another', async () => {
    const [first, again] = [await make().print(quotationOf(3)), await make().print(quotationOf(3))];
    expect(Buffer.from(first).equals(Buffer.from(again))).toBe(true);
    expect(Buffer.from(await make().print(quotationOf(3, { revision: 3 }))).equals(Buffer.from(first))).toBe(false);
  });

  test('prints a PDF', async () => {
    const content = Buffer.from(await make().print(quotationOf(1))).toString('latin1');
    expect(content.slice(0, 5)).toBe('%PDF-');
    expect(content.trimEnd().endsWith('%%EOF')).toBe(true);
  });
};
