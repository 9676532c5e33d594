/*
 * What 10,000 products cost in which any field is missing, of a wrong type, huge, negative or in another script:
 *
 *   npm run bench:odd-products [-- seed]
 *
 * Stalls are processor time between two pauses of the event loop, which does not depend on what else the machine does.
 */
import { BSON } from 'mongodb';
import { readPiece } from '../src/domain/catalog/read-piece.js';
import { searchProducts } from '../src/domain/catalog/search.js';
import { buildSnapshot } from '../src/domain/catalog/snapshot.js';
import { createSlices } from '../src/lib/time-slices.js';
import { createRandom, oddProduct } from '../test/catalog/odd-products.js';

const COUNT = 10_000;
const shop = { currency: 'USD', url: 'https://shop.example' };
const random = createRandom(Number(process.argv[2] ?? 20_261_129));
const cpuMs = (): number => process.cpuUsage().user / 1000;
const memoryMb = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
};

const documents = Array.from({ length: COUNT }, (_, at) => BSON.serialize(oddProduct(random, at)));
const bytes = documents.reduce((sum, { length }) => sum + length, 0);
// what is compiled once is not the first document's
for (const document of documents.slice(0, 500))
  readPiece(BSON.deserialize(document, { promoteLongs: false }), shop);
const before = memoryMb();
const pieces = [];
let slowest = 0;
for (const document of documents) {
  const started = cpuMs();
  const reading = readPiece(BSON.deserialize(document, { promoteLongs: false }), shop);
  slowest = Math.max(slowest, cpuMs() - started);
  if ('piece' in reading) pieces.push(reading.piece);
}
const own = createSlices();
let since = cpuMs();
let stall = 0;
const pause = async (): Promise<void> => {
  stall = Math.max(stall, cpuMs() - since);
  await own.pause();
  since = cpuMs();
};
const snapshot = await buildSnapshot(pieces, { slices: { areOver: () => cpuMs() - since >= 4, pause } });
stall = Math.max(stall, cpuMs() - since);
let search = 0;
for (const text of ['ring under $500 not gold', 'プラチナ', 'gold', 'ring', '14k white or yellow gold']) {
  const started = cpuMs();
  searchProducts(snapshot, { text, price: {}, limit: 20 });
  search = Math.max(search, cpuMs() - started);
}
console.table({
  'documents MB': Math.round(bytes / 2 ** 20),
  'pieces shown': pieces.length,
  'slowest document ms': Math.round(slowest * 10) / 10,
  'longest slice of the snapshot ms': Math.round(stall * 10) / 10,
  'slowest search ms': Math.round(search * 10) / 10,
  'memory MB': Math.round((memoryMb() - before) * 10) / 10,
});
