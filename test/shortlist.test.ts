import { Decimal128, ObjectId } from 'mongodb';
import t from 'tap';
import { bodyOf, build, call, database } from './helper.js';
import { refused } from './problem.js';

const PATH = '/api/concierge/shortlist';
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');
let at = start;
const DAY_MS = 24 * 60 * 60_000;

const objectId = new ObjectId('66c1d2e3f4a5b60000000001');
const db = await database(t);
await db.collection('products').insertMany([
  {
    _id: objectId,
    name: 'Aurora band',
    category: 'Rings',
    pricing: { basePrice: Decimal128.fromString('1250.50'), currency: 'usd' },
    inventory: { sku: 'RNG-1' },
    media: { primary: 'https://img.example.com/rng-1.jpg' },
    seo: { slug: 'aurora-band' },
    metadata: { status: 'active', tags: ['ready to ship'], primaryMetal: '14K Yellow Gold' },
  },
  {
    name: 'Comet studs',
    category: 'earring',
    price: '320',
    inventory: { sku: 'EAR-1' },
    metadata: { status: 'active' },
  },
  {
    name: 'Gone',
    category: 'ring',
    pricing: { basePrice: 9 },
    inventory: { sku: 'RNG-OLD' },
    metadata: { status: 'archived' },
  },
  {
    name: 'No price',
    category: 'ring',
    inventory: { sku: 'RNG-ODD' },
    metadata: { status: 'active' },
    pricing: 'ask',
  },
]);
const { app } = await build(t, { db, now: () => at });

const save = (body: unknown) => call(app, PATH, body);
const stored = (sessionId: string) =>
  db.collection('widgetShortlists').findOne({ sessionId }, { projection: { _id: 0 } });
const count = () => db.collection('widgetShortlists').countDocuments();

/** A piece as it is stored, and as it is answered on the day on which it is saved. */
const kept = (piece: object, savedAt = start) => ({ ...piece, savedAt });
const shown = (piece: { price?: number }, availability = 'not_on_sale') => ({
  ...piece,
  savedAt: start.toISOString(),
  ...(piece.price !== undefined && { savedPrice: piece.price }),
  priceChanged: false,
  availability,
  known: availability !== 'not_on_sale',
});

const BAND = {
  id: 'RNG-1',
  title: 'Aurora band',
  price: 1250.5,
  currency: 'USD',
  category: 'ring',
  readyToShip: true,
  tags: ['ready to ship'],
  slug: 'aurora-band',
  image: 'https://img.example.com/rng-1.jpg',
  imageUrl: 'https://img.example.com/rng-1.jpg',
  metal: '14k_yellow',
  badges: [],
};

t.test('shortlist: a list is completed from the catalogue, answered and stored', async (t) => {
  const response = await save({
    sessionId: 'first',
    items: [{ id: 'RNG-1', title: 'An old title', price: 1 }],
  });
  t.equal(response.statusCode, 200);
  const { shortlistId, ...answer } = bodyOf(response);
  t.match(shortlistId, /^list_[0-9a-f-]{36}$/);
  const items = [shown(BAND, 'ready_to_ship')];
  t.same(answer, { ok: true, items, totalItems: 1, updatedAt: start.toISOString() });
  const { arrival, ...document } = (await stored('first')) ?? { arrival: undefined };
  const expiresAt = new Date(start.getTime() + 30 * 24 * 60 * 60_000);
  t.same(document, { shortlistId, sessionId: 'first', items: [kept(BAND)], updatedAt: start, expiresAt });
  t.match(arrival, start.toISOString());
});

t.test('shortlist: a new list takes the place of the old one, and an empty one clears it', async (t) => {
  const one = (await save({ sessionId: 'replace', items: [{ id: 'RNG-1' }, { id: 'EAR-1' }] })).json();
  at = new Date(start.getTime() + 60_000);
  const two = (await save({ sessionId: 'replace', items: [{ id: 'EAR-1' }] })).json();
  t.equal(two.shortlistId, one.shortlistId, 'its id stays');
  t.same(
    two.items.map(({ id }: { id: string }) => id),
    ['EAR-1'],
    'nothing of the old list is left',
  );
  t.equal(two.updatedAt, at.toISOString());
  const three = await save({ sessionId: 'replace', items: [] });
  t.equal(three.statusCode, 200);
  t.has(three.json(), { ok: true, shortlistId: one.shortlistId, items: [], totalItems: 0 });
  t.same((await stored('replace'))?.items, []);
  const again = await save({ sessionId: 'replace', items: [] });
  t.same(bodyOf(again), bodyOf(three), 'clearing it again is harmless');
  at = start;
});

