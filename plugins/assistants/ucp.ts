import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { categoryKey } from '../../src/domain/catalog/normal-forms.js';
import type { ProductCard } from '../../src/domain/catalog/piece.js';
import { memoize } from '../../src/lib/memoize.js';
import type { CallRoute, Tool } from './derive-tools.js';
import { UCP_PATH } from './tools.js';

// The catalogue in the words of the Universal Commerce Protocol: three tools, each of which calls the routes of the products and writes what
// they answer differently. The schemas are those parts of the published ones that are read or written here; what else comes is let be.

const UCP_VERSION = '2026-08-25';
const SEARCH = 'dev.ucp.shopping.catalog.search';
const LOOKUP = 'dev.ucp.shopping.catalog.lookup';
const SPEC = `https://ucp.dev/${UCP_VERSION}`;
const PRODUCTS = '/api/concierge/products';
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 50;
const MAX_IDS = 20;

const text = (description: string) => ({ type: 'string', maxLength: 512, description });
const Context = {
  type: 'object',
  description: 'What is known of the buyer; of it, `currency` says in what the prices of a filter are.',
  properties: { currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
};
const amount = { type: 'integer', minimum: 0 };
const Filters = {
  type: 'object',
  properties: {
    categories: { type: 'array', maxItems: 20, items: text('A category; any of them.') },
    price: {
      type: 'object',
      description: 'In minor units of `context.currency`.',
      properties: { min: amount, max: amount },
    },
  },
};
const inputOf = (properties: Record<string, object>, required: string[]): Tool['inputSchema'] => ({
  type: 'object',
  properties: {
    meta: {
      type: 'object',
      properties: {
        'ucp-agent': { type: 'object', properties: { profile: text('Where the agent says who it is.') } },
      },
      required: ['ucp-agent'],
    },
    catalog: { type: 'object', properties: { ...properties, context: Context, filters: Filters }, required },
  },
  required: ['meta', 'catalog'],
});

const Price = {
  type: 'object',
  properties: { amount, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
  required: ['amount', 'currency'],
};
const Product = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    title: { type: 'string' },
    description: { type: 'object', properties: { plain: { type: 'string' } } },
    price_range: { type: 'object', properties: { min: Price, max: Price }, required: ['min', 'max'] },
    variants: { type: 'array', minItems: 1, items: { type: 'object', properties: { price: Price } } },
  },
  required: ['id', 'title', 'description', 'price_range', 'variants'],
};
const outputOf = (properties: Record<string, object>): Tool['outputSchema'] => ({
  type: 'object',
  properties: {
    ucp: { type: 'object', properties: { version: { type: 'string' } }, required: ['version'] },
    messages: { type: 'array', items: { type: 'object' } },
    ...properties,
  },
  required: ['ucp'],
});

interface Asked {
  query?: string;
  id?: string;
  ids?: string[];
  context?: { currency?: string };
  filters?: { categories?: string[]; price?: { min?: number; max?: number } };
  pagination?: { cursor?: string; limit?: number };
}
type Message = Record<string, string>;

