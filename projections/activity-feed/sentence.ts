/** How a sentence is made of an event. */
import type { DataOf, Events } from '../../src/domain/kernel/aggregate.ts';
import { erased } from '../../src/domain/kernel/personal.ts';

type Fields = Readonly<Record<string, unknown>>;
export type Sentence = (data: Fields) => string;
export type Sentences = Readonly<Record<string, Sentence>>;

/** Longer ones are cut. */
const lengthMax = 300;

/** The sentences of one aggregate, typed by its events. Personal fields read as erased here, whatever their type says. */
export const say = <const E extends Events>(
  category: string,
  _events: E,
  sentences: { readonly [K in keyof E & string]?: (data: DataOf<E[K]>) => string },
): Sentences =>
  // The boundary of types: the codec has validated what an event of this name carries.
  Object.fromEntries(Object.entries(sentences).map(([type, sentence]) => [`${category}/${type}`, sentence as unknown as Sentence]));

/** What tells one thing from another to a person, the best first. */
const labels = [
  'unitNumber',
  'number',
  'accountNumber',
  'sku',
  'customerName',
  'accountName',
  'legalName',
  'name',
  'title',
  'subject',
  'code',
  'kind',
] as const;

const isTold = (value: unknown): value is string | number =>
  (typeof value === 'string' && value.trim() !== '' && value !== erased) || typeof value === 'number';
const first = (data: Fields, names: readonly string[]): string | undefined => {
  const name = names.find((candidate) => Object.hasOwn(data, candidate) && isTold(data[candidate]));
  return name === undefined ? undefined : String(data[name]);
};

/** `EquipmentHoldPlaced` → `Equipment hold placed`. */
export const inWords = (type: string): string => {
  const words = type
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(' ');
  return words.map((word, at) => (at === 0 || /^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase())).join(' ');
};

/** For any event of any aggregate: what happened, to what, and why where it says so. */
export const plainSentence = (type: string, data: Fields): string => {
  const label = first(data, labels);
  const reason = first(data, ['reason']);
  return `${inWords(type)}${label === undefined ? '' : ` ${label}`}${reason === undefined ? '' : ` (${reason})`}`;
};

/** The sentence of an event: its own, else the plain one. A sentence that would show what is erased gives way to the plain one. */
export const sentenceOf =
  (sentences: Sentences) =>
  (event: { readonly category: string; readonly type: string; readonly data: Fields }): string => {
    const { category, type, data } = event;
    const key = `${category}/${type}`;
    const own = Object.hasOwn(sentences, key) ? sentences[key]?.(data) : undefined;
    const sentence = own === undefined || own.includes(erased) ? plainSentence(type, data) : own;
    const line = sentence.replace(/\s+/g, ' ').trim();
    return line.length > lengthMax ? `${[...line].slice(0, lengthMax - 1).join('')}…` : line;
  };
