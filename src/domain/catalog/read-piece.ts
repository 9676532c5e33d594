import { memoize, shareList, shareSet } from '../../lib/memoize.js';
import {
  type Fields,
  readDate,
  readFields,
  readFlag,
  readList,
  readNumber,
  readText,
  readTexts,
} from '../../platform/mongodb/read.js';
import { readLeadTimeDays } from './lead-time.js';
import { areOfMetal, categoryForm, metalForms, stoneForm, stoneForms, tagForm } from './normal-forms.js';
import type { Piece, PieceWords, ProductCard } from './piece.js';
import { type Word, wordsOf } from './words.js';

// What pieces have in common is worked out once.
const sameText = memoize((text) => text);
const categoryFormOf = memoize(categoryForm);
const tagFormOf = memoize(tagForm);
const stoneFormOf = memoize(stoneForm);
const stoneFormsOf = memoize(stoneForms);
const metalFormsOf = memoize((text): readonly string[] => metalForms(text));
const wordsOfAll = memoize((text): readonly Word[] => [...new Set(wordsOf(text))]);

/** What became of a document of the shop: a piece, one that is not on sale, or one that cannot be shown and why. */
export type Reading = { piece: Piece } | { inactive: true } | { unreadable: string };

/** Reads a document of `products`, whatever its shape. Never throws. */
export function readPiece(doc: Fields, shopCurrency: string): Reading {
  const metadata = readFields(doc.metadata);
  if (readText(metadata.status)?.toLowerCase() !== 'active') return { inactive: true };
  const pricing = readFields(doc.pricing);
  const title = readText(doc.name) ?? readText(doc.title);
  const price = readNumber(pricing.basePrice) ?? readNumber(doc.price);
  const category = readText(doc.category);
  const id = readText(readFields(doc.inventory).sku) ?? readText(doc._id);
  if (!title || price === undefined || price < 0 || !category || !id) {
    const reasons = [
      !title && 'no name',
      (price === undefined || price < 0) && 'no price',
      !category && 'no category',
      !id && 'no SKU and no _id',
    ];
    return { unreadable: reasons.filter(Boolean).join(', ') };
  }
  const currency = readText(pricing.currency)?.toUpperCase() ?? shopCurrency;
  return { piece: toPiece(doc, { id, title, price, currency, category: categoryFormOf(category) }) };
}

type Required = Pick<ProductCard, 'id' | 'title' | 'price' | 'currency' | 'category'>;

function toPiece(doc: Fields, required: Required): Piece {
  const metadata = readFields(doc.metadata);
  const inventory = readFields(doc.inventory);
  const tags = readTexts(metadata.tags).map(sameText);
  const slug = readText(readFields(doc.seo).slug);
  const readyToShip = readFlag(metadata.readyToShip) || tags.some((tag) => tagFormOf(tag) === 'readytoship');
  const materials = readMaterials(doc);
  const primary = readPrimaryMetal(doc);
  const metals = shareSet([...primary, ...materials.flat(2)]);
  const gemstones = readStones(doc);
  const shown = card(doc, { ...required, readyToShip, tags, slug, metal: shownMetal(primary, materials) });
  return {
    card: shown,
    key: readText(doc._id) ?? required.id,
    names: [required.id, readText(doc._id), slug].filter((name) => name !== undefined),
    category: required.category,
    metals,
    stones: shareSet([...gemstones, ...tags.map(stoneFormOf)]),
    tags: shareSet(tags.map(tagFormOf)),
    gems: readGems(doc),
    words: readWords(shown, [...metals, ...gemstones]),
    price: required.price,
    readyToShip,
    featured: readFlag(metadata.featured),
    bestseller: readFlag(metadata.bestseller),
    createdAt: readCreated(doc),
    madeToOrder: readFlag(inventory.isCustomMade),
    leadTimeDays: readLeadTimeDays(inventory.leadTime),
    available: readAvailable(inventory.available),
  };
}

