import { type Finish, METAL_NAMES, METAL_WORDS, type MetalWord, partsOf } from './metal-words.js';
import { fold } from './normal-forms.js';
import { inOurWords } from './other-languages.js';

// Reads which metals a text names. Solid gold is only what is said to be: what is plated, filled, vermeil or gold in tone alone has a
// form of its own, a colour is one of gold only beside gold or karats, and nickel silver is no silver.

/** A metal that a text names. */
export interface FoundMetal {
  /** From the general to the particular, the most particular last: `gold`, `14k`, `gold_white`, `14k_white`. */
  forms: readonly string[];
  /** Said not to be there: `nickel free`, `not gold`. */
  isDenied: boolean;
  /** Where it is named in the text; two metals that are named together (`white and yellow gold`) have one place. */
  start: number;
  end: number;
  /** Named as one of several of which any will do: `white or yellow gold`. */
  isAlternative: boolean;
}

type Item = (
  | Exclude<MetalWord, { is: 'karat' }>
  | { is: 'karat'; karat: number; weak?: true }
  | { is: 'fineness'; parts: number }
  | { is: 'word' }
) & { start: number; end: number };

/** Parts of a thousand that are gold → karats. */
const GOLD_PARTS = new Map([
  [333, 8],
  [375, 9],
  [416, 10],
  [417, 10],
  [500, 12],
  [583, 14],
  [585, 14],
  [625, 15],
  [750, 18],
  [833, 20],
  [875, 21],
  [916, 22],
  [917, 22],
  [958, 23],
  [990, 24],
  [995, 24],
  [999, 24],
  [9999, 24],
]);
/** What is stamped on gold only, so that the number alone says it. */
const GOLD_STAMPS = new Set([333, 375, 416, 417, 583, 585, 750, 916, 917]);
const SILVER_STAMPS = new Set([800, 830, 835, 925, 935]);
const KARATS = new Set([8, 9, 10, 12, 14, 15, 18, 19, 20, 21, 22, 23, 24]);
/** Whatever stands in a document, no more of it is a metal's name. */
const MAX_LENGTH = 200;
const TWO_TONE = 'two_tone';

const TOKEN = /\d+(?:[.,]\d+)?|[\p{L}\p{M}]+|[&+/,;|%]/gu;
/** `14kw` */
const COLOUR_LETTERS = new Map([
  ['w', 'white'],
  ['y', 'yellow'],
  ['r', 'rose'],
]);
/** `wg 585` */
const COLOURED_GOLD = new Map([
  ['wg', 'white'],
  ['yg', 'yellow'],
  ['rg', 'rose'],
  ['pg', 'rose'],
]);

/** An ObjectId or a UUID: what looks like a stamp in it is chance. */
const RANDOM_ID =
  /(?<![\p{L}\p{N}])(?:[\da-f]{24}|[\da-f]{8}(?:[- ][\da-f]{4}){3}[- ][\da-f]{12})(?![\p{L}\p{N}])/giu;

/** The metals that a folded text names, in its order. */
export function findMetals(folded: string): FoundMetal[] {
  const text = folded.slice(0, MAX_LENGTH).replace(RANDOM_ID, (id) => ' '.repeat(id.length));
  const items = itemsOf(text);
  const found: FoundMetal[] = [];
  for (let at = 0; at < items.length; ) {
    const item = items[at] as Item;
    const run = isGoldish(item) ? runFrom(items, at) : undefined;
    if (run && isGold(run, items)) found.push(...goldsOf(run, items));
    else if (item.is === 'metal') found.push(metalOf(item.metal, at, items));
    else if (item.is === 'surface' && !isBesideGold(at, items))
      found.push(toFound([`${item.metal}_plated`], items, at, at));
    else if (item.is === 'finish' && item.finish === 'vermeil' && !isTaken(at, items))
      found.push(toFound(['vermeil'], items, at, at));
    at = run ? run.to + 1 : at + 1;
  }
  return found.filter(({ forms }) => forms.length > 0);
}

/**
 * The metals that a text names, each from the general to the particular: `14K Yellow Gold`, `gold-14k-yellow`, `14k_yellow`, `585 Gelbgold` →
 * `gold`, `14k`, `gold_yellow`, `14k_yellow`. Where two are seen, `two_tone` is another. A text that names none is its own form, so that
 * `silk cord` is found by `Silk Cord`.
 */
