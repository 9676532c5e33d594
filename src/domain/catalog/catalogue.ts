import { setTimeout as wait } from 'node:timers/promises';
import type { Collection, Document } from 'mongodb';
import { createSlices, type Slices } from '../../lib/time-slices.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { type Names, NO_NAMES, readNames } from './material-names.js';
import type { Piece } from './piece.js';
import {
  areSame,
  createProductsReader,
  type Fingerprint,
  type Products,
  versionOf,
} from './read-products.js';
import { buildSnapshot, type Snapshot } from './snapshot.js';
import { compileSynonyms, SYNONYMS, type SynonymData } from './synonyms.js';

const POLL_MS = 1000;
/** A shop that writes all the time has it rebuilt for at most half of the time. */
const REST_FACTOR = 1;
/** A shop may change documents without touching `updatedAt`: read everything this often all the same. */
const FULL_READ_MS = 60_000;
/** Materials and gemstones; a shop has some dozens. */
const MAX_NAMED = 2000;

interface CatalogueLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

interface ShopCollections {
  products: Collection<Document>;
  materials: Collection<Document>;
  gemstones: Collection<Document>;
}

interface CatalogueOptions {
  currency: string;
  /** Goes in front of relative addresses of pictures. */
  shopUrl?: string;
  synonyms?: SynonymData;
  /** The same collections, for the first reading: the start may wait longer for it than a process that runs. */
  first?: ShopCollections;
  log: CatalogueLog;
}

/**
 * The catalogue as a snapshot in memory, replaced as a whole when the collection has changed. While the database is away the last
 * snapshot serves. `start` resolves when the first one is there.
 */
export function createCatalogue(shop: ShopCollections, options: CatalogueOptions) {
  const { currency, shopUrl, log, synonyms = SYNONYMS, first = shop } = options;
  const compiled = compileSynonyms(synonyms);
  const facts = { currency, url: shopUrl };
  let source = first;
  let reader = createProductsReader(source.products, facts);
  let snapshot: Snapshot | undefined;
  let products: Products = new Map();
  let names: Names = NO_NAMES;
  let seen: Fingerprint | undefined;
  let readAt = 0;
  let reportedUnreadable = '';
  const stopping = new AbortController();

  async function start(): Promise<void> {
    await refresh();
    source = shop;
    reader = createProductsReader(source.products, facts);
    void follow();
  }

  /** Reads what has changed, and replaces the snapshot if anything has. */
  async function refresh(): Promise<void> {
    const fingerprint = await reader.takeFingerprint();
    const isFull = !seen || Date.now() - readAt >= FULL_READ_MS;
    if (!isFull && JSON.stringify(fingerprint) === JSON.stringify(seen)) return;
    const started = performance.now();
    const slices = createSlices();
    const changed = seen && !isFull && (await reader.readChanges(products, seen, fingerprint, slices));
    const [found, named] = changed
      ? [changed, names]
      : await Promise.all([reader.readAll(products, slices), readShopNames()]);
    if (!changed) readAt = Date.now();
    seen = fingerprint;
    if (snapshot && sameNames(named, names) && (await areSame(found, products, slices))) return;
    await replace(found, named, slices);
    const ms = Math.round(performance.now() - started);
    log.info({ pieces: current().pieces.length, products: found.size, ms }, 'catalogue read');
  }

  async function replace(found: Products, named: Names, slices: Slices): Promise<void> {
    const pieces: Piece[] = [];
    const unreadable: string[] = [];
    for (const { id, reading } of found.values()) {
      if ('piece' in reading) pieces.push(reading.piece);
      else if ('unreadable' in reading)
        unreadable.push(`${id.slice(id.indexOf(' ') + 1)}: ${reading.unreadable}`);
      if (slices.areOver()) await slices.pause();
    }
    const version = await versionOf(
      found,
      [[...named.metals], [...named.gemstones], synonyms, currency, shopUrl],
      slices,
    );
    snapshot = await buildSnapshot(pieces, {
      version,
      currency,
      names: named,
      synonyms: compiled,
      slices,
    });
    products = found;
    names = named;
    report(unreadable);
  }

  async function readShopNames(): Promise<Names> {
    const [materials, gemstones] = await Promise.all(
      [source.materials, source.gemstones].map((named) =>
        named.find({}, { projection: { id: 1, name: 1, type: 1 }, limit: MAX_NAMED }).toArray(),
      ),
    );
    return readNames(materials ?? [], gemstones ?? []);
  }

  // One after the other, with a rest that grows with what the last replacement took.
  async function follow(): Promise<void> {
    let rest = POLL_MS;
    while (await restFor(rest)) {
      const started = performance.now();
      const before = snapshot;
      await refresh().catch((err) =>
        log.warn({ err }, 'the catalogue could not be read; the last one serves'),
      );
      const took = performance.now() - started;
      rest = restAfter(took, snapshot !== before);
    }
  }

  const restFor = (ms: number): Promise<boolean> =>
    wait(ms, true, { signal: stopping.signal, ref: false }).catch(() => false);

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

  const stop = (): void => stopping.abort();

  return { start, refresh, stop, current };
}

/** How long the catalogue is left as it is, after a look that took so long and did or did not replace it. */
export const restAfter = (tookMs: number, replaced: boolean): number =>
  replaced ? Math.max(POLL_MS, REST_FACTOR * tookMs) : POLL_MS;

const sameNames = (a: Names, b: Names): boolean =>
  JSON.stringify([[...a.metals], [...a.gemstones]]) === JSON.stringify([[...b.metals], [...b.gemstones]]);

export type Catalogue = ReturnType<typeof createCatalogue>;

/** Read as a whole; newest change first is how the catalogue notices that it is out of date. Never written. */
export const products = defineCollection('products', {
  isShops: true,
  indexes: [{ key: { updatedAt: -1 } }],
});

/** The shop's names for what pieces are made of, read as a whole with the catalogue; never written. */
export const materials = defineCollection('materials', { isShops: true });
export const gemstones = defineCollection('gemstones', { isShops: true });
