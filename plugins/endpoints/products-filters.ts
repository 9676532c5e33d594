import type { ProductsRequest } from '../../schemas/products.js';
import { categoryForm, metalForm, stoneForm, tagForm } from '../../src/domain/catalog/normal-forms.js';
import type { CatalogueFilters, Page } from '../../src/domain/catalog/search.js';
import { present, toNumber } from '../../src/lib/text.js';
import { invalid } from '../../src/platform/http/errors.js';

type Fields = Omit<ProductsRequest, 'filters' | 'sessionId'>;
type Search = CatalogueFilters & Pick<Page, 'limit' | 'relax'> & { offset: number };
/** Where a field stood in the request. */
type PathOf = (name: keyof Fields) => string;

const MAX_AT_ONCE = 50;
export const FURTHEST = 5000;
const LOWEST_PRICES = ['priceMin', 'budgetMin', 'priceBand'] as const;

/** The widget sends `""` for what is not given. */
const given = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'string' || value.trim() !== '');

/**
 * The filters of a request, flat or nested (a nested value wins), in their normal forms.
 * @throws ApiError 400 for a price range or a page that cannot be.
 */
export function readFilters({ filters = {}, ...flat }: ProductsRequest): Search {
  const nested = Object.entries(filters).filter(([, value]) => given(value));
  const fields: Fields = { ...flat, ...Object.fromEntries(nested) };
  const path: PathOf = (name) => (nested.some(([field]) => field === name) ? `/filters/${name}` : `/${name}`);
  const category = present(fields.category);
  const stone = present(fields.stone);
  const text = present(fields.q);
  const metals = [fields.metal, ...(fields.materials ?? [])]
    .map(present)
    .filter((metal) => metal !== undefined);
  const tags = (fields.tags ?? []).map(tagForm).filter((tag) => tag !== '');
  const sortBy = fields.sortBy || undefined;
  return {
    ...(category && { category: categoryForm(category) }),
    ...(stone && { stone: stoneForm(stone) }),
    ...(metals.length > 0 && { metals: metals.map(metalForm) }),
    ...(tags.length > 0 && { tags }),
    ...(fields.readyToShip === true && { readyToShip: true as const }),
    ...(fields.featured === true && { featured: true as const }),
    ...(text && { text }),
    ...(sortBy && { sortBy }),
    ...(fields.relax === true && { relax: true }),
    price: readPrice(fields, path),
    limit: whole(path('limit'), fields.limit, 20, 1, MAX_AT_ONCE),
    offset: whole(path('offset'), fields.offset, 0, 0, FURTHEST),
  };
}

function readPrice(fields: Fields, path: PathOf): CatalogueFilters['price'] {
  const band = readBand(fields.priceBand);
  const least = toNumber(fields.priceMin) ?? toNumber(fields.budgetMin);
  const most = toNumber(fields.priceMax) ?? toNumber(fields.budgetMax);
  const min = highest(least, band.min);
  const max = lowest(most, band.max);
  // the widget sends the same value as `priceMax` and `priceLt`, and means the inclusive one
  const below = lowest(most === undefined ? toNumber(fields.priceLt) : undefined, band.below);
  if (min !== undefined && min > (lowest(max, below) ?? min)) {
    const name = LOWEST_PRICES.find((field) => given(fields[field]));
    throw invalid(path(name ?? 'priceMin'), 'The lowest price is above the highest.');
  }
  return {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(below !== undefined && { below }),
  };
}

// `{ min, max }`, `<2500`, `2500-5000` or `5000+`.
function readBand(band: Fields['priceBand']): {
  min?: number | undefined;
  max?: number | undefined;
  below?: number;
} {
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

function whole(
  path: string,
  value: number | string | undefined,
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
