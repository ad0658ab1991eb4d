/** Filters of `$all`: by stream name or event type, with a regular expression or prefixes. */
import { invalidRequest } from '../grpc/failure.ts';
import { type StoredEvent, streamNameOf, typeOf } from '../wire/stored-event.ts';

export type Expression = { readonly regex: string; readonly prefixes: readonly string[] };
export type FilterOptions = {
  readonly on: 'stream' | 'type';
  readonly expression: Expression;
  /** Events considered a search; times `multiplier` gives the distance of checkpoints. */
  readonly window: number;
  readonly multiplier: number;
};

export type Filter = (event: StoredEvent) => boolean;

const inlineFlags = /^\(\?([imsx]+)\)/;
/** Patterns are .NET's: leading inline flags and `\A`, `\z`, `\Z` are translated, anything else has to mean the same in both. */
const compile = (pattern: string): RegExp => {
  const flags = inlineFlags.exec(pattern)?.[1]?.replace('x', '') ?? '';
  const body = pattern.replace(inlineFlags, '').replaceAll('\\A', '^').replaceAll('\\z', '$').replaceAll('\\Z', '$');
  try {
    return new RegExp(body, flags);
  } catch {
    throw invalidRequest(`'${pattern}' is not a regular expression.`);
  }
};

const textMatcher = ({ regex, prefixes }: Expression): ((text: string) => boolean) => {
  if (regex !== '') {
    const compiled = compile(regex);
    return (text) => compiled.test(text);
  }
  return (text) => prefixes.some((prefix) => text.startsWith(prefix));
};

/** The link itself is looked at, never what it points to. */
export const filterOf = (options: FilterOptions): Filter => {
  const matches = textMatcher(options.expression);
  return options.on === 'stream' ? (event) => matches(streamNameOf(event.record)) : (event) => matches(typeOf(event.record));
};
