import { memoize, shareList, shareSet } from '../../lib/memoize.js';
import { type Duration, readDuration } from '../../lib/values/duration.js';
import { readFlag, readTextList } from '../../lib/values/list.js';
import { withoutMarkup } from '../../lib/values/markup.js';
import { type Money, readMoney } from '../../lib/values/money.js';
import { plainText, readText } from '../../lib/values/text.js';
import { type Fields, readDate, readFields, readList, readNumber } from '../../platform/mongodb/read.js';
import { categoryForm, categoryKey, stoneForm, stoneForms, tagForm } from './normal-forms.js';
import type { Piece, PieceWords, ProductCard, Word } from './piece.js';
import { isMetal, karatsIn, metalsOf } from './read-metals.js';
import { wordsOf } from './stemmed-words.js';

// The documents of a shop have three forms: nested (`pricing.basePrice`, `metadata.tags`), flat (`price`, `tags`), and both at once. Every
// field is looked for in each of its places, the nested one first.

// What pieces have in common is worked out once.
const sameText = memoize((text) => text);
const categoryFormOf = memoize(categoryForm);
const categoryKeyOf = memoize(categoryKey);
const tagFormOf = memoize(tagForm);
const stoneFormOf = memoize(stoneForm);
const stoneFormsOf = memoize(stoneForms);
const metalsNamed = memoize(metalsOf);
const wordsOfAll = memoize((text): readonly Word[] => [...new Set(wordsOf(text))]);

// What a document holds never sizes the work on it. A name, category or tag that is longer is none; a text is cut.
const MAX_NAME = 200;
const MAX_TEXT = 5000;
const MAX_ENTRIES = 100;

const readName = (value: unknown): string | undefined => {
  const text = readText(value);
  return text === undefined || text.length > MAX_NAME || plainText(text) === '' ? undefined : text;
};
/** A name for people. One that names an article, such as a SKU, is kept as it is. */
const readSaid = (value: unknown): string | undefined => readName(readLongText(value, MAX_NAME + 1));
const readLongText = (value: unknown, maxLength = MAX_TEXT): string | undefined => {
  const text = readText(value)?.slice(0, 4 * maxLength);
  return text === undefined ? undefined : withoutMarkup(text).slice(0, maxLength) || undefined;
};
const readTitle = (value: unknown): string | undefined => readName(readLongText(value, MAX_NAME));
const entriesOf = (...lists: unknown[]): unknown[] =>
  lists.flatMap((list) => readList(list).slice(0, MAX_ENTRIES)).slice(0, MAX_ENTRIES);

/** What a shop has in common for all its pieces. */
export interface ShopFacts {
  /** Of a piece that names none, and the only one in which prices are compared. */
  currency: string;
  /** Goes in front of relative addresses of pictures. */
  url?: string;
}

/** What became of a document of the shop: a piece, one that is not on sale and its status, or one that cannot be shown and why. */
export type Reading = { piece: Piece } | { inactive: string } | { unreadable: string };

/** Reads a document of `products`, whatever its shape. Never throws. */
export function readPiece(doc: Fields, shop: ShopFacts): Reading {
  const status = readStatus(doc);
  if (status !== undefined && status !== 'active') return { inactive: status };
  const title = readTitle(doc.name) ?? readTitle(doc.title);
  const price = readPrice(doc, shop.currency);
  const category = readCategory(doc);
  const id = readSku(doc) ?? readName(doc._id);
  if (!title || !price || !category || !id) {
    const reasons = [
      !title && 'no name',
      !price && 'no price',
      !category && 'no category',
      !id && 'no SKU and no _id',
    ];
    return { unreadable: reasons.filter(Boolean).join(', ') };
  }
  const { amount, currency } = price;
  return {
    piece: toPiece(doc, { id, title, price: amount, currency, category }, shop),
  };
}

/** Undefined where the document has none: it is on sale. Imports also make a flag of it. */
function readStatus(doc: Fields): string | undefined {
  const value = readFields(doc.metadata).status ?? doc.status;
  if (value === undefined || value === null || value === '' || readFlag(value) === true) return undefined;
  return readName(value)?.toLowerCase() ?? 'that cannot be read';
}

export const readSku = (doc: Fields): string | undefined =>
  readName(readFields(doc.inventory).sku) ?? readName(doc.sku);

/** Of several categories the first that can be read: `['Rings', 'Bridal']`, `'Rings, Bridal'`, `{ name: 'Rings' }`. */
const readCategory = ({ category, categories }: Fields): string | undefined =>
  [category, categories]
    .flatMap((value) => [readSaid(value), ...(typeof value === 'object' ? textsOf(value) : [])])
    .map((text) => categoryFormOf(text ?? ''))
    .find((form) => form !== '');