export function metalsOf(text: string): readonly (readonly string[])[] {
  const folded = inOurWords(fold(text).replaceAll("'", ''));
  const named = findMetals(folded);
  const found = named.filter(({ isDenied }) => !isDenied);
  const metals = new Map(found.map(({ forms }) => [forms.at(-1) ?? '', forms]));
  // what keeps white gold white is not what a piece is made of
  for (const form of metals.keys()) if (/^rhodium_/.test(form) && metals.size > 1) metals.delete(form);
  const seen = [...metals.keys()].filter((form) => !IS_FINISHED.test(form));
  if (isTwoTone(folded) || (seen.length > 1 && !found.some(({ isAlternative }) => isAlternative)))
    metals.set(TWO_TONE, [TWO_TONE]);
  // who says only what a piece is not has named no metal
  if (metals.size > 0 || named.length > 0) return [...metals.values()];
  const words = folded.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.length > 0 ? [[words.join('_').slice(0, MAX_LENGTH)]] : [];
}

/** All forms under which what a text names is found. */
export const metalForms = (text: string): string[] => [...new Set(metalsOf(text).flat())];

/**
 * What a filter asks for: of each metal that it names, the most particular form; any of them will do. Of what is plated, the layer; of
 * what is two-tone without saying in what, that.
 */
export function metalsAsked(text: string): string[] {
  const asked = metalsOf(text).map((forms) => forms.at(-1) ?? '');
  const [layers, named] = [
    asked.filter((form) => IS_FINISHED.test(form)),
    asked.filter((form) => form !== TWO_TONE),
  ];
  if (layers.length > 0) return layers;
  return named.length > 1 || named.length === asked.length ? named : [TWO_TONE];
}

/** What a filter says that a piece is not to have (`not gold`, `nickel free`): of each metal the most particular form. */
export const metalsDenied = (text: string): string[] =>
  findMetals(inOurWords(fold(text).replaceAll("'", '')))
    .filter(({ isDenied }) => isDenied)
    .map(({ forms }) => forms.at(-1) ?? '');

const IS_FINISHED = /(?:^|_)(?:plated|filled|vermeil|(?<!^two_)tone)$/;

/** Whether the forms are those of a metal, as opposed to the number of a material or a text that names none. */
export const isMetal = ([general]: readonly string[]): boolean =>
  general !== undefined && METAL_NAMES.has(general);

/** The parts of a thousand, or the karats, that a purity says (`18K`, `750`, `58.5% gold`), as karats. */
export function karatsIn(purity: string): string | undefined {
  const forms = findMetals(`gold ${fold(purity).slice(0, 40)}`)[0]?.forms;
  return forms?.find((form) => /^\d+k$/.test(form));
}

const isTwoTone = (folded: string): boolean =>
  /\b(?:two|2|bi|tri|three|3|multi)[-\s]?(?:tone|toned|colou?r|colou?red|metal)\b|\bbicolou?re?\b|\btricolou?re?\b|zweifarbig|dreifarbig/.test(
    folded,
  );

// Items: what each word of the text is.

function itemsOf(text: string): Item[] {
  const plain = text
    .replace(/\b(?:two|2|bi|tri|three|3|multi)[-\s]?(?:tone|toned|colou?r|colou?red|metal)\b/g, (said) =>
      'bicolor'.padEnd(said.length),
    )
    .replace(/\/\s*1000\b/g, (said) => ' '.repeat(said.length));
  // 18K白金 is white gold; by itself it is platinum
  const tokens = [...(/\d\s*k/.test(plain) ? plain.replaceAll('白金', '白 金') : plain).matchAll(TOKEN)];
  const items: Item[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const [token] = tokens[at] as RegExpExecArray;
    const start = tokens[at]?.index ?? 0;
    const end = start + token.length;
    const add = (word: MetalWord | { is: 'word' }): void => {
      // a unit of fineness without its number says nothing
      items.push({ ...(word.is === 'karat' ? { is: 'filler' as const } : word), start, end });
    };
    const next = tokens[at + 1]?.[0] ?? '';
    if (/^\d/.test(token)) {
      const number = numberOf(token, next);
      const unit = unitOf(next);
      if (unit && KARATS.has(Math.floor(number))) {
        const behind = (tokens[at + 1]?.index ?? 0) + unit.length;
        items.push({
          is: 'karat',
          karat: Math.floor(number),
          ...(unit.isWeak && { weak: true }),
          start,
          end: behind,
        });
        for (const word of restOf(next.slice(unit.length)))
          items.push({ ...(word as Item), start: behind, end: behind + next.length - unit.length });
        at++;
      } else if (KARATS.has(number) && next.startsWith('金'))
        items.push({ is: 'karat', karat: number, start, end });
      else if (GOLD_PARTS.has(number) || SILVER_STAMPS.has(number) || (number >= 850 && number <= 1000))
        items.push({ is: 'fineness', parts: number, start, end });
      else add({ is: 'word' });
      continue;
    }
    const before = METAL_WORDS.get(token);
    const following = numberOf(next, tokens[at + 2]?.[0] ?? '');
    if (
      before?.is === 'karat' &&
      !before.weak &&
      KARATS.has(following) &&
      !unitOf(tokens[at + 2]?.[0] ?? '')
    ) {
      items.push({ is: 'karat', karat: following, start, end: (tokens[at + 1]?.index ?? 0) + next.length });
      at++;
    } else if (token === 'au' && GOLD_PARTS.has(following)) add({ is: 'gold' });
    else if (token === 'or') add(isFrenchGold(tokens, at) ? { is: 'gold' } : { is: 'or' });
    else if (isAbbreviation(tokens, at)) for (const word of restOf(token)) add(word);
    else if (token !== '%') for (const word of partsOf(token)) add(word);
  }
  return withoutFalse(items);
}

