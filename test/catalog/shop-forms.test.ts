import type { FastifyInstance } from 'fastify';
import { BSON, Decimal128, type Document, Int32, Long, ObjectId } from 'mongodb';
import t from 'tap';
import { readPiece } from '../../src/domain/catalog/read-piece.js';
import { buildSnapshot } from '../../src/domain/catalog/snapshot.js';
import { build, call, database, KEY } from '../helper.js';
import { SEED } from '../properties.js';
import { createRandom, oddProduct } from './odd-products.js';

// The three forms that the shop's own scripts write, in the same shapes. See docs/widget.md.

const PATH = '/api/concierge/products';
const SHOP_URL = 'https://shop.example';
const CATEGORIES = ['rings', 'earrings', 'necklaces', 'bracelets'];
const METALS: [id: string, name: string, token: string][] = [
  ['gold-14k-yellow', '14K Yellow Gold', '14k_yellow'],
  ['gold-14k-white', '14K White Gold', '14k_white'],
  ['gold-14k-rose', '14K Rosé Gold', '14k_rose'],
  ['platinum-950', 'Platinum 950', 'platinum'],
  ['silver-925', 'Sterling Silver', 'silver'],
];
const STONES = ['diamond', 'sapphire', 'pearl', 'emerald'];
const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

/** The first seed: everything in sub-documents; no badges, no promise, and nothing that says ready to ship but a tag. */
function nested(at: number): Document {
  const [id, name] = pick(METALS, at);
  const [otherId, otherName] = pick(METALS, at + 1);
  return {
    _id: new ObjectId(),
    name: `Nested ${at}`,
    description: 'Made with care.',
    category: pick(CATEGORIES, at),
    subcategory: 'classic',
    pricing: {
      basePrice: pick([120, new Int32(480), Decimal128.fromString('990.00'), '1,250.00', 4200], at),
      currency: 'USD',
    },
    inventory: {
      sku: `NST-${at}`,
      quantity: pick([0, 5, 9], at),
      reserved: pick([0, 1], at),
      isCustomMade: at % 7 === 0,
      leadTime: pick<unknown>(
        [{ min: 2, max: 3, unit: 'weeks' }, { min: 24, max: 48, unit: 'hrs' }, '1½ weeks', undefined],
        at,
      ),
    },
    media: { primary: `https://cdn.example/nested-${at}.jpg`, gallery: [] },
    customization: {
      materials: [
        { id, name, type: name.includes('Gold') ? 'gold' : 'other' },
        ...(at % 3 === 0 ? [{ id: otherId, name: otherName }] : []),
      ],
      gemstones: at % 2 === 0 ? [{ id: `g-${at}`, type: pick(STONES, at), isLabGrown: true }] : [],
      engraving: { available: false },
    },
    seo: { slug: `nested-${at}`, keywords: [] },
    metadata: {
      featured: at % 10 === 0,
      bestseller: at % 4 === 0,
      newArrival: at % 5 === 0,
      status: at % 15 === 14 ? 'draft' : 'active',
      collections: ['Classics'],
      tags: [pick(['gift', 'Bridal', 'every-day'], at), ...(at % 2 === 1 ? ['Ready to ship'] : [])],
    },
    createdAt: new Date(Date.UTC(2025, 0, 1 + (at % 28))),
    updatedAt: new Date(Date.UTC(2025, 1, 1)),
  };
}

/** The newest seed and the gifts: everything at the top, no status. */
function flat(at: number, prefix: string): Document {
  return {
    _id: `prod_${prefix.toLowerCase()}_${at}`,
    sku: `${prefix}-${at}`,
    title: `${prefix} ${at}`,
    description: 'Wrapped and ready.',
    category: pick(['ring', 'earring', 'necklace', 'bracelet', 'gift'], at),
    price: pick([45, 95, 150, '220', 310, 1800], at),
    currency: 'USD',
    imageUrl: `/images/${prefix.toLowerCase()}-${at}.jpg`,
    metal: pick(METALS, at)[2],
    readyToShip: at % 3 !== 0,
    tags: [pick(['gift', 'bridal', 'stacking'], at), ...(at % 4 === 0 ? [pick(STONES, at)] : [])],
    badges: at % 5 === 0 ? ['Ready to ship'] : ['Gift'],
    shippingPromise: 'Ships tomorrow',
    featuredInWidget: at % 2 === 0,
    createdAt: '2025-06-01',
  };
}

