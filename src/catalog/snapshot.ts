import MiniSearch from 'minisearch';
import type { Piece } from './piece.js';

export type SortBy = 'featured' | 'newest' | 'price-asc' | 'price-desc';

/** The catalogue at one moment, immutable. A piece is known inside by its position in `pieces`. */
export interface Snapshot {
  pieces: readonly Piece[];
  /** Any name of a piece (SKU, `_id`, slug) → the piece. */
  byName: ReadonlyMap<string, Piece>;
  /** The positions of the pieces with that category, metal, tag or stone. */
  postings: Record<'category' | 'metal' | 'tag' | 'stone', ReadonlyMap<string, number[]>>;
  /** For each order, the rank of the piece at each position. */
  ranks: Record<SortBy, Uint32Array>;
  text: MiniSearch;
}

/** As many pieces are indexed at once as take a few milliseconds; then the event loop has its turn. */
const SLICE = 500;

const ORDERS: Record<SortBy, (a: Piece, b: Piece) => number> = {
  featured: (a, b) =>
    Number(b.featured) - Number(a.featured) ||
    Number(b.bestseller) - Number(a.bestseller) ||
    b.createdAt - a.createdAt,
  newest: (a, b) => b.createdAt - a.createdAt,
  'price-asc': (a, b) => a.price - b.price,
  'price-desc': (a, b) => b.price - a.price,
};

/** Builds the snapshot in slices that yield to the event loop. */
export async function buildSnapshot(pieces: readonly Piece[]): Promise<Snapshot> {
  const postings = { category: new Map(), metal: new Map(), tag: new Map(), stone: new Map() };
  const byName = new Map<string, Piece>();
  for (const [at, piece] of pieces.entries()) {
    if (at % SLICE === SLICE - 1) await nextTurn();
    for (const name of piece.names) if (!byName.has(name)) byName.set(name, piece);
    post(postings.category, piece.category, at);
    for (const metal of piece.metals) post(postings.metal, metal, at);
    for (const tag of piece.tags) post(postings.tag, tag, at);
    for (const stone of piece.stones) post(postings.stone, stone, at);
  }
  const ranks = {
    featured: rank(pieces, 'featured'),
    newest: rank(pieces, 'newest'),
    'price-asc': rank(pieces, 'price-asc'),
    'price-desc': rank(pieces, 'price-desc'),
  };
  return { pieces, byName, postings, ranks, text: await indexText(pieces) };
}

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function post(postings: Map<string, number[]>, key: string, at: number): void {
  const list = postings.get(key);
  if (list) list.push(at);
  else postings.set(key, [at]);
}

// Equal pieces keep one order, that of their ids, so that pages do not overlap.
function rank(pieces: readonly Piece[], sortBy: SortBy): Uint32Array {
  const compare = ORDERS[sortBy];
  const order = pieces.map((piece, at) => ({ piece, at }));
  order.sort((a, b) => compare(a.piece, b.piece) || (a.piece.card.id < b.piece.card.id ? -1 : 1));
  const ranks = new Uint32Array(pieces.length);
  for (const [position, { at }] of order.entries()) ranks[at] = position;
  return ranks;
}

// `Pavé` is found by `pave`.
const withoutAccents = (term: string): string => term.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

async function indexText(pieces: readonly Piece[]): Promise<MiniSearch> {
  const text = new MiniSearch({
    fields: ['title', 'category', 'tags', 'description'],
    idField: 'at',
    processTerm: withoutAccents,
  });
  const documents = pieces.map(({ card }, at) => ({ ...card, at, tags: card.tags.join(' ') }));
  await text.addAllAsync(documents, { chunkSize: SLICE });
  return text;
}