t.test('shortlist: a piece may be named in every way that is in use', async (t) => {
  const forms: [name: string, body: object, pieces: object[]][] = [
    ['its SKU', { items: [{ id: 'RNG-1' }] }, [BAND]],
    ['its SKU beside an empty list', { items: [], products: [{ productId: 'RNG-1' }] }, [BAND]],
    ['its _id', { items: [{ id: objectId.toHexString() }] }, [BAND]],
    ['its slug', { items: [{ id: 'aurora-band' }] }, [BAND]],
    ['sku', { items: [{ sku: 'RNG-1' }] }, [BAND]],
    ['products', { products: [{ productId: 'RNG-1' }] }, [BAND]],
    [
      'products with a variant',
      { products: [{ productId: 'RNG-1', variantId: 'size-6' }] },
      [{ ...BAND, variantId: 'size-6' }],
    ],
    ['products with an empty variant', { products: [{ productId: 'RNG-1', variantId: '' }] }, [BAND]],
    ['an empty products list', { products: [] }, []],
    ['white space around it', { items: [{ id: ' RNG-1 ' }] }, [BAND]],
    ['items before products', { items: [{ id: 'RNG-1' }], products: [{ productId: 'EAR-1' }] }, [BAND]],
    [
      'the same piece by three names',
      { items: [{ id: 'RNG-1' }, { id: 'aurora-band' }, { productId: 'RNG-1' }] },
      [BAND],
    ],
    [
      'two variants of one piece',
      {
        products: [
          { productId: 'RNG-1', variantId: 'a' },
          { productId: 'RNG-1', variantId: 'b' },
        ],
      },
      [
        { ...BAND, variantId: 'a' },
        { ...BAND, variantId: 'b' },
      ],
    ],
  ];
  for (const [name, body, pieces] of forms) {
    const response = await save({ sessionId: 'forms', ...body });
    t.equal(response.statusCode, 200, name);
    const items = response.json().items;
    t.same(
      items,
      pieces.map((piece) => shown(piece, 'ready_to_ship')),
      name,
    );
    t.same(
      (await stored('forms'))?.items,
      pieces.map((piece) => kept(piece)),
      `${name}, stored`,
    );
  }
});

t.test('shortlist: a piece that the catalogue does not know is kept as it was sent', async (t) => {
  const card = {
    id: 'custom-7',
    slug: 'custom',
    title: 'A sketch',
    price: '990',
    currency: 'EUR',
    category: 'ring',
    metal: 'platinum',
    image: 'https://img.example.com/7.jpg',
    readyToShip: 'true',
    tags: ['bespoke', '', 7, null],
    badges: 'none',
    shippingPromise: 'Six weeks',
    reason: 'Fits the brief',
    score: 0.93,
    nested: { deep: [1] },
  };
  const read = {
    id: 'custom-7',
    slug: 'custom',
    title: 'A sketch',
    price: 990,
    currency: 'EUR',
    category: 'ring',
    metal: 'platinum',
    image: 'https://img.example.com/7.jpg',
    imageUrl: 'https://img.example.com/7.jpg',
    readyToShip: true,
    tags: ['bespoke', '7'],
    badges: [],
    shippingPromise: 'Six weeks',
  };
  const bare = (id: string) => ({ id, readyToShip: false, tags: [], badges: [] });
  const cases: [name: string, sent: object, saved: object][] = [
    ['a whole card with keys of its own', card, read],
    ['a name only', { productId: 'nothing-else' }, bare('nothing-else')],
    ['empty texts', { id: 'x', title: '', price: '', slug: '', metal: '', image: '' }, bare('x')],
    [
      '`name` for `title` and `imageUrl` for `image`',
      { id: 'y', name: 'Y', imageUrl: 'u' },
      { ...bare('y'), title: 'Y', image: 'u', imageUrl: 'u' },
    ],
    ['a piece that is no longer on sale', { id: 'RNG-OLD' }, bare('RNG-OLD')],
    ['a piece whose document cannot be read', { id: 'RNG-ODD' }, bare('RNG-ODD')],
    [
      'fields of odd types',
      { id: 'z', slug: { $gt: '' }, category: ['ring'], metal: true, tags: { 0: 'a' } },
      bare('z'),
    ],
  ];
  for (const [name, sent, saved] of cases) {
    const response = await save({ sessionId: 'unknown', items: [sent] });
    t.equal(response.statusCode, 200, name);
    t.same(response.json().items, [shown(saved)], name);
    t.same((await stored('unknown'))?.items, [kept(saved)], `${name}, stored`);
  }
});

