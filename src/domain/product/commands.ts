import { defineCommands } from '../kernel/aggregate.ts';
import { fields, instant, money, optional, text, uuid } from '../kernel/schema.ts';
import { description } from './events.ts';

const edit = 'product:edit';
const retired = ['productRetired'] as const;

export const productCommands = defineCommands({
  DefineProduct: {
    permission: 'product:create',
    docs: 'Adds something that is sold. Its SKU is the category’s prefix and the next number; the price holds from now on.',
    creates: true,
    rejects: ['alreadyDefined', 'unknownCategory', 'categoryRetired', 'unknownCurrency', 'skuTaken'],
    schema: fields({ categoryId: uuid(), ...description, price: money() }),
  },
  DescribeProduct: { permission: edit, docs: 'Replaces name, description, unit and usual tax.', rejects: retired, schema: fields(description) },
  MoveProduct: {
    permission: edit,
    docs: 'Puts the product in another category.',
    rejects: [...retired, 'unknownCategory', 'categoryRetired'],
    schema: fields({ categoryId: uuid() }),
  },
  SetProductPrice: {
    permission: 'product:approve',
    docs: 'Sets the price from an instant on, now unless said otherwise. What was in force once stays so: the past has its prices.',
    rejects: [...retired, 'otherCurrency', 'inThePast', 'priceIsSet', 'tooMany'],
    schema: fields({ price: money(), effectiveAt: optional(instant()) }),
  },
  WithdrawProductPrice: {
    permission: 'product:approve',
    docs: 'Drops a price that has not taken effect yet.',
    rejects: [...retired, 'inThePast'],
    schema: fields({ effectiveAt: instant() }),
  },
  BeginProductPrice: {
    permission: 'product:approve',
    docs: 'The instant from which a price holds has come.',
    internal: true,
    rejects: [],
    schema: fields({ effectiveAt: instant() }),
  },
  RetireProduct: { permission: edit, docs: 'Takes the product off sale; its SKU is never used again.', rejects: [], schema: fields({ reason: text() }) },
  ReinstateProduct: { permission: edit, docs: 'Puts a retired product on sale again.', rejects: [], schema: fields({}) },
});
