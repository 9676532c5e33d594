import { readFileSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { wordsOf } from './stemmed-words.js';

/** What customers say and what pieces say. A shop replaces it by a JSON file of the same form (SYNONYMS_FILE). */
export interface SynonymData {
  /** Each of a group is also found by the others, behind what has the very word. */
  alike: string[][];
  /** What is said stands for something else only: `white gold` is a metal, not a white piece with gold in it. */
  means: Record<string, string[]>;
}

export const SYNONYMS: SynonymData = {
  alike: [
    ['engagement', 'bridal', 'proposal'],
    ['wedding', 'bridal', 'marriage'],
    ['bride', 'bridal'],
    ['band', 'wedding band'],
    ['pendant', 'necklace'],
    ['bangle', 'bracelet', 'cuff'],
    ['hoops', 'huggies'],
    ['eternity', 'anniversary'],
    ['lab grown', 'lab created', 'man made', 'synthetic'],
    ['men', 'mens', 'male', 'gents'],
    ['gift', 'present'],
    ['vintage', 'antique', 'heirloom', 'art deco'],
    ['minimal', 'minimalist', 'simple', 'delicate', 'dainty'],
    ['classic', 'timeless', 'traditional'],
    ['everyday', 'daily'],
    ['personalised', 'personalized', 'custom', 'bespoke', 'engraved', 'made to order'],
    ['silver', 'sterling'],
    ['jewellery', 'jewelry'],
    ['grey', 'gray'],
    ['april birthstone', 'diamond'],
    ['may birthstone', 'emerald'],
    ['june birthstone', 'pearl'],
    ['july birthstone', 'ruby'],
    ['september birthstone', 'sapphire'],
    ['october birthstone', 'opal'],
  ],
  means: {
    'white gold': ['gold_white'],
    'yellow gold': ['gold_yellow'],
    'rose gold': ['gold_rose'],
    'pink gold': ['gold_rose'],
    'red gold': ['gold_rose'],
    'ready to ship': ['readytoship'],
    'in stock': ['readytoship'],
    'ships now': ['readytoship'],
  },
};

/** One of several things that may be meant: all of these stems. */
export interface Meaning {
  stems: string[];
  /** 1 for what was said. */
  weight: number;
}

/** Stems of a phrase, joined by a space → what it may mean. */
export type Synonyms = ReadonlyMap<string, Meaning[]>;

const BEHIND = 0.5;

const stemsOf = (phrase: string): string[] => wordsOf(phrase).map(({ stem }) => stem);

export function compileSynonyms({ alike, means }: SynonymData): Synonyms {
  const synonyms = new Map<string, Meaning[]>();
  for (const group of alike)
    for (const phrase of group) {
      const stems = stemsOf(phrase);
      const others = group.map(stemsOf).filter((other) => other.join(' ') !== stems.join(' '));
      const meanings = synonyms.get(stems.join(' ')) ?? [{ stems, weight: 1 }];
      meanings.push(...others.map((other) => ({ stems: other, weight: BEHIND })));
      synonyms.set(stems.join(' '), meanings);
    }
  for (const [phrase, meant] of Object.entries(means))
    synonyms.set(
      stemsOf(phrase).join(' '),
      meant.map((one) => ({ stems: stemsOf(one), weight: 1 })),
    );
  return synonyms;
}

const Phrase = Type.String({ minLength: 1, maxLength: 80 });
const SynonymsFile = Type.Object(
  {
    alike: Type.Array(Type.Array(Phrase, { minItems: 2, maxItems: 20 }), { maxItems: 1000 }),
    means: Type.Record(Phrase, Type.Array(Phrase, { minItems: 1, maxItems: 20 })),
  },
  { additionalProperties: false },
);

/** The synonyms of the file, or ours. What is wrong with the file is added to the problems. */
export function readSynonyms(file: string | undefined, problems: string[]): SynonymData {
  if (!file) return SYNONYMS;
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Value.Check(SynonymsFile, content)) return content;
    const [error] = Value.Errors(SynonymsFile, content);
    problems.push(`SYNONYMS_FILE is not as it should be at ${error?.path || '/'}: ${error?.message}`);
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    problems.push(`SYNONYMS_FILE ${why}: ${file}`);
  }
  return SYNONYMS;
}
