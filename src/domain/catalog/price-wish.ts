import { readAmount, readCurrency } from '../../lib/values/money.js';
import { isMetal, metalsOf } from './read-metals.js';
import { searchForm } from './stemmed-words.js';

/** A range of prices in the shop's currency: `below` and `above` are exclusive, the others inclusive. */
export interface PriceWish {
  min?: number;
  max?: number;
  below?: number;
  above?: number;
}

/** `around 1000` is a fifth more or less. */
const AROUND = 0.2;
/** A bare number below this is a size, a length or a count, not a price. */
const MIN_BARE = 10;
/** The same behind words that also speak of ages, places and lengths. */
const MIN_BARE_LOOSE = 100;

const CURRENCY = String.raw`us\$|ca\$|c\$|au\$|a\$|[$€£¥₹₩]|(?:usd|eur|gbp|cad|aud|chf|jpy|inr|dollars?|euros?|pounds?|bucks|quid|yen|franken|rupees?|rs|kr)(?![\p{L}\p{N}])`;
const NUMBER = String.raw`\d{1,3}(?:\s\d{3})+(?!\d)|\d[\d.,']*\d|\d`;
const THOUSAND = String.raw`(?:k|thousand|grand|tsd|tausend|mille|mil)(?![\p{L}\p{N}])`;
const amount = (name: string): string =>
  String.raw`(?:(?<${name}Before>${CURRENCY})\s?)?(?<${name}>${NUMBER})\s?(?<${name}K>${THOUSAND})?(?:\s?(?<${name}After>${CURRENCY}))?`;
/** What makes a number the measure of something else. */
const NO_UNIT = String.raw`(?![\d.,]*\p{N})(?!\s?-?\s?(?:carats?|karats?|ct|cts|cttw|ctw|kt|mm|cm|m|in|inch|inches|ft|"|%|g|grams?|oz|mg|stones?|diamonds?|pieces?|pearls?|days?|weeks?|months?|years?|hours?|h|yo|th|st|nd|rd|s|er|parts?|people|times|x|\/)(?![\p{L}]))(?!\p{L})`;

const words = (list: string): string =>
  list
    .split('|')
    .map((word) => word.trim().replaceAll(' ', String.raw`\s+`))
    .join('|');

const BELOW = words(
  'under|below|less than|lower than|cheaper than|beneath|unter|weniger als|billiger als|moins de|sous|menos de|por debajo de|meno di|sotto|sotto i|onder|minder dan|abaixo de|ate menos de',
);
const MAX = words(
  'up to|upto|at most|max|max of|maximum|maximum of|maximum budget|max budget|no more than|not more than|not over|not above|no higher than|within|bis|bis zu|hochstens|maximal|jusqua|jusqua a|jusqu a|hasta|fino a|tot|ate|budget|budget of|budget is|a budget of|priced at|not exceeding',
);
const ABOVE = words(
  'over|above|more than|greater than|higher than|exceeding|uber|mehr als|plus de|mas de|piu di|boven|meer dan|mais de',
);
const MIN = words(
  'at least|min|minimum|minimum of|no less than|not less than|not under|not below|starting at|starting from|from|ab|mindestens|a partir de|au moins|al menos|desde|almeno|vanaf|upwards of',
);
const ABOUT = words(
  'around|about|approximately|approx|roughly|circa|ca|near|close to|something like|ungefahr|etwa|environ|alrededor de|unos|ongeveer|intorno a',
);
/** Words that speak of other things as well. */
const LOOSE =
  /^(?:over|above|from|ab|around|about|near|circa|ca|close to|within|bis|tot|desde|etwa|roughly|approx|uber|at least|min)$/;

const START = String.raw`(?<![\p{L}\p{N}_$€£.,-])`;
const pattern = (source: string): RegExp => new RegExp(START + source, 'gu');

/** `$500 and over`, but not `$500 and over $100`. */
const END = String.raw`(?![\p{L}])(?!\s*(?:${CURRENCY})?\s?\d)`;