function numberOf(token: string, next: string): number {
  const number = Number(token.replace(',', '.'));
  if (next === '%') return Math.round(number * 10);
  return number > 0 && number < 1 ? Math.round(number * 1000) : number;
}

/** The unit that a word begins with when it stands behind a number: `k`, or `k` of `kwg`. */
function unitOf(word: string): { length: number; isWeak: boolean } | undefined {
  const whole = METAL_WORDS.get(word);
  if (whole?.is === 'karat') return { length: word.length, isWeak: whole.weak === true };
  for (const unit of ['karat', 'carat', 'kt', 'ct', 'k'])
    if (word.startsWith(unit) && restOf(word.slice(unit.length)).every(({ is }) => is !== 'word'))
      return { length: unit.length, isWeak: unit === 'ct' || unit === 'carat' };
  return undefined;
}

// What is written together with karats: `kwg`, `kgp`, `kyellow`.
function restOf(rest: string): (MetalWord | { is: 'word' })[] {
  if (rest === '') return [];
  const [letter, gold] = [COLOUR_LETTERS.get(rest), COLOURED_GOLD.get(rest)];
  if (letter) return [{ is: 'colour', colour: letter }];
  if (gold) return [{ is: 'colour', colour: gold }, { is: 'gold' }];
  return partsOf(rest);
}

/** `or jaune`, `bague en or`, `or 18 carats`; not `gold or silver`, `yellow or rose gold`. */
function isFrenchGold(tokens: RegExpExecArray[], at: number): boolean {
  const [before, after] = [tokens[at - 1]?.[0], tokens[at + 1]?.[0] ?? ''];
  if (
    before === undefined ||
    ['en', 'plaque', 'plaquee', 'plaques', 'd', 'l', 'carats', 'couleur'].includes(before)
  )
    return true;
  if (['jaune', 'blanc', 'blanche', 'rouge', 'gris', 'massif', 'vert', 'noir'].includes(after)) return true;
  return after === 'rose' && !tokens.some(([token]) => METAL_WORDS.get(token)?.is === 'gold');
}

// Beside a number, or as the whole text: elsewhere it may be anything.
const isAbbreviation = (tokens: RegExpExecArray[], at: number): boolean =>
  COLOURED_GOLD.has(tokens[at]?.[0] ?? '') &&
  (tokens.length === 1 || tokens.some(([token], other) => other !== at && /^\d/.test(token)));

const WORD = { is: 'word' } as const;

// A colour of a stone, gold that names a stone, and metals that are not what they are called.
function withoutFalse(items: Item[]): Item[] {
  return items.map((item, at) => {
    const [before, after] = [items[at - 1], items[at + 1]];
    const hidden: Item = { ...WORD, start: item.start, end: item.end };
    if (item.is === 'colour' && (after?.is === 'other' || after?.is === 'metal')) return hidden;
    if (item.is === 'gold' && after?.is === 'other' && before?.is !== 'karat' && before?.is !== 'colour')
      return hidden;
    if ((item.is === 'gold' || item.is === 'metal') && before?.is === 'false') return hidden;
    if (item.is === 'metal' && item.metal === 'silver' && before?.is === 'metal' && before.metal === 'nickel')
      return hidden;
    if (item.is === 'metal' && item.metal === 'nickel' && after?.is === 'metal' && after.metal === 'silver')
      return hidden;
    return item;
  });
}

