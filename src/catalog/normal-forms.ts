// The shop, the widget and other callers spell the same thing in different ways. Each function here gives the one form
// in which they are compared.

/** `Ready to ship`, `ready-to-ship`, `READY_TO_SHIP` → `readytoship`. */
export const tagForm = (tag: string): string => tag.toLowerCase().replace(/[-_\s]+/g, '');

/** `Rings`, `rings` → `ring`; `Accessories` → `accessory`. Whole words only: `ring` is not an `earring`. */
export function categoryForm(category: string): string {
  const word = category
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

const COLOURS: Record<string, string> = { yellow: 'yellow', white: 'white', rose: 'rose', pink: 'rose' };

/**
 * The metals that a text names, from the general to the particular, the most particular last:
 * `14K Yellow Gold`, `gold-14k-yellow`, `14k_yellow` → `gold`, `14k`, `gold_yellow`, `14k_yellow`.
 */
export function metalForms(text: string): string[] {
  const words = text.toLowerCase().split(/[^a-z0-9]+/);
  if (words.includes('vermeil')) return ['vermeil'];
  for (const metal of ['platinum', 'silver', 'titanium', 'palladium'])
    if (words.includes(metal)) return [metal];
  const colour = words.map((word) => COLOURS[word]).find((name) => name !== undefined);
  const karat = words.map((word) => /^(\d{1,2})kt?$/.exec(word)?.[1]).find((number) => number !== undefined);
  if (!colour && !karat && !words.includes('gold')) return [words.join('_')];
  return [
    'gold',
    ...(karat ? [`${karat}k`] : []),
    ...(colour ? [`gold_${colour}`] : []),
    ...(karat && colour ? [`${karat}k_${colour}`] : []),
  ];
}

/** The metal that a filter asks for: the most particular one that it names. */
export const metalForm = (text: string): string => metalForms(text).at(-1) ?? '';

/** The names under which a stone is found: `Lab-Grown Diamond` → `labgrowndiamond`, `lab`, `grown`, `diamond`. */
export function stoneForms(text: string): string[] {
  // an emerald-cut diamond is not an emerald
  const named = text.toLowerCase().replace(/[a-z]+[-_\s]cut/g, '');
  const words = named.split(/[^a-z0-9]+/).filter((word) => /[a-z]/.test(word));
  return [tagForm(text), ...words].map(categoryForm);
}

/** The stone that a filter asks for: `Diamonds` → `diamond`. */
export const stoneForm = (text: string): string => categoryForm(tagForm(text));