const BETWEEN = pattern(
  String.raw`(?:(?<lead>${words('between|from|anywhere from|range|price range|zwischen|von|entre|tra|fra|tussen|de|between about')})\s+)?${amount('a')}\s*(?:-|~|to|and|bis|und|et|y|e|a|en|au|tot)\s*${amount('b')}${NO_UNIT}`,
);
const OR_LESS = pattern(
  String.raw`${amount('a')}\s*(?:${words('or less|or under|or below|or cheaper|and under|and below|max|maximum|tops|at most|or lower|oder weniger|ou moins|o menos')})${END}`,
);
const OR_MORE = pattern(
  String.raw`${amount('a')}\s*(?:\+|(?:${words('or more|or above|or over|or higher|and up|and above|and over|upwards|plus|minimum|oder mehr|ou plus|o mas')})${END})`,
);
const PREFIXED = pattern(
  String.raw`(?<word><=|>=|≤|≥|<|>|~|≈|(?:${[BELOW, MAX, ABOVE, MIN, ABOUT].join('|')})(?![\p{L}]))\s*[:.]?\s*(?:${words('a|the|about|around')}\s)?${amount('a')}${NO_UNIT}`,
);
const BARE = pattern(String.raw`(?:${words('for|at|costing|worth')}\s)?${amount('a')}${NO_UNIT}`);

const COUNTS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const SPELT = new RegExp(`\\b(a|${COUNTS.join('|')})\\s+(hundred|thousand|grand)\\b`, 'g');

// `five hundred`, `a grand`
const inDigits = (text: string): string =>
  text.replace(SPELT, (_, count: string, unit: string) =>
    String(Math.max(1, COUNTS.indexOf(count) + 1) * (unit === 'hundred' ? 100 : 1000)),
  );

type Groups = Record<string, string | undefined>;

/**
 * The prices that a folded text asks for (`under $500`, `between 1k and 2k`, `1.500 € or less`, `around 1000`), and the text without them.
 * A price in another currency than the shop's cannot be compared: it is taken out, and asks for nothing.
 * @param isPrice The text stands where only prices do, so that its numbers are prices whatever is said around them; `2.500` is then
 *   two and a half thousand, for nobody asks for a price in thousandths.
 */
export function readPriceWish(
  text: string,
  currency: string,
  isPrice = false,
): { wish: PriceWish; rest: string } {
  const wish: PriceWish = {};
  let rest = inDigits(text);
  const take = (
    form: RegExp,
    read: (groups: Groups, whole: string, behind: string) => PriceWish | undefined,
  ): void => {
    rest = rest.replace(form, (whole: string, ...more: unknown[]) => {
      const groups = more.at(-1) as Groups;
      const behind = rest.slice((more.at(-3) as number) + whole.length);
      const read_ = read(groups, whole, behind);
      if (!read_) return whole;
      narrow(wish, read_);
      return ' , ';
    });
  };
  const one = (groups: Groups, name: string, otherK?: string): number | 'other' | undefined => {
    const sign = groups[`${name}Before`] ?? groups[`${name}After`];
    if (sign !== undefined && readCurrency(sign, currency) !== currency) return 'other';
    const written = groups[name] ?? '';
    const number = readAmount(written, currency) ?? (isPrice ? readAmount(written, 'EUR') : undefined);
    return number === undefined ? undefined : number * ((groups[`${name}K`] ?? otherK) ? 1000 : 1);
  };
  const isPriced = (groups: Groups, name: string): boolean =>
    isPrice || (groups[`${name}Before`] ?? groups[`${name}After`]) !== undefined;

  take(BETWEEN, (groups, _, behind) => {
    const second = one(groups, 'b');
    const first = one(
      groups,
      'a',
      groups.bK !== undefined && Number(groups.a) < Number(groups.b) ? groups.bK : undefined,
    );
    const priced = isPriced(groups, 'a') || isPriced(groups, 'b');
    if (first === 'other' || second === 'other') return {};
    if (first === undefined || second === undefined) return priced ? {} : undefined;
    // 10k and 14k are gold before a metal, and 16-18 is a length of chains
    const least = groups.lead && groups.lead !== 'from' && groups.lead !== 'de' ? MIN_BARE : MIN_BARE_LOOSE;
    if (!priced && (first < least || second <= first || isKarat(groups, 'b', behind))) return undefined;
    // the wrong way round in a field is a mistake of who sent it
    if (isPrice) return { min: first, max: second };
    return { min: Math.min(first, second), max: Math.max(first, second) };
  });
  const behindAmount = (make: (amount: number) => PriceWish) => (groups: Groups) => {
    const number = one(groups, 'a');
    if (number === 'other') return {};
    if (number === undefined || (!isPriced(groups, 'a') && number < MIN_BARE_LOOSE)) return undefined;
    return make(number);
  };
  take(
    OR_LESS,
    behindAmount((max) => ({ max })),
  );
  take(
    OR_MORE,
    behindAmount((min) => ({ min })),
  );
  take(PREFIXED, (groups, _, behind) => {
    const number = one(groups, 'a');
    const priced = isPriced(groups, 'a');
    if (number === 'other') return {};
    if (number === undefined) return priced ? {} : undefined;
    const word = (groups.word ?? '').replace(/\s+/g, ' ');
    const isLoose = LOOSE.test(word);
    if (!priced && number < (isLoose ? MIN_BARE_LOOSE : MIN_BARE)) return undefined;
    if (!priced && isKarat(groups, 'a', behind)) return undefined;
    // `from 1920` is a year
    if (!priced && isLoose && groups.aK === undefined && number >= 1800 && number <= 2030) return undefined;
    return rangeOf(word, number);
  });
  take(BARE, (groups) => {
    if (!isPriced(groups, 'a')) return undefined;
    const number = one(groups, 'a');
    return typeof number === 'number' ? { max: number } : {};
  });
  return { wish, rest };
}

