/**
 * The standard fonts of PDF know the characters of Windows-1252 only (ISO 32000-1 annex D.2): all of Spanish and most of Western Europe.
 * What they lack is written by its base letter where it has one, else as a question mark, so that no paper shows another character.
 */
const extras = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');
const isKnown = (character: string): boolean => {
  const point = character.codePointAt(0) ?? 0;
  return (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff) || extras.has(character);
};
const spaces = /[\t\r\u2000-\u200a\u202f\u205f\u3000]/g;
/** Marks of direction and joining, soft hyphens and byte order marks, which would show as question marks. */
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** The text as the standard fonts can write it; line breaks stay. */
export const printable = (text: string): string =>
  [
    ...text
      .normalize('NFC')
      .replace(/\r\n?|[\u2028\u2029]/g, '\n')
      .replace(spaces, ' ')
      .replace(invisible, ''),
  ]
    .map((character) => {
      if (character === '\n' || isKnown(character)) return character;
      const base = character.normalize('NFKD').replace(/\p{M}/gu, '');
      return base !== '' && [...base].every(isKnown) ? base : '?';
    })
    .join('');
