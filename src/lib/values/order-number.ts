import { readPlainText } from './text.js';

/** What is longer is no order number. */
const MAX_LENGTH = 64;
/** The numero sign and its like, which would be resolved to letters. */
const NUMBER_SIGN = /№|n[º°]/gi;
/** What people write in front of a number: `Order no. GG-12004`, `Bestellung #1001`. */
const SAID_BEFORE =
  /^[^\p{L}\p{N}]*(?:(?:ORDER|BESTELLUNG|COMMANDE|PEDIDO|ORDINE|NUMBER|NUM|NO|NR)[^\p{L}\p{N}]+)+(?=.*\p{N})/u;

/**
 * What people write between the parts of a number and around it; the prolonged sound mark of a Japanese keyboard stands where its hyphen
 * would. Any other sign stays, and makes it another number.
 */
const AROUND = /[#_./:,;()[\]"'«»„“”\u30fc-]+/gu;

/**
 * The one form in which order numbers are compared, whatever was typed and whatever type the shop stored: `gg-9001`, `#GG 9001`,
 * `GG9001` → `GG9001`; the number 1003 → `1003`. White space never counts; a mark between two digits does, for `1001-1` is not 10011.
 */
export function orderNumberForm(value: unknown): string | undefined {
  const text = readPlainText(typeof value === 'string' ? value.replace(NUMBER_SIGN, '#') : value, MAX_LENGTH);
  if (text === undefined) return undefined;
  const form = text
    .toUpperCase()
    .replace(SAID_BEFORE, '')
    .replace(/[\s\p{M}]+/gu, '')
    .replace(AROUND, '-')
    .replace(/(?<!\d)-+|-+(?!\d)/g, '')
    .normalize('NFKC');
  return form === '' ? undefined : form;
}
