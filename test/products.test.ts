import type { FastifyInstance } from 'fastify';
import type { Document } from 'mongodb';
import t from 'tap';
import { seedCatalogue } from '../scripts/seed.js';
import { products } from '../scripts/seed-data/products.js';
import { readPiece } from '../src/domain/catalog/read-piece.js';
import { buildSnapshot } from '../src/domain/catalog/snapshot.js';
import { build, call, database } from './helper.js';

const PATH = '/api/concierge/products';
const ACTIVE = products.filter(({ metadata }) => metadata.status === 'active');

interface Card {
  id: string;
  title: string;
  price: number;
  category: string;
  metal?: string;
  readyToShip: boolean;
}

let app: FastifyInstance;

t.before(async () => {
  const db = await database(t);
  await seedCatalogue(db);
  await db.collection<Document>('products').insertMany([
    {
      _id: 'prod_odd_1' as unknown as Document['_id'],
      name: 'Odd Brooch',
      category: 'Brooches',
      price: '1,999.50',
      metadata: { status: 'active', tags: 'none' },
      media: 7,
      seo: null,
    },
    { name: { en: 'Unreadable' }, category: 'ring', price: 1, metadata: { status: 'active' } },
  ]);
  // in front of the pictures of the seeds, which stand without an address
  ({ app } = await build(t, { db, env: { SHOP_URL: 'https://shop.example' } }));
});

async function find(body: object): Promise<Card[]> {
  const response = await call(app, PATH, body);
  if (response.statusCode !== 200) throw new Error(`${JSON.stringify(body)}: ${response.body}`);
  return response.json();
}
const ids = async (body: object) => (await find(body)).map(({ id }) => id);

t.test('products: a bare array of cards, with the totals in headers', async (t) => {
  const response = await call(app, PATH, {
    category: 'ring',
    metal: '14k_yellow',
    priceMax: 2500,
    priceLt: 2500,
    limit: 3,
    sessionId: 's-1',
  });
  t.equal(response.statusCode, 200);
  const cards: Card[] = response.json();
  t.ok(Array.isArray(cards), 'bare');
  t.equal(cards.length, 3);
  for (const card of cards)
    t.match(card, {
      id: /^RNG-/,
      title: String,
      price: Number,
      currency: 'USD',
      category: 'ring',
      readyToShip: Boolean,
      tags: Array,
      badges: Array,
      slug: String,
    });
  t.ok(cards.every(({ price }) => price <= 2500));
  t.match(cards[0], { image: /^https:/, imageUrl: /^https:/ });
  const total = Number(response.headers['x-total-count']);
  t.ok(total > 3);
  t.equal(response.headers.link, `<${PATH}?offset=3&limit=3>; rel="next"`);
  const last = await call(app, PATH, {
    category: 'ring',
    metal: '14k_yellow',
    priceMax: 2500,
    limit: 3,
    offset: total - 1,
  });
  t.equal(last.headers.link, undefined, 'the last page has no next one');
  t.equal(last.json().length, 1);
});

t.test('products: nothing asked, 20 of all that are active; nothing found, an empty array', async (t) => {
  const all = await call(app, PATH, {});
  t.equal(all.json().length, 20);
  t.equal(
    Number(all.headers['x-total-count']),
    ACTIVE.length + 1,
    'the odd one is shown, the unreadable one is not',
  );
  t.same(await find({ category: 'tiara' }), []);
  t.same(await find({ offset: 5000 }), []);
  t.match(
    await find({ category: 'brooch' }),
    [{ id: 'prod_odd_1', price: 1999.5, category: 'brooch', tags: [] }],
    'an odd one',
  );
});