// Whole pieces; a shop that has sold more than it has may count below zero.
function readAvailable(value: unknown): number | undefined {
  const available = readNumber(value);
  return available === undefined ? undefined : Math.max(0, Math.floor(available));
}

type CardFacts = Required & {
  readyToShip: boolean;
  tags: string[];
  slug: string | undefined;
  metal: string | undefined;
};

function card(doc: Fields, { slug, metal, ...facts }: CardFacts): ProductCard {
  const metadata = readFields(doc.metadata);
  const description = readText(doc.description);
  const image = readImage(readFields(doc.media));
  const shippingPromise = readText(metadata.shippingPromise);
  return {
    ...facts,
    ...(slug && { slug }),
    ...(description && { description }),
    ...(image && { image, imageUrl: image }),
    ...(metal && { metal }),
    badges: readTexts(metadata.badges).map(sameText),
    ...(shippingPromise && { shippingPromise }),
  };
}

const readPrimaryMetal = (doc: Fields): readonly string[] => {
  const primary = readText(readFields(doc.metadata).primaryMetal);
  return primary ? metalFormsOf(primary) : [];
};

// For each material that a piece can be had in, the forms of its name, its id and its type.
const readMaterials = (doc: Fields): (readonly string[])[][] =>
  readList(readFields(doc.customization).materials).map((material) =>
    [...namesOf(material), ...namesOf(readFields(material).type)].map(metalFormsOf),
  );

// The metal that the piece is sold in, else the first that it can be had in: the most particular name of it.
function shownMetal(primary: readonly string[], materials: (readonly string[])[][]): string | undefined {
  const metals = materials.flatMap((forms) => forms.filter(areOfMetal).sort(byDetail).slice(0, 1));
  return [primary, ...metals, ...materials.flat()].find((forms) => forms.length > 0)?.at(-1);
}

const byDetail = (a: readonly string[], b: readonly string[]): number => b.length - a.length;

const readStones = (doc: Fields): string[] =>
  readList(readFields(doc.customization).gemstones)
    .flatMap((stone) => [...namesOf(stone), ...namesOf(readFields(stone).type)])
    .flatMap(stoneFormsOf);

// What a stone is: its type, else its name.
const readGems = (doc: Fields): readonly string[] =>
  shareList(
    readList(readFields(doc.customization).gemstones).flatMap((stone) =>
      [...namesOf(readFields(stone).type), ...namesOf(stone)].slice(0, 1).map(stoneFormOf),
    ),
  );

// The forms of metals and stones are words too: `gold_white` is what `white gold` means.
const readWords = (
  { title, category, metal = '', tags, description = '' }: ProductCard,
  forms: readonly string[],
): PieceWords => ({
  title: wordsOf(title),
  category: wordsOfAll(`${category} ${metalFormsOf(metal).join(' ')}`),
  tags: wordsOfAll([...tags, ...tags.map(tagFormOf), ...forms].join(' | ')),
  description: wordsOf(description),
});

// A material or stone is `{ id, name, … }`, or only its name.
function namesOf(value: unknown): string[] {
  const { id, name } = readFields(value);
  return [readText(value), readText(name), readText(id)].filter((text) => text !== undefined);
}

// Pictures are addresses, or `{ url }`.
function readImage(media: Fields): string | undefined {
  const candidates = [media.primary, media.thumbnail, ...readList(media.gallery)];
  return candidates
    .map((value) => readText(value) ?? readText(readFields(value).url))
    .find((url) => url !== undefined);
}

// An ObjectId says when it was made.
function readCreated(doc: Fields): number {
  const said = readDate(doc.createdAt) ?? readDate(readFields(doc.metadata).createdAt);
  if (said) return said.getTime();
  const id = readText(doc._id) ?? '';
  return /^[0-9a-f]{24}$/.test(id) ? Number.parseInt(id.slice(0, 8), 16) * 1000 : 0;
}
