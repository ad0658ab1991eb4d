import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { Money } from '../kernel/money.ts';
import { changing } from '../kernel/presence.ts';
import type { productEvents } from './events.ts';

/** A price and the instant from which on it holds. */
export type Price = { readonly effectiveAt: string; readonly price: Money };
type Present = {
  readonly situation: 'active' | 'retired';
  /** As defined, to see that a repeat says nothing new. */
  readonly defined: string;
  readonly sku: string;
  readonly skuPrefix: string;
  readonly skuNumber: number;
  readonly categoryId: string;
  readonly name: string;
  readonly tax: string | null;
  readonly uom: string | null;
  readonly content: string;
  /** By instant, earliest first; never two at one instant (QC-4). */
  readonly prices: readonly Price[];
  /** The latest price that is known to hold; those of later instants are told when they come. */
  readonly begunAt: string;
};
export type Product = { readonly situation: 'absent' } | Present;
export type PresentProduct = Frozen<Present>;

/** A product as other aggregates' guards see it. */
export const productFact = fact<Product>('product');
export const initial: Product = { situation: 'absent' };
/** The comparable form of some content. */
export const contentOf = (content: object): string => canonicalJson(content);

/** The price at an instant (QC-4): the one that took effect last, at or before it; nothing before the product was. */
export const priceAt = ({ prices }: Pick<PresentProduct, 'prices'>, at: string): Money | undefined =>
  prices.findLast(({ effectiveAt }) => effectiveAt <= at)?.price;

const present = changing<Frozen<Product>>();
const without = (prices: readonly Price[], effectiveAt: string): readonly Price[] => prices.filter((each) => each.effectiveAt !== effectiveAt);

export const evolve: Evolve<Product, typeof productEvents> = {
  ProductDefined: (_state, { sku, skuPrefix, skuNumber, categoryId, price, effectiveAt, ...said }) => ({
    situation: 'active',
    defined: contentOf({ categoryId, price, ...said }),
    sku,
    skuPrefix,
    skuNumber,
    categoryId,
    name: said.name,
    tax: said.tax ?? null,
    uom: said.uom ?? null,
    content: contentOf(said),
    prices: [{ effectiveAt, price }],
    begunAt: effectiveAt,
  }),
  ProductDescribed: present((_state, said) => ({ name: said.name, tax: said.tax ?? null, uom: said.uom ?? null, content: contentOf(said) })),
  ProductMoved: present((_state, { categoryId }) => ({ categoryId })),
  ProductPriceSet: present(({ prices, begunAt }, { price, effectiveAt }, { occurredAt }) => ({
    begunAt: effectiveAt <= occurredAt ? effectiveAt : begunAt,
    prices: [...without(prices, effectiveAt), { effectiveAt, price }].sort((a, b) => (a.effectiveAt < b.effectiveAt ? -1 : 1)),
  })),
  ProductPriceBegan: present((_state, { effectiveAt }) => ({ begunAt: effectiveAt })),
  ProductPriceWithdrawn: present(({ prices }, { effectiveAt }) => ({ prices: without(prices, effectiveAt) })),
  ProductRetired: present(() => ({ situation: 'retired' })),
  ProductReinstated: present(() => ({ situation: 'active' })),
};
