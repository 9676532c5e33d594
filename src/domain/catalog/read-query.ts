import { categoryKey, karats } from './normal-forms.js';
import { isPieceName } from './other-languages.js';
import type { Word } from './piece.js';
import { type PriceWish, readPriceWish } from './price-wish.js';
import { type FoundMetal, findMetals } from './read-metals.js';
import type { Kind, Snapshot } from './snapshot.js';
import { isFiller, searchForm, toWord, wordsIn } from './stemmed-words.js';
import type { Meaning } from './synonyms.js';
import { countOf, type TextIndex } from './text-index.js';

/** One thing asked for: any of these, each with all of its stems by number. */
type Wanted = { stems: number[]; weight: number }[];

/** What a phrase names, in the forms in which pieces are compared; any of them. */
export interface Naming {
  kind: Kind;
  forms: readonly string[];
  /** Of a category: it is said in the shop's own word, and nothing but that category is meant. */
  isExact?: boolean;
}

/** Something that a text wants, and what it names by it. */
export interface Wish {
  wanted: Wanted;
  naming?: Naming;
}

/** Something that a piece must not have: a word with its stems, and metals by their forms. */
interface Unwanted {
  word?: string;
  stems: number[];
  metals: string[];
}

/** What a text asks for: everything wanted, nothing unwanted, at that price. */
export interface Query {
  wishes: Wish[];
  unwanted: Unwanted[];
  price: PriceWish;
}

const MAX_PHRASE = 3;
const MAX_WANTED = 12;
/** What is found by a beginning, and by one and by two wrong letters, stands behind what is found by the word. */
const BEGUN = 0.7;
const MISSPELT = [0.5, 0.25] as const;
/** A beginning of two letters would find half of the catalogue. */
const MIN_BEGINNING = 3;
/** As many words as a beginning or a misspelling may stand for. */
const MAX_GUESSES = 40;

type Index = Pick<Snapshot, 'text' | 'synonyms' | 'currency' | 'postings' | 'namings'>;

/** A phrase of the text that stands for one thing. */
interface Phrase {
  /** How many words it has. */
  length: number;
  /** Names a metal, or a stone: `no gold and silver` denies both, `no gold and engraved` one. */
  kind?: 'metal' | 'stone';
  word?: Word;
  meanings?: Meaning[];
  metals?: FoundMetal[];
  /** The forms of the metals that it names, where it has synonyms. */
  named?: readonly string[];
  /** Others that will do instead. */
  or?: Phrase[];
}

/**
 * What a text asks for. Prices are read and taken out first; then phrases that name a metal or have synonyms, the longest before the
 * shorter; what is left is taken word by word. What stands behind `not`, `without` and the like is unwanted. A word that no piece has is a
 * beginning, or else misspelt.
 */
export function readQuery(text: string, index: Index): Query {
  const { wish, rest } = readPriceWish(searchForm(text), index.currency);
  const plain = karats(rest.replace(DENIALS, ' not ').replace(FREE_OF, ' not $1 '));
  const words = joined(
    wordsIn(plain).flatMap((one) => apart(one, index.text)),
    index,
  );
  const metals = findMetals(plain);
  const phrases: Phrase[] = [];
  const unwanted: Unwanted[] = [];
  const phraseAt = (at: number): Phrase => longestPhrase(words, at, metals, index);
  for (let at = 0; at < words.length; ) {
    if (!isDenial(words, at)) {
      const phrase = phraseAt(at);
      at += phrase.length;
      // `diamond or pearl`, `platinum or white gold`: either will do
      const [last] = phrases.slice(-2);
      const isEither =
        OR.has(phrases.at(-1)?.word?.text ?? '') &&
        phrases.length > 1 &&
        last?.kind &&
        last.kind === phrase.kind;
      if (isEither) phrases.splice(-2, 2, { ...last, or: [...(last.or ?? []), phrase] });
      else phrases.push(phrase);
      continue;
    }
    const denied = readDenial(words, at, phraseAt);
    unwanted.push(...denied.phrases.map((phrase) => unwantedOf(phrase, index)));
    at = denied.end;
  }
  const telling = phrases.filter(({ word }) => !word || !isFiller(word));
  const asksElse = unwanted.length > 0 || Object.keys(wish).length > 0;
  // a text of fillers only asks for those
  const asked = telling.length > 0 || asksElse ? telling : phrases;
  return { wishes: eitherCategory(wishesOf(asked, index)), unwanted, price: wish };
}