/**
 * What a field asks for that holds a price or a band of prices: `2.500`, `$2,500`, `under 2500`, `2.5k-5k`, `bis 2.000 €`, `over-1000`.
 * Undefined when it says something else.
 */
export function readPriceField(text: string, currency: string): PriceWish | undefined {
  const form = searchForm(text);
  // `under-2500`, as an address of a page writes it
  for (const one of [form, form.replace(/(?<=\p{L})[-_]+|[-_]+(?=\p{L})/gu, ' ')]) {
    const { wish, rest } = readPriceWish(one, currency, true);
    if (!/[^\s,.;:-]/.test(rest)) return wish;
  }
  return undefined;
}

const isWord = (list: string) => {
  const whole = new RegExp(`^(?:${list})$`);
  return (word: string): boolean => whole.test(word);
};
const [isBelow, isMax, isAbove, isMin] = [BELOW, MAX, ABOVE, MIN].map(isWord) as [
  (word: string) => boolean,
  (word: string) => boolean,
  (word: string) => boolean,
  (word: string) => boolean,
];

function rangeOf(word: string, number: number): PriceWish {
  if (word === '<' || isBelow(word)) return { below: number };
  if (word === '<=' || word === '≤' || isMax(word)) return { max: number };
  if (word === '>' || isAbove(word)) return { above: number };
  if (word === '>=' || word === '≥' || isMin(word)) return { min: number };
  return { min: number * (1 - AROUND), max: number * (1 + AROUND) };
}

/** `14k white` speaks of gold, `14k` alone behind `under` of a price. */
function isKarat(groups: Groups, name: string, behind: string): boolean {
  if (groups[`${name}K`] !== 'k' || !/^(?:8|9|10|12|14|15|18|2[0-4])$/.test(groups[name] ?? '')) return false;
  const next = behind.trim().split(/\s+/).slice(0, 2).join(' ');
  return next !== '' && metalsOf(next).some(isMetal);
}

function narrow(wish: PriceWish, { min, max, below, above }: PriceWish): void {
  if (min !== undefined) wish.min = Math.max(min, wish.min ?? min);
  if (above !== undefined) wish.above = Math.max(above, wish.above ?? above);
  if (max !== undefined) wish.max = Math.min(max, wish.max ?? max);
  if (below !== undefined) wish.below = Math.min(below, wish.below ?? below);
}
