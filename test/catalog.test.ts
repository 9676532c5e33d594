import type { FastifyInstance } from 'fastify';
import type { Db, Document } from 'mongodb';
import t from 'tap';
import { seedCatalogue } from '../scripts/seed.js';
import { build, call, database, KEY } from './helper.js';

const NEON = '/api/neon/catalog';
const FACETS = '/api/concierge/facets';
const PRODUCTS = '/api/concierge/products';

let app: FastifyInstance;
let db: Db;

t.before(async () => {
  db = await database(t);
  await seedCatalogue(db);
  ({ app } = await build(t, { db }));
});

const get = (path: string, query: string, headers: Record<string, string> = {}) =>
  app.inject({ url: `${path}?${query}`, headers: { authorization: `Bearer ${KEY}`, ...headers } });

interface Page {
  success: boolean;
  data: { id: string; price: number }[];
  nextCursor?: string;
  total: number;
}
async function page(query: string): Promise<Page> {
  const response = await get(NEON, query);
  if (response.statusCode !== 200) throw new Error(`${query}: ${response.body}`);
  return response.json();
}

t.test('catalogue: the filters of the products call as query parameters give the same pieces', async (t) => {
  const FORMS: [string, object][] = [
    ['', {}],
    [
      'category=Rings&metal=14k_yellow&priceMax=2500',
      { category: 'ring', metal: '14k_yellow', priceMax: 2500 },
    ],
    ['tags=gift&tags=Something%20blue', { tags: ['gift', 'something-blue'] }],
    ['materials=platinum', { materials: ['platinum'] }],
    ['priceBand=500-2500&sortBy=price-asc', { priceBand: '500-2500', sortBy: 'price-asc' }],
    ['priceBand=%3C500&readyToShip=true', { priceLt: 500, readyToShip: true }],
    ['q=engagement%20ring&featured=false', { q: 'engagement ring' }],
    ['stone=diamonds&sortBy=newest&limit=', { stone: 'diamond', sortBy: 'newest' }],
    ['priceMin=&priceMax=&q=&category=&nonsense=1', {}],
  ];
  for (const [query, body] of FORMS) {
    const expected = await call(app, PRODUCTS, body);
    const { data, total, success } = await page(query);
    t.same(data, expected.json(), query);
    t.equal(total, Number(expected.headers['x-total-count']), `${query}: total`);
    t.equal(success, true);
    t.ok(total > 0, `${query}: there are some`);
  }
});