function wishesOf(phrases: Phrase[], index: Index): Wish[] {
  const byName = new Map<unknown, Wish>();
  for (const { or, ...phrase } of phrases) {
    if (byName.size >= MAX_WANTED) break;
    const { word, meanings, metals } = phrase;
    if (or) byName.set(or, anyOf(wishesOf([phrase, ...or], index)));
    else if (metals) for (const [name, wish] of ofMetals(metals, index.text)) byName.set(name, wish);
    else if (meanings) byName.set(meanings, ofMeanings(meanings, phrase.named ?? [], index));
    else if (word) byName.set(word, ofWord(word, index));
  }
  return [...byName.values()];
}

function anyOf(wishes: readonly Wish[]): Wish {
  const namings = wishes.map(({ naming }) => naming);
  const kinds = new Set(namings.map((naming) => naming?.kind));
  const [kind] = kinds;
  return {
    wanted: wishes.flatMap(({ wanted }) => wanted),
    naming:
      kind && kinds.size === 1
        ? {
            kind,
            forms: namings.flatMap((naming) => naming?.forms ?? []),
            isExact: namings.every((naming) => naming?.isExact),
          }
        : undefined,
  };
}

// Nothing is a ring and a necklace: who names both looks for either. `stud earrings` are earrings that are studs.
function eitherCategory(wishes: Wish[]): Wish[] {
  const categories = wishes.filter(({ naming }) => naming?.isExact);
  if (categories.length < 2) return wishes;
  return [anyOf(categories), ...wishes.filter((wish) => !categories.includes(wish))];
}

// `white and yellow gold` asks for both, `white or yellow gold` for either.
function ofMetals(metals: FoundMetal[], index: TextIndex): [string, Wish][] {
  const wishes = metals.map(({ forms }): [string, Wish] => {
    const form = forms.at(-1) ?? '';
    const number = index.stems.get(toWord(form).stem);
    const wanted = number === undefined ? [] : [{ stems: [number], weight: 1 }];
    return [form, { wanted, naming: { kind: 'metal', forms: [form] } }];
  });
  if (!metals.some(({ isAlternative }) => isAlternative)) return wishes;
  return [[wishes.map(([form]) => form).join(' or '), anyOf(wishes.map(([, wish]) => wish))]];
}

// `pendant` is also a necklace; of several things that a phrase may mean, those of one kind say what it names.
function ofMeanings(
  meanings: Meaning[],
  metals: readonly string[],
  { text, namings, postings }: Index,
): Wish {
  const wanted = known(meanings, text);
  if (metals.length > 0) return { wanted, naming: { kind: 'metal', forms: metals } };
  const named = meanings.flatMap(({ stems }) => (stems.length === 1 && namings.get(stems[0] ?? '')) || []);
  return { wanted, naming: namingOf(named, postings) };
}

function ofWord(word: Word, { text, namings, postings }: Index): Wish {
  const guesses = guess(word, text);
  const wanted = guesses.map(({ number, weight }) => ({ stems: [number], weight }));
  const said = namings.get(word.stem);
  const named = said ? [said] : guesses.flatMap(({ stem }) => namings.get(stem) ?? []);
  return { wanted, naming: namingOf(named, postings) };
}