// Runs: words that together name gold.

interface Run {
  from: number;
  to: number;
  segments: Item[][];
  isAlternative: boolean;
}

const isGoldish = ({ is }: Item): boolean =>
  is === 'karat' || is === 'fineness' || is === 'colour' || is === 'gold';

function runFrom(items: Item[], from: number): Run | undefined {
  if (isOfOther(items, from)) return undefined;
  const segments: Item[][] = [[items[from] as Item]];
  let to = from;
  let isAlternative = false;
  for (let at = from + 1; at < items.length; ) {
    let next = at;
    let joined: 'and' | 'or' | undefined;
    while (items[next] && ['filler', 'and', 'or', 'twoTone'].includes((items[next] as Item).is)) {
      const { is } = items[next] as Item;
      if (is === 'and' || is === 'or') joined = joined === 'or' ? 'or' : is;
      next++;
    }
    const item = items[next];
    if (!item || !isGoldish(item) || isOfOther(items, next)) break;
    if (joined) segments.push([]);
    if (joined === 'or') isAlternative = true;
    segments.at(-1)?.push(item);
    to = next;
    at = next + 1;
  }
  return { from, to, segments, isAlternative };
}

/** A fineness that stands beside another metal is that metal's. */
function isOfOther(items: Item[], at: number): boolean {
  if (items[at]?.is !== 'fineness') return false;
  const [before, after] = [items[at - 1], items[at + 1]];
  if (before && isGoldish(before)) return false;
  return before?.is === 'metal' || after?.is === 'metal';
}

function isGold({ segments, from, to }: Run, items: Item[]): boolean {
  const said = segments.flat();
  if (said.some(({ is }) => is === 'gold')) return true;
  const hasColour = said.some(({ is }) => is === 'colour');
  const isAll = items.every(
    (item, at) => (at >= from && at <= to) || item.is === 'filler' || item.is === 'twoTone',
  );
  if (said.some((item) => item.is === 'karat' && (!item.weak || hasColour || isAll))) return true;
  if (
    said.some(
      (item) => item.is === 'fineness' && (GOLD_STAMPS.has(item.parts) || SILVER_STAMPS.has(item.parts)),
    )
  )
    return true;
  // a colour alone is a metal's where nothing else is said
  return (
    isAll && said.every((item) => item.is === 'colour' && ['yellow', 'white', 'rose'].includes(item.colour))
  );
}

function goldsOf(run: Run, items: Item[]): FoundMetal[] {
  const { segments, from, to, isAlternative } = run;
  const finish = finishOf(
    from,
    to,
    items,
    segments.flat().some(({ is }) => is === 'karat'),
  );
  const read = segments.map((segment) => ({
    karats: segment.flatMap(karatOf),
    colours: segment.flatMap((item) => (item.is === 'colour' ? [item.colour] : [])),
    isGold: segment.some(({ is }) => is === 'gold'),
  }));
  const karats = new Set(read.flatMap((segment) => segment.karats));
  const colours = new Set(read.flatMap((segment) => segment.colours));
  // what is said once is meant for all: `14k white and yellow gold`
  const golds = read.flatMap((segment) => {
    const ownKarats = segment.karats.length > 0 || karats.size > 1 ? segment.karats : [...karats];
    const ownColours = segment.colours.length > 0 || colours.size > 1 ? segment.colours : [...colours];
    if (ownKarats.length + ownColours.length === 0 && !segment.isGold) return [];
    return pairs(ownKarats, ownColours).map(([karat, colour]) => goldForms(karat, colour, finish?.finish));
  });
  const last = finish?.to ?? to;
  const first = finish?.from ?? from;
  const found = golds.map((forms) => ({
    ...toFound(forms, items, first, last),
    ...(isAlternative && { isAlternative }),
  }));
  const silver = segments.flat().some((item) => item.is === 'fineness' && SILVER_STAMPS.has(item.parts));
  const isOnlySilver = silver && !segments.flat().some(({ is }) => is === 'gold' || is === 'karat');
  return [...(isOnlySilver ? [] : found), ...(silver ? [toFound(['silver'], items, from, to)] : [])];
}

function karatOf(item: Item): number[] {
  if (item.is === 'karat') return [item.karat];
  const karat = item.is === 'fineness' ? GOLD_PARTS.get(item.parts) : undefined;
  return karat === undefined ? [] : [karat];
}

