/** How amounts, quantities and days are written on Spanish papers (Guatemala: comma for thousands, point for decimals). */
import type { Money } from '../../domain/kernel/money.ts';
import { minorUnitDigits } from '../../domain/kernel/money.ts';

const symbols: Readonly<Record<string, string>> = { GTQ: 'Q', USD: 'US$', EUR: '€', MXN: 'MX$' };
const months = ['enero', 'febrero', 'marzo', 'abril', 'mayo', 'junio', 'julio', 'agosto', 'septiembre', 'octubre', 'noviembre', 'diciembre'] as const;

const split = (decimal: string): { readonly sign: string; readonly whole: string; readonly fraction: string } => {
  const sign = decimal.startsWith('-') ? '-' : '';
  const [whole = '0', fraction = ''] = decimal.slice(sign.length).split('.');
  return { sign, whole: whole.replace(/\B(?=(\d{3})+(?!\d))/g, ','), fraction };
};

/** `Q 1,234.50`: at least the digits of the currency's minor unit, and all that the amount has. */
export const moneyText = ({ amount, currency }: Money): string => {
  const { sign, whole, fraction } = split(amount);
  const least = minorUnitDigits(currency);
  const needed = fraction.replace(/0+$/, '');
  const digits = needed.length > least ? needed : needed.padEnd(least, '0');
  return `${symbols[currency] ?? currency} ${sign}${whole}${digits === '' ? '' : `.${digits}`}`;
};

/** `1,234.5`: without zeros at the end. */
export const quantityText = (quantity: string): string => {
  const { sign, whole, fraction } = split(quantity);
  const needed = fraction.replace(/0+$/, '');
  return `${sign}${whole}${needed === '' ? '' : `.${needed}`}`;
};

/** `2026-03-01` → `1 de marzo de 2026`. */
export const dayText = (day: string): string => {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${Number(date)} de ${months[Number(month) - 1] ?? month} de ${year}`;
};
