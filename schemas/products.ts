import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET } from '../src/domain/catalog/read-filters.js';
import {
  FlagInQuery,
  FlagLike,
  Named,
  NumberInQuery,
  NumberLike,
  OneOf,
  OptionalText,
  PriceInQuery,
  PriceLike,
  ProductCard,
  refTo,
  shown,
  Words,
} from './common.js';

const texts = (description: string) =>
  Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 50, description }));

/** What a piece can be asked to have. */
const wishFields = <N extends TSchema, F extends TSchema>(
  number: (description: string) => N,
  flag: (description: string) => F,
) => ({
  category: OptionalText(
    64,
    '`ring`, `earring`, `necklace`, `bracelet`; also in the plural or capitalised. Of several, separated by commas, any. `all`, here and in the other fields, does not filter.',
  ),
  metal: OptionalText(
    64,
    'Token such as `14k_yellow`, `14k_white`, `14k_rose`, `platinum`, `silver`; also in words, hallmarks and other languages (`585 Gelbgold`, `Pt950`). Gold is solid gold: what is plated is `gold_plated`, what is vermeil `vermeil`. `not gold` and `nickel free` leave out what has it.',
  ),
  materials: texts('Any of these metals.'),
  stone: OptionalText(
    64,
    'A stone among the gemstones or tags of a piece, by its name in any of several languages.',
  ),
  readyToShip: flag('`true` shows only what ships now; `false` is an unticked box and does not filter.'),
  tags: texts('Any of these; case, `-`, `_` and spaces do not count.'),
  featured: flag('`true` shows only featured pieces.'),
  q: OptionalText(
    200,
    'Free text over name, description, category and tags, in any of several languages. A category, metal or stone that it names has to be that of the piece: who asks for a sapphire ring is shown no earrings with a ring of sapphires. Prices in it filter (`under $500`, `between 1k and 2k`), and what is denied is left out (`not gold`, `without pearls`).',
  ),
  priceMin: Type.Optional(
    number(
      "lowest price, inclusive. Prices are compared in the shop's currency; a piece in another is shown whatever its number.",
    ),
  ),
  priceMax: Type.Optional(number('highest price, inclusive.')),
  budgetMin: Type.Optional(number('older name of `priceMin`.')),
  budgetMax: Type.Optional(number('older name of `priceMax`.')),
  priceLt: Type.Optional(number('highest price, exclusive; ignored beside `priceMax`.')),
});
const BandText = Type.String({
  title: 'a band as text',
  maxLength: 80,
  pattern: '\\d|^\\s*(\\*|[Aa][Ll][Ll]|[Aa][Nn][Yy])?\\s*$',
});

const pageFields = <N extends TSchema, F extends TSchema>(
  number: (description: string) => N,
  flag: (description: string) => F,
) => ({
  sortBy: Type.Optional(
    Words(
      ['featured', 'newest', 'price-asc', 'price-desc', ''],
      'Left out: by relevance for a `q`, else featured.',
      'SortBy',
    ),
  ),
  limit: Type.Optional(number(`how many, from 1 to ${MAX_LIMIT}; ${DEFAULT_LIMIT} if left out.`)),
  relax: flag(
    '`true`: when nothing matches, the closest pieces instead; the header `x-relaxed` then names the fields that were let go: as few as possible, and those first that customers give up most easily (featured, tags, metal, price, readyToShip, stone, q, and the category last). They are one page.',
  ),
});

const OFFSET = `how many to pass over, from 0 to ${MAX_OFFSET}.`;

const Filters = {
  ...wishFields(PriceLike, FlagLike),
  priceBand: Type.Optional(
    OneOf(
      [
        Named('PriceRange', {
          min: Type.Optional(PriceLike('inclusive')),
          max: Type.Optional(PriceLike('inclusive')),
        }),
        BandText,
      ],
      {
        title: 'PriceBand',
        description:
          'a price band: `{ min, max }`, `"<2500"`, `"2500-5000"` or `"5000+"`; also in words and with currencies (`"under $2,500"`, `"2.5k-5k"`).',
      },
    ),
  ),
  ...pageFields(NumberLike, FlagLike),
  offset: Type.Optional(NumberLike(OFFSET)),
};

/** The same in a query string: lists by repeating their name. */
export const WishQuery = {
  ...wishFields(PriceInQuery, FlagInQuery),
  priceBand: Type.Optional({
    ...BandText,
    description: 'A price band: `<2500`, `2500-5000` or `5000+`; also in words.',
  }),
};
export const PageQuery = pageFields(NumberInQuery, FlagInQuery);

const Cursor = Type.Optional(
  Type.String({
    maxLength: 512,
    description: 'The `nextCursor` of the page before, with the same filters and order.',
  }),
);
const NextCursor = Type.Optional(
  Type.String({
    description: 'Where the next page begins, when there is one. Stays right while pieces come and go.',
  }),
);
/** Pages that follow each other by cursor. */
export const CursorPage = { query: Cursor, next: NextCursor };

export const RELAXED = {
  type: 'string',
  description:
    'What was let go so that there is something, such as `metal,price`: with `relax`, and where no piece has the metal, stone or category that `q` names but some speak of it.',
} as const;

export const ProductsRequest = Named(
  'ProductsRequest',
  {
    ...Filters,
    filters: Type.Optional(
      Named('ProductFilters', Filters, { description: 'The same fields, nested; a nested value wins.' }),
    ),
    sessionId: OptionalText(128, "The widget's session."),
  },
  {
    ...shown({
      'yellow-gold-rings-below-2500': {
        category: 'ring',
        metal: '14k_yellow',
        priceMax: 2500,
        priceLt: 2500,
        readyToShip: true,
        limit: 3,
      },
      'nested-filters-with-a-price-band': {
        filters: { category: 'Earrings', tags: ['gift'], priceBand: '<2500' },
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      },
    }),
  },
);
export type ProductsRequest = Static<typeof ProductsRequest>;

const EXAMPLE: Static<typeof ProductCard> = {
  id: 'RNG-101',
  slug: 'solace-ring',
  title: 'Solace Ring',
  price: 1250,
  currency: 'USD',
  category: 'ring',
  metal: '14k_yellow',
  readyToShip: true,
  tags: ['gift', 'ready-to-ship'],
  badges: ['Bestseller'],
  shippingPromise: 'Ships in 2 days',
};

export const ProductsResponse = Type.Array(refTo(ProductCard), {
  description: 'The pieces found; none is an empty array.',
  ...shown({ 'one-ring': [EXAMPLE] }),
});

/** The query of the shop's `remote` provider. */
export const ProductsQuery = Type.Object({
  ...WishQuery,
  tags: texts('Any of these, repeated or separated by commas; case, `-`, `_` and spaces do not count.'),
  ...PageQuery,
  offset: Type.Optional(NumberInQuery(OFFSET)),
  cursor: Cursor,
});

export const ProductsQueryResponse = Named(
  'ProductsPage',
  {
    products: Type.Array(refTo(ProductCard), { description: 'None is an empty array.' }),
    total: Type.Integer({ minimum: 0, description: 'How many there are on all pages.' }),
    nextCursor: NextCursor,
  },
  { ...shown({ 'one-page': { products: [EXAMPLE], total: 1 } }) },
);

/** As an object of its own, so that it can carry the request id. */
export const ProductResponse = Named('Product', ProductCard.properties, { ...shown({ 'a-ring': EXAMPLE }) });
