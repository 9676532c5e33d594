import { randomUUID } from 'node:crypto';
import type { Db, Document } from 'mongodb';
import { ordersAt } from '../../scripts/seed-data/orders.js';
import { products } from '../../scripts/seed-data/products.js';
import { DEFINITIONS } from '../../src/collections.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';

export const PIECES = 1000;
export const ORDERS = 10_000;
const BATCH = 5000;

/** The shop's seeded pieces, over and over, each under names and prices of its own. */
export async function fillProducts(db: Db, from: number, to: number): Promise<void> {
  await fill(db, 'products', from, to, (n) => {
    const piece = products[n % products.length] as Document;
    return {
      ...piece,
      _id: `prod_${n}`,
      name: `${piece.name} ${n}`,
      pricing: { ...piece.pricing, basePrice: 100 + ((n * 37) % 9000) },
      inventory: { ...piece.inventory, sku: `SKU-${n}` },
      seo: { ...piece.seo, slug: `${piece.seo.slug}-${n}` },
    };
  });
}

/** Orders `GG-100000` and on, each like one of the seeded ones. */
export async function fillOrders(db: Db, from: number, to: number): Promise<void> {
  const models: Document[] = ordersAt(new Date());
  await fill(db, 'orders', from, to, (n) => {
    const { _id, ...order } = models[n % models.length] as Document;
    return { ...order, orderNumber: orderNumber(n), customerEmail: `customer${n}@example.com` };
  });
}

export const orderNumber = (n: number): string => `GG-${100_000 + n}`;

async function fill(db: Db, name: string, from: number, to: number, make: (n: number) => Document) {
  let before: Promise<unknown> = Promise.resolve();
  for (let at = from; at < to; at += BATCH) {
    const documents = Array.from({ length: Math.min(BATCH, to - at) }, (_, n) => make(at + n));
    // while the database takes one batch the next one is made
    await before;
    before = db.collection(name).insertMany(documents, { ordered: false });
  }
  await before;
}

/** A database as a shop of a year has it. */
export async function prepare(db: Db): Promise<void> {
  await ensureIndexes(db, DEFINITIONS);
  // the bare handlers ask the database for pieces: with the index that a developer would give them
  await db.collection('products').createIndex({ category: 1, 'pricing.basePrice': 1 });
  await fillProducts(db, 0, PIECES);
  await fillOrders(db, 0, ORDERS);
}

export type CallName = 'products' | 'order status' | 'csat' | 'shortlist';

export interface Call {
  path: string;
  /** A new body for each request. */
  body(): object;
}

const CATEGORIES = ['ring', 'necklace', 'earring', 'bracelet'];
/** As many customers as are there at once. */
const SESSIONS = Array.from({ length: 500 }, () => randomUUID());

const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;
const below = (most: number): number => Math.floor(Math.random() * most);

/** The tool that stands for a call, in a plain message of the Model Context Protocol. */
export const toolCall = (name: string, { body }: Call): Call => ({
  path: '/mcp',
  body: () => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: body() } }),
});

export const CALLS: Record<CallName, Call> = {
  products: {
    path: '/api/concierge/products',
    body: () => ({ category: oneOf(CATEGORIES), priceMax: 1000 + below(8000), limit: 20 }),
  },
  'order status': {
    path: '/api/concierge/orders/status',
    body: () => ({ orderNumber: orderNumber(below(ORDERS)), sessionId: oneOf(SESSIONS) }),
  },
  csat: {
    path: '/api/analytics/csat',
    body: () => ({ sessionId: randomUUID(), rating: 'great', intent: 'track_order', notes: '' }),
  },
  shortlist: {
    path: '/api/concierge/shortlist',
    body: () => ({
      sessionId: oneOf(SESSIONS),
      items: [{ id: `SKU-${below(PIECES)}` }, { id: `SKU-${below(PIECES)}` }, { id: `SKU-${below(PIECES)}` }],
    }),
  },
};
