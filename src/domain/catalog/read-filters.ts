import { readFlag, readTextList } from '../../lib/values/list.js';
import { withoutMarkup } from '../../lib/values/markup.js';
import { present, toNumber } from '../../lib/values/text.js';
import { invalid } from '../../platform/http/errors.js';
import { categoryKey, fold, stoneForm, tagForm } from './normal-forms.js';
import { type PriceWish, readPriceField } from './price-wish.js';
import { metalsAsked, metalsDenied } from './read-metals.js';
import type { CatalogueFilters, Page } from './search.js';
import type { SortBy } from './sort.js';

type NumberLike = number | string;
type FlagLike = boolean | number | string;

/** What a caller may ask for, in the forms in which it may be sent; `""` is not given. The schema of the products call describes each. */
interface ProductWishes {
  category?: string;
  metal?: string;
  materials?: string[];
  stone?: string;
  readyToShip?: FlagLike;
  tags?: string[];
  featured?: FlagLike;
  q?: string;
  priceMin?: NumberLike;
  priceMax?: NumberLike;
  budgetMin?: NumberLike;
  budgetMax?: NumberLike;
  priceLt?: NumberLike;
  priceBand?: string | { min?: NumberLike; max?: NumberLike };
  sortBy?: SortBy | '';
  limit?: NumberLike;
  offset?: NumberLike;
  relax?: FlagLike;
}

type Search = CatalogueFilters & Pick<Page, 'limit' | 'relax'> & { offset: number };
/** Where a field stood in the request. */
type PathOf = (name: keyof ProductWishes) => string;

export const MAX_LIMIT = 50;
export const DEFAULT_LIMIT = 20;
export const MAX_OFFSET = 5000;
const LOWEST_PRICES = ['priceMin', 'budgetMin', 'priceBand'] as const;

const isGiven = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'string' || value.trim() !== '');

/** What the first entry of a list to choose from says, and what pages send for what nobody has chosen: no filter. */
const ANY =
  /^(?:\*|-+|undefined|null|(?:all|any|every|alle|tous|toutes|tout|todos|todas|tutti|tutte|allt|no preference|everything|anything)(?: (?:of them|categor(?:y|ies)|metals?|stones?|gemstones?|pieces?|materials?|tags?|jewell?e?ry|products?|items?|prices?|budgets?))?)$/;
const asked = (text: string | undefined): string | undefined => {
  const said = present(text && withoutMarkup(text));
  return said && !ANY.test(fold(said)) ? said : undefined;
};
const askedOf = (list: string[] | undefined): string[] =>
  readTextList(list ?? []).flatMap((text) => asked(text) ?? []);

/**
 * The filters of a request, flat or nested (a nested value wins), in their normal forms, for `searchProducts`.
 * @param currency The shop's, by which written prices are read.
 * @throws ApiError 400 for a price that cannot be read, a price range or a page that cannot be.
 */
export function readFilters(
  { filters = {}, ...flat }: ProductWishes & { filters?: ProductWishes },
  currency = 'USD',
): Search {
  const nested = Object.entries(filters).filter(([, value]) => isGiven(value));
  const fields: ProductWishes = { ...flat, ...Object.fromEntries(nested) };
  const path: PathOf = (name) => (nested.some(([field]) => field === name) ? `/filters/${name}` : `/${name}`);
  const flag = (name: 'readyToShip' | 'featured' | 'relax'): true | undefined => {
    if (!isGiven(fields[name])) return undefined;
    const read = readFlag(fields[name]);
    if (read === undefined) throw invalid(path(name), 'Please say `true` or `false`.');
    return read || undefined;
  };
  const category = asked(fields.category);
  const stone = asked(fields.stone);
  const named = [asked(fields.metal) ?? '', ...askedOf(fields.materials)];
  const [metals, withoutMetals] = [named.flatMap(metalsAsked), named.flatMap(metalsDenied)];
  const tags = askedOf(fields.tags).map(tagForm);
  return {
    category: category?.includes(',')
      ? [category, ...category.split(',')].map(categoryKey)
      : category && categoryKey(category),
    stone: stone && stoneForm(stone),
    metals: someOf(metals),
    withoutMetals: someOf(withoutMetals),
    tags: someOf(tags.filter((tag) => tag !== '')),
    readyToShip: flag('readyToShip'),
    featured: flag('featured'),
    text: present(fields.q && withoutMarkup(fields.q)),
    sortBy: fields.sortBy || undefined,
    relax: flag('relax'),
    price: readPrice(fields, path, currency),
    limit: readWhole(path('limit'), fields.limit, DEFAULT_LIMIT, 1, MAX_LIMIT),
    offset: readWhole(path('offset'), fields.offset, 0, 0, MAX_OFFSET),
  };
}

