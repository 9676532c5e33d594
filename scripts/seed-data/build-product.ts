import { type Decimal128, type Double, type Int32, ObjectId } from 'mongodb';
import { type Gemstone, type GemstoneId, gemstones } from './gemstones.js';
import { type Material, type MaterialId, material, metalTokens } from './materials.js';

const RESTOCK: Lead = [14, 28];
const RING_SIZES = ['4', '4.5', '5', '5.5', '6', '6.5', '7', '7.5', '8', '8.5', '9'];
const MENS_SIZES = ['8', '8.5', '9', '9.5', '10', '10.5', '11', '11.5', '12', '13'];

type Lead = [min: number, max: number] | string;
type Flag = 'featured' | 'bestseller' | 'new' | 'draft' | 'archived';

/** What is particular to one piece; everything else of its document follows from it. */
interface Piece {
  sku: string;
  name: string;
  price: number;
  about: string;
  kind: string;
  /** The first is the metal that it is shown in. */
  metals: [MaterialId, ...MaterialId[]];
  /** Carats in total, by stone. */
  stones: Partial<Record<GemstoneId, number>>;
  collection: string;
  tags: string[];
  /** Pieces on the shelf; none when it is made to order. */
  stock: number;
  reserved: number;
  /** Made to order within these days. */
  made?: Lead;
  /** Left out, all that its kind comes in. */
  sizes: string[];
  /** Characters that can be engraved. */
  engraving: number;
  flags: Flag[];
  added: string;
}

export interface Product {
  _id: ObjectId | string;
  name: string;
  description: string;
  category: string;
  subcategory?: string;
  pricing: { basePrice: number | string | Decimal128 | Double | Int32; currency?: string };
  inventory: {
    sku: string;
    quantity: number;
    reserved: number;
    available: number;
    isCustomMade: boolean;
    leadTime: string | { min: number; max: number; unit: 'days' };
  };
  media?: { primary: string; gallery?: string[]; thumbnail?: string };
  customization: {
    materials?: Partial<Material>[];
    gemstones: Gemstone[];
    sizes?: string[];
    engraving?: { available: boolean; maxCharacters?: number };
  };
  seo: { slug: string; keywords?: string[]; title: string; description: string };
  metadata: {
    featured: boolean;
    bestseller: boolean;
    newArrival: boolean;
    status: 'active' | 'draft' | 'archived';
    collections: string[];
    tags: string[];
    readyToShip?: boolean;
    primaryMetal?: string;
    accentTone: string;
    shippingPromise?: string;
    badges?: string[];
  };
  createdAt: Date | string;
  updatedAt: Date | string;
}

/** What each kind of piece is called, and the sizes that it comes in, by how its SKU begins. */
const KINDS: Record<string, { category: string; sizes: string[] }> = {
  RNG: { category: 'rings', sizes: RING_SIZES },
  NCK: { category: 'necklaces', sizes: ['16 in', '18 in', '20 in'] },
  EAR: { category: 'earrings', sizes: ['One size'] },
  BRC: { category: 'bracelets', sizes: ['6.5 in', '7 in', '7.5 in'] },
};

