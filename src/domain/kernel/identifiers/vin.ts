/** Vehicle identification numbers: ISO 3779's form, and the check digit that 49 CFR 565.15(c) demands of North American makers (EQ-1). */

/** Why a text is no VIN. Only `checkDigit` can be waived, with a reason, by the domain. */
export type VinProblem = 'length' | 'characters' | 'checkDigit';

/** A VIN as it is kept: capitals, no spaces or dashes around or inside. */
export const normalizeVin = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase();

// 49 CFR 565.15(c)(4), tables III and IV: the letters' values and the positions' weights; the check digit's own position weighs nothing.
const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ';
const letterValues = '12345678123457923456789';
const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2] as const;
const characterValue = (character: string): number => Number(/[0-9]/.test(character) ? character : letterValues.charAt(letters.indexOf(character)));

/** The ninth character that the other sixteen ask for: a digit, or X for ten. `vin` has 17 legal characters. */
export const vinCheckDigit = (vin: string): string => {
  const sum = weights.reduce<number>((total, weight, index) => total + weight * characterValue(vin.charAt(index)), 0);
  return sum % 11 === 10 ? 'X' : String(sum % 11);
};

/** Whether the maker's region, its first two characters, is North America: 1–5, and 7F to 70 (in the order A–Z, 1–9, 0). */
export const isNorthAmericanVin = (vin: string): boolean => /^(?:[1-5]|7[F-Z0-9])/.test(vin);

/** What is wrong with a normalized VIN, or nothing. */
export const vinProblem = (vin: string): VinProblem | undefined => {
  if (vin.length !== 17) return 'length';
  if (!/^[A-HJ-NPR-Z0-9]+$/.test(vin)) return 'characters';
  return isNorthAmericanVin(vin) && vin.charAt(8) !== vinCheckDigit(vin) ? 'checkDigit' : undefined;
};
