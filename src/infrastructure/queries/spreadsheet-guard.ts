/**
 * Cells that a spreadsheet would take for a formula. The list is OWASP's ("CSV Injection"): = + - @, tab, carriage return and line feed,
 * and the full-width forms of the first four.
 */
export const dangerousFirstCodes = [0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d, 0x0a, 0xff1d, 0xff0b, 0xff0d, 0xff20] as const;

const codes: ReadonlySet<number> = new Set(dangerousFirstCodes);
export const isDangerous = (text: string): boolean => codes.has(text.codePointAt(0) ?? 0);

/** The guard in SQL: a dangerous text gets an apostrophe in front. `ascii` gives the first code point in a UTF-8 database, 0 for ''. */
export const guarded = (text: string): string => `case when ascii(${text}) in (${dangerousFirstCodes.join(',')}) then '''' || ${text} else ${text} end`;