/** The pieces of a table, as the shop's documents have them. */
export function piecesOf(table: string): Product[] {
  const [head = '', ...rows] = table.trim().split('\n');
  const names = head.split('\t');
  return rows.map((row) => {
    const cells = row.split('\t');
    return buildProduct(readPiece(Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']))));
  });
}

const listOf = (cell = ''): string[] => (cell === '' ? [] : cell.split(', '));

function readPiece(cells: Record<string, string>): Piece {
  const { sku = '', made = '', sizes, stones, engraving } = cells;
  const [, min, max] = /^(\d+)–(\d+)$/.exec(made) ?? [];
  const weights = listOf(stones).map((stone) => stone.split(' '));
  return {
    sku,
    name: cells.name ?? '',
    price: Number(cells.price),
    about: cells.about ?? '',
    kind: cells.kind ?? '',
    metals: listOf(cells.metals) as Piece['metals'],
    stones: Object.fromEntries(weights.map(([id, carats]) => [id, Number(carats)])),
    collection: cells.collection ?? '',
    tags: listOf(cells.tags),
    stock: Number(cells.stock),
    reserved: Number(cells.reserved),
    made: min ? [Number(min), Number(max)] : made || undefined,
    sizes: sizes === 'mens' ? MENS_SIZES : listOf(sizes),
    engraving: Number(engraving),
    flags: listOf(cells.flags) as Flag[],
    added: cells.added ?? '',
  };
}

function buildProduct(piece: Piece): Product {
  const { sku, name, price } = piece;
  const { category = '', sizes = [] } = KINDS[sku.slice(0, 3)] ?? {};
  const number = Number(sku.slice(4));
  const { quantity, reserved, available } = stockOf(piece);
  const readyToShip = piece.made === undefined && available > 0;
  const stones = stonesOf(piece);
  const slug = slugOf(name);
  const picture = pictureOf(category, slug, piece, stones);
  const added = new Date(`${piece.added}T09:00:00.000Z`);
  return {
    _id: idOf(number, sku),
    name,
    description: piece.about,
    category,
    subcategory: piece.kind,
    pricing: { basePrice: price, currency: 'USD' },
    inventory: {
      sku,
      quantity,
      reserved,
      available,
      isCustomMade: piece.made !== undefined,
      leadTime: leadTime(piece.made ?? (available > 0 ? [1, 2] : RESTOCK)),
    },
    media: { primary: picture, gallery: [picture], thumbnail: picture },
    customization: {
      materials: piece.metals.map((id) => ({
        ...material(id),
        image: pictureOf(category, slug, { ...piece, metals: [id] }, stones),
      })),
      gemstones: stones,
      sizes: piece.sizes.length > 0 ? piece.sizes : sizes,
      engraving: piece.engraving ? { available: true, maxCharacters: piece.engraving } : { available: false },
    },
    seo: {
      slug,
      keywords: keywords(name, category, piece, stones),
      title: `${name} | GlowGlitch`,
      description: piece.about,
    },
    metadata: { ...metadata(piece, stones), ...availability(piece, readyToShip, stones) },
    createdAt: added,
    updatedAt: new Date(added.getTime() + 7 * 86_400_000),
  };
}

// `npm run dev` draws it from what its address says (plugins/demo/draw-piece.ts).
function pictureOf(category: string, slug: string, { kind, metals }: Piece, stones: Gemstone[]): string {
  // the one that the piece is called after
  const stone = stones.find(({ type }) => slug.includes(type)) ?? stones[0];
  const shape = `${category.replace(/s$/, '')}/${slugOf(kind)}`;
  return `/demo/pieces/${shape}/${metalTokens[metals[0]].metal}/${stone ? `${stone.type}-${stone.cut}` : 'none'}/${slug}.svg`;
}

// The shop's older imports kept string ids: a third of the pieces.
function idOf(number: number, sku: string): ObjectId | string {
  if (number % 3 === 0) return `prod_${sku.toLowerCase().replace('-', '_')}`;
  return new ObjectId(`66a1b2c3d4e5f6${String(number).padStart(10, '0')}`);
}

function slugOf(name: string): string {
  const plain = name.normalize('NFD').replace(/[\u0300-\u036f'’]/g, '');
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function stockOf({ stock, reserved }: Piece) {
  return { quantity: stock, reserved, available: stock - reserved };
}

function stonesOf({ stones }: Piece): Gemstone[] {
  return gemstones.flatMap((stone) => {
    const carat = stones[stone.id];
    return carat === undefined ? [] : [{ ...stone, carat }];
  });
}

function leadTime(lead: Lead): Product['inventory']['leadTime'] {
  return typeof lead === 'string' ? lead : { min: lead[0], max: lead[1], unit: 'days' };
}

function keywords(name: string, category: string, { kind, metals }: Piece, stones: Gemstone[]): string[] {
  const metalNames = metals.map((id) => material(id).name.toLowerCase());
  return unique([name.toLowerCase(), category, kind, ...metalNames, ...stones.map((stone) => stone.type)]);
}

function metadata({ flags, metals, collection }: Piece, stones: Gemstone[]) {
  const { metal, tone } = metalTokens[metals[0]];
  return {
    featured: flags.includes('featured'),
    bestseller: flags.includes('bestseller'),
    newArrival: flags.includes('new'),
    status: flags.find((flag) => flag === 'draft' || flag === 'archived') ?? ('active' as const),
    collections: [collection, ...(labGrownOnly(stones) ? ['Lab-Grown'] : [])],
    primaryMetal: metal,
    accentTone: tone,
  };
}

function availability(piece: Piece, readyToShip: boolean, stones: Gemstone[]) {
  const { made, tags, flags } = piece;
  const [tag, badge] = made
    ? ['made-to-order', 'Made to order']
    : readyToShip
      ? ['ready-to-ship', 'Ready to ship']
      : ['out-of-stock', 'Sold out'];
  return {
    tags: unique([...tags, ...stones.map((stone) => stone.type), ...stones.map(originTag), tag]),
    readyToShip,
    shippingPromise: promise(made, readyToShip),
    badges: [
      ...(flags.includes('bestseller') ? ['Bestseller'] : []),
      ...(flags.includes('new') ? ['New'] : []),
      ...(labGrownOnly(stones) ? ['Lab-grown'] : []),
      badge,
    ],
  };
}

function originTag({ type, isLabGrown }: Gemstone): string {
  if (type === 'pearl') return 'cultured';
  return isLabGrown ? 'lab-grown' : 'natural';
}

function promise(made: Lead | undefined, readyToShip: boolean): string {
  if (made) return `Made for you in ${typeof made === 'string' ? made : `${made[0]}–${made[1]} days`}`;
  return readyToShip ? 'Ships in 1–2 business days' : `Back in ${RESTOCK[0]}–${RESTOCK[1]} days`;
}

function labGrownOnly(stones: Gemstone[]): boolean {
  return stones.length > 0 && stones.every((stone) => stone.isLabGrown);
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
