// The shop, the widget and other callers spell the same thing in different ways. Each function here gives the one form
// in which they are compared.

/** `Ready to ship`, `ready-to-ship`, `READY_TO_SHIP` → `readytoship`. */
export const tagForm = (tag: string): string => tag.toLowerCase().replace(/[-_\s]+/g, '');

/** `Rings`, `rings` → `ring`; `Accessories` → `accessory`; `Brooches` → `brooch`. Whole words only: `ring` is not an `earring`. */
export function categoryForm(category: string): string {
  const word = category
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(ch|sh|ss|x)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

const COLOURS = new Map([
  ['yellow', 'yellow'],
  ['white', 'white'],
  ['rose', 'rose'],
  ['pink', 'rose'],
]);
const OTHER_METALS = ['vermeil', 'platinum', 'silver', 'titanium', 'palladium'];

const KARAT = /\b(\d{1,2})[^a-z0-9]*(?:karat|carat|kt|ct|k)(?![a-z])/g;

/** `14 karat`, `14-ct`, `14kt` → `14k`, in a text without capitals. */
export const karats = (text: string): string => text.replace(KARAT, '$1k');

/**
 * The metals that a text names, from the general to the particular, the most particular last:
 * `14K Yellow Gold`, `gold-14k-yellow`, `14k_yellow` → `gold`, `14k`, `gold_yellow`, `14k_yellow`.
 */
export function metalForms(text: string): string[] {
  const words = karats(text.toLowerCase()).split(/[^a-z0-9]+/);
  const other = OTHER_METALS.find((metal) => words.includes(metal));
  if (other) return [other];
  const colour = words.map((word) => COLOURS.get(word)).find((name) => name !== undefined);
  const karat = words.map((word) => /^(\d{1,2})k$/.exec(word)?.[1]).find((number) => number !== undefined);
  if (!colour && !karat && !words.includes('gold')) return [words.join('_')];
  return [
    'gold',
    ...(karat ? [`${karat}k`] : []),
    ...(colour ? [`gold_${colour}`] : []),
    ...(karat && colour ? [`${karat}k_${colour}`] : []),
  ];
}

/** Whether the forms are those of a metal, as opposed to the number of a material or a text that names none. */
export const areOfMetal = ([general]: readonly string[]): boolean =>
  general !== undefined && ['gold', ...OTHER_METALS].includes(general);

/** The metal that a filter asks for: the most particular one that it names. */
export const metalForm = (text: string): string => metalForms(text).at(-1) ?? '';

/** The names under which a stone is found: `Lab-Grown Diamond` → `labgrowndiamond`, `lab`, `grown`, `diamond`. */
export function stoneForms(text: string): string[] {
  // an emerald-cut diamond is not an emerald
  const named = text.toLowerCase().replace(/[a-z]+[-_\s]+cut/g, '');
  const words = named.split(/[^a-z0-9]+/).filter((word) => /[a-z]/.test(word));
  return [tagForm(text), ...words].map(categoryForm);
}

/** The stone that a filter asks for: `Diamonds` → `diamond`. */
export const stoneForm = (text: string): string => categoryForm(tagForm(text));
