/** A text that a pattern permits, as short as it permits: for examples in the documents. Knows the part of regular expressions that schemas use. */

type Reading = { readonly text: string; at: number };
const classes: Readonly<Record<string, string>> = { d: '0', w: 'a', s: ' ', S: 'a', D: 'a', W: '-' };
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** The shortest text of the first alternative of each choice. Nothing, where the pattern uses something else or the text would not match. */
export const sampleOf = (pattern: string): string | undefined => {
  try {
    const reading: Reading = { text: pattern, at: 0 };
    const sample = alternatives(reading);
    return reading.at === pattern.length && new RegExp(pattern, 'u').test(sample) ? sample : undefined;
  } catch {
    return undefined;
  }
};

const alternatives = (reading: Reading): string => {
  const samples = [sequence(reading)];
  while (reading.text[reading.at] === '|') {
    reading.at += 1;
    samples.push(sequence(reading));
  }
  return samples[0] ?? '';
};

const sequence = (reading: Reading): string => {
  let sample = '';
  while (reading.at < reading.text.length && !'|)'.includes(reading.text[reading.at] ?? '')) {
    const one = atom(reading);
    sample += one.repeat(leastCount(reading));
  }
  return sample;
};

const atom = (reading: Reading): string => {
  const unit = reading.text[reading.at] ?? '';
  reading.at += 1;
  if (unit === '^' || unit === '$') return '';
  if (unit === '.') return 'a';
  if (unit === '\\') return escaped(reading);
  if (unit === '[') return fromClass(reading);
  if (unit !== '(') return unit;
  const isLook = /^\?[=!]/.test(reading.text.slice(reading.at));
  if (reading.text.startsWith('?', reading.at)) reading.at += 2;
  const inner = alternatives(reading);
  reading.at += 1;
  // What lies ahead is held against the whole sample at the end.
  return isLook ? '' : inner;
};

const escaped = (reading: Reading): string => {
  const unit = reading.text[reading.at] ?? '';
  reading.at += 1;
  if (unit === 'u' || unit === 'x') {
    const digits = unit === 'u' ? 4 : 2;
    reading.at += digits;
    return String.fromCharCode(Number.parseInt(reading.text.slice(reading.at - digits, reading.at), 16));
  }
  return classes[unit] ?? escapes[unit] ?? unit;
};

const fromClass = (reading: Reading): string => {
  const isNegated = reading.text[reading.at] === '^';
  if (isNegated) reading.at += 1;
  const start = reading.at;
  let first: string | undefined;
  while (reading.text[reading.at] !== ']' || reading.at === start) {
    if (reading.at >= reading.text.length) throw new Error('a class without an end');
    const unit = atomOfClass(reading);
    first ??= unit;
  }
  reading.at += 1;
  return isNegated ? 'a' : (first ?? 'a');
};
const atomOfClass = (reading: Reading): string => {
  const unit = reading.text[reading.at] ?? '';
  reading.at += 1;
  return unit === '\\' ? escaped(reading) : unit;
};

/** The least count that the quantifier here permits; one, where there is none. */
const leastCount = (reading: Reading): number => {
  const quantifier = /^(?:[?*+]|\{(\d+)(?:,\d*)?\})/.exec(reading.text.slice(reading.at));
  if (quantifier === null) return 1;
  reading.at += quantifier[0].length;
  if (quantifier[1] !== undefined) return Number(quantifier[1]);
  return quantifier[0] === '+' ? 1 : 0;
};
