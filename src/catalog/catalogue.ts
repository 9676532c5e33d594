import type { Collection, Document } from 'mongodb';
import { readText } from '../database/read.js';
import type { Piece } from './piece.js';
import { readPiece } from './read-piece.js';
import { buildSnapshot, nextTurn, type Snapshot } from './snapshot.js';

const POLL_MS = 2000;
/** A shop may change documents without touching `updatedAt`: read everything this often all the same. */
const FULL_READ_MS = 60_000;
const SLICE = 500;

/** Only what a piece is made of. */
const PROJECTION = {
  name: 1,
  title: 1,
  description: 1,
  category: 1,
  pricing: 1,
  price: 1,
  'inventory.sku': 1,
  'inventory.isCustomMade': 1,
  'inventory.leadTime': 1,
  media: 1,
  customization: 1,
  'seo.slug': 1,
  metadata: 1,
  createdAt: 1,
};

export interface CatalogueLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/**
 * The catalogue as a snapshot in memory, replaced as a whole when the collection has changed. While the database is away the last
 * snapshot serves. `start` resolves when the first one is there.
 */
export function createCatalogue(products: Collection<Document>, shopCurrency: string, log: CatalogueLog) {
  let snapshot: Snapshot | undefined;
  let seen = '';
  let readAt = 0;
  let reportedUnreadable = '';
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function start(): Promise<void> {
    await refresh();
    schedule();
  }

  /** Reads the collection again if it has changed. */
  async function refresh(): Promise<void> {
    const fingerprint = await takeFingerprint(products);
    if (fingerprint === seen && Date.now() - readAt < FULL_READ_MS) return;
    const { pieces, unreadable } = await readPieces(products, shopCurrency);
    report(unreadable);
    snapshot = await buildSnapshot(pieces);
    seen = fingerprint;
    readAt = Date.now();
    log.info({ pieces: pieces.length, unreadable: unreadable.length }, 'catalogue read');
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(async () => {
      await refresh().catch((err) =>
        log.warn({ err }, 'the catalogue could not be read; the last one serves'),
      );
      schedule();
    }, POLL_MS);
    timer.unref();
  }

  function report(unreadable: string[]): void {
    const summary = unreadable.join('; ');
    if (summary !== '' && summary !== reportedUnreadable)
      log.warn({ products: unreadable.slice(0, 20) }, `${unreadable.length} products cannot be shown`);
    reportedUnreadable = summary;
  }

  function current(): Snapshot {
    if (!snapshot) throw new Error('The catalogue was asked for before it was started');
    return snapshot;
  }

  function stop(): void {
    stopped = true;
    clearTimeout(timer);
  }

  return { start, refresh, stop, current };
}

export type Catalogue = ReturnType<typeof createCatalogue>;

// Three cheap look-ups that change when a document is added, removed or (in a shop that keeps `updatedAt`) changed.
async function takeFingerprint(products: Collection<Document>): Promise<string> {
  const newest = (field: string) =>
    products
      .findOne({}, { sort: { [field]: -1 }, projection: { [field]: 1 } })
      .then((doc) => JSON.stringify(doc?.[field]));
  const parts = await Promise.all([products.estimatedDocumentCount(), newest('updatedAt'), newest('_id')]);
  return parts.join('|');
}

async function readPieces(products: Collection<Document>, shopCurrency: string) {
  const pieces: Piece[] = [];
  const unreadable: string[] = [];
  let count = 0;
  for await (const doc of products.find({}, { projection: PROJECTION, batchSize: SLICE })) {
    if (++count % SLICE === 0) await nextTurn();
    const reading = readPiece(doc, shopCurrency);
    if ('piece' in reading) pieces.push(reading.piece);
    else if ('unreadable' in reading) unreadable.push(`${readText(doc._id) ?? '?'}: ${reading.unreadable}`);
  }
  return { pieces, unreadable };
}
