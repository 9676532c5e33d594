import { stemmer } from 'stemmer';
import { fold, karats } from './normal-forms.js';
import { inOurWords } from './other-languages.js';
import type { Word } from './piece.js';

/** One object for each word, however many pieces have it; forgotten when there are more than any shop has. */
const known = new Map<string, Word>();
const MAX_KNOWN = 200_000;
const MAX_LENGTH = 40;

/** A text as its words are read: without accents, capitals and apostrophes, stones and pieces by one name in all languages. */
export const searchForm = (text: string): string =>
  inOurWords(fold(text).replace(/'+(?:s\b)?/g, ''))
    .replace(/ {2,}/g, ' ')
    .trim();

/** The words of a text: `Pavé` is found by `pave`, and `14 karat` is `14k`. */
export const wordsOf = (text: string): Word[] => wordsIn(karats(searchForm(text))).map(({ word }) => word);

/** The words of a text in its search form, and where each begins. */
export const wordsIn = (text: string): { word: Word; at: number }[] =>
  Array.from(text.matchAll(/[\p{L}\p{M}\p{N}_]+/gu), ({ 0: word, index }) => ({
    word: toWord(word.slice(0, MAX_LENGTH)),
    at: index,
  }));

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
  'a an and any are at for from her him his i in is it like looking me my need of on or our please show some something that the their to under want with you your mit aus fur von ein eine einen einem einer der die das dem den met voor van een het med av til ett och avec pour une des les con para del los las per il en de di da jewellery jewelry piece pieces с со из для на в и'.split(
    ' ',
  ),
);

export const isFiller = ({ text }: Word): boolean => FILLERS.has(text);