t.test('products: each older or looser form of a request is the same as its plain one', async (t) => {
  const BASE = { category: 'ring', limit: 50 };
  const FORMS: [name: string, plain: object, forms: object[]][] = [
    [
      'category',
      { category: 'ring' },
      [{ category: 'rings' }, { category: 'Rings' }, { category: ' RING ' }],
    ],
    [
      'numbers as text',
      { priceMin: 500, priceMax: 2500, limit: 5, offset: 2 },
      [{ priceMin: '500', priceMax: ' 2500.00 ', limit: '5', offset: '2' }],
    ],
    [
      'budgetMin and budgetMax',
      { priceMin: 500, priceMax: 2500 },
      [
        { budgetMin: 500, budgetMax: '2500' },
        { budgetMin: 1, priceMin: 500, budgetMax: 1, priceMax: 2500 },
      ],
    ],
    [
      'priceLt beside priceMax is inclusive',
      { priceMax: 220 },
      [
        { priceMax: 220, priceLt: 220 },
        { budgetMax: 220, priceLt: 220 },
      ],
    ],
    [
      'priceLt alone is exclusive',
      { priceMax: 219.99 },
      [
        { priceLt: 220 },
        { priceLt: '220' },
        { priceMax: '', priceLt: 220 },
        { priceBand: '<220' },
        { priceBand: '< 220' },
      ],
    ],
    [
      'a band from and to',
      { priceMin: 500, priceMax: 2500 },
      [
        { priceBand: '500-2500' },
        { priceBand: '500 - 2500' },
        { priceBand: { min: 500, max: 2500 } },
        { priceBand: { min: '500', max: '2500' } },
      ],
    ],
    [
      'a band from',
      { priceMin: 2450 },
      [{ priceBand: '2450+' }, { priceBand: { min: 2450 } }, { priceBand: { min: 2450, max: '' } }],
    ],
    [
      'the narrower of band and price',
      { priceMin: 500, priceMax: 900 },
      [
        { priceBand: '100-900', priceMin: 500 },
        { priceBand: { min: 500 }, priceMax: 900 },
      ],
    ],
    [
      'a nested value wins',
      { priceMax: 500 },
      [
        { priceMax: 9000, filters: { priceMax: 500 } },
        { filters: { category: 'Rings', priceMax: '500' }, category: 'earring' },
      ],
    ],
    [
      'a nested value that is empty does not',
      { priceMax: 500 },
      [{ priceMax: 500, filters: { priceMax: '', category: ' ' } }],
    ],
    [
      'an unticked box does not filter',
      {},
      [{ readyToShip: false }, { featured: false }, { filters: { readyToShip: false } }],
    ],
    [
      '"" is not given',
      {},
      [
        {
          metal: '',
          stone: '',
          q: '',
          priceMin: '',
          priceMax: '',
          priceLt: '',
          priceBand: '',
          sortBy: '',
          offset: '',
          sessionId: '',
          tags: [''],
          materials: [''],
        },
      ],
    ],
    [
      'metal, in words or among materials',
      { metal: '14k_yellow' },
      [
        { metal: '14K Yellow Gold' },
        { materials: ['gold-14k-yellow'] },
        { materials: ['14k_yellow', ''] },
        { metal: '14 karat yellow' },
      ],
    ],
    [
      'tags in any spelling',
      { tags: ['ready-to-ship'] },
      [{ tags: ['Ready to ship'] }, { tags: ['READY_TO_SHIP', ' '] }, { readyToShip: true }],
    ],
    ['stone in the plural', { stone: 'diamond' }, [{ stone: 'Diamonds' }]],
    [
      'what nobody has chosen is no filter',
      {},
      [
        { metal: 'any', stone: '*' },
        { metal: 'Any metal', materials: ['all'], tags: ['All'] },
        { stone: 'undefined', metal: 'null', priceBand: 'all' },
        { metal: 'toutes', stone: 'tutti' },
        { priceMax: '', priceMin: ' ', q: ' ' },
      ],
    ],
    [
      'no category',
      { category: '' },
      [{ category: 'all' }, { category: 'All categories' }, { category: '*' }, { category: 'Alle' }],
    ],
    [
      'a price as it is written',
      { priceMax: 2500 },
      [
        { priceMax: '2500' },
        { priceMax: '2.500' },
        { priceMax: '2,500' },
        { priceMax: '2 500' },
        { priceMax: "2'500" },
        { priceMax: '2,500.00' },
        { priceMax: '2.500,00' },
        { priceMax: '$2,500' },
        { priceMax: 'USD 2500' },
        { priceMax: '2500 USD' },
        { priceMax: '2500 dollars' },
        { priceMax: '2.5k' },
        { priceMax: 'up to 2500' },
        { budgetMax: '$2,500' },
        { priceBand: { max: '$2.500' } },
        { priceBand: 'bis 2.500' },
        { priceBand: '0-2500' },
      ],
    ],
    ['a price in another currency asks for nothing', {}, [{ priceMax: '5 EUR' }, { priceBand: 'unter 5 €' }]],
    [
      'a band as it is written',
      { priceMin: 500, priceMax: 2500 },
      [
        { priceBand: '$500 - $2,500' },
        { priceBand: '$500–$2.500' },
        { priceBand: '500 to 2500' },
        { priceBand: '0.5k-2.5k' },
        { priceBand: 'between 500 and 2,500 USD' },
        { priceBand: '500-to-2500' },
        { priceBand: '500 bis 2.500' },
        { priceBand: 'de 500 à 2500' },
        { priceBand: { min: '$500', max: '2.500' } },
      ],
    ],
    [
      'a band without its lowest',
      { priceLt: 900 },
      [{ priceBand: 'under 900' }, { priceBand: 'under-900' }, { priceBand: 'Under $900' }],
    ],
    [
      'a band without its highest',
      { priceMin: 900 },
      [
        { priceBand: '900 and up' },
        { priceBand: '$900+' },
        { priceBand: '900-plus' },
        { priceBand: 'at least 900' },
      ],
    ],
    [
      'a flag as pages send it',
      { readyToShip: true },
      [{ readyToShip: 'true' }, { readyToShip: 'on' }, { readyToShip: 1 }, { readyToShip: 'TRUE' }],
    ],
    [
      'an unticked one',
      {},
      [{ readyToShip: 'false', featured: 0 }, { featured: 'off', relax: 'no' }, { featured: '' }],
    ],
    [
      'lists in a list',
      { tags: ['gift', 'bridal'] },
      [{ tags: ['gift, bridal'] }, { tags: ['["gift","bridal"]'] }],
    ],
    [
      'a text that has been escaped',
      { q: 'rings & earrings' },
      [
        { q: 'rings &amp; earrings' },
        { q: '<b>rings</b> &#38; earrings' },
        { q: 'rings &amp;amp; earrings' },
      ],
    ],
    [
      'what is not known is ignored',
      {},
      [
        {
          requestId: 'x',
          originIntent: 'find_product',
          action: { type: 'search' },
          colour: 'red',
          filters: { mood: 1 },
        },
      ],
    ],
  ];
  for (const [name, plain, forms] of FORMS) {
    const expected = await ids({ ...BASE, ...plain });
    t.ok(expected.length > 0, `${name}: there are some`);
    for (const form of forms)
      t.same(await ids({ ...BASE, ...form }), expected, `${name}: ${JSON.stringify(form)}`);
  }
  t.ok(
    (await find({ ...BASE, priceMax: 220 })).some(({ price }) => price === 220),
    'there is a piece on the boundary',
  );
  t.same(await ids({ priceMin: 220, priceLt: 220 }), [], 'a range with nothing in it is no mistake');
});

