import { present, toNumber } from '../../lib/values/text.js';
import { invalid } from '../../platform/http/errors.js';
import { categoryKey, stoneForm, tagForm } from './normal-forms.js';
import type { PriceWish } from './price-wish.js';
import { metalsAsked, metalsDenied } from './read-metals.js';
import type { CatalogueFilters, Page } from './search.js';
import type { SortBy } from './sort.js';

type NumberLike = number | string;

/** What a caller may ask for, in the forms in which it may be sent; `""` is not given. The schema of the products call describes each. */
export interface ProductWishes {
  category?: string;
  metal?: string;
  materials?: string[];
  stone?: string;
  readyToShip?: boolean;
  tags?: string[];
  featured?: boolean;
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
  relax?: boolean;
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

/**
 * The filters of a request, flat or nested (a nested value wins), in their normal forms, for `searchProducts`.
 * @throws ApiError 400 for a price range or a page that cannot be.
 */
export function readFilters({ filters = {}, ...flat }: ProductWishes & { filters?: ProductWishes }): Search {
  const nested = Object.entries(filters).filter(([, value]) => isGiven(value));
  const fields: ProductWishes = { ...flat, ...Object.fromEntries(nested) };
  const path: PathOf = (name) => (nested.some(([field]) => field === name) ? `/filters/${name}` : `/${name}`);
  const category = present(fields.category);
  const stone = present(fields.stone);
  const named = [fields.metal ?? '', ...(fields.materials ?? [])];
  const [metals, withoutMetals] = [named.flatMap(metalsAsked), named.flatMap(metalsDenied)];
  const tags = (fields.tags ?? []).flatMap((tag) => tag.split(',')).map(tagForm);
  return {
    category: category?.includes(',')
      ? [category, ...category.split(',')].map(categoryKey)
      : category && categoryKey(category),
    stone: stone && stoneForm(stone),
    metals: someOf(metals),
    withoutMetals: someOf(withoutMetals),
    tags: someOf(tags.filter((tag) => tag !== '')),
    readyToShip: fields.readyToShip || undefined,
    featured: fields.featured || undefined,
    text: present(fields.q),
    sortBy: fields.sortBy || undefined,
    relax: fields.relax || undefined,
    price: readPrice(fields, path),
    limit: readWhole(path('limit'), fields.limit, DEFAULT_LIMIT, 1, MAX_LIMIT),
    offset: readWhole(path('offset'), fields.offset, 0, 0, MAX_OFFSET),
  };
}

const someOf = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list : undefined);

function readPrice(fields: ProductWishes, path: PathOf): PriceWish {
  const band = readBand(fields.priceBand);
  const least = toNumber(fields.priceMin) ?? toNumber(fields.budgetMin);
  const most = toNumber(fields.priceMax) ?? toNumber(fields.budgetMax);
  const min = highest(least, band.min);
  const max = lowest(most, band.max);
  // the widget sends the same value as `priceMax` and `priceLt`, and means the inclusive one
  const below = lowest(most === undefined ? toNumber(fields.priceLt) : undefined, band.below);
  if (min !== undefined && min > (lowest(max, below) ?? min)) {
    const name = LOWEST_PRICES.find((field) => isGiven(fields[field]));
    throw invalid(path(name ?? 'priceMin'), 'The lowest price is above the highest.');
  }
  return { min, max, below };
}

// `{ min, max }`, `<2500`, `2500-5000` or `5000+`.
function readBand(band: ProductWishes['priceBand']): PriceWish {
  if (band === undefined || band === '') return {};
  if (typeof band === 'object') return { min: toNumber(band.min), max: toNumber(band.max) };
  const [first = Number.NaN, second] = (band.match(/\d+/g) ?? []).map(Number);
  if (band.startsWith('<')) return { below: first };
  return second === undefined ? { min: first } : { min: first, max: second };
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
