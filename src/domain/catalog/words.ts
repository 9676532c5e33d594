import { stemmer } from 'stemmer';
import { karats } from './normal-forms.js';

/** A word as it stands in a text, and the stem that it shares with its other forms: `necklaces` and `necklace`. */
export interface Word {
  text: string;
  stem: string;
}

/** One object for each word, however many pieces have it; forgotten when there are more than any shop has. */
const known = new Map<string, Word>();
const MAX_KNOWN = 200_000;
const LONGEST = 40;

/** The words of a text, without accents and capitals: `Pavé` is found by `pave`, and `14 karat` is `14k`. */
export function wordsOf(text: string): Word[] {
  const plain = karats(text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()).replace(/['’]s?\b/g, '');
  return (plain.match(/[\p{L}\p{N}_]+/gu) ?? []).map((word) => toWord(word.slice(0, LONGEST)));
}

export function toWord(text: string): Word {
  const before = known.get(text);
  if (before) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const word = { text, stem: /^[a-z]+$/.test(text) ? stemmer(text) : text };
  known.set(text, word);
  return word;
}

/** What customers say around what they look for. */
const FILLERS = new Set(
  'a an and any are at for from her him his i in is it like looking me my need of on or our please show some something that the their to under want with you your'.split(
    ' ',
  ),
);

export const isFiller = ({ text }: Word): boolean => FILLERS.has(text);