function readPrice(doc: Fields, shopCurrency: string): Money | undefined {
  const { basePrice, currency } = readFields(doc.pricing);
  return [basePrice, doc.price]
    .map((value) => {
      // `{ amount: 1250, currency: 'EUR' }`
      const { amount, value: inner, currency: own, currencyCode } = readFields(value);
      const number = amount ?? inner;
      return readMoney(
        number ?? value,
        (number !== undefined && (own ?? currencyCode)) || (currency ?? doc.currency),
        shopCurrency,
      );
    })
    .find((money) => money !== undefined && money.amount >= 0);
}

type Required = Pick<ProductCard, 'id' | 'title' | 'price' | 'currency' | 'category'>;

function toPiece(doc: Fields, required: Required, shop: ShopFacts): Piece {
  const [metadata, inventory] = [readFields(doc.metadata), readFields(doc.inventory)];
  const tags = readTags(doc);
  const slug = readName(readFields(doc.seo).slug) ?? readName(doc.slug);
  const available = readAvailable(doc);
  const readyToShip = available !== 0 && isCalledReady(doc, tags);
  const metals = readMetals(doc);
  const gemstones = readStones(doc);
  const madeToOrder = isYes(inventory.isCustomMade ?? doc.isCustomMade);
  const leadTime = readDuration(inventory.leadTime ?? doc.leadTime);
  const tagForms = withReadiness(tags.map(tagFormOf), readyToShip);
  const shown: ProductCard = {
    id: required.id,
    slug,
    title: required.title,
    description: readLongText(doc.description),
    price: required.price,
    currency: required.currency,
    ...readPictures(doc, shop.url),
    category: required.category,
    metal: metals.shown,
    metals: metals.all,
    readyToShip,
    tags,
    badges: readBadges(doc, readyToShip),
    shippingPromise:
      readSaid(metadata.shippingPromise) ??
      readSaid(doc.shippingPromise) ??
      (leadTime && promiseOf(leadTime, { madeToOrder, isSoldOut: available === 0 && !madeToOrder })),
  };
  return {
    card: shown,
    key: readName(doc._id) ?? required.id,
    names: [required.id, readName(doc._id), slug, readName(doc.sku)].filter((name) => name !== undefined),
    category: categoryKeyOf(required.category),
    metals: shareSet(metals.forms),
    pictures: readMetalPictures(doc, shop.url),
    stones: shareSet([...gemstones, ...tags.map(stoneFormOf)]),
    tags: shareSet(tagForms),
    gems: readGems(doc),
    words: readWords(shown, tagForms, [...metals.forms, ...gemstones]),
    price: required.currency === shop.currency ? required.price : undefined,
    readyToShip,
    featured: isYes(metadata.featured) || isYes(doc.featuredInWidget) || isYes(doc.featured),
    bestseller: isYes(metadata.bestseller) || isYes(doc.bestseller),
    createdAt: readCreated(doc),
    madeToOrder,
    leadTimeDays: leadTime?.maxDays,
    available,
  };
}

const isYes = (value: unknown): boolean => readFlag(value) === true;

/** What hand-made imports write where there is nothing. */
const NOTHING = new Set(['none', 'n/a', 'na', 'null', 'undefined', '-', 'nan']);

const textsOf = (...values: unknown[]): string[] => [
  ...new Set(
    values
      .flatMap(readTextList)
      .filter((text) => text.length <= MAX_NAME && !NOTHING.has(text.toLowerCase()))
      .slice(0, MAX_ENTRIES)
      .map(sameText),
  ),
];

const readTags = (doc: Fields): string[] => textsOf(readFields(doc.metadata).tags, doc.tags);

// Stock: what is ready to ship is there to be sold.

const READY = 'readytoship';
const SOLD_OUT = new Set(['soldout', 'outofstock']);

/** By its flag, a tag or a badge. */
function isCalledReady(doc: Fields, tags: string[]): boolean {
  const metadata = readFields(doc.metadata);
  const called = [...tags, ...textsOf(metadata.badges, doc.badges)].map(tagFormOf);
  if (called.some((form) => SOLD_OUT.has(form))) return false;
  return isYes(metadata.readyToShip) || isYes(doc.readyToShip) || called.includes(READY);
}

// A tag that the stock or a flag knows better is not compared.
function withReadiness(forms: string[], readyToShip: boolean): string[] {
  const others = forms.filter((form) => form !== READY);
  return readyToShip ? [...others, READY] : others;
}

