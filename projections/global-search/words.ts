/** How text is made comparable, the same for what is stored and for what is asked. */

/** Longest stored text of a document: what an index row of Postgres (2,704 bytes) holds with four bytes a character and its keys. */
const textLengthMax = 600;
const wordLengthMax = 60;
const askedWordsMax = 8;

/** Lower case, without accents. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const wordsOf = (text: string): readonly string[] => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
/** `T-100` is also looked for as `t100`. */
const compactOf = (text: string): readonly string[] =>
  plain(text)
    .split(/\s+/)
    .filter((piece) => /[\p{L}\p{N}][^\p{L}\p{N}]+[\p{L}\p{N}]/u.test(piece))
    .map((piece) => piece.replace(/[^\p{L}\p{N}]+/gu, ''));

/** Every word once, the most telling text first, with a space before and after each. */
export const searchText = (texts: readonly (string | null)[]): string => {
  const given = texts.filter((text) => text !== null);
  const words = new Set(given.flatMap((text) => [...wordsOf(text), ...compactOf(text)]).map((word) => word.slice(0, wordLengthMax)));
  let line = ' ';
  for (const word of words) if (line.length + word.length < textLengthMax) line += `${word} `;
  return line;
};

/** What joins the parts of a number, an address or a name; whoever writes `T-100` means one thing. */
const joiners = /(?<=[\p{L}\p{N}])[-._/#:@+'’](?=[\p{L}\p{N}])/gu;

/** The words of a question, at most eight; none where nothing can be looked for. */
export const askedWords = (text: string): readonly string[] =>
  [...new Set(wordsOf(plain(text).replace(joiners, '')))].slice(0, askedWordsMax).map((word) => word.slice(0, wordLengthMax));
