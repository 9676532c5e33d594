import { plainText } from '../../lib/values/text.js';
import { inOurWords, stoneNamed } from './other-languages.js';

// The shop, the widget and other callers spell the same thing in different ways. Each function here gives the one form
// in which they are compared, on both sides of the comparison; metals have a module of their own.

const ASCII = /^[\0-\x7f]*$/;
/** Accents of Latin, Greek and Cyrillic letters, and the vowel signs that Arabic and Hebrew may leave out. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0670]/g;
/** Letters that have no accent to be taken off and are typed in two ways all the same. */
const LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
};

/** Without capitals and accents, in plain characters: `Rosé` in any Unicode form → `rose`, `Weißgold` → `weissgold`. */
export function fold(text: string): string {
  const plain = plainText(text).toLowerCase();
  if (ASCII.test(plain)) return plain.replaceAll('`', "'");
  return (
    plain
      .replaceAll('`', "'")
      .normalize('NFD')
      .replace(ACCENTS, '')
      .replace(/[ßæœøłđðþıς]/g, (letter) => LETTERS[letter] ?? letter)
      .normalize('NFC')
      // an accent that stood alone
      .replace(/ {2,}/g, ' ')
      .trim()
  );
}

/** What stands between the words of a tag, or in front of it, and says nothing. */
const BETWEEN = /[\s\-_'#]+/g;

/** `Ready to ship`, `ready-to-ship`, `READY_TO_SHIP` → `readytoship`; `café` → `cafe`, however it is encoded. */
export const tagForm = (tag: string): string => fold(tag).replace(BETWEEN, '');

/** Categories of one word that are also written as two. */
const ONE_WORD = new Set(['earring', 'necklace', 'bracelet', 'anklet', 'earcuff', 'cufflink', 'headpiece']);

/**
 * `Rings`, `rings`, `Ringe` → `ring`; `Ear Rings` → `earring`; `Accessories` → `accessory`; `Brooches` → `brooch`. Whole words only: `ring` is not
 * an `earring`.
 */
export function categoryForm(category: string): string {
  const word = singular(
    inOurWords(fold(category))
      .replaceAll("'", '')
      .replace(/[\s\-_]+/g, '-')
      .replace(/^-|-$/g, ''),
  );
  const joined = word.replaceAll('-', '');
  return ONE_WORD.has(joined) ? joined : word;
}

/** The category as it is compared: `gift box` and `giftbox` are one. */
export const categoryKey = (category: string): string => categoryForm(category).replaceAll('-', '');

function singular(word: string): string {
  // ties and pies, but accessories
  if (/[^-]{2}ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(ch|sh|ss|x)es$/.test(word)) return word.slice(0, -2);
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}

/** The stone that a filter asks for: `Diamonds`, `Diamanten` → `diamond`. */
export const stoneForm = (text: string): string => categoryKey(stoneNamed(tagForm(text)));

/** The names under which a stone is found: `Lab-Grown Diamond` → `labgrowndiamond`, `lab`, `grown`, `diamond`. */
export function stoneForms(text: string): string[] {
  // an emerald-cut diamond is not an emerald
  const named = fold(text).replace(/\p{L}+[-_\s]+cut\b/gu, '');
  const words = named.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => /\p{L}/u.test(word));
  return [stoneForm(text), ...words.map(stoneForm)].filter((form) => form !== '');
}

/** The form in which a piece is known by its SKU, `_id` or slug: capitals, invisible marks and kinds of dashes do not count. */
export const nameForm = (name: string): string => plainText(name).toLowerCase();

const KARAT = /\b(\d{1,2})[^a-z0-9]*(?:karat|carat|kt|ct|k)(?![a-z])/g;

/** `14 karat`, `14-ct`, `14kt` → `14k`, in a text without capitals. */
export const karats = (text: string): string => text.replace(KARAT, '$1k');