function namingOf(
  [first, ...others]: readonly { kind: Kind; form: string }[],
  { category }: Index['postings'],
): Naming | undefined {
  if (!first) return undefined;
  const { kind, form } = first;
  return {
    kind,
    forms: [form, ...others.filter((one) => one.kind === kind).map((one) => one.form)],
    isExact: kind === 'category' && isPieceName(form) && category.has(form),
  };
}

function longestPhrase(
  words: PlacedWord[],
  at: number,
  metals: FoundMetal[],
  { synonyms, postings }: Index,
): Phrase {
  const start = words[at]?.at ?? 0;
  const named = metals.filter((metal) => metal.start === start);
  const end = Math.max(start, ...named.map((metal) => metal.end));
  const within = words.slice(at).findIndex((word) => word.at >= end);
  const length = named.length === 0 ? 0 : within < 0 ? words.length - at : within;
  const word = words[at]?.word;
  const isStone = word !== undefined && (postings.stone.has(word.stem) || postings.stone.has(word.text));
  const kind = named.length > 0 ? 'metal' : isStone ? 'stone' : undefined;
  for (let count = Math.min(MAX_PHRASE, words.length - at); count >= Math.max(1, length); count--) {
    const stems = words.slice(at, at + count).map(({ word }) => word.stem);
    const meanings = synonyms.get(stems.join(' '));
    // a metal that is only named by its own word is that word, with its synonyms
    if (meanings)
      return { length: count, meanings, word: count === 1 ? word : undefined, kind, named: formsOf(named) };
  }
  const isPlain = length <= 1 && named.every(({ forms }) => forms.at(-1) === word?.text);
  if (length > 0 && !isPlain) return { length, metals: named, kind: 'metal' };
  return { length: 1, word, kind };
}

const formsOf = (metals: readonly FoundMetal[]): string[] => metals.map(({ forms }) => forms.at(-1) ?? '');

interface PlacedWord {
  word: Word;
  at: number;
}

// `14k_white` is a word of its own where pieces have it; `art_deco` is two.
function apart({ word, at }: PlacedWord, index: TextIndex): PlacedWord[] {
  if (!word.text.includes('_') || has(index, word.stem)) return [{ word, at }];
  return wordsIn(word.text.replaceAll('_', ' ')).map((part) => ({ word: part.word, at: at + part.at }));
}

// `ear rings` is one word where there are earrings.
function joined(words: PlacedWord[], { postings }: Index): PlacedWord[] {
  const all: PlacedWord[] = [];
  for (const { word, at } of words) {
    const before = all.at(-1);
    const both = `${before?.word.text}${word.text}`;
    if (before && !isFiller(before.word) && postings.category.has(categoryKey(both)))
      all.splice(-1, 1, { word: toWord(both), at: before.at });
    else all.push({ word, at });
  }
  return all;
}

// Denials

const DENIALS =
  /(?<![\p{L}\p{N}])(?:other than|rather than|instead of|anything but|everything but|apart from|aside from|but no|but not|w\/o|excluding|exclude|except(?: for)?|minus|free (?:of|from)|(?:do|does|did|is|are|was|has|have|wo|would|ca)nt(?: want| like| need| have| be| contain| include| wear)?|cannot(?: wear)?|nothing (?:in|with|of)|allergic to)(?![\p{L}\p{N}])|(?<=^|\s)-(?=\p{L})/gu;
/** `nickel-free`; `free shipping` is something else. */
const FREE_OF = /(?<![\p{L}\p{N}])(\p{L}+)-free(?![\p{L}\p{N}])/gu;
const NOT = new Set(
  'not no non without never nor neither ohne sans sin senza zonder sem kein keine keinen keinem nicht pas utan uden без'.split(
    ' ',
  ),
);
/** What stands between a denial and what is denied. */
const BETWEEN = new Set(
  'made of in with any a an the from for want like but really die der das aus de en di'.split(' '),
);
/** `not too flashy` and `not only gold` deny nothing that a piece has or has not. */
const ONLY = new Set('too only just very so that sure necessarily'.split(' '));
const OR = new Set('or nor oder ou'.split(' '));

