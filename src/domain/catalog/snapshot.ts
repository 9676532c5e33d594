import { createSlices, type Slices } from '../../lib/time-slices.js';
import { addBit, type BitSet, noBits } from './bit-set.js';
import { createLabels, type Labels, type Names, NO_NAMES } from './material-names.js';
import { METAL_NAMES } from './metal-words.js';
import { nameForm } from './normal-forms.js';
import { isStoneName, PIECE_NAMES } from './other-languages.js';
import type { Piece } from './piece.js';
import { createPostings, type Postings } from './postings.js';
import { orderPieces, type PieceOrder, type PriceSteps, type SortBy, stepPrices } from './sort.js';
import { toWord } from './stemmed-words.js';
import { compileSynonyms, SYNONYMS, type Synonyms } from './synonyms.js';
import { indexText, type TextIndex } from './text-index.js';

/** What a word can name of a piece, as opposed to what is only said of it. */
export type Kind = 'category' | 'metal' | 'stone';

/** The catalogue at one moment, immutable. A piece is known inside by its position in `pieces`. */
export interface Snapshot {
  /** The same for the same content, in every process. */
  version: string;
  /** Featured first, so that what is found in the order of positions is in that order. */
  pieces: readonly Piece[];
  /** The form (`nameForm`) of any name of a piece → the piece: see `findProduct`. */
  byNameForm: ReadonlyMap<string, Piece>;
  postings: Record<'category' | 'metal' | 'tag' | 'stone', Postings>;
  readyToShip: BitSet;
  featured: BitSet;
  /** In another currency than the shop's. */
  otherwisePriced: BitSet;
  /** The shop's. */
  currency: string;
  orders: Record<SortBy, PieceOrder>;
  prices: PriceSteps;
  text: TextIndex;
  synonyms: Synonyms;
  /** Stem → the category, metal or stone that the word names. */
  namings: ReadonlyMap<string, { kind: Kind; form: string }>;
  /** The values that a customer may choose from, and what they are called. */
  labels: Labels;
}

/** The piece of that SKU, `_id` or slug, however it is typed. */
export const findProduct = (snapshot: Snapshot, idOrSkuOrSlug: string): Piece | undefined =>
  snapshot.byNameForm.get(nameForm(idOrSkuOrSlug));

export interface SnapshotOptions {
  version?: string;
  currency?: string;
  names?: Names;
  synonyms?: Synonyms;
  slices?: Slices;
}

/** Builds the snapshot in slices that yield to the event loop. */
export async function buildSnapshot(
  unordered: readonly Piece[],
  {
    version = '0',
    currency = 'USD',
    names = NO_NAMES,
    synonyms = compileSynonyms(SYNONYMS),
    slices = createSlices(),
  }: SnapshotOptions = {},
): Promise<Snapshot> {
  const pieces = await featuredFirst(unordered, slices);
  const orders = {
    featured: sameOrder(pieces.length),
    newest: await orderPieces(pieces, 'newest', slices),
    'price-asc': await orderPieces(pieces, 'price-asc', slices),
    'price-desc': await orderPieces(pieces, 'price-desc', slices),
  };
  const posted = await postPieces(pieces, names, slices);
  return {
    version,
    pieces,
    currency,
    ...posted,
    namings: nameStems(posted),
    orders,
    prices: await stepPrices(orders['price-asc'], slices),
    text: await indexText(pieces, slices),
    synonyms,
  };
}

/** A shop's tags are compared as stones are: only what is known as a stone names one. A stone of that name is meant before a category. */
function nameStems({ postings, labels }: Pick<Snapshot, 'postings' | 'labels'>): Snapshot['namings'] {
  const named = {
    category: [...PIECE_NAMES, ...postings.category.keys()],
    metal: [...postings.metal.keys()].filter((form) => METAL_NAMES.has(form)),
    stone: [...postings.stone.keys()].filter((form) => isStoneName(form) || labels.stone.has(form)),
  };
  return new Map(
    (Object.keys(named) as Kind[]).flatMap((kind) =>
      named[kind].map((form) => [toWord(form).stem, { kind, form }] as const),
    ),
  );
}

// The order of positions.
function sameOrder(count: number): PieceOrder {
  const numbers = new Uint32Array(count).map((_, at) => at);
  return { positions: numbers, ranks: numbers };
}

async function featuredFirst(unordered: readonly Piece[], slices: Slices): Promise<Piece[]> {
  const { positions } = await orderPieces(unordered, 'featured', slices);
  const pieces: Piece[] = [];
  for (const position of positions) {
    const piece = unordered[position];
    if (piece) pieces.push(piece);
  }
  return pieces;
}

async function postPieces(pieces: readonly Piece[], names: Names, slices: Slices) {
  const labels = createLabels(names);
  const byNameForm = new Map<string, Piece>();
  const [readyToShip, featured, otherwisePriced] = [
    noBits(pieces.length),
    noBits(pieces.length),
    noBits(pieces.length),
  ];
  const [category, metal, tag, stone] = [
    createPostings(),
    createPostings(),
    createPostings(),
    createPostings(),
  ];
  for (const [at, piece] of pieces.entries()) {
    for (const name of piece.names.map(nameForm)) if (!byNameForm.has(name)) byNameForm.set(name, piece);
    if (piece.readyToShip) addBit(readyToShip, at);
    if (piece.featured) addBit(featured, at);
    if (piece.price === undefined) addBit(otherwisePriced, at);
    labels.add(piece);
    category.add(piece.category, at);
    for (const one of piece.metals) metal.add(one, at);
    for (const one of piece.tags) tag.add(one, at);
    for (const one of piece.stones) stone.add(one, at);
    if (slices.areOver()) await slices.pause();
  }
  const postings = {
    category: await category.finish(pieces.length, slices),
    metal: await metal.finish(pieces.length, slices),
    tag: await tag.finish(pieces.length, slices),
    stone: await stone.finish(pieces.length, slices),
  };
  return { byNameForm, readyToShip, featured, otherwisePriced, postings, labels: labels.finish() };
}