/** The tools of the catalogue capability. */
export function ucpTools(shopCurrency: string): Tool[] {
  const tool = (
    name: string,
    title: string,
    description: string,
    inputSchema: Tool['inputSchema'],
    outputSchema: Tool['outputSchema'],
    answer: (asked: Asked, call: CallRoute) => Promise<Record<string, unknown>>,
  ): Tool => ({
    ...{ name, title, description, inputSchema, outputSchema, operation: '', path: PRODUCTS, method: 'GET' },
    takes: ['meta', 'catalog', 'signals', 'attribution'],
    scopes: ['products:read'],
    annotations: {
      title,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
    answer: async (given, call) => {
      const told = await answer(given.catalog as Asked, call);
      return { content: [{ type: 'text', text: JSON.stringify(told) }], structuredContent: told };
    },
  });

  return [
    tool(
      'search_catalog',
      'Search the catalogue',
      'Searches the pieces of the shop by free text in any language, categories and price (Universal Commerce Protocol, catalogue search).',
      inputOf(
        {
          query: text('Free text.'),
          pagination: {
            type: 'object',
            properties: { cursor: text('Of the page before.'), limit: { type: 'integer', minimum: 1 } },
          },
        },
        [],
      ),
      outputOf({ products: { type: 'array', items: Product }, pagination: { type: 'object' } }),
      search,
    ),
    tool(
      'lookup_catalog',
      'Look pieces up',
      `Gives the pieces with these ids, SKUs or handles, at most ${MAX_IDS} (Universal Commerce Protocol, catalogue lookup).`,
      inputOf({ ids: { type: 'array', minItems: 1, maxItems: MAX_IDS, items: text('Id, SKU or handle.') } }, [
        'ids',
      ]),
      outputOf({ products: { type: 'array', items: Product } }),
      lookup,
    ),
    tool(
      'get_product',
      'One piece',
      'Gives all that is known of one piece by its id, SKU or handle (Universal Commerce Protocol, catalogue lookup).',
      inputOf({ id: text('Id, SKU or handle.') }, ['id']),
      outputOf({ product: Product }),
      async ({ id = '' }, call) => {
        const card = await cardOf(id, call);
        if (card) return { ucp: envelope(LOOKUP), product: productOf(card) };
        const missing = { type: 'error', code: 'not_found', content: `Product not found: ${id}` };
        return {
          ucp: { ...envelope(LOOKUP), status: 'error' },
          messages: [{ ...missing, severity: 'unrecoverable' }],
        };
      },
    ),
  ];

  async function search({ query, context, filters = {}, pagination = {} }: Asked, call: CallRoute) {
    const { price, messages } = priceOf(context, filters);
    const { body, status } = await call({
      method: 'GET',
      url: PRODUCTS,
      query: {
        ...(query && { q: query }),
        ...(filters.categories?.length && { category: filters.categories.join() }),
        ...(price?.min !== undefined && { priceMin: String(toMajor(price.min, shopCurrency)) }),
        ...(price?.max !== undefined && { priceMax: String(toMajor(price.max, shopCurrency)) }),
        ...(pagination.cursor && { cursor: pagination.cursor }),
        limit: String(Math.min(MAX_LIMIT, pagination.limit ?? DEFAULT_LIMIT)),
      },
    });
    if (status >= 400) throw new ProtocolError(ProtocolErrorCode.InvalidParams, String(body.message));
    const { products, total, nextCursor } = body as {
      products: ProductCard[];
      total: number;
      nextCursor?: string;
    };
    return {
      ucp: envelope(SEARCH),
      products: products.map((card) => productOf(card)),
      pagination: {
        has_next_page: nextCursor !== undefined,
        total_count: total,
        cursor: nextCursor || undefined,
      },
      messages: messages.length > 0 ? messages : undefined,
    };
  }

  async function lookup({ ids = [], context, filters = {} }: Asked, call: CallRoute) {
    const { price, messages } = priceOf(context, filters);
    const found = new Map<string, { card: ProductCard; inputs: object[] }>();
    for (const id of new Set(ids)) {
      const card = await cardOf(id, call);
      if (!card) messages.push({ type: 'info', code: 'not_found', content: id });
      else if (fits(card, filters.categories, price)) {
        const one = found.get(card.id) ?? { card, inputs: [] };
        one.inputs.push({ id, match: id === card.id ? 'exact' : 'featured' });
        found.set(card.id, one);
      }
    }
    return {
      ucp: envelope(LOOKUP),
      products: [...found.values()].map(({ card, inputs }) => productOf(card, inputs)),
      messages: messages.length > 0 ? messages : undefined,
    };
  }

  /** The prices of a filter, where they are in the shop's currency: nothing is converted here. */
  function priceOf(context: Asked['context'], { price }: NonNullable<Asked['filters']>) {
    const messages: Message[] = [];
    const currency = context?.currency ?? shopCurrency;
    if (price === undefined || currency === shopCurrency) return { price, messages };
    const content = `Prices are in ${shopCurrency}: the filter in ${currency} was not applied.`;
    messages.push({ type: 'warning', code: 'price_filter_ignored', content });
    return { messages };
  }
}

async function cardOf(id: string, call: CallRoute): Promise<ProductCard | undefined> {
  const { body, status } = await call({ method: 'GET', url: `${PRODUCTS}/${encodeURIComponent(id)}` });
  if (status === 404) return undefined;
  if (status >= 400) throw new ProtocolError(ProtocolErrorCode.InvalidParams, String(body.message));
  return body as ProductCard;
}

function fits(
  card: ProductCard,
  categories: string[] | undefined,
  price: { min?: number; max?: number } = {},
) {
  const { min = 0, max = Number.MAX_VALUE } = price;
  const minor = toMinor(card.price, card.currency);
  const isOfThem =
    !categories?.length || categories.some((one) => categoryKey(one) === categoryKey(card.category));
  return isOfThem && minor >= min && minor <= max;
}

const envelope = (capability: string) => ({
  version: UCP_VERSION,
  capabilities: { [capability]: [{ version: UCP_VERSION }] },
});

function productOf(card: ProductCard, inputs?: object[]) {
  const { id, slug, title, description, category, tags, metal, metals, badges, shippingPromise } = card;
  const price = { amount: toMinor(card.price, card.currency), currency: card.currency };
  const isAddress = card.image !== undefined && URL.canParse(card.image);
  const plain = { plain: description ?? title };
  return {
    ...{ id, title, description: plain, price_range: { min: price, max: price }, tags },
    handle: slug || undefined,
    categories: [{ value: category, taxonomy: 'merchant' }],
    media: isAddress ? [{ type: 'image', url: card.image, alt_text: title }] : undefined,
    variants: [
      {
        ...{ id, sku: id, title, description: plain, price },
        // of what is made or ordered, a card does not say when it can be had
        availability: card.readyToShip ? { available: true, status: 'in_stock' } : undefined,
        options: metal ? [{ name: 'Metal', label: metal }] : undefined,
        inputs,
      },
    ],
    metadata: { metals: metals ?? (metal ? [metal] : []), badges, shippingPromise },
  };
}

const digitsOf = memoize(
  (currency: string): number =>
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2,
);
const toMinor = (major: number, currency: string): number => Math.round(major * 10 ** digitsOf(currency));
const toMajor = (minor: number, currency: string): number => minor / 10 ** digitsOf(currency);

/** What UCP asks for at `/.well-known/ucp`. */
export const ucpProfile = (publicUrl: string) => ({
  ucp: {
    version: UCP_VERSION,
    services: {
      'dev.ucp.shopping': [
        {
          version: UCP_VERSION,
          spec: `${SPEC}/specification/overview`,
          transport: 'mcp',
          schema: `${SPEC}/services/shopping/mcp.openrpc.json`,
          endpoint: new URL(UCP_PATH, publicUrl).href,
        },
      ],
    },
    capabilities: Object.fromEntries(
      [SEARCH, LOOKUP].map((name) => {
        const kind = name.slice(name.lastIndexOf('.') + 1);
        const one = {
          version: UCP_VERSION,
          spec: `${SPEC}/specification/shopping/catalog/${kind}`,
          schema: `${SPEC}/schemas/shopping/catalog_${kind}.json`,
        };
        return [name, [one]];
      }),
    ),
    payment_handlers: {},
  },
});