const isDenial = (words: PlacedWord[], at: number): boolean => {
  const next = words[at + 1]?.word.text;
  // `No. 7` is a name, and a last `not` denies nothing
  return NOT.has(words[at]?.word.text ?? '') && next !== undefined && !/^\d+$/.test(next);
};

function readDenial(words: PlacedWord[], from: number, phraseAt: (at: number) => Phrase) {
  let at = from + 1;
  const textAt = (place: number): string => words[place]?.word.text ?? '';
  while (BETWEEN.has(textAt(at)) || NOT.has(textAt(at))) at++;
  if (ONLY.has(textAt(at)))
    return { phrases: [], end: textAt(at) === 'too' || textAt(at) === 'very' ? at + 2 : at + 1 };
  const phrases: Phrase[] = [];
  while (at < words.length) {
    const phrase = phraseAt(at);
    const [last] = phrases.slice(-1);
    // after `and`, only more of the same kind is meant
    if (last && textAt(at - 1) === 'and' && (!phrase.kind || phrase.kind !== last.kind))
      return { phrases, end: at };
    phrases.push(phrase);
    at += phrase.length;
    if (!OR.has(textAt(at)) && textAt(at) !== 'and') break;
    at++;
    while (BETWEEN.has(textAt(at)) || NOT.has(textAt(at))) at++;
  }
  return { phrases, end: at };
}

function unwantedOf({ word, meanings, metals }: Phrase, { text }: Index): Unwanted {
  if (metals) return { stems: [], metals: formsOf(metals) };
  if (word) return { word: word.text, stems: guess(word, text).map(({ number }) => number), metals: [] };
  // what was said, not what is like it
  const said = known(
    (meanings ?? []).filter(({ weight }) => weight === 1),
    text,
  );
  return { stems: said.flatMap(({ stems }) => (stems.length === 1 ? stems : [])), metals: [] };
}

// Words

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

interface Guess {
  number: number;
  stem: string;
  weight: number;
}

/** The word itself where pieces have it, else what it may be the beginning of, else what it may be meant for. */
function guess({ text, stem }: Word, { stems, vocabulary }: TextIndex): Guess[] {
  const number = stems.get(stem);
  if (number !== undefined) return [{ number, stem, weight: 1 }];
  const begun = text.length < MIN_BEGINNING ? [] : take(vocabulary.atPrefix(text).entries(), BEGUN);
  if (begun.length > 0) return begun;
  const changed = swaps(text).flatMap((one): [string, number][] => {
    const swapped = vocabulary.get(one);
    return swapped === undefined ? [] : [[one, swapped]];
  });
  if (changed.length > 0) return take(changed, MISSPELT[0]);
  const spelt = [...vocabulary.fuzzyGet(text, mistakes(text))];
  const fewest = Math.min(...spelt.map(([, [, distance]]) => distance));
  const nearest = spelt.flatMap(([word, [one, distance]]): [string, number][] =>
    distance === fewest ? [[word, one]] : [],
  );
  return take(nearest, fewest === 1 ? MISSPELT[0] : MISSPELT[1]);
}

/** `rign` → `irgn`, `rgin`, `ring`. */
const swaps = (text: string): string[] =>
  Array.from(
    { length: Math.max(0, text.length - 1) },
    (_, at) => text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2),
  );

const mistakes = ({ length }: string): number => (length < 4 ? 0 : length < 6 ? 1 : 2);

function take(words: Iterable<[string, number]>, weight: number): Guess[] {
  const taken = new Map<number, Guess>();
  for (const [word, number] of words) {
    if (taken.size >= MAX_GUESSES) break;
    if (!taken.has(number)) taken.set(number, { number, stem: toWord(word).stem, weight });
  }
  return [...taken.values()];
}