t.test('shortlist: fields of the request that are not known are ignored', async (t) => {
  const response = await save({
    sessionId: 'extra',
    items: [{ id: 'EAR-1' }],
    requestId: 'shortlist-6f9619ff',
    originIntent: 'find_product',
    source: 'widget',
    action: { type: 'save' },
    shortlistId: 'list_of-someone-else',
    updatedAt: '1970-01-01',
    $set: { sessionId: 'other' },
  });
  t.equal(response.statusCode, 200);
  t.same(Object.keys((await stored('extra')) ?? {}).sort(), [
    'arrival',
    'expiresAt',
    'items',
    'sessionId',
    'shortlistId',
    'updatedAt',
  ]);
  t.not((await stored('extra'))?.shortlistId, 'list_of-someone-else');
});

t.test('shortlist: hostile keys and names are harmless', async (t) => {
  const hostile = [
    { id: '__proto__' },
    { id: 'constructor', variantId: '$where' },
    { id: 'toString', 'a.b': 1, $set: { sessionId: 'x' }, $where: 'sleep(1)' },
    { id: '$ne', slug: { _bsontype: 'ObjectId', toString: 1 }, tags: [{ _bsontype: 'Double', valueOf: 1 }] },
  ];
  const response = await save({ sessionId: '$where', items: hostile });
  t.equal(response.statusCode, 200);
  t.same(
    response.json().items.map(({ id }: { id: string }) => id),
    ['__proto__', 'constructor', 'toString', '$ne'],
  );
  const document = await stored('$where');
  for (const item of document?.items ?? [])
    t.same(
      Object.keys(item).filter(
        (key) => !['id', 'variantId', 'readyToShip', 'tags', 'badges', 'savedAt'].includes(key),
      ),
      [],
    );
  t.equal(Object.hasOwn(Object.prototype, 'polluted'), false);

  const before = await count();
  for (const key of ['__proto__', 'constructor'])
    refused(
      t,
      await save(`{"sessionId":"p","items":[{"id":"x","${key}":{"prototype":{"polluted":1}}}]}`),
      { status: 400, code: 'request.malformed' },
      key,
    );
  t.equal(await count(), before, 'nothing is stored');
});

t.test('shortlist: what is not a list is refused, and the saved list stays', async (t) => {
  const items = [{ id: 'RNG-1' }];
  await save({ sessionId: 'bad', items });
  const before = await stored('bad');
  const documents = await count();
  const many = Array.from({ length: 101 }, (_, at) => ({ id: `P-${at}` }));
  const cases: [name: string, body: unknown, path: string][] = [
    ['no session', { items }, '/sessionId'],
    ['an empty session', { sessionId: '', items }, '/sessionId'],
    ['a blank session', { sessionId: '  ', items }, '/sessionId'],
    ['a session of 129 characters', { sessionId: 'x'.repeat(129), items }, '/sessionId'],
    ['a session that is an operator', { sessionId: { $ne: null }, items }, '/sessionId'],
    ['no list', { sessionId: 'bad' }, ''],
    ['a list that is none', { sessionId: 'bad', items: 'RNG-1' }, '/items'],
    ['a list that is null', { sessionId: 'bad', items: null }, '/items'],
    ['a piece that is a text', { sessionId: 'bad', items: ['RNG-1'] }, '/items/0'],
    ['a piece without a name', { sessionId: 'bad', items: [{ id: 'RNG-1' }, { title: 'x' }] }, '/items/1'],
    ['a name that is an object', { sessionId: 'bad', items: [{ id: { $gt: '' } }] }, '/items/0/id'],
    ['a name of 129 characters', { sessionId: 'bad', items: [{ id: 'x'.repeat(129) }] }, '/items/0/id'],
    ['101 pieces', { sessionId: 'bad', items: many }, '/items'],
    ['101 products', { sessionId: 'bad', products: many }, '/products'],
    ['an array', [], ''],
  ];
  for (const [name, body, path] of cases)
    refused(t, await save(body), { status: 400, code: 'request.invalid', path }, name);
  t.same(await stored('bad'), before);
  t.equal(await count(), documents);
  const full = await save({ sessionId: 'full', items: many.slice(1) });
  t.equal(full.json().totalItems, 100, '100 pieces are taken');
});