/** The unified seed: both at once. */
function unified(at: number): Document {
  const [, name] = pick(METALS, at);
  const spelt = name.replace('14K', '14k');
  return {
    _id: new ObjectId(),
    sku: `UNI-${at}`,
    name: `Unified ${at}`,
    description: 'Both at once.',
    category: pick(['Rings', 'Ear Rings', 'Necklace', 'bracelet'], at),
    price: 300 + at * 100,
    currency: 'USD',
    pricing: { basePrice: 300 + at * 100, currency: 'USD' },
    imageUrl: `/images/unified-${at}.jpg`,
    media: { primary: `/images/unified-${at}.jpg` },
    images: { primary: `/images/unified-${at}.jpg` },
    inventory: { quantity: 4, available: at === 3 ? 0 : 4, reserved: 0 },
    materials: [{ name: spelt }],
    gemstones: [{ name: pick(['Diamonds', 'Pearl'], at) }],
    readyToShip: at % 2 === 1,
    tags: ['Every Day'],
    badges: ['New'],
    shippingPromise: 'Ships in 2 days',
    featured: at % 3 === 0,
    featuredInWidget: at % 3 === 0,
    slug: `unified-${at}`,
    metadata: {
      primaryMetal: spelt,
      readyToShip: at % 2 === 1,
      featured: at % 3 === 0,
      status: at === 9 ? 'archived' : 'active',
      tags: ['Every Day'],
    },
  };
}

const many = (count: number, make: (at: number) => Document): Document[] =>
  Array.from({ length: count }, (_, at) => make(at));
const DOCUMENTS: Document[] = [
  ...many(75, nested),
  ...many(7, (at) => flat(at, 'FLT')),
  ...many(24, (at) => flat(at, 'GFT')),
  ...many(10, unified),
];

let app: FastifyInstance;

t.before(async () => {
  const db = await database(t);
  await db.collection('products').insertMany(DOCUMENTS);
  ({ app } = await build(t, { db, env: { SHOP_URL } }));
});

interface Card {
  id: string;
  title: string;
  price: number;
  image?: string;
  metal?: string;
  metals?: string[];
  category: string;
  readyToShip: boolean;
  badges: string[];
  tags: string[];
  shippingPromise?: string;
}

interface Listed {
  products: Card[];
  total: number;
  nextCursor?: string;
  requestId: string;
}

const get = (path: string) => app.inject({ url: path, headers: { authorization: `Bearer ${KEY}` } });

async function list(query: string): Promise<Listed> {
  const response = await get(`${PATH}?${query}`);
  if (response.statusCode !== 200) throw new Error(`${query}: ${response.body}`);
  return response.json();
}

const one = async (id: string): Promise<Card> => (await get(`${PATH}/${encodeURIComponent(id)}`)).json();

