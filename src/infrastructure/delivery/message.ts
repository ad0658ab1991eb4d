/** A mail as it travels: a message of RFC 5322 in the form of RFC 2045, the same whichever way it leaves. */
import type { Mail } from '../../application/ports/mail.ts';

/** RFC 2047 encoded words: a header never carries what somebody typed as it is, so no line break can add a header. */
const encodedWord = (text: string): string => {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    // An encoded word has at most 75 characters: 45 bytes in base64 and 12 around them.
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
};
/** A bare address: nothing in it can end a header or name a second one. */
const address = /^[^\s<>,;:"()[\]\\@]+@[^\s<>,;:"()[\]\\@]+$/;
export const isAddress = (text: string): boolean => text.length <= 320 && address.test(text);
/** The same for every repetition of the same mail. */
export const messageIdOf = ({ id }: Mail, from: string): string => `<${id.replaceAll(/[^A-Za-z0-9.-]/g, '_')}@${from.split('@').at(-1) ?? 'localhost'}>`;

/** The mail as a message of RFC 5322; `date` is ISO 8601 UTC. */
export const messageOf = (mail: Mail, { from, date }: { readonly from: string; readonly date: string }): string => {
  const body = Buffer.from(mail.text.replaceAll('\n', '\r\n')).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  return [
    `Message-ID: ${messageIdOf(mail, from)}`,
    `Date: ${new Date(date).toUTCString().replace('GMT', '+0000')}`,
    `From: <${from}>`,
    `To: <${mail.to}>`,
    `Subject: ${encodedWord(mail.subject)}`,
    // RFC 3834: nobody's absence answers it.
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    body,
    '',
  ].join('\r\n');
};