const someOf = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined);

function readPrice(fields: ProductWishes, path: PathOf, currency: string): PriceWish {
  const amount = (name: 'priceMin' | 'budgetMin' | 'priceMax' | 'budgetMax' | 'priceLt') =>
    readAmountField(fields[name], path(name), currency);
  const band = readBand(fields.priceBand, path('priceBand'), currency);
  const least = amount('priceMin') ?? amount('budgetMin');
  const most = amount('priceMax') ?? amount('budgetMax');
  const min = highest(least, band.min);
  const max = lowest(most, band.max);
  // the widget sends the same value as `priceMax` and `priceLt`, and means the inclusive one
  const below = lowest(most === undefined ? amount('priceLt') : undefined, band.below);
  if (min !== undefined && min > (lowest(max, below) ?? min)) {
    const name = LOWEST_PRICES.find((field) => isGiven(fields[field]));
    throw invalid(path(name ?? 'priceMin'), 'The lowest price is above the highest.');
  }
  return { min, max, below, above: band.above };
}

/** A number, or an amount as it is written; one in another currency than the shop's asks for nothing. */
function readAmountField(value: NumberLike | undefined, path: string, currency: string): number | undefined {
  const text = typeof value === 'string' ? asked(value) : undefined;
  if (typeof value !== 'string' || text === undefined) return typeof value === 'number' ? value : undefined;
  // `2.500` is no number with three decimals
  if (/^-?\d+(?:\.\d{1,2}|\.\d{4})?$/.test(text)) return Number(text);
  const wish = readPriceField(text, currency);
  if (!wish)
    throw invalid(path, 'That price is no number that can be read. Please give it as 2500 or 2500.50.');
  return wish.max ?? wish.below ?? wish.min ?? wish.above;
}

// `{ min, max }`, or a text such as `<2500`, `2500-5000`, `5000+`, `under $2,500`.
function readBand(band: ProductWishes['priceBand'], path: string, currency: string): PriceWish {
  if (typeof band === 'object')
    return {
      min: readAmountField(band.min, `${path}/min`, currency),
      max: readAmountField(band.max, `${path}/max`, currency),
    };
  const text = asked(band);
  const wish = text === undefined ? {} : readPriceField(text, currency);
  if (!wish) throw invalid(path, 'Please give a price band such as `<2500`, `2500-5000` or `5000+`.');
  return wish;
}

const highest = (...values: (number | undefined)[]) => pick(Math.max, values);
const lowest = (...values: (number | undefined)[]) => pick(Math.min, values);

function pick(choose: (...values: number[]) => number, values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? choose(...known) : undefined;
}

function readWhole(
  path: string,
  value: NumberLike | undefined,
  otherwise: number,
  least: number,
  most: number,
): number {
  const number = toNumber(value) ?? otherwise;
  if (!Number.isInteger(number) || number < least || number > most)
    throw invalid(
      path,
      `\`${path.slice(1).replace('/', '.')}\` has to be a whole number from ${least} to ${most}.`,
    );
  return number;
}
