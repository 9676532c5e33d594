import {
  type CreateIndexesOptions,
  type Db,
  type Document,
  type IndexSpecification,
  ObjectId,
} from 'mongodb';

import { DUPLICATE_KEY } from '../../src/platform/mongodb/client.js';

/**
 * A shop's database as its own scripts and models have made it, in three ages: the first seed, the unified one that came with the
 * shop's earlier concierge routes, and the newest, flat one. Each age has what the earlier ones had.
 */
export const AGES = ['first', 'unified', 'newest'] as const;
export type Age = (typeof AGES)[number];

type Command = [collection: string, key: IndexSpecification, options?: CreateIndexesOptions];

const TEXT: IndexSpecification = { name: 'text', title: 'text', description: 'text', tags: 'text' };

/** What the shop creates, one by one, under MongoDB's default names. */
export const INDEX_COMMANDS: Record<Age, Command[]> = {
  first: [
    ['orders', { orderNumber: 1 }, { unique: true }],
    ['orders', { customerEmail: 1 }],
    ['orders', { status: 1 }],
    ['orders', { 'shipping.postalCode': 1 }],
    ['orders', { createdAt: -1 }],
    ['products', { 'seo.slug': 1 }],
    ['products', TEXT, { weights: { name: 10, title: 10, tags: 5, description: 1 } }],
    ['creators', { creatorCode: 1 }, { unique: true }],
  ],
  unified: [
    ['products', { category: 1, readyToShip: 1 }],
    ['products', { tags: 1 }],
    ['products', { featuredInWidget: 1 }],
    ['products', { metal: 1 }],
    ['widgetShortlists', { sessionId: 1 }, { unique: true }],
    ['widgetShortlists', { expiresAt: 1 }, { expireAfterSeconds: 0 }],
    ['widgetShortlists', { createdAt: -1 }],
    ['csatFeedback', { sessionId: 1 }],
    ['csatFeedback', { score: 1 }],
    ['csatFeedback', { timestamp: -1 }],
    ['csatFeedback', { intent: 1 }],
    ['stylistTickets', { ticketId: 1 }, { unique: true }],
    ['stylistTickets', { sessionId: 1 }],
    ['stylistTickets', { status: 1 }],
    ['stylistTickets', { customerEmail: 1 }],
    ['stylistTickets', { createdAt: -1 }],
    ['analyticsEvents', { sessionId: 1 }],
    ['analyticsEvents', { event: 1 }],
    ['analyticsEvents', { timestamp: -1 }],
    ['analyticsEvents', { intent: 1 }],
  ],
  newest: [
    [
      'products',
      { sku: 1 },
      { unique: true, partialFilterExpression: { sku: { $exists: true, $type: 'string' } } },
    ],
    ['widgetOrderSubscriptions', { sessionId: 1 }, { unique: true }],
    ['widgetOrderSubscriptions', { orderId: 1 }],
    ['widgetOrderSubscriptions', { email: 1 }],
    ['widgetOrderSubscriptions', { subscribedAt: -1 }],
  ],
};

const upTo = (age: Age): Age[] => AGES.slice(0, AGES.indexOf(age) + 1);

/** Runs the shop's index commands, as its scripts and models do at each of their starts; without those of some collection. */
export async function createShopIndexes(db: Db, age: Age, without?: string): Promise<void> {
  for (const one of upTo(age))
    for (const [collection, key, options = {}] of INDEX_COMMANDS[one].filter(([name]) => name !== without))
      await db
        .collection(collection)
        .createIndex(key, options)
        .catch((error) => {
          // an engine that builds partial indexes as whole ones refuses the shop its own: nothing that we could mend
          if (!options.partialFilterExpression || error.code !== DUPLICATE_KEY) throw error;
        });
}

const nested = (sku: string, fields: Document): Document => ({
  _id: `prod_${sku.toLowerCase()}` as unknown as ObjectId,
  name: 'Lunar Halo Ring',
  description: 'A halo of lab-grown diamonds.',
  category: 'rings',
  pricing: { basePrice: 1250, currency: 'USD' },
  inventory: { sku, quantity: 4, available: 4 },
  media: { primary: '/images/lunar.jpg', gallery: [] },
  customization: { materials: [{ id: 'gold-14k-yellow', name: '14K Yellow Gold', type: 'gold' }] },
  seo: { slug: sku.toLowerCase(), keywords: [] },
  metadata: { status: 'active', featured: true, tags: ['halo'] },
  ...fields,
});

