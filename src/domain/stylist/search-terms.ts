import { plainText } from '../../lib/values/text.js';

const MAX_WORDS = 8;

/** The form in which names are looked for: without capitals and accents. `Łukasz ŻÓŁĆ` → `lukasz zolc` */
export const personNameForm = (name: string): string =>
  plainText(name)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    // these have no accent that could be taken off
    .replace(/[łøđß]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const PLAIN: Record<string, string> = { ł: 'l', ø: 'o', đ: 'd', ß: 'ss' };

/** By what a ticket is found beside its number and its address: its customer's name, each word of it, and the phone in E.164 form. */
export function searchTermsOf(name: string | undefined, phone: string | undefined): string[] {
  const form = personNameForm(name ?? '');
  const words = form.split(' ').slice(0, MAX_WORDS);
  return [...new Set([form, ...words, phone ?? ''])].filter((term) => term !== '');
}
