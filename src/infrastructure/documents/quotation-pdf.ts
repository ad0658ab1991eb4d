/** The quotation as a PDF of letter size in Spanish. Nothing in it comes from the clock or from chance: the same document is the same bytes. */
import type { Letterhead, QuotationDocument, QuotationPrinter } from '../../application/ports/quotation-printer.ts';
import { isZeroMoney, subtractMoney, sumMoney } from '../../domain/kernel/money.ts';
import { linesTable } from './quotation-table.ts';
import { type Sheet, sheetOf } from './sheet.ts';
import { dayText, moneyText } from './spanish.ts';

const cm = 28.35;

const party = (title: string, { name, taxId, lines }: Letterhead, more: readonly string[] = []): readonly string[] =>
  [title, name, ...(taxId === undefined ? [] : [taxId]), ...lines, ...more].filter((line) => line !== '');

const head = (sheet: Sheet, document: QuotationDocument): void => {
  const { issuer, quotationNumber, revision } = document;
  const { left, width } = sheet;
  const top = sheet.y;
  const half = width * 0.6;
  sheet.text(issuer.name, { x: left, width: half, size: 15, isBold: true });
  for (const line of [...(issuer.taxId === undefined ? [] : [issuer.taxId]), ...issuer.lines]) sheet.text(line, { x: left, width: half, size: 9 });
  const below = sheet.y;
  sheet.moveTo(top);
  const right = { x: left + half, width: width - half, align: 'right' as const };
  sheet.text('COTIZACIÓN', { ...right, size: 17, isBold: true });
  sheet.text(`No. ${quotationNumber}`, { ...right, size: 11, isBold: true });
  sheet.text(`Revisión ${revision}`, { ...right, size: 9 });
  sheet.moveTo(Math.max(below, sheet.y) + 6);
  sheet.rule();
};

const parties = (sheet: Sheet, document: QuotationDocument): void => {
  const { customer, issuedOn, validUntil, requestNumber } = document;
  const { left, width } = sheet;
  const top = sheet.y + 8;
  const half = width * 0.58;
  sheet.moveTo(top);
  const [title = '', name = '', ...rest] = party('CLIENTE', customer, customer.account === undefined ? [] : [`Cuenta: ${customer.account}`]);
  sheet.text(title, { x: left, width: half, size: 7.5, isGrey: true });
  sheet.text(name, { x: left, width: half, size: 11, isBold: true });
  for (const line of rest) sheet.text(line, { x: left, width: half, size: 9 });
  const below = sheet.y;
  sheet.moveTo(top);
  const facts = [
    ['Fecha de emisión', dayText(issuedOn)],
    ['Válida hasta', dayText(validUntil)],
    ...(requestNumber === undefined ? [] : [['Solicitud', `No. ${requestNumber}`]]),
  ];
  for (const [label = '', value = ''] of facts) {
    sheet.text(label.toUpperCase(), { x: left + half, width: width - half, size: 7.5, isGrey: true });
    sheet.text(value, { x: left + half, width: width - half, size: 10 });
  }
  sheet.moveTo(Math.max(below, sheet.y) + 12);
};

/** The taxes by name, each with what it comes to; included or on top. */
const taxRows = ({ lines, total }: QuotationDocument): readonly (readonly [string, string])[] => {
  const groups = Map.groupBy(lines, ({ tax, isTaxIncluded }) => `${tax}${isTaxIncluded ? ' (incluido)' : ''}`);
  return [...groups].map(([label, members]) => {
    const taxes = members.map(({ taxAmount }) => taxAmount);
    return [label, moneyText(sumMoney(taxes, total.currency))] as const;
  });
};
const totals = (sheet: Sheet, document: QuotationDocument): void => {
  const { net, total, advance, lines } = document;
  const discounts = sumMoney(
    lines.flatMap(({ discount }) => (discount === undefined ? [] : [discount])),
    total.currency,
  );
  const rows: (readonly [string, string, 'total'?])[] = [
    ...(isZeroMoney(discounts) ? [] : [['Descuentos aplicados', moneyText(discounts)] as const]),
    ['Subtotal sin impuestos', moneyText(net)],
    ...taxRows(document),
    ['TOTAL', moneyText(total), 'total'],
    ...(advance === undefined
      ? []
      : ([
          ['Anticipo', moneyText(advance)],
          ['Saldo', moneyText(subtractMoney(total, advance))],
        ] as const)),
  ];
  sheet.keep(rows.length * 16 + 14);
  sheet.moveTo(sheet.y + 8);
  for (const [label, value, kind] of rows) {
    const isBold = kind === 'total';
    sheet.row(
      [
        { text: label, x: sheet.left + sheet.width * 0.45, width: sheet.width * 0.3, align: 'right' },
        { text: value, x: sheet.left + sheet.width * 0.75, width: sheet.width * 0.25, align: 'right' },
      ],
      { size: isBold ? 11 : 9.5, isBold, padding: 3 },
    );
  }
};