/** The shop's documents of an age. Dates count back from `now`. */
function documentsAt(age: Age, now: Date): Record<string, Document[]> {
  const ago = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60_000);
  const all: Record<Age, Record<string, Document[]>> = {
    first: {
      products: [nested('RNG-101', {}), nested('NCK-201', { name: 'Orbit Necklace', category: 'Necklaces' })],
      creators: [{ creatorCode: 'AURA', displayName: 'Aura', email: 'aura@example.com', status: 'approved' }],
      orders: [
        {
          orderNumber: 'GG-12001',
          customerEmail: 'Ada@Example.com',
          status: 'delivered',
          items: [
            { sku: 'RNG-101', title: 'Lunar Halo Ring', price: 1250, quantity: 1 },
            { sku: 'NCK-201', title: 'Orbit Necklace', price: 480, quantity: 1 },
          ],
          totals: { subtotal: 1730, total: 1730 },
          payment: { status: 'paid' },
          shipping: { postalCode: '10001', shippedAt: ago(6), deliveredAt: ago(4) },
          createdAt: ago(9),
          updatedAt: ago(4),
        },
        {
          orderNumber: 'GG-12002',
          customerEmail: 'bob@example.com',
          status: 'processing',
          items: [{ sku: 'RNG-101', title: 'Lunar Halo Ring', price: 1250, quantity: 1 }],
          shipping: { postalCode: '94110' },
          createdAt: ago(2),
        },
      ],
    },
    unified: {
      products: [
        {
          _id: new ObjectId(),
          name: 'Comet Studs',
          sku: 'EAR-301',
          category: 'earrings',
          price: 320,
          pricing: { basePrice: 320, currency: 'USD' },
          imageUrl: '/images/comet.jpg',
          materials: [{ name: '14K White Gold' }],
          metadata: { status: 'active', primaryMetal: '14k White Gold', readyToShip: true, tags: ['studs'] },
          readyToShip: true,
          tags: ['studs'],
        },
      ],
      // without any id of ours; the same session and intent may stand there twice
      csatFeedback: [
        { sessionId: 'early-1', intent: 'track_order', score: 2, notes: 'too slow', timestamp: ago(3) },
        { sessionId: 'early-1', intent: 'track_order', score: 5, notes: '', timestamp: ago(2) },
        { sessionId: 'early-2', intent: 'find_product', score: 4, timestamp: ago(1).toISOString() },
      ],
      stylistTickets: [
        {
          ticketId: 'TKT-1001',
          sessionId: 'early-1',
          customerName: 'Ada Lovelace',
          customerEmail: 'ada@example.com',
          customerPhone: '+12025550142',
          notes: 'A ring for my sister',
          status: 'open',
          createdAt: ago(3),
        },
        {
          ticketId: 'TKT-1000',
          sessionId: 'early-0',
          customerName: 'Bob',
          customerEmail: 'bob@example.com',
          notes: '',
          status: 'closed',
          createdAt: ago(500),
        },
      ],
      widgetShortlists: [
        {
          sessionId: 'early-1',
          items: [{ id: 'RNG-101', title: 'Lunar Halo Ring', price: 1250 }],
          createdAt: ago(3),
          expiresAt: ago(-27),
        },
      ],
      analyticsEvents: [
        { event: 'aurora_widget_open', sessionId: 'early-1', intent: 'find_product', timestamp: ago(3) },
      ],
    },
    newest: {
      products: [
        {
          _id: new ObjectId(),
          title: 'Nova Band',
          sku: 'RNG-401',
          category: 'ring',
          price: 290,
          currency: 'USD',
          imageUrl: '/images/nova.jpg',
          metal: '14k_yellow',
          readyToShip: true,
          featuredInWidget: true,
          tags: ['ready-to-ship', 'minimal'],
          badges: ['New'],
          shippingPromise: 'Ships in 2 days',
        },
        {
          _id: new ObjectId(),
          title: 'Gift Box',
          category: 'gift',
          price: 40,
          currency: 'USD',
          tags: ['gift'],
        },
      ],
      widgetOrderSubscriptions: [
        {
          sessionId: 'early-1',
          orderId: 'GG-12001',
          email: 'ada@example.com',
          phone: '(202) 555-0142',
          subscribedAt: ago(3),
        },
        { sessionId: 'early-2', orderId: 'GG-12002', email: 'bob@example.com', subscribedAt: ago(1) },
      ],
    },
  };
  const documents: Record<string, Document[]> = {};
  for (const one of upTo(age))
    for (const [collection, some] of Object.entries(all[one]))
      documents[collection] = [...(documents[collection] ?? []), ...some];
  return documents;
}

/** The shop's database of an age: its documents, then its indexes, as its scripts leave it. */
export async function buildShop(db: Db, age: Age, now: Date, without?: string): Promise<void> {
  for (const [collection, documents] of Object.entries(documentsAt(age, now)))
    await db.collection(collection).insertMany(documents);
  await createShopIndexes(db, age, without);
}