t.test('products: each order, and pages that follow each other', async (t) => {
  const prices = async (sortBy: string) => (await find({ sortBy, limit: 50 })).map(({ price }) => price);
  const rising = await prices('price-asc');
  t.same(
    rising,
    [...rising].sort((a, b) => a - b),
  );
  const falling = await prices('price-desc');
  t.same(
    falling,
    [...falling].sort((a, b) => b - a),
  );
  t.ok((await find({ sortBy: 'featured', featured: true })).length > 0);
  t.same(await ids({}), await ids({ sortBy: 'featured' }), 'featured unless asked otherwise');

  const seen: string[] = [];
  let next: string | undefined = `${PATH}?offset=0&limit=7`;
  while (next) {
    const { searchParams } = new URL(next, 'http://localhost');
    const response = await call(app, PATH, { sortBy: 'newest', ...Object.fromEntries(searchParams) });
    seen.push(...response.json().map(({ id }: Card) => id));
    next = /<([^>]+)>/.exec(String(response.headers.link ?? ''))?.[1];
  }
  t.equal(seen.length, ACTIVE.length + 1, 'following the links leads through all');
  t.equal(new Set(seen).size, seen.length, 'once each');
});

t.test('products: a link never leads to a page that is refused', async (t) => {
  const { app } = await build(t);
  const pieces = Array.from({ length: 5002 }, (_, at) =>
    readPiece(
      { _id: `p${at}`, name: 'Bead', category: 'bead', price: at, metadata: { status: 'active' } },
      { currency: 'USD' },
    ),
  );
  const snapshot = await buildSnapshot(
    pieces.flatMap((reading) => ('piece' in reading ? [reading.piece] : [])),
  );
  app.catalogue.current = () => snapshot;
  const link = async (offset: number) => (await call(app, PATH, { offset, limit: 1 })).headers.link;
  t.match(await link(4999), 'offset=5000');
  t.equal(await link(5000), undefined);
});

