import { Binary, Decimal128, type Document, Double, Int32, Long, ObjectId } from 'mongodb';

/** The same numbers for the same seed, so that what goes wrong can be made again. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TEXTS = [
  '',
  ' ',
  'Ring',
  'Rings',
  'Ear Rings',
  '14K Rosé Gold',
  '585 Weißgold',
  'プラチナ 900',
  'ذهب أبيض',
  'עגיל',
  'Кольцо',
  '戒指',
  'नथ',
  'แหวน',
  '💍💎',
  '\u0000',
  '\u202egnir',
  '\ud800',
  'e\u0301'.repeat(50),
  "'; DROP TABLE",
  '<script>alert(1)</script>',
  '{"$gt":""}',
  '$where',
  '__proto__',
  'constructor',
  'toString',
  '1.250,00 €',
  '1.250',
  '-5',
  '1e999',
  '0x10',
  'NaN',
  'Infinity',
  '99999999999999999999',
  '3–5 business days',
  '2 moons',
  '½ week',
  'active',
  'draft',
  'ready-to-ship',
  'true',
  'yes',
  'no',
  '2026-02-30',
  '0001-01-01',
  '/images/a.jpg',
  '//cdn.example/a.jpg',
  'javascript:alert(1)',
  'data:image/png;base64,AAAA',
  'https://',
  'ring.jpg',
  'gift, custom; “engraved”',
];

/** A value of any type that a document may hold, of any size. */
function oddValue(random: () => number, depth = 0): unknown {
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const make: (() => unknown)[] = [
    () => one(TEXTS),
    () => one(TEXTS),
    () => one(TEXTS),
    () => one(TEXTS).repeat(Math.floor(random() * 10)),
    () => (depth === 0 && random() < 0.02 ? `${one(TEXTS)} `.repeat(2000) : one(TEXTS)),
    () =>
      one([
        0,
        -0,
        -1,
        1,
        0.1,
        1e-7,
        1e15,
        1e300,
        -1e300,
        Number.MAX_SAFE_INTEGER,
        Number.NaN,
        Number.POSITIVE_INFINITY,
      ]),
    () => Math.floor(random() * 10_000),
    () => one([true, false, null]),
    () => new Date(one([0, -1, 8.64e15, Number.NaN, Date.UTC(2026, 1, 1), Date.UTC(9999, 1, 1)])),
    () => one([new Int32(-7), new Double(1.5), Long.fromString('9223372036854775807'), Long.fromNumber(-1)]),
    () =>
      Decimal128.fromString(
        one(['1250.50', 'NaN', 'Infinity', '-0', '1E+300', '0.000001', '99999999999999999999']),
      ),
    () => one([new ObjectId(), new Binary(Buffer.from('x'))]),
    () =>
      Array.from({ length: Math.floor(random() * (depth === 0 && random() < 0.005 ? 3000 : 5)) }, () =>
        depth < 2 ? oddValue(random, depth + 1) : 1,
      ),
    () =>
      Object.fromEntries(
        Array.from({ length: Math.floor(random() * 5) }, () => [
          one(NAMES),
          depth < 2 ? oddValue(random, depth + 1) : 1,
        ]),
      ),
  ];
  return one(make)();
}

const NAMES = [
  'id',
  'name',
  'type',
  'url',
  'value',
  'unit',
  'min',
  'max',
  'sku',
  'primary',
  'status',
  'amount',
  'x',
];

const FIELDS = [
  'name',
  'title',
  'description',
  'category',
  'pricing',
  'pricing.basePrice',
  'pricing.currency',
  'price',
  'currency',
  'sku',
  'inventory',
  'inventory.sku',
  'inventory.available',
  'inventory.quantity',
  'inventory.reserved',
  'inventory.isCustomMade',
  'inventory.leadTime',
  'leadTime',
  'isCustomMade',
  'stock',
  'quantity',
  'inStock',
  'media',
  'media.primary',
  'media.gallery',
  'image',
  'imageUrl',
  'images',
  'images.primary',
  'customization',
  'customization.materials',
  'customization.gemstones',
  'metal',
  'materials',
  'gemstones',
  'seo',
  'seo.slug',
  'slug',
  'metadata',
  'metadata.status',
  'metadata.tags',
  'metadata.badges',
  'metadata.featured',
  'metadata.readyToShip',
  'metadata.primaryMetal',
  'metadata.shippingPromise',
  'status',
  'tags',
  'badges',
  'shippingPromise',
  'readyToShip',
  'featured',
  'featuredInWidget',
  'bestseller',
  'createdAt',
  'updatedAt',
];

/** A document of a shop in which any field may be missing, of a wrong type, huge, negative or in another script. Half of them can be sold. */
export function oddProduct(random: () => number, at: number): Document {
  const isWhole = random() < 0.5;
  const whole = { name: `Odd ${at}`, category: 'ring', price: Math.floor(random() * 5000), sku: `ODD-${at}` };
  return oddDocument(random, FIELDS, isWhole ? whole : {});
}

/** A document with some of these fields, each of any value, beside those that it has: they seldom change. */
export function oddDocument(random: () => number, fields: readonly string[], doc: Document): Document {
  for (const field of fields) {
    if (random() < (field in doc ? 0.95 : 0.6)) continue;
    const [first = '', second] = field.split('.');
    const value = oddValue(random);
    if (second === undefined) doc[first] = value;
    else if (doc[first] === undefined) doc[first] = { [second]: value };
    else if (Object.prototype.toString.call(doc[first]) === '[object Object]' && !('_bsontype' in doc[first]))
      doc[first][second] = value;
  }
  return { _id: new ObjectId(), ...doc };
}
