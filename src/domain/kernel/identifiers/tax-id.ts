/** Tax and personal ids whose rule is public (TE-8): Guatemala's NIT and CUI. Ids of countries without a known rule are taken as they are. */
import { containsValue, type Interval } from '../interval.ts';

/** Municipalities in each of Guatemala's departments 01–22, as the statistics institute numbers them: 340 in all. */
export const municipalitiesByDepartment: readonly number[] = [17, 8, 16, 16, 14, 14, 19, 8, 24, 21, 9, 30, 33, 21, 8, 17, 14, 5, 11, 11, 7, 17];

/** Why a text is no NIT or CUI. */
export type TaxIdProblem = 'format' | 'checkDigit' | 'municipality';

/** A NIT as it is kept: digits, a capital K, no dash, no leading zeros. */
export const normalizeNit = (text: string): string =>
  text
    .replace(/[\s-]/g, '')
    .toUpperCase()
    .replace(/^0+(?=.{2})/, '');

/**
 * The check character of a NIT's body: the digits weigh 2, 3, 4 … from the right, the check is what completes the sum to a multiple of
 * 11, K standing for ten. A body of ten or more digits has one digit that weighs 11, whose change goes unseen.
 */
export const nitCheckCharacter = (body: string): string => {
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * (body.length - index + 1), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? 'K' : String(check);
};

/** What is wrong with a normalized NIT (2–13 characters, the last one the check), or nothing. */
export const nitProblem = (nit: string): TaxIdProblem | undefined => {
  if (!/^[1-9][0-9]{0,11}[0-9K]$/.test(nit)) return 'format';
  return nit.at(-1) === nitCheckCharacter(nit.slice(0, -1)) ? undefined : 'checkDigit';
};

/** A CUI (the number of the DPI card) as it is kept: 13 digits. */
export const normalizeCui = (text: string): string => text.replace(/[\s-]/g, '');

/**
 * What is wrong with a normalized CUI, or nothing: eight digits, a check digit (Σ digit × 2…9, modulo 11; a ten is never given out), two
 * digits of an existing department and two of a municipality in it, where the person was registered.
 */
export const cuiProblem = (cui: string): TaxIdProblem | undefined => {
  if (!/^[0-9]{13}$/.test(cui)) return 'format';
  const check = [...cui.slice(0, 8)].reduce((total, digit, index) => total + Number(digit) * (index + 2), 0) % 11;
  if (check !== Number(cui.charAt(8))) return 'checkDigit';
  const [department, municipality] = [Number(cui.slice(9, 11)), Number(cui.slice(11))];
  const known = municipalitiesByDepartment[department - 1] ?? 0;
  return municipality >= 1 && municipality <= known ? undefined : 'municipality';
};

/** A text that a country's policy lets stand for a tax id during some time (Guatemala's `CF`, final consumer): an entry of the catalog, dated. */
export type TaxIdException = { readonly country: string; readonly value: string; readonly validity: Interval<string> };

/** Kinds of id with a known rule; `other` is anything else. */
export type TaxIdKind = 'nit' | 'cui' | 'other';

/**
 * Checks a customer's tax id on a business date. Returns the id as it is kept, or what is wrong. The policy's exceptions come first; then
 * the rule of the kind; an `other` id only has to be there.
 */
export const checkTaxId = (
  id: { readonly country: string; readonly kind: TaxIdKind; readonly value: string },
  policy: { readonly on: string; readonly exceptions: readonly TaxIdException[] },
): { readonly value: string } | { readonly problem: TaxIdProblem } => {
  const trimmed = id.value.trim();
  const excepted = policy.exceptions.find(
    ({ country, value, validity }) => country === id.country && value === trimmed.toUpperCase() && containsValue(validity, policy.on),
  );
  if (excepted !== undefined) return { value: excepted.value };
  const value = id.kind === 'nit' ? normalizeNit(trimmed) : id.kind === 'cui' ? normalizeCui(trimmed) : trimmed;
  const problem = id.kind === 'nit' ? nitProblem(value) : id.kind === 'cui' ? cuiProblem(value) : value === '' ? 'format' : undefined;
  return problem === undefined ? { value } : { problem };
};
