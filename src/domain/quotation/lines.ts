/** What is offered, at the price in force: lines and terms of the current draft. */
import { type Aggregate, type Context, type DataOf, emit } from '../kernel/aggregate.ts';
import { compareDecimals, isZeroDecimal } from '../kernel/decimal.ts';
import { compareMoney, equalMoney, lineAmount, money, subtractMoney } from '../kernel/money.ts';
import { reject } from '../kernel/rejection.ts';
import { priceAt, productFact } from '../product/state.ts';
import type { quotationCommands } from './commands.ts';
import { linesMax, quotationEvents } from './events.ts';
import { allows, isPart, present, taxOn, today } from './rules.ts';
import { contentOf, type Line, type PresentQuotation, type Quotation } from './state.ts';

export const event = emit(quotationEvents);
export type Decisions = Aggregate<'quotation', Quotation, typeof quotationCommands, typeof quotationEvents>['decide'];
type Content = DataOf<(typeof quotationCommands)['AddQuotationLine']>;
// So that the sum of all lines, taxes included, is still an amount that events hold.
const amountMax = '99999999999';

/** What the line is sold as, and for how much: a product's own words and price in force unless others are given. */
const priced = (state: PresentQuotation, content: Content, { facts, now }: Context) => {
  const found = content.productId === undefined ? undefined : productFact.of(facts, content.productId);
  const product = found === undefined || found.situation === 'absent' ? undefined : found;
  if (product?.situation === 'retired') return reject('productRetired', 'The product is not sold any more.');
  const inForce = product === undefined ? undefined : priceAt(product, now);
  const unitPrice = content.unitPrice ?? inForce;
  const description = content.description ?? product?.name;
  const tax = content.tax ?? product?.tax ?? undefined;
  if (unitPrice === undefined) return reject('priceNeeded', 'Without a product in force, a line names its price.');
  if (description === undefined) return reject('descriptionNeeded', 'Without a product, a line says what is offered.');
  if (tax === undefined) return reject('taxNeeded', 'The product names no tax: the line must.');
  const { currency } = state;
  if (unitPrice.currency !== currency || (content.discount ?? unitPrice).currency !== currency)
    return reject('otherCurrency', `The quotation is in ${currency}.`, { currency });
  const isOverridden = inForce !== undefined && !(inForce.currency === currency && equalMoney(inForce, unitPrice));
  if (isOverridden && content.priceReason === undefined)
    return reject('priceReasonNeeded', 'Another price than the product’s needs a reason.', { price: inForce });
  const uom = content.uom ?? product?.uom ?? undefined;
  const words = { description, ...(uom === undefined ? {} : { uom }), ...(product === undefined ? {} : { sku: product.sku }) };
  return { unitPrice: money(unitPrice.amount, currency), tax, ...words };
};

/** The line as it is charged, or why it cannot be. */
const lineFrom = (state: PresentQuotation, content: Content & { readonly lineId: string }, context: Context) => {
  const { lineId, productId, quantity, priceReason } = content;
  if (isZeroDecimal(quantity)) return reject('quantityNeeded', 'A line offers more than none.');
  const terms = priced(state, content, context);
  if ('code' in terms) return terms;
  const day = today(state, context.now);
  const tax = taxOn(context.facts, terms.tax, day);
  if (tax === undefined) return reject('taxNotInForce', `The tax ${terms.tax} is not in force on ${day}.`, { tax: terms.tax, day });
  const gross = lineAmount(terms.unitPrice, quantity);
  const discount = content.discount === undefined ? undefined : money(content.discount.amount, state.currency);
  if (compareDecimals(gross.amount, amountMax) > 0) return reject('amountTooLarge', 'No line is worth that much.', { max: amountMax });
  if (discount !== undefined && compareMoney(discount, gross) > 0) return reject('discountTooLarge', 'A discount is at most the line’s worth.', { gross });
  const line: Line = {
    lineId,
    ...(productId === undefined ? {} : { productId }),
    ...(priceReason === undefined ? {} : { priceReason }),
    ...(discount === undefined ? {} : { discount }),
    ...terms,
    ...tax,
    quantity,
    amount: lineAmount(discount === undefined ? gross : subtractMoney(gross, discount), '1'),
  };
  return line;
};

type Lines = 'SetQuotationTerms' | 'AddQuotationLine' | 'ChangeQuotationLine' | 'RemoveQuotationLine';
export const lineDecisions: Pick<Decisions, Lines> = {
  SetQuotationTerms: (before, command) => {
    const state = present(before);
    const refused = allows(state, 'SetQuotationTerms') ?? isPart(command.advanceRate);
    return refused ?? (contentOf(state.terms) === contentOf(command) ? [] : [event('QuotationTermsSet', command)]);
  },
  AddQuotationLine: (before, command, context) => {
    const state = present(before);
    const refused = allows(state, 'AddQuotationLine');
    const lineId = context.newId(0);
    if (refused !== undefined || Object.hasOwn(state.lines, lineId)) return refused ?? [];
    if (Object.keys(state.lines).length >= linesMax) return reject('tooMany', `At most ${linesMax} lines.`, { max: linesMax });
    const line = lineFrom(state, { ...command, lineId }, context);
    return 'code' in line ? line : [event('QuotationLineAdded', line)];
  },
  ChangeQuotationLine: (before, command, context) => {
    const state = present(before);
    const refused = allows(state, 'ChangeQuotationLine');
    if (refused !== undefined) return refused;
    const known = state.lines[command.lineId];
    if (known === undefined) return reject('unknownLine', 'The quotation has no such line.');
    const line = lineFrom(state, command, context);
    if ('code' in line) return line;
    return contentOf(known) === contentOf(line) ? [] : [event('QuotationLineChanged', line)];
  },
  RemoveQuotationLine: (before, command) => {
    const state = present(before);
    return allows(state, 'RemoveQuotationLine') ?? (Object.hasOwn(state.lines, command.lineId) ? [event('QuotationLineRemoved', command)] : []);
  },
};