// Whole pieces; a shop that has sold more than it has may count below zero.
function readAvailable(doc: Fields): number | undefined {
  const { available, quantity, reserved } = readFields(doc.inventory);
  const [counted, stock] = [
    readNumber(available),
    readNumber(quantity) ?? readNumber(doc.stock) ?? readNumber(doc.quantity),
  ];
  const left = counted ?? (stock === undefined ? undefined : stock - Math.max(0, readNumber(reserved) ?? 0));
  if (left === undefined) return readFlag(doc.inStock) === false ? 0 : undefined;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(left)));
}

function readBadges(doc: Fields, readyToShip: boolean): string[] {
  const metadata = readFields(doc.metadata);
  const badges = textsOf(metadata.badges, doc.badges);
  if (badges.length > 0) return readyToShip ? badges : badges.filter((badge) => tagFormOf(badge) !== READY);
  // the nested form has none of its own
  return [
    ...(isYes(metadata.bestseller) ? ['Bestseller'] : []),
    ...(isYes(metadata.newArrival) ? ['New'] : []),
  ];
}

interface Promised {
  madeToOrder: boolean;
  isSoldOut: boolean;
}

/** What a lead time lets a shop promise: `Ships in 1–2 days`; nothing for what is sold out. */
function promiseOf(leadTime: Duration, { madeToOrder, isSoldOut }: Promised): string | undefined {
  if (isSoldOut) return undefined;
  const begin = madeToOrder ? 'Made for you' : 'Ships';
  const [min, max] = [Math.ceil(leadTime.minDays), Math.ceil(leadTime.maxDays)];
  if (max === 0) return `${begin} today`;
  if (leadTime.maxDays <= 1)
    return `${begin} within ${max === 1 && leadTime.maxDays === 1 ? '1 day' : 'a day'}`;
  const inWeeks = min % 7 === 0 && max % 7 === 0 && max >= 14 && min > 0;
  const [from, to, unit] = inWeeks ? [min / 7, max / 7, 'week'] : [min, max, 'day'];
  const span = from === to || from === 0 ? `${to}` : `${from}–${to}`;
  return `${begin} in ${span} ${unit}${to === 1 ? '' : 's'}`;
}

// Metals

interface Metals {
  /** The metal that the piece is sold in, else the first that it can be had in. */
  shown: string | undefined;
  /** By their most particular forms, where there are several. */
  all: string[] | undefined;
  forms: string[];
}

function readMetals(doc: Fields): Metals {
  const primary = [readFields(doc.metadata).primaryMetal, doc.metal]
    .flatMap((value) => readSaid(value) ?? entriesOf(value).map(readSaid))
    .flatMap((text) => (text ? metalsNamed(text) : []));
  const materials = materialsIn(doc).flatMap(readMaterial);
  const forms = [...primary, ...materials];
  const real = forms.filter(isMetal).map((one) => one.at(-1) ?? '');
  const all = [...new Set(real)];
  const first = primary.find(([form]) => form !== undefined) ?? materials.find(isMetal) ?? materials[0];
  return { shown: first?.at(-1), all: all.length > 1 ? all : undefined, forms: forms.flat() };
}

const materialsIn = (doc: Fields): unknown[] =>
  entriesOf(readFields(doc.customization).materials, doc.materials);

/**
 * What a material is, by the first of its name, id and type that names a metal: where the name says that it is plated, the type `gold` does
 * not make it gold. Another of them may say it more closely, and the purity the karats.
 */
function readMaterial(material: unknown): readonly (readonly string[])[] {
  const { id, name, type, purity } = readFields(material);
  const texts = [readSaid(material), readSaid(name), readName(id)].filter((text) => text !== undefined);
  const kind = readName(type);
  // `White`, of the type `ceramic`: the colour alone would be one of gold
  const named = [
    ...texts.map((text) => (kind ? `${text} ${kind}` : text)),
    ...texts,
    ...(kind ? [kind] : []),
  ];
  const own = texts.map(metalsNamed).find((metals) => metals.some(isMetal));
  const read = named.map(metalsNamed).filter((metals) => metals.some(isMetal));
  const colourless =
    own?.every(([general]) => general === 'gold') && kind && !metalsNamed(kind).some(isMetal);
  const what = colourless ? metalsNamed(`${texts[0]} ${kind}`) : (own ?? read[0]);
  if (!what) return texts.flatMap(metalsNamed);
  if (what.length > 1) return what;
  const [forms = []] = what;
  const closest = read
    .flat()
    .filter((other) => forms.every((form) => other.includes(form)))
    .reduce((best, other) => (other.length > best.length ? other : best), forms);
  return [withKarats(closest, readName(purity))];
}