t.test('catalogue: products of the three forms answer with the same fields', async (t) => {
  t.match(
    await one('NST-4'),
    {
      id: 'NST-4',
      slug: 'nested-4',
      title: 'Nested 4',
      price: 4200,
      currency: 'USD',
      category: 'ring',
      metal: 'silver',
      image: 'https://cdn.example/nested-4.jpg',
      badges: ['Bestseller'],
      readyToShip: false,
      shippingPromise: 'Ships in 2–3 weeks',
    },
    'the badge and the promise of the nested form',
  );
  t.match(
    await one('NST-5'),
    { readyToShip: true, badges: ['New'], shippingPromise: 'Ships in 1–2 days' },
    'by its tag',
  );
  t.match(
    await one('NST-3'),
    { readyToShip: false, metal: 'platinum', metals: ['platinum', 'silver'] },
    'none to sell',
  );
  t.match(await one('NST-7'), { shippingPromise: undefined }, 'without a lead time it promises nothing');
  t.match(
    await one('FLT-5'),
    {
      id: 'FLT-5',
      title: 'FLT 5',
      price: 1800,
      currency: 'USD',
      category: 'ring',
      metal: '14k_yellow',
      image: `${SHOP_URL}/images/flt-5.jpg`,
      imageUrl: `${SHOP_URL}/images/flt-5.jpg`,
      readyToShip: true,
      badges: ['Ready to ship'],
      shippingPromise: 'Ships tomorrow',
    },
    'flat, on sale without a status, its picture on the site of the shop',
  );
  t.match(await one('FLT-0'), { readyToShip: true }, 'ready by its badge, where the flag says nothing of it');
  t.match(
    await one('UNI-1'),
    {
      id: 'UNI-1',
      category: 'earring',
      metal: '14k_white',
      price: 400,
      image: `${SHOP_URL}/images/unified-1.jpg`,
      readyToShip: true,
    },
    'both at once',
  );
  t.match(await one('UNI-3'), { readyToShip: false }, 'sold out, whatever the flags say');
});

// A document as a person would read it, without the code under test.
interface Plain {
  id: string;
  category: string;
  metals: string[];
  stones: string[];
  tags: string[];
  price: number;
  ready: boolean;
  featured: boolean;
}

function plainly(doc: Document): Plain | undefined {
  const { metadata = {}, inventory = {}, customization = {} } = doc;
  if (!['active', undefined].includes(metadata.status)) return undefined;
  const texts = [
    doc.metal,
    metadata.primaryMetal,
    ...(customization.materials ?? []).map(({ name }: { name: string }) => name),
    ...(doc.materials ?? []).map(({ name }: { name: string }) => name),
  ].filter(Boolean);
  const tokens: [RegExp, string][] = [
    [/yellow/i, '14k_yellow'],
    [/white/i, '14k_white'],
    [/ros/i, '14k_rose'],
    [/platinum/i, 'platinum'],
    [/silver/i, 'silver'],
  ];
  const tags = [
    ...new Set<string>(
      [...(metadata.tags ?? []), ...(doc.tags ?? [])].map((tag) => tag.toLowerCase().replace(/[ -]/g, '')),
    ),
  ];
  const stones = [...(customization.gemstones ?? []), ...(doc.gemstones ?? [])].map(({ type, name }) =>
    String(type ?? name)
      .toLowerCase()
      .replace(/s$/, ''),
  );
  const left =
    inventory.available ??
    (inventory.quantity === undefined ? 1 : inventory.quantity - (inventory.reserved ?? 0));
  const called =
    doc.readyToShip ||
    metadata.readyToShip ||
    tags.includes('readytoship') ||
    (doc.badges ?? []).includes('Ready to ship');
  const ready = Boolean(called) && left > 0;
  return {
    id: inventory.sku ?? doc.sku,
    category: String(doc.category)
      .toLowerCase()
      .replace(/[ s]/g, (mark) => (mark === ' ' ? '' : mark))
      .replace(/s$/, ''),
    metals: tokens.filter(([pattern]) => texts.some((text) => pattern.test(text))).map(([, token]) => token),
    stones: [...stones, ...tags],
    tags: [...tags.filter((tag) => tag !== 'readytoship'), ...(ready ? ['readytoship'] : [])],
    price: Number(String(doc.pricing?.basePrice ?? doc.price).replace(',', '')),
    ready,
    featured: Boolean(metadata.featured || doc.featuredInWidget),
  };
}