function pairs(karats: number[], colours: string[]): [number | undefined, string | undefined][] {
  const some: (number | undefined)[] = karats.length > 0 ? [...new Set(karats)] : [undefined];
  const coloured: (string | undefined)[] = colours.length > 0 ? [...new Set(colours)] : [undefined];
  return some.flatMap((karat) =>
    coloured.map((colour): [number | undefined, string | undefined] => [karat, colour]),
  );
}

function goldForms(
  karat: number | undefined,
  colour: string | undefined,
  finish: Finish | undefined,
): string[] {
  const general = finish === undefined ? 'gold' : finish === 'vermeil' ? 'vermeil' : `gold_${finish}`;
  const end = finish === undefined ? '' : `_${finish}`;
  return [
    general,
    ...(karat ? [`${karat}k${end}`] : []),
    ...(colour ? [`gold_${colour}${end}`] : []),
    ...(karat && colour ? [`${karat}k_${colour}${end}`] : []),
  ];
}

/** Whether a surface is that of gold which is named as well: `18k vergoldet`. */
function isBesideGold(at: number, items: Item[]): boolean {
  let next = at + 1;
  while (items[next]?.is === 'filler') next++;
  return [items[at - 1], items[next]].some(
    (item) => item !== undefined && isGoldish(item) && item.is !== 'fineness',
  );
}

function metalOf(metal: string, at: number, items: Item[]): FoundMetal {
  const besides = [items[at - 1], items[at + 1]];
  // silver that is gilded is silver under gold
  const finish = besides.some((item) => item?.is === 'surface') ? undefined : finishOf(at, at, items, false);
  const [first, last] = [finish?.from ?? at, finish?.to ?? at];
  // silver that is vermeil is silver under gold: the finish is a metal of its own
  if (finish && finish.finish !== 'vermeil')
    return toFound([`${metal}_${finish.finish}`], items, first, last);
  return toFound(metal === 'steel' ? ['steel', 'stainless_steel'] : [metal], items, at, at);
}

const toFound = (forms: string[], items: Item[], from: number, to: number): FoundMetal => ({
  forms,
  isDenied: before(items, from)?.is === 'not' || items[to + 1]?.is === 'free',
  start: items[from]?.start ?? 0,
  end: items[to]?.end ?? 0,
  isAlternative: before(items, from)?.is === 'or',
});

// Finishes: whether the metal lies only on the surface.

interface FoundFinish {
  finish: Finish;
  from: number;
  to: number;
}

function finishOf(from: number, to: number, items: Item[], hasKarat: boolean): FoundFinish | undefined {
  const after = items[to + 1];
  if (after?.is === 'finish' && !(after.finish === 'tone' && hasKarat)) {
    // `gold plated vermeil` is vermeil
    const further = items[to + 2];
    return further?.is === 'finish' && further.finish === 'vermeil'
      ? { finish: 'vermeil', from, to: to + 2 }
      : { finish: after.finish, from, to: to + 1 };
  }
  if (after?.is === 'surface') return { finish: 'plated', from, to: to + 1 };
  if (after?.is === 'over' && isBaseNear(items, to + 2)) return { finish: 'plated', from, to };
  // `gold and rhodium plated brass`: both lie on what follows
  if (
    after?.is === 'and' &&
    items[to + 2]?.is === 'metal' &&
    items[to + 3]?.is === 'finish' &&
    isBaseNear(items, to + 4)
  )
    return { finish: 'plated', from, to };
  let at = from - 1;
  while (items[at]?.is === 'filler' || (items[at]?.is === 'and' && items[at - 1]?.is === 'finish')) at--;
  const earlier = items[at];
  if (earlier?.is === 'finishes' || earlier?.is === 'surface') return { finish: 'plated', from: at, to };
  if (earlier?.is === 'finish' && earlier.finish !== 'tone' && !isTaken(at, items))
    return { finish: earlier.finish, from: at, to };
  return undefined;
}

/** Whether a finish belongs to what stands before it. */
const isTaken = (at: number, items: Item[]): boolean => {
  const earlier = items[at - 1];
  if (!earlier) return false;
  if (isGoldish(earlier) || earlier.is === 'finish' || earlier.is === 'finishes') return true;
  const item = items[at];
  return earlier.is === 'metal' && !(item?.is === 'finish' && item.finish === 'vermeil');
};

function isBaseNear(items: Item[], from: number): boolean {
  return items.slice(from, from + 4).some(({ is }) => is === 'metal' || is === 'gold');
}

function before(items: Item[], from: number): Item | undefined {
  let at = from - 1;
  while (items[at]?.is === 'filler') at--;
  return items[at];
}