t.test('shortlist: of 20 different lists at once the one that came last stays, whole', async (t) => {
  const list = (nth: number) => Array.from({ length: nth + 1 }, (_, at) => ({ id: `L${nth}-${at}` }));
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, nth) => save({ sessionId: 'race', items: list(nth) })),
  );
  t.same([...new Set(answers.map(({ statusCode }) => statusCode))], [200]);
  t.equal(new Set(answers.map((answer) => answer.json().shortlistId)).size, 1, 'one list');
  t.equal(await db.collection('widgetShortlists').countDocuments({ sessionId: 'race' }), 1);
  const idsOf = (items: { id: string }[]) => items.map(({ id }) => id);
  t.same(idsOf((await stored('race'))?.items), idsOf(list(19)));
  for (const answer of answers) {
    const items = idsOf(answer.json().items);
    t.same(items, idsOf(list(items.length - 1)), 'each is answered with a list, never a mix');
  }
});

t.test(
  'shortlist: a list that came earlier and is written later does not take the place of the later one',
  async (t) => {
    const { widgetShortlists } = app.collections;
    const { app: otherProcess } = await build(t, { db, now: () => new Date(at.getTime() + DAY_MS) });
    const write = widgetShortlists.insertOne;
    t.capture(widgetShortlists, 'insertOne', async (...args: Parameters<typeof write>) => {
      const later = await call(otherProcess, PATH, {
        sessionId: 'overtaken',
        items: [{ id: 'EAR-1' }],
      });
      t.equal(later.statusCode, 200);
      return write.apply(widgetShortlists, args);
    });
    const earlier = await save({ sessionId: 'overtaken', items: [{ id: 'RNG-1' }] });
    t.equal(earlier.statusCode, 200);
    t.same(
      earlier.json().items.map(({ id }: { id: string }) => id),
      ['EAR-1'],
      'it is answered with what is saved',
    );
    t.same(
      (await stored('overtaken'))?.items.map(({ id }: { id: string }) => id),
      ['EAR-1'],
    );
  },
);

t.test('shortlist: a piece that stays on the list keeps the price that it was saved at', async (t) => {
  const { app, db } = await build(t, { now: () => at });
  const products = db.collection('products');
  const ring = { sku: 'RNG-9', available: 2 };
  await products.insertMany([
    {
      name: 'Band',
      category: 'ring',
      price: 900,
      inventory: ring,
      updatedAt: new Date(0),
      metadata: { status: 'active', readyToShip: true },
    },
    {
      name: 'Bespoke',
      category: 'ring',
      price: 4000,
      inventory: { sku: 'RNG-10', isCustomMade: true },
      updatedAt: new Date(0),
      metadata: { status: 'active' },
    },
  ]);
  await app.catalogue.refresh();
  const list = async (...ids: string[]) => {
    const items = ids.map((id) => ({ id }));
    return (await call(app, PATH, { sessionId: 'prices', items })).json().items;
  };
  t.match(await list('RNG-9', 'RNG-10'), [
    { price: 900, savedPrice: 900, priceChanged: false, availability: 'ready_to_ship', known: true },
    { price: 4000, availability: 'made_to_order' },
  ]);
  const change = { price: 850, 'inventory.available': 0, updatedAt: start };
  await products.updateOne({ 'inventory.sku': 'RNG-9' }, { $set: change });
  await app.catalogue.refresh();
  at = new Date(start.getTime() + 60_000);
  t.match(await list('RNG-9'), [
    {
      price: 850,
      savedPrice: 900,
      priceChanged: true,
      availability: 'sold_out',
      savedAt: start.toISOString(),
    },
  ]);
  await products.updateOne(
    { 'inventory.sku': 'RNG-9' },
    { $set: { 'metadata.status': 'archived', updatedAt: at } },
  );
  await app.catalogue.refresh();
  t.match(
    await list('RNG-9'),
    [{ title: 'Band', price: 900, known: false, availability: 'not_on_sale', priceChanged: false }],
    'gone from the catalogue, and not from the list',
  );
  at = start;
});

t.test('shortlist: the same list 20 times at once is saved once', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => save({ sessionId: 'same', items: [{ id: 'RNG-1' }] })),
  );
  t.equal(
    new Set(answers.map((answer) => `${answer.statusCode} ${JSON.stringify(bodyOf(answer))}`)).size,
    1,
    'one answer',
  );
  t.equal(await db.collection('widgetShortlists').countDocuments({ sessionId: 'same' }), 1);
});
