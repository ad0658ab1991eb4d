/** How the text of an environment variable becomes a value: one parser a kind, each able to say what it wants. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseS3Url } from './blob-store/s3-url.ts';

/** A value, or what the text must be, as the end of the sentence "NAME must be …". */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly must: string };
export type Parser<T> = (text: string) => Parsed<T>;

/** What one process does: answers HTTP, folds read models, or runs processes, deadlines and deliveries. */
export type Role = 'api' | 'projector' | 'processor';
export const roles: readonly Role[] = ['api', 'projector', 'processor'];

const accept = <T>(value: T): Parsed<T> => ({ ok: true, value });
const refuse = (must: string): Parsed<never> => ({ ok: false, must });

/** Any text; emptiness is ruled out before, because an empty variable counts as not set. */
export const anyText: Parser<string> = (text) => accept(text);

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number): Parser<number> {
  return (text) =>
    /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max ? accept(Number(text)) : refuse(`a whole number from ${min} to ${max}`);
}

export const port = wholeNumber(0, 65_535);

export const trueOrFalse: Parser<boolean> = (text) => (text === 'true' || text === 'false' ? accept(text === 'true') : refuse('true or false'));

/** One of some words, exactly as written. */
export function oneWordOf<const W extends string>(words: readonly W[]): Parser<W> {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    return word === undefined ? refuse(`one of ${words.join(', ')}`) : accept(word);
  };
}

/** `all`, or roles with commas between; each once, in the order in which they are started. */
export const roleList: Parser<readonly Role[]> = (text) => {
  const words = text.split(',').map((word) => word.trim());
  const isKnown = words.every((word) => word === 'all' || roles.some((role) => role === word));
  if (!isKnown) return refuse(`all, or some of ${roles.join(', ')} with commas between`);
  return accept(roles.filter((role) => words.includes('all') || words.includes(role)));
};

/** A folder, as an absolute path. */
export const folder: Parser<string> = (text) => accept(resolve(text));

/** A host name or address to listen on. */
export const hostName: Parser<string> = (text) =>
  /^[\w.:-]{1,255}$/.test(text) ? accept(text) : refuse('a host name or an address to listen on, such as 127.0.0.1 or 0.0.0.0');

/** An address of the web without user, query and fragment; kept as written, because issuers are compared to the letter. */
export const webUrl: Parser<string> = (text) => {
  const url = URL.parse(text);
  const isPlain = url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.search === '' && url.hash === '';
  return isPlain ? accept(text) : refuse('a URL that begins with https:// (or http://), without user, query and fragment');
};

/** Origins as browsers send them (RFC 6454 §6.2): scheme, host and port, nothing after; `none` for none. Never a wildcard. */
export const originList: Parser<readonly string[]> = (text) => {
  if (text === 'none') return accept([]);
  const words = text.split(',').map((word) => word.trim());
  const isOrigin = (word: string): boolean => /^https?:[^*]*$/.test(word) && URL.parse(word)?.origin === word;
  return words.length <= 100 && words.every(isOrigin)
    ? accept([...new Set(words)])
    : refuse('none, or origins such as https://portal.example.com with commas between');
};

/** https, or http that does not leave this machine. */
export function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(url?.hostname ?? '');
}

export const databaseUrl: Parser<string> = (text) => {
  const url = URL.parse(text);
  const isWhole = url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '' && url.pathname.length > 1;
  return isWhole ? accept(text) : refuse('a URL such as postgres://user:password@host:5432/database');
};

/** EventStoreDB's connection string, which may list several hosts and so is no URL of the standard. */
export const eventStoreUrl: Parser<string> = (text) => {
  const host = String.raw`[\w.-]+(:\d{1,5})?`;
  const isWhole = new RegExp(String.raw`^esdb(\+discover)?://([^@/?\s]+@)?${host}(,${host})*/?(\?\S*)?$`).test(text);
  return isWhole ? accept(text) : refuse('a connection string such as esdb://host:2113?tls=true or esdb+discover://cluster:2113');
};

export const smtpUrl: Parser<string> = (text) => {
  const url = URL.parse(text);
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '' ? accept(text) : refuse('a URL such as smtps://user:password@host:465');
};

const isFolderUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return url?.protocol === 'file:' && url.hostname === '' && text.startsWith('file:///');
};
/** A `file:` URL of an absolute folder, or the `s3:` URL of a bucket. */
export const blobUrl: Parser<string> = (text) =>
  isFolderUrl(text) || parseS3Url(text) !== undefined
    ? accept(new URL(text).href)
    : refuse('a URL such as file:///var/lib/leasing/blobs or s3://bucket/prefix?region=us-east-1');

/** A host and a port that speak a protocol of their own over TCP. */
export const tcpUrl: Parser<string> = (text) =>
  /^tcp:\/\/([\w.-]{1,255}|\[[0-9a-f:.]{2,45}\]):\d{1,5}$/i.test(text) && Number(text.split(':').at(-1)) <= 65_535
    ? accept(text)
    : refuse('a URL such as tcp://127.0.0.1:3310');

/** An address to send mail from: no display name, nothing that could end a header. */
export const mailAddress: Parser<string> = (text) =>
  /^[^\s<>,;:"()[\]\\@]{1,64}@[A-Za-z0-9.-]{1,255}$/.test(text) ? accept(text) : refuse('an address such as portal@example.com');

/** The folder for blobs when none is named. */
export const blobUrlIn = (dataFolder: string): string => pathToFileURL(resolve(dataFolder, 'blobs')).href;

/** A bare host name, without scheme and path. */
export const domainName: Parser<string> = (text) =>
  /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text) ? accept(text) : refuse('a domain name, such as example.eu.auth0.com');

/** A key of 32 bytes in base64. */
export const key32: Parser<Buffer> = (text) => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === text ? accept(bytes) : refuse('32 bytes in base64, such as openssl rand -base64 32 gives');
};