function withKarats(forms: readonly string[], purity: string | undefined): readonly string[] {
  if (forms[0] !== 'gold' || purity === undefined || forms.some((form) => /^\d+k/.test(form))) return forms;
  const karats = karatsIn(purity);
  const colour = forms.find((form) => form.startsWith('gold_'))?.slice('gold_'.length);
  return karats ? (metalsNamed(`${karats} ${colour ?? ''} gold`)[0] ?? forms) : forms;
}

// Stones

const stonesIn = (doc: Fields): unknown[] =>
  entriesOf(readFields(doc.customization).gemstones, doc.gemstones);

const readStones = (doc: Fields): string[] =>
  stonesIn(doc)
    .flatMap((stone) => [...namesOf(stone), ...namesOf(readFields(stone).type)])
    .flatMap(stoneFormsOf);

// What a stone is: its type, else its name.
const readGems = (doc: Fields): readonly string[] =>
  shareList(
    stonesIn(doc).flatMap((stone) =>
      [...namesOf(readFields(stone).type), ...namesOf(stone)].slice(0, 1).map(stoneFormOf),
    ),
  );

// A stone is `{ id, name, … }`, or only its name.
function namesOf(value: unknown): string[] {
  const { id, name } = readFields(value);
  return [readSaid(value), readSaid(name), readName(id)].filter((text) => text !== undefined);
}

// The forms of metals and stones are words too: `gold_white` is what `white gold` means.
const readWords = (
  { title, category, metal = '', tags, description = '' }: ProductCard,
  tagForms: string[],
  forms: readonly string[],
): PieceWords => ({
  title: wordsOf(title),
  category: wordsOfAll(`${category} ${metalsNamed(metal).flat().join(' ')}`),
  tags: wordsOfAll([...tags, ...tagForms, ...forms].join(' | ')),
  description: wordsOf(description),
});

// Pictures

const PICTURE = /\.(?:avif|gif|jpe?g|png|svg|webp)(?:[?#].*)?$/i;

/** The picture as the document names it. */
export function readPicture(doc: Fields): string | undefined {
  const [media, images] = [readFields(doc.media), readFields(doc.images)];
  const candidates = [
    media.primary,
    doc.imageUrl,
    images.primary,
    doc.image,
    media.thumbnail,
    images.thumbnail,
    ...entriesOf(media.gallery, images.gallery, doc.images),
  ];
  // addresses, or `{ url }`
  return candidates
    .map((value) => readText(value) ?? readText(readFields(value).url))
    .find((url) => url !== undefined);
}

/** The address of a picture for a browser; undefined for what is none. One of the shop's own site begins with the shop's address. */
export function pictureAddress(picture: string, shopUrl: string | undefined): string | undefined {
  if (/^https?:\/\//i.test(picture)) return URL.canParse(picture) ? picture : undefined;
  if (/^\/\/[^/]/.test(picture)) return pictureAddress(`https:${picture}`, shopUrl);
  const isRelative =
    picture.startsWith('/') || (PICTURE.test(picture) && !/^[a-z][a-z\d+.-]*:/i.test(picture));
  if (!isRelative) return undefined;
  if (shopUrl === undefined) return picture;
  return URL.canParse(picture, shopUrl) ? new URL(picture, shopUrl).href : undefined;
}

function readPictures(doc: Fields, shopUrl: string | undefined): Pick<ProductCard, 'image' | 'imageUrl'> {
  const picture = readPicture(doc);
  const image = picture && pictureAddress(picture, shopUrl);
  return { image, imageUrl: image };
}

const NO_PICTURES: ReadonlyMap<string, string> = new Map();

/** A material may have a picture of the piece in it. */
function readMetalPictures(doc: Fields, shopUrl: string | undefined): ReadonlyMap<string, string> {
  const pictures = materialsIn(doc).flatMap((material): [string, string][] => {
    const picture = readPicture(readFields(material));
    const address = picture && pictureAddress(picture, shopUrl);
    return address ? readMaterial(material).map((forms) => [forms.at(-1) ?? '', address]) : [];
  });
  return pictures.length > 0 ? new Map(pictures) : NO_PICTURES;
}

// An ObjectId says when it was made.
function readCreated(doc: Fields): number {
  const said = readDate(doc.createdAt) ?? readDate(readFields(doc.metadata).createdAt);
  if (said) return said.getTime();
  const id = readText(doc._id) ?? '';
  return /^[0-9a-f]{24}$/.test(id) ? Number.parseInt(id.slice(0, 8), 16) * 1000 : 0;
}
