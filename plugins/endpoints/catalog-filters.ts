import type { ProductsRequest } from '../../schemas/catalog.js';
import { categoryForm, metalForm, stoneForm, tagForm } from '../../src/catalog/normal-forms.js';
import type { CatalogueFilters } from '../../src/catalog/search.js';
import { invalid } from '../../src/errors.js';
import { present, toNumber } from '../../src/text.js';

type Fields = Omit<ProductsRequest, 'filters' | 'sessionId'>;

const MOST_AT_ONCE = 50;
const FURTHEST = 5000;

/**
 * The filters of a request, flat or nested (a nested value wins), in their normal forms.
 * @throws ApiError 400 for a price range or a page that cannot be.
 */
export function readFilters({ filters, ...flat }: ProductsRequest): CatalogueFilters {
  const fields: Fields = { ...flat, ...filters };
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
    price: readPrice(fields),
    limit: whole('/limit', fields.limit, 20, 1, MOST_AT_ONCE),
    offset: whole('/offset', fields.offset, 0, 0, FURTHEST),
  };
}

function readPrice(fields: Fields): CatalogueFilters['price'] {
  const band = readBand(fields.priceBand);
  const min = highest(toNumber(fields.priceMin) ?? toNumber(fields.budgetMin), band.min);
  const max = lowest(toNumber(fields.priceMax) ?? toNumber(fields.budgetMax), band.max);
  // the widget sends the same value as `priceMax` and `priceLt`, and means the inclusive one
  const said = toNumber(fields.priceMax) ?? toNumber(fields.budgetMax);
  const below = lowest(said === undefined ? toNumber(fields.priceLt) : undefined, band.below);
  if (min !== undefined && ((max !== undefined && min > max) || (below !== undefined && min >= below)))
    throw invalid('/priceMin', 'The lowest price is above the highest.');
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
    throw invalid(path, `\`${path.slice(1)}\` has to be a whole number from ${least} to ${most}.`);
  return number;
}
