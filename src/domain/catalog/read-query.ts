import type { Meaning, Synonyms } from './synonyms.js';
import { countOf, type TextIndex } from './text-index.js';
import { isFiller, toWord, type Word, wordsOf } from './words.js';

/** One thing asked for: any of these, each with all of its stems by number. */
export type Wanted = { stems: number[]; weight: number }[];

const LONGEST_PHRASE = 3;
const MAX_WANTED = 12;
/** What is found by a beginning, and by one and by two wrong letters, stands behind what is found by the word. */
const BEGUN = 0.7;
const MISSPELT = [0.5, 0.25] as const;
/** A beginning of two letters would find half of the catalogue. */
const SHORTEST_BEGINNING = 3;
/** As many words as a beginning or a misspelling may stand for. */
const MAX_GUESSES = 40;

/**
 * What a text asks for: every thing of the list. Phrases that have synonyms are taken first, the longest before the shorter; what is
 * left is taken word by word. A word that no piece has is a beginning, or else misspelt.
 */
export function readQuery(text: string, index: TextIndex, synonyms: Synonyms): Wanted[] {
  const words = wordsOf(text).flatMap((word) => apart(word, index));
  const phrases: (Meaning[] | Word)[] = [];
  for (let at = 0; at < words.length; ) {
    const { length, meanings } = longestPhrase(words, at, synonyms);
    const [word] = words.slice(at);
    if (meanings) phrases.push(meanings);
    else if (word) phrases.push(word);
    at += length;
  }
  const telling = phrases.filter((phrase) => !isWord(phrase) || !isFiller(phrase));
  // a text of fillers only asks for those
  return [...new Set(telling.length > 0 ? telling : phrases)]
    .slice(0, MAX_WANTED)
    .map((phrase) => (isWord(phrase) ? guess(phrase, index) : known(phrase, index)));
}

const isWord = (phrase: Meaning[] | Word): phrase is Word => 'text' in phrase;

function longestPhrase(words: Word[], at: number, synonyms: Synonyms) {
  for (let length = Math.min(LONGEST_PHRASE, words.length - at); length > 0; length--) {
    const phrase = words.slice(at, at + length).map(({ stem }) => stem);
    const meanings = synonyms.get(phrase.join(' '));
    if (meanings) return { length, meanings };
  }
  return { length: 1 };
}

// `14k_white` is a word of its own where pieces have it; `art_deco` is two.
const apart = (word: Word, index: TextIndex): Word[] =>
  word.text.includes('_') && !has(index, word.stem)
    ? word.text.split('_').filter(Boolean).map(toWord)
    : [word];

function has(index: TextIndex, stem: string): boolean {
  const number = index.stems.get(stem);
  return number !== undefined && countOf(index, number) > 0;
}

function known(meanings: Meaning[], index: TextIndex): Wanted {
  return meanings.flatMap(({ stems, weight }) => {
    const numbers = stems.flatMap((stem) => index.stems.get(stem) ?? []);
    return numbers.length === stems.length ? [{ stems: numbers, weight }] : [];
  });
}

function guess({ text, stem }: Word, index: TextIndex): Wanted {
  const number = index.stems.get(stem);
  if (number !== undefined) return [{ stems: [number], weight: 1 }];
  const begun = text.length < SHORTEST_BEGINNING ? [] : take(index.vocabulary.atPrefix(text).values());
  if (begun.length > 0) return begun.map((one) => ({ stems: [one], weight: BEGUN }));
  const swapped = take(swaps(text).flatMap((one) => index.vocabulary.get(one) ?? []));
  if (swapped.length > 0) return swapped.map((one) => ({ stems: [one], weight: MISSPELT[0] }));
  const spelt = [...index.vocabulary.fuzzyGet(text, mistakes(text)).values()];
  const fewest = Math.min(...spelt.map(([, distance]) => distance));
  const nearest = spelt.filter(([, distance]) => distance === fewest).map(([one]) => one);
  return take(nearest).map((one) => ({ stems: [one], weight: fewest === 1 ? MISSPELT[0] : MISSPELT[1] }));
}

/** `rign` → `irgn`, `rgin`, `ring`. */
const swaps = (text: string): string[] =>
  Array.from(
    { length: Math.max(0, text.length - 1) },
    (_, at) => text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2),
  );

const mistakes = ({ length }: string): number => (length < 4 ? 0 : length < 6 ? 1 : 2);

function take(stems: Iterable<number>): number[] {
  const taken = new Set<number>();
  for (const stem of stems) if (taken.size < MAX_GUESSES) taken.add(stem);
  return [...taken];
}