t.test('catalogue: searches find what a plain filter of the documents finds', async (t) => {
  const plain = DOCUMENTS.map(plainly).filter((one) => one !== undefined);
  const WANTED = [
    ['category', ['', 'ring', 'Earrings', 'NECKLACE', 'gifts']],
    ['metal', ['', '14k_white', '14K Rose Gold', 'Pt950', '925']],
    ['stone', ['', 'Diamonds', 'pearl']],
    ['tags', ['', 'gift,bridal', 'Every Day', 'ready-to-ship']],
    ['price', ['', '100-500', '300', '1250-']],
    ['readyToShip', ['', 'true']],
    ['featured', ['', 'true']],
  ] as const;
  const meant: Record<string, string> = {
    Earrings: 'earring',
    NECKLACE: 'necklace',
    gifts: 'gift',
    '14K Rose Gold': '14k_rose',
    Pt950: 'platinum',
    '925': 'silver',
    Diamonds: 'diamond',
  };
  let found = 0;
  for (let turn = 0; turn < 60; turn++) {
    // each search asks for two or three things, another mixture each turn
    const asked = Object.fromEntries(
      WANTED.map(([name, values], at) => [
        name,
        (turn + at) % 3 === 0 || turn % 7 === at ? pick(values, (turn * (at + 3)) % 11) : '',
      ]),
    );
    const [from, to] = asked.price?.includes('-') ? asked.price.split('-') : ['', asked.price];
    const { category = '', metal = '', stone = '', tags = '', readyToShip = '', featured = '' } = asked;
    const query = new URLSearchParams({
      category,
      metal,
      stone,
      priceMin: from ?? '',
      priceMax: to ?? '',
      limit: '50',
    });
    if (tags) query.set('tags', tags);
    if (readyToShip) query.set('readyToShip', readyToShip);
    if (featured) query.set('featured', featured);
    const of = (value: string): string => meant[value] ?? value;
    const expected = plain
      .filter((doc) => !category || doc.category === of(category))
      .filter((doc) => !metal || doc.metals.includes(of(metal)))
      .filter((doc) => !stone || doc.stones.includes(of(stone)))
      .filter(
        (doc) =>
          !tags || tags.split(',').some((tag) => doc.tags.includes(tag.toLowerCase().replace(/[ -]/g, ''))),
      )
      .filter((doc) => doc.price >= Number(from || 0) && doc.price <= Number(to || Number.MAX_VALUE))
      .filter((doc) => (!readyToShip || doc.ready) && (!featured || doc.featured))
      .map(({ id }) => id)
      .sort();
    const ids: string[] = [];
    for (let offset = 0; offset === 0 || offset < expected.length; offset += 50) {
      const page = await list(`${query}&offset=${offset}`);
      t.equal(page.total, expected.length, `${query}`);
      ids.push(...page.products.map(({ id }) => id));
    }
    t.same(ids.sort(), expected, `${query}`);
    if (expected.length > 0) found++;
  }
  t.ok(found > 30, `${found} of the searches find something`);
});