const conditions = ({ validUntil, timeZone, advance, lines, revision }: QuotationDocument): readonly string[] => {
  const isIncluded = lines.some(({ isTaxIncluded }) => isTaxIncluded);
  const isOnTop = lines.some(({ isTaxIncluded }) => !isTaxIncluded);
  return [
    `Esta cotización es válida hasta el ${dayText(validUntil)} inclusive (hora de ${timeZone.replaceAll('_', ' ')}).`,
    ...(revision > 1 ? ['Esta revisión sustituye a todas las anteriores.'] : []),
    ...(isIncluded && !isOnTop ? ['Los precios incluyen impuestos.'] : []),
    ...(isOnTop && !isIncluded ? ['Los impuestos se suman a los precios.'] : []),
    ...(isIncluded && isOnTop ? ['Los impuestos están incluidos en los precios donde así se indica; los demás se suman.'] : []),
    ...(advance === undefined ? [] : [`Los trabajos inician una vez confirmado el anticipo de ${moneyText(advance)}.`]),
    'La aceptación vale únicamente para el contenido de esta revisión, identificado por la huella impresa al pie de cada página.',
  ];
};
const terms = (sheet: Sheet, document: QuotationDocument): void => {
  const whole = { x: sheet.left, width: sheet.width };
  const section = (title: string): void => {
    sheet.keep(40);
    sheet.moveTo(sheet.y + 12);
    sheet.text(title, { ...whole, size: 10, isBold: true });
    sheet.moveTo(sheet.y + 2);
  };
  if (document.notes !== undefined) {
    section('Observaciones');
    sheet.flow(document.notes, { ...whole, size: 9 });
  }
  section('Condiciones');
  for (const [n, condition] of conditions(document).entries()) sheet.flow(`${n + 1}. ${condition}`, { ...whole, size: 9 });
};

/** Where both sides sign by hand. */
const signatures = (sheet: Sheet, { issuer, customer }: QuotationDocument): void => {
  const height = 118;
  sheet.keep(height + 16);
  const gap = 1.2 * cm;
  const width = (sheet.width - gap) / 2;
  const top = sheet.y + 16;
  for (const [n, [title, name]] of (
    [
      ['Por la empresa', issuer.name],
      ['Aceptado por el cliente', customer.name],
    ] as const
  ).entries()) {
    const x = sheet.left + n * (width + gap);
    sheet.moveTo(top);
    sheet.text(title, { x, width, size: 9, isBold: true });
    sheet.text(name, { x, width, size: 9 });
    for (const label of ['Firma', 'Nombre y cargo', 'Fecha']) sheet.blank(label, { x, width, height: 26 });
  }
};

const footers = (sheet: Sheet, { quotationNumber, revision, contentHash }: QuotationDocument): void =>
  sheet.footers((page, of) => ({
    left: `Cotización ${quotationNumber} · Revisión ${revision}`,
    right: `Página ${page} de ${of}`,
    below: `Huella del contenido (SHA-256): ${contentHash}`,
  }));

/** Prints with pdfkit, which is loaded with the first paper: it is a large part of a start and of the memory. */
export const quotationPdf = (options: { readonly isCompressed?: boolean } = {}): QuotationPrinter => ({
  print: async (document) => {
    const { quotationNumber, revision, issuer, issuedAt } = document;
    const info = { title: `Cotización ${quotationNumber}, revisión ${revision}`, author: issuer.name, createdAt: issuedAt, language: 'es' };
    const sheet = await sheetOf(info, options);
    head(sheet, document);
    parties(sheet, document);
    linesTable(sheet, document.lines);
    totals(sheet, document);
    terms(sheet, document);
    signatures(sheet, document);
    footers(sheet, document);
    return sheet.end();
  },
});