t.test('products: what is wrong is a 400 that says where', async (t) => {
  const BAD: [name: string, body: unknown, path: string, detail?: RegExp][] = [
    [
      'the lowest price above the highest',
      { priceMin: 900, priceMax: 500 },
      '/priceMin',
      /above the highest/,
    ],
    ['the same, nested', { filters: { priceMin: 900 }, priceMax: 500 }, '/filters/priceMin'],
    ['the same under older names', { budgetMin: 900, budgetMax: '500' }, '/budgetMin'],
    ['the same against an exclusive price', { priceMin: 900, priceLt: 500 }, '/priceMin'],
    ['a band the wrong way round', { priceBand: '5000-2500' }, '/priceBand'],
    [
      'a nested band the wrong way round',
      { filters: { priceBand: { min: 2, max: 1 } } },
      '/filters/priceBand',
    ],
    ['limit 0', { limit: 0 }, '/limit', /from 1 to 50/],
    ['limit 51', { limit: 51 }, '/limit', /from 1 to 50/],
    ['limit 51 as text, nested', { filters: { limit: '51' } }, '/filters/limit', /filters\.limit/],
    ['limit 2.5', { limit: 2.5 }, '/limit'],
    ['limit x', { limit: 'x' }, '/limit', /number/],
    ['limit null', { limit: null }, '/limit'],
    ['offset -1', { offset: -1 }, '/offset', /from 0 to 5000/],
    ['offset 5001', { offset: '5001' }, '/offset'],
    ['a category that is a number', { category: 5 }, '/category'],
    ['tags that are no list', { tags: 'gift' }, '/tags'],
    ['a tag that is an object', { tags: ['gift', {}] }, '/tags/1'],
    ['a flag that is neither', { readyToShip: 'maybe' }, '/readyToShip', /true/],
    ['a flag that is an object', { featured: {} }, '/featured'],
    ['two prices in one field', { priceMax: '2000-3000' }, '/priceMax', /number/],
    ['a price that is a code', { priceMin: 'RNG 1x2' }, '/priceMin', /number/],
    ['a band that is a code', { priceBand: 'RNG-101' }, '/priceBand', /2500-5000/],
    ['a price in words', { priceMax: 'cheap' }, '/priceMax', /number/],
    ['a price without end', '{"priceMax":"1e999"}', '/priceMax'],
    ['an unknown order', { sortBy: 'cheapest' }, '/sortBy', /price-asc/],
    ['an unknown band', { priceBand: 'cheap' }, '/priceBand', /2500-5000/],
    ['filters that are no object', { filters: 'ring' }, '/filters'],
    ['an operator for a text', { q: { $gt: '' } }, '/q'],
    ['an operator for a category', { category: { $ne: null } }, '/category'],
    ['a text without end', { q: 'x'.repeat(5000) }, '/q'],
    ['a list', [], ''],
  ];
  for (const [name, body, path, detail] of BAD) {
    const response = await call(app, PATH, body, { 'x-request-id': 'shortlist-6f9619ff' });
    const problem = response.json();
    t.equal(response.statusCode, 400, `${name}: ${response.body}`);
    t.match(
      problem,
      {
        code: 'request.invalid',
        status: 400,
        requestId: 'shortlist-6f9619ff',
        errors: [{ path, message: String }],
      },
      name,
    );
    t.equal(problem.errors?.[0]?.path, path, `${name}: ${problem.errors?.[0]?.path}`);
    if (detail) t.match(problem.detail, detail, `${name}: ${problem.detail}`);
    t.match(response.headers['content-type'], 'application/problem+json');
  }
  for (const body of ['', '{', '{"__proto__":{"category":"ring"}}'])
    t.match(
      (await call(app, PATH, body)).json(),
      { status: 400, code: 'request.malformed' },
      `not JSON: ${body}`,
    );
});

t.test('products: a text is only ever text', async (t) => {
  const QUERIES = [
    '.*',
    '(a+)+$',
    '[',
    '\\',
    '^ring$',
    '$where: 1',
    '<script>alert(1)</script>',
    '💍',
    '钻石',
    'a\u0000b',
    '\u202e',
    "' OR 1=1 --",
    ' ',
    '-',
    '"',
    'ring '.repeat(40),
    'a'.repeat(200),
    'constructor',
    '__proto__',
    'toString',
  ];
  for (const q of QUERIES) t.equal((await call(app, PATH, { q })).statusCode, 200, JSON.stringify(q));
  t.same(await find({ q: '.*' }), [], 'a pattern matches nothing');
  const SEARCHES: [string, string][] = [
    ['Luna Diamond', 'NCK-201'],
    ['luna diam', 'NCK-201'],
    ['lunna diamond', 'NCK-201'],
    ['pave band', 'RNG-111'],
    ['éclat', 'RNG-106'],
    ['turquoise bracelet?', 'BRC-410'],
  ];
  for (const [q, id] of SEARCHES) t.equal((await ids({ q }))[0], id, q);
  t.ok(
    (await find({ q: 'ring', limit: 5 })).every(({ category }) => category === 'ring'),
    'rings come first for "ring"',
  );
  for (const filter of ['constructor', '__proto__', 'hasOwnProperty'])
    t.same(await find({ category: filter, metal: filter, stone: filter, tags: [filter] }), [], filter);
});