t.test('catalogue: pages follow each other while pieces come and go', async (t) => {
  const products = db.collection<Document>('products');
  // each change is later than all before it: one of the same instant could be overlooked
  let changes = 0;
  const changedAt = () => new Date(Date.UTC(2031, 0, 1, 0, 0, ++changes));
  for (const sort of ['', 'sortBy=newest', 'sortBy=price-asc', 'sortBy=price-desc', 'q=diamond']) {
    const whole = (await page(`${sort}&limit=50`)).data.map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | undefined;
    let turn = 0;
    do {
      const { data, nextCursor }: Page = await page(`${sort}&limit=5${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...data.map(({ id }) => id));
      cursor = nextCursor;
      // the last piece shown goes off sale, and another one comes: neither moves the others
      const gone = { 'inventory.sku': seen.at(-1) };
      const status = turn++ % 2 === 0 ? 'draft' : 'active';
      await products.updateOne(gone, {
        $set: { 'metadata.status': status, updatedAt: changedAt() },
      });
      await products.insertOne({
        name: 'Newcomer',
        category: 'charm',
        price: 7,
        metadata: { status: 'draft' },
      });
      await app.catalogue.refresh();
    } while (cursor && seen.length < 45);
    t.same(seen.slice(0, 45), whole.slice(0, Math.min(45, seen.length)), `${sort}: no gap and no repeat`);
    await products.updateMany(
      { 'metadata.status': 'draft', name: { $ne: 'Newcomer' } },
      {
        $set: { 'metadata.status': 'active', updatedAt: changedAt() },
      },
    );
    await app.catalogue.refresh();
  }
});

t.test('catalogue: a cursor that is garbled, or of another query, is a 400', async (t) => {
  const { nextCursor = '' } = await page('category=ring&limit=3');
  t.equal(
    (await get(NEON, `category=ring&limit=7&cursor=${nextCursor}`)).statusCode,
    200,
    'pages may change size',
  );
  const [place = '', check = ''] = nextCursor.split('.');
  const BAD: [string, string][] = [
    ['of other filters', `category=earring&cursor=${nextCursor}`],
    ['of another order', `category=ring&sortBy=newest&cursor=${nextCursor}`],
    ['cut off', `category=ring&cursor=${place}`],
    ['with another check', `category=ring&cursor=${place}.${check.slice(1)}A`],
    ['with another place', `category=ring&cursor=${place.slice(0, -2)}AA.${check}`],
    ['of text', 'cursor=next'],
    ['of nothing but a dot', 'cursor=.'],
    ['too long', `cursor=${'x'.repeat(600)}`],
  ];
  for (const [name, query] of BAD) {
    const response = await get(NEON, query);
    t.equal(response.statusCode, 400, name);
    t.match(response.json(), { code: 'request.invalid', errors: [{ path: '/cursor' }] }, name);
  }
  t.equal((await get(NEON, 'limit=51')).statusCode, 400);
  t.equal((await get(NEON, 'category=ring&category=earring')).statusCode, 400, 'one category');
});

t.test('catalogue: an answer that still holds is a 304', async (t) => {
  const first = await get(NEON, 'category=ring');
  const etag = String(first.headers.etag);
  t.match(etag, /^W\/"[\w-]+"$/, 'weak, for the answer carries the id of the request');
  t.equal(first.headers['cache-control'], 'private, no-cache');
  for (const tag of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
    const again = await get(NEON, 'category=ring', { 'if-none-match': tag });
    t.equal(again.statusCode, 304, tag);
    t.equal(again.body, '');
    t.equal(again.headers.etag, etag);
  }
  t.not((await get(NEON, 'category=earring')).headers.etag, etag, 'each query has its own');
  t.not((await get(NEON, 'category=ring&limit=2')).headers.etag, etag);

  const change = (featured: boolean, day: number) =>
    db
      .collection<Document>('products')
      .updateOne(
        { 'inventory.sku': 'RNG-103' },
        { $set: { 'metadata.featured': featured, updatedAt: new Date(2033, 0, day) } },
      );
  await change(true, 1);
  await app.catalogue.refresh();
  const changed = await get(NEON, 'category=ring', { 'if-none-match': etag });
  t.equal(changed.statusCode, 200, 'the catalogue has changed');
  await change(false, 2);
  await app.catalogue.refresh();
  t.equal((await get(NEON, 'category=ring')).headers.etag, etag, 'the same content has the same ETag');
});

t.test('catalogue: what is closest, when asked for', async (t) => {
  const CASES: [query: string, relaxed: string | undefined][] = [
    ['category=ring&metal=titanium&priceMax=100', 'price'],
    ['category=ring&metal=titanium&priceMin=5000', 'metal'],
    ['category=necklace&metal=titanium&stone=onyx', 'metal,stone'],
    ['category=ring&metal=silver&stone=emerald', 'metal'],
    ['category=ring&tags=nothing&featured=true', 'tags'],
    ['category=tiara', 'category'],
    ['q=unicorn&category=ring', 'q'],
    ['category=ring', undefined],
    ['category=bracelet&metal=titanium&priceMax=50', 'metal,price'],
  ];
  for (const [query, relaxed] of CASES) {
    const asked = await get(NEON, `${query}&relax=true&limit=1`);
    t.equal(asked.headers['x-relaxed'], relaxed, query);
    t.ok(asked.json().total > 0, `${query}: something`);
    if (!relaxed) continue;
    t.equal(asked.json().nextCursor, undefined, `${query}: one page`);
    t.equal((await page(query)).total, 0, `${query}: nothing when it is not asked for`);
    const { tags, ...fields } = Object.fromEntries(new URLSearchParams(query));
    const body = { ...fields, ...(tags && { tags: [tags] }), ...(fields.featured && { featured: true }) };
    const products = await call(app, PRODUCTS, { filters: body, relax: true, limit: 1 });
    t.equal(products.headers['x-relaxed'], relaxed, `${query}: products`);
    t.same(products.json(), asked.json().data, `${query}: the same`);
    t.equal(products.headers.link, undefined);
  }
});

t.test('catalogue: facets say what there would be if another value were chosen', async (t) => {
  interface Value {
    value: string;
    label: string;
    count: number;
  }
  const QUERIES = [
    '',
    'category=ring',
    'metal=14k_white&priceMax=2500',
    'tags=gift&readyToShip=true',
    'q=diamond&stone=diamond',
  ];
  const FACETED: [facet: string, field: string][] = [
    ['categories', 'category'],
    ['metals', 'metal'],
    ['gemstones', 'stone'],
    ['tags', 'tags'],
  ];
  for (const query of QUERIES) {
    const facets = (await get(FACETS, query)).json();
    t.equal(facets.total, (await page(query)).total, `${query}: total`);
    const chosen = (field: string, value: string): string => {
      const params = new URLSearchParams(query);
      params.set(field, value);
      return String(params);
    };
    for (const [facet, field] of FACETED)
      for (const { value, count } of facets[facet] as Value[])
        t.equal((await page(chosen(field, value))).total, count, `${query}: ${field} ${value}`);
    for (const { from, to, count } of facets.prices) {
      const params = new URLSearchParams(query);
      params.delete('priceMax');
      params.set('priceMin', from);
      if (to !== undefined) params.set('priceLt', to);
      t.equal((await page(String(params))).total, count, `${query}: from ${from}`);
    }
    t.equal((await page(chosen('readyToShip', 'true'))).total, facets.readyToShip.yes, `${query}: ready`);
    t.equal(
      (await page(chosen('readyToShip', 'false'))).total,
      facets.readyToShip.yes + facets.readyToShip.no,
      `${query}: ready or not`,
    );
  }
  const { metals, gemstones, tags } = (await get(FACETS, '')).json();
  const label = (values: Value[], value: string) => values.find((one) => one.value === value)?.label;
  t.equal(label(metals, '14k_white'), '14K White Gold', 'as in materials');
  t.equal(label(metals, 'platinum'), 'Platinum 950');
  t.equal(label(gemstones, 'diamond'), 'Diamond');
  t.equal(label(tags, 'readytoship'), 'Ready to ship', 'as on the pieces');
  t.equal((await get(FACETS, 'priceMin=9&priceMax=1')).statusCode, 400);
});

t.test('catalogue: both need the scope of the catalogue', async (t) => {
  for (const path of [NEON, FACETS]) t.equal((await app.inject({ url: path })).statusCode, 401, path);
});
