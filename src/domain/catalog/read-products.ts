import { hash } from 'node:crypto';
import { BSON, type Collection, type Document } from 'mongodb';
import type { Slices } from '../../lib/time-slices.js';
import { readText } from '../../platform/mongodb/read.js';
import { type Reading, readPiece, type ShopFacts } from './read-piece.js';

/** Only what a piece is made of. */
const PROJECTION = {
  name: 1,
  title: 1,
  description: 1,
  category: 1,
  pricing: 1,
  price: 1,
  currency: 1,
  sku: 1,
  'inventory.sku': 1,
  'inventory.available': 1,
  'inventory.quantity': 1,
  'inventory.reserved': 1,
  'inventory.isCustomMade': 1,
  'inventory.leadTime': 1,
  leadTime: 1,
  isCustomMade: 1,
  stock: 1,
  quantity: 1,
  inStock: 1,
  media: 1,
  image: 1,
  imageUrl: 1,
  images: 1,
  customization: 1,
  metal: 1,
  materials: 1,
  gemstones: 1,
  'seo.slug': 1,
  slug: 1,
  metadata: 1,
  status: 1,
  tags: 1,
  badges: 1,
  shippingPromise: 1,
  readyToShip: 1,
  featured: 1,
  featuredInWidget: 1,
  bestseller: 1,
  createdAt: 1,
};
const BATCH = 500;
/** What the whole of a large catalogue may take the database. */
const MAX_READING_MS = 60_000;
/** More changes than this at once are read as a whole. */
const MAX_CHANGES = 2000;

/** A document as it was read, known by what it contains. */
export interface Product {
  id: string;
  content: string;
  reading: Reading;
}

export type Products = ReadonlyMap<string, Product>;

/** What the newest documents were when the collection was last looked at. */
export interface Fingerprint {
  count: number;
  /** By each type that dates and ids have in a shop. */
  newest: { field: 'updatedAt' | '_id'; value: unknown }[];
}

/** Reads the shop's products; a document that has not changed is neither decoded nor read again. */
export function createProductsReader(products: Collection<Document>, shop: ShopFacts) {
  /** A few cheap look-ups that change when a document is added, removed or (in a shop that keeps `updatedAt`) changed. */
  async function takeFingerprint(): Promise<Fingerprint> {
    const newest = async (field: 'updatedAt' | '_id', filter: Document) => {
      const doc = await products.findOne(filter, { sort: { [field]: -1 }, projection: { [field]: 1 } });
      return { field, value: doc?.[field] };
    };
    const [count, ...values] = await Promise.all([
      products.estimatedDocumentCount(),
      newest('updatedAt', {}),
      // a date is above every text in this order, and would hide the newest text
      newest('updatedAt', { updatedAt: { $gte: '' } }),
      newest('_id', {}),
    ]);
    return { count, newest: values };
  }

  async function readAll(before: Products, slices: Slices): Promise<Products> {
    const known = new Map<string, Product>();
    for (const product of before.values()) {
      known.set(product.content, product);
      if (slices.areOver()) await slices.pause();
    }
    const found = new Map<string, Product>();
    const cursor = products.find<Uint8Array>(
      {},
      { projection: PROJECTION, batchSize: BATCH, raw: true, maxTimeMS: MAX_READING_MS },
    );
    for await (const bytes of cursor) {
      const content = hash('sha1', bytes, 'base64');
      const product = known.get(content) ?? decode(bytes, content);
      found.set(product.id, product);
      if (slices.areOver()) await slices.pause();
    }
    return found;
  }

  /** The products with what has changed since; undefined when the changes do not add up: then all have to be read. */
  async function readChanges(
    before: Products,
    since: Fingerprint,
    now: Fingerprint,
    slices: Slices,
  ): Promise<Products | undefined> {
    const changed: Product[] = [];
    for (const [index, { field, value }] of since.newest.entries()) {
      // the first of its type: a comparison with what was there before does not find it
      if (typeOf(value) !== typeOf(now.newest[index]?.value)) return undefined;
      if (value === undefined || value === null) continue;
      const filter: Document = { [field]: { $gte: value } };
      const docs = await products
        .find<Uint8Array>(filter, { projection: PROJECTION, raw: true, limit: MAX_CHANGES + 1 })
        .toArray();
      if (docs.length > MAX_CHANGES) return undefined;
      for (const bytes of docs) changed.push(decode(bytes, hash('sha1', bytes, 'base64')));
    }
    const after = new Map<string, Product>();
    for (const product of before.values()) {
      after.set(product.id, product);
      if (slices.areOver()) await slices.pause();
    }
    for (const product of changed) after.set(product.id, product);
    return after.size === now.count ? after : undefined;
  }

  function decode(bytes: Uint8Array, content: string): Product {
    // an id or a SKU above 2^53 keeps its digits
    const doc = BSON.deserialize(bytes, { promoteLongs: false });
    const type = typeof doc._id;
    return { id: `${type} ${readText(doc._id) ?? content}`, content, reading: readPiece(doc, shop) };
  }

  return { takeFingerprint, readAll, readChanges };
}

const typeOf = (value: unknown): string => Object.prototype.toString.call(value ?? null);

/** Whether both have the same documents, as they were. */
export async function areSame(a: Products, b: Products, slices: Slices): Promise<boolean> {
  if (a.size !== b.size) return false;
  for (const [id, { content }] of a) {
    if (b.get(id)?.content !== content) return false;
    if (slices.areOver()) await slices.pause();
  }
  return true;
}

const DIGITS = 12;
const MODULUS = 2 ** (4 * DIGITS);

/** A name of the content, whatever the order in which it was read: every process has the same one. */
export async function versionOf(products: Products, more: unknown, slices: Slices): Promise<string> {
  let sum = 0;
  for (const { content } of products.values()) {
    // the first 6 bytes of the digest
    sum = (sum + Buffer.from(content.slice(0, 8), 'base64').readUIntBE(0, 6)) % MODULUS;
    if (slices.areOver()) await slices.pause();
  }
  const rest = hash('sha1', JSON.stringify(more), 'hex').slice(0, 4);
  return sum.toString(16).padStart(DIGITS, '0') + rest;
}