t.test(
  'catalogue: the list for the shop and the widget’s call find the same, by pages that follow each other',
  async (t) => {
    const posted = await call(app, PATH, { category: 'ring', tags: ['gift', 'bridal'], limit: 50 });
    const listed = await list('category=ring&tags=gift,bridal&limit=50');
    t.same(listed.products, posted.json());
    t.equal(String(listed.total), String(posted.headers['x-total-count']));
    t.match(listed.requestId, /./);
    t.same(
      (await list('category=ring&tags=gift&tags=bridal&limit=50')).products,
      listed.products,
      'tags repeated',
    );

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page: Listed = await list(`limit=7&sortBy=price-asc${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.products.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    const { total } = await list('');
    t.equal(seen.length, total);
    t.equal(new Set(seen).size, total, 'once each');
    t.same((await list('category=tiara')).products, [], 'nothing is an empty list');
    for (const query of ['limit=51', 'priceMin=9&priceMax=1', 'cursor=x.y', 'offset=5001'])
      t.equal((await get(`${PATH}?${query}`)).statusCode, 400, query);
  },
);

t.test('catalogue: a piece is found by its SKU, id or slug, however it is typed', async (t) => {
  const [doc = {}] = DOCUMENTS;
  for (const id of ['NST-0', 'nst-0', 'nested-0', 'Nested-0', String(doc._id), 'NST\u20110', ' NST-0 '])
    t.equal((await one(id)).id, 'NST-0', JSON.stringify(id));
  const answer = await get(`${PATH}/NST-0`);
  t.match(answer.json(), { requestId: answer.headers['x-request-id'] });
  for (const id of ['NST-999', 'nested', 'NST-14', '__proto__', '$where', '..%2f'])
    t.match(
      (await get(`${PATH}/${encodeURIComponent(id)}`)).json(),
      { status: 404, code: 'product.not_found' },
      id,
    );
  t.equal((await app.inject({ url: `${PATH}/NST-0` })).statusCode, 401);
});

t.test('catalogue: ids above 2^53, other currencies and odd prices', async (t) => {
  const db = await database(t);
  const base = { name: 'Odd', category: 'ring', currency: 'USD' };
  await db.collection<Document & { _id: unknown }>('products').insertMany([
    { ...base, _id: Long.fromString('9007199254740993'), price: 100 },
    {
      ...base,
      _id: Long.fromString('9007199254740995'),
      sku: Long.fromString('9223372036854775807'),
      price: 200,
    },
    { ...base, _id: Decimal128.fromString('9007199254740997'), price: 300 },
    { ...base, _id: 'yen', price: 150_000, currency: 'JPY' },
    { ...base, _id: 'euro', price: '1.250', currency: 'EUR' },
    { ...base, _id: 'dollar', price: '$450.00', currency: '$' },
    { ...base, _id: 'unclear', price: '1.250' },
  ]);
  const { app } = await build(t, { db });
  const find = async (body: object): Promise<{ id: string; price: number; currency: string }[]> =>
    (await call(app, PATH, body)).json();
  const ids = async (body: object) => (await find(body)).map(({ id }) => id);
  t.same(
    (await ids({})).sort(),
    ['9007199254740993', '9007199254740997', '9223372036854775807', 'dollar', 'euro', 'yen'],
    'every digit; what may be two prices is not shown',
  );
  for (const id of ['9007199254740993', '9007199254740995', '9223372036854775807'])
    t.equal(
      (await app.inject({ url: `${PATH}/${id}`, headers: { authorization: `Bearer ${KEY}` } })).statusCode,
      200,
      id,
    );
  const cards = new Map((await find({})).map((card) => [card.id, card]));
  t.match(cards.get('dollar'), { price: 450, currency: 'USD' });
  t.match(cards.get('euro'), { price: 1250, currency: 'EUR' });
  const rising = ['9007199254740993', '9223372036854775807', '9007199254740997', 'dollar'];
  t.same(
    await ids({ sortBy: 'price-asc' }),
    [...rising, 'euro', 'yen'],
    'in another currency they come last',
  );
  t.same(
    await ids({ sortBy: 'price-desc' }),
    [...rising.toReversed(), 'euro', 'yen'],
    'also when the dearest come first',
  );
  t.same(
    (await ids({ priceMax: 250 })).sort(),
    ['9007199254740993', '9223372036854775807', 'euro', 'yen'],
    'and no price hides them',
  );
  t.same((await ids({ q: 'odd under $250' })).sort(), [
    '9007199254740993',
    '9223372036854775807',
    'euro',
    'yen',
  ]);
});

t.test('catalogue: prices and denials in a text', async (t) => {
  const db = await database(t);
  const piece = (_id: string, title: string, price: number, metal: string, more: object = {}) => ({
    _id,
    title,
    price,
    metal,
    category: 'ring',
    ...more,
  });
  await db
    .collection<Document & { _id: unknown }>('products')
    .insertMany([
      piece('gold', 'Aurora Ring', 400, '14k_yellow'),
      piece('white', 'Boreal Ring', 900, 'White gold 585', { tags: ['diamond'] }),
      piece('plated', 'Gilt Ring', 60, '18k Yellow Gold Plated Brass'),
      piece('silver', 'Comet Ring', 120, '925', { description: 'Goes well with gold.' }),
      piece('platinum', 'Dune Ring', 1500, 'Pt950', { gemstones: [{ name: 'Diamond' }], tags: ['engraved'] }),
      piece('pearl', 'Echo Ring', 250, 'silver', { tags: ['pearl', 'café'] }),
      piece('two', 'Fable Ring', 2000, '14k White & Yellow Gold'),
      { ...piece('studs', 'Glow Studs', 80, 'Silber'), category: 'Ear Rings' },
    ]);
  const { app } = await build(t, { db });
  const ids = async (body: object): Promise<string[]> =>
    (await call(app, PATH, body))
      .json()
      .map(({ id }: Card) => id)
      .sort();
  const ALL_RINGS = ['gold', 'pearl', 'plated', 'platinum', 'silver', 'two', 'white'];
  const CASES: [q: string, ids: string[], why: string][] = [
    ['ring under $500', ['gold', 'pearl', 'plated', 'silver'], 'a price'],
    ['rings between 1k and 2k', ['platinum', 'two'], 'a range'],
    ['ring around 900', ['white'], 'a fifth more or less'],
    ['ring 1500 or more', ['platinum', 'two'], 'behind the amount'],
    ['under $100', ['plated', 'studs'], 'nothing but a price'],
    ['something for her under $100', ['plated', 'studs'], 'nothing but a price and fillers'],
    ['ring not gold', ['pearl', 'platinum', 'silver'], 'no gold, nor gold on the surface'],
    ['not gold ring', ['pearl', 'platinum', 'silver'], 'the ring is still asked for'],
    ["ring that isn't gold", ['pearl', 'platinum', 'silver'], 'a denial in another word'],
    ['ring without gold', ['pearl', 'platinum', 'silver'], 'a denial in another word'],
    ['non-gold ring', ['pearl', 'platinum', 'silver'], 'with a hyphen'],
    ['gold-free ring', ['pearl', 'platinum', 'silver'], 'behind it'],
    ['ring ohne Gold', ['pearl', 'platinum', 'silver'], 'German'],
    ['anything but gold', ['pearl', 'platinum', 'silver', 'studs'], 'nothing but a denial'],
    ['ring no gold or silver', ['platinum'], 'both'],
    ['ring, no gold and silver', ['platinum'], 'both, of one kind'],
    ['ring no diamonds', ['gold', 'pearl', 'plated', 'silver', 'two'], 'a stone, also among the tags'],
    ['ring without diamonds and pearls', ['gold', 'plated', 'silver', 'two'], 'two stones'],
    ['ring not white gold', ['gold', 'pearl', 'plated', 'platinum', 'silver'], 'a colour of gold'],
    ['ring not engraved under 1k', ['gold', 'pearl', 'plated', 'silver', 'white'], 'a tag, and a price'],
    ['not too expensive ring', ALL_RINGS, 'what is no more than a wish denies nothing'],
    ['ring not over 400', ['gold', 'pearl', 'plated', 'silver'], 'a denial of a price is a price'],
    ['not rings', ['studs'], 'a category'],
    ['rosegold', [], 'of which there is none'],
    ['whitegold ring', ['two', 'white'], 'two words as one'],
    ['Weißgold', ['two', 'white'], 'German'],
    ['oro bianco', ['two', 'white'], 'Italian'],
    ['white and yellow gold', ['two'], 'both'],
    ['white or yellow gold', ['gold', 'two', 'white'], 'either'],
    ['platinum or 14k white gold ring', ['platinum', 'two', 'white'], 'either'],
    ['pearl or diamond ring', ['pearl', 'platinum', 'white'], 'either'],
    ['gold plated', ['plated'], 'the surface'],
    ['585', ['gold', 'two', 'white'], 'a stamp'],
    ['cafe', ['pearl'], 'without its accent'],
    ['cafe\u0301', ['pearl'], 'decomposed'],
    ['ear rings', ['studs'], 'two words that are one'],
    ['ring under €500', ALL_RINGS, 'a price in another currency is not compared'],
  ];
  for (const [q, expected, why] of CASES) t.same(await ids({ q }), expected, `${q}: ${why}`);
  t.same(await ids({ metal: 'gold' }), ['gold', 'two', 'white'], 'plated is not gold');
  t.same(await ids({ metal: '14k_white' }), ['two', 'white'], 'by parts of a thousand');
  t.same(await ids({ tags: ['CAFE\u0301'] }), ['pearl']);
  t.same(await ids({ category: 'earrings' }), ['studs']);
});

t.test(
  'catalogue: 10,000 products at random: whatever stands in a field, every call is answered',
  async (t) => {
    t.comment(`TEST_SEED=${SEED}`);
    const random = createRandom(SEED);
    const documents = many(10_000, (at) => oddProduct(random, at));
    const db = await database(t);
    await db.collection('products').insertMany(documents.slice(0, 500));
    const { app } = await build(t, { db, env: { SHOP_URL } });
    const first = app.catalogue.current().pieces.length;
    t.ok(first > 50, `${first} of 500 are read from the database`);

    const pieces = documents.flatMap((doc) => {
      const stored = BSON.deserialize(BSON.serialize(doc), { promoteLongs: false });
      const reading = readPiece(stored, { currency: 'USD', url: SHOP_URL });
      return 'piece' in reading ? [reading.piece] : [];
    });
    const snapshot = await buildSnapshot(pieces);
    app.catalogue.current = () => snapshot;
    t.ok(pieces.length > 1000, `${pieces.length} of them are shown`);
    const wrong: string[] = [];
    const look = ({
      id,
      title,
      price,
      currency,
      category,
      image = SHOP_URL,
      tags,
      badges,
    }: Card & { currency: string }): void => {
      if (!id || !title || !category || id.length > 200 || title.length > 200) wrong.push(`${id}: names`);
      if (!Number.isFinite(price) || price < 0 || price > 1e12) wrong.push(`${id}: price ${price}`);
      if (!/^[A-Z]{3}$/.test(currency)) wrong.push(`${id}: currency ${currency}`);
      if (!/^https?:\/\//i.test(image)) wrong.push(`${id}: image ${image}`);
      if (tags.length > 200 || badges.length > 200) wrong.push(`${id}: ${tags.length} tags`);
    };
    for (const sortBy of ['featured', 'newest', 'price-asc', 'price-desc'])
      for (let offset = 0; offset < pieces.length; offset += 50) {
        const answer = await call(app, PATH, { sortBy, limit: 50, offset });
        if (answer.statusCode !== 200) wrong.push(`${sortBy} ${offset}: ${answer.statusCode}`);
        else for (const card of answer.json()) look(card);
      }
    for (const body of [
      { q: 'ring under $500 not gold' },
      { q: 'プラチナ' },
      { metal: '14k_white', relax: true },
      { tags: ['ready-to-ship'], readyToShip: true },
      { stone: 'constructor' },
      { priceMin: 1, priceMax: 999_999_999 },
    ])
      if ((await call(app, PATH, body)).statusCode !== 200) wrong.push(JSON.stringify(body));
    for (const path of ['/api/concierge/facets', '/api/neon/catalog?q=gold', `${PATH}/ODD-7`])
      if ((await app.inject({ url: path, headers: { authorization: `Bearer ${KEY}` } })).statusCode >= 500)
        wrong.push(path);
    t.same(wrong, []);
  },
);
