import {
  type Aggregate,
  type Claim,
  type Deadlines,
  type Decide,
  emit,
  type Facts,
  type Frozen,
  type Guards,
  type HeldNumber,
  reject,
} from '../kernel/aggregate.ts';
import { equalMoney, isCurrency, money } from '../kernel/money.ts';
import { reached } from '../kernel/presence.ts';
import { categoryTreeFact, categoryTreeId } from '../product-category/state.ts';
import { productCommands } from './commands.ts';
import { productEvents } from './events.ts';
import { contentOf, evolve, initial, type PresentProduct, type Product } from './state.ts';

const event = emit(productEvents);
const pricesMax = 2000;
const digits = 6;

/** The series of a prefix’s numbers. */
const seriesOf = (prefix: string): string => `sku:${prefix}`;
/** `PUMP-000123`. */
const skuOf = (prefix: string, number: number): string => `${prefix}-${String(number).padStart(digits, '0')}`;

const present = reached<Frozen<Product>>('a product');
const onSale = ({ situation }: PresentProduct) => (situation === 'retired' ? reject('productRetired', 'The product is not sold any more.') : undefined);
const categoryIn = (facts: Facts, categoryId: string) => categoryTreeFact.of(facts, categoryTreeId)?.categories[categoryId];
const unknownCategory = () => reject('unknownCategory', 'There is no such category.');
const categoryRetired = () => reject('categoryRetired', 'The category takes no products any more.');

const decide: Decide<Product, typeof productCommands, typeof productEvents> = {
  DefineProduct: (state, command, { now, facts, takeNumber }) => {
    const { currency } = command.price;
    if (!isCurrency(currency)) return reject('unknownCurrency', `${currency} is no currency.`);
    const defined = { ...command, price: money(command.price.amount, currency) };
    if (state.situation !== 'absent') return state.defined === contentOf(defined) ? [] : reject('alreadyDefined', 'This product is defined.');
    const category = categoryIn(facts, command.categoryId);
    if (category === undefined) return unknownCategory();
    if (!category.isActive) return categoryRetired();
    const { skuPrefix } = category;
    const skuNumber = takeNumber(seriesOf(skuPrefix));
    return [event('ProductDefined', { sku: skuOf(skuPrefix, skuNumber), skuPrefix, skuNumber, ...defined, effectiveAt: now })];
  },
  DescribeProduct: (before, command) => {
    const state = present(before);
    return onSale(state) ?? (state.content === contentOf(command) ? [] : [event('ProductDescribed', command)]);
  },
  MoveProduct: (before, command, { facts }) => {
    const state = present(before);
    const refused = onSale(state);
    if (refused !== undefined || state.categoryId === command.categoryId) return refused ?? [];
    const category = categoryIn(facts, command.categoryId);
    if (category === undefined) return unknownCategory();
    return category.isActive ? [event('ProductMoved', command)] : categoryRetired();
  },
  SetProductPrice: (before, command, { now }) => {
    const state = present(before);
    const { effectiveAt = now } = command;
    const refused = onSale(state);
    if (refused !== undefined) return refused;
    const [first] = state.prices;
    if (first === undefined || command.price.currency !== first.price.currency)
      return reject('otherCurrency', 'A product is priced in one currency.', { currency: first?.price.currency });
    const price = money(command.price.amount, command.price.currency);
    const known = state.prices.findLast((each) => each.effectiveAt <= effectiveAt);
    if (known !== undefined && equalMoney(known.price, price) && (known.effectiveAt === effectiveAt || command.effectiveAt === undefined)) return [];
    if (effectiveAt < now) return reject('inThePast', 'A price holds from now on or later.');
    // What holds since this very instant may have been quoted already.
    if (known?.effectiveAt === effectiveAt && effectiveAt <= now) return reject('priceIsSet', 'The price of this instant is set.', { price: known.price });
    return state.prices.length >= pricesMax
      ? reject('tooMany', `At most ${pricesMax} prices.`, { max: pricesMax })
      : [event('ProductPriceSet', { price, effectiveAt })];
  },
  WithdrawProductPrice: (before, command, { now }) => {
    const state = present(before);
    const refused = onSale(state);
    if (refused !== undefined) return refused;
    if (!state.prices.some(({ effectiveAt }) => effectiveAt === command.effectiveAt)) return [];
    return command.effectiveAt <= now ? reject('inThePast', 'This price has taken effect.') : [event('ProductPriceWithdrawn', command)];
  },
  BeginProductPrice: (before, { effectiveAt }, { now }) => {
    const { prices, begunAt } = present(before);
    // After downtime only the price that holds now is told: those between never did.
    const held = prices.findLast((each) => each.effectiveAt <= now);
    return held?.effectiveAt === effectiveAt && effectiveAt > begunAt ? [event('ProductPriceBegan', held)] : [];
  },
  RetireProduct: (before, command) => (present(before).situation === 'retired' ? [] : [event('ProductRetired', command)]),
  ReinstateProduct: (before) => (present(before).situation === 'active' ? [] : [event('ProductReinstated', {})]),
};

const tree = () => [categoryTreeFact.at(categoryTreeId)];
const guards: Guards<Product, typeof productCommands> = { DefineProduct: tree, MoveProduct: tree };

const beginning = (effectiveAt: string): string => `price ${effectiveAt}`;
const deadlines: Deadlines<typeof productEvents> = {
  ProductPriceSet: ({ effectiveAt }) => [
    { change: 'set', name: beginning(effectiveAt), dueAt: effectiveAt, command: 'BeginProductPrice', data: { effectiveAt } },
  ],
  ProductPriceWithdrawn: ({ effectiveAt }) => [{ change: 'cancel', name: beginning(effectiveAt) }],
};

/** Held for ever, also by a retired product: a SKU on an old paper never means something else (QC-4). */
const claims = (state: Frozen<Product>): readonly Claim[] => (state.situation === 'absent' ? [] : [{ kind: 'sku', scope: 'company', value: state.sku }]);
const numbers = (state: Frozen<Product>): readonly HeldNumber[] =>
  state.situation === 'absent' ? [] : [{ series: seriesOf(state.skuPrefix), number: state.skuNumber }];

/** Something that is sold, with every price it ever had: the company’s own, which everybody may refer to. */
export const product: Aggregate<'product', Product, typeof productCommands, typeof productEvents> = {
  category: 'product',
  docs: 'Something that is sold, with every price it ever had: the company’s own, which everybody may refer to.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: productEvents,
  commands: productCommands,
  initial,
  decide,
  evolve,
  guards,
  deadlines,
  tenantOf: () => null,
  claims,
  numbers,
  shared: () => true,
  exists: ({ situation }) => situation !== 'absent',
};
