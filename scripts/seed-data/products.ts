import { readFileSync } from 'node:fs';
import { Decimal128, Double, Int32 } from 'mongodb';
import { type Product, piecesOf } from './build-product.js';

type Quirk = (piece: Product) => void;

// The shop's documents came from several importers and hands. These keep the differences between them that
// a reader has to cope with; without them the catalogue would be tidier than any real one.
const quirks: [sku: string, quirk: Quirk][] = [
  ['RNG-106', price((amount) => Decimal128.fromString(`${amount}.00`))],
  ['NCK-203', price((amount) => Decimal128.fromString(`${amount}`))],
  ['RNG-120', price((amount) => `${amount}.00`)],
  ['EAR-304', price((amount) => `${amount}`)],
  ['BRC-405', price((amount) => `${amount}.00`)],
  ['BRC-404', price((amount) => new Int32(amount))],
  ['NCK-201', price((amount) => new Double(amount))],
  ['BRC-408', currency('usd')],
  ['EAR-317', currency(undefined)],

  ['RNG-108', category('Rings')],
  ['RNG-121', category('ring')],
  ['RNG-125', category('RINGS')],
  ['NCK-207', category('Necklaces')],
  ['NCK-211', category('necklace')],
  ['EAR-303', category('Earrings')],
  ['EAR-312', category('earring')],
  ['BRC-402', category('Bracelets')],
  ['BRC-410', category('bracelet')],

  ['RNG-104', primaryMetal(undefined)],
  ['RNG-110', primaryMetal(undefined)],
  ['NCK-209', primaryMetal(undefined)],
  ['NCK-217', primaryMetal(undefined)],
  ['EAR-305', primaryMetal(undefined)],
  ['EAR-311', primaryMetal(undefined)],
  ['BRC-401', primaryMetal(undefined)],
  ['BRC-407', primaryMetal(undefined)],
  ['RNG-113', primaryMetal('14K Yellow Gold')],
  ['EAR-301', primaryMetal('14k-white-gold')],
  ['BRC-403', primaryMetal('Sterling Silver')],
  ['RNG-124', materials(undefined)],
  ['NCK-212', materials(undefined)],
  ['EAR-316', materials([])],
  ['NCK-218', primaryMetal(undefined)],
  ['NCK-218', materials([{ name: '14K Rose Gold', type: 'gold' }])],

  ['RNG-111', datesAsText],
  ['NCK-210', datesAsText],
  ['BRC-405', datesAsText],

  ['RNG-112', retag('ready-to-ship', 'Ready To Ship')],
  ['BRC-406', retag('ready-to-ship', 'ready_to_ship')],
  ['EAR-306', retag('gift', 'Gift ')],
  ['RNG-101', retag('made-to-order', 'Made to Order')],
  ['RNG-107', leadTime('1-2 days')],
  ['EAR-307', leadTime('ships same week')],

  ['NCK-205', (piece) => delete piece.subcategory],
  ['BRC-409', (piece) => delete piece.media],
  ['EAR-307', (piece) => delete piece.media?.gallery],
  ['EAR-307', (piece) => delete piece.media?.thumbnail],
  ['RNG-123', (piece) => delete piece.customization.engraving],
  ['RNG-122', (piece) => delete piece.customization.sizes],
  ['BRC-410', (piece) => delete piece.seo.keywords],
  ['EAR-314', (piece) => delete piece.metadata.readyToShip],
  ['BRC-410', (piece) => delete piece.metadata.shippingPromise],
  ['EAR-310', (piece) => delete piece.metadata.badges],
];

function price(as: (amount: number) => Product['pricing']['basePrice']): Quirk {
  return ({ pricing }) => {
    pricing.basePrice = as(Number(pricing.basePrice));
  };
}

function currency(code: string | undefined): Quirk {
  return ({ pricing }) => {
    if (code === undefined) delete pricing.currency;
    else pricing.currency = code;
  };
}

function category(spelling: string): Quirk {
  return (piece) => {
    piece.category = spelling;
  };
}

function primaryMetal(spelling: string | undefined): Quirk {
  return ({ metadata }) => {
    if (spelling === undefined) delete metadata.primaryMetal;
    else metadata.primaryMetal = spelling;
  };
}

function materials(list: Product['customization']['materials']): Quirk {
  return ({ customization }) => {
    if (list === undefined) delete customization.materials;
    else customization.materials = list;
  };
}

function datesAsText(piece: Product): void {
  piece.createdAt = new Date(piece.createdAt).toISOString();
  piece.updatedAt = new Date(piece.updatedAt).toISOString();
}

function retag(tag: string, spelling: string): Quirk {
  return ({ metadata }) => {
    metadata.tags = metadata.tags.map((each) => (each === tag ? spelling : each));
  };
}

function leadTime(text: string): Quirk {
  return ({ inventory }) => {
    inventory.leadTime = text;
  };
}

/** `pieces.tsv` has a row a piece, with what is particular to it: everything else of its document follows from that. */
export const products = piecesOf(readFileSync(new URL('./pieces.tsv', import.meta.url), 'utf8'));

export function pieceBySku(sku: string): Product {
  const piece = products.find(({ inventory }) => inventory.sku === sku);
  if (!piece) throw new Error(`No piece has the SKU ${sku}`);
  return piece;
}

for (const [sku, quirk] of quirks) quirk(pieceBySku(sku));
