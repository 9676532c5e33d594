import { spawnSync } from 'node:child_process';
import { Decimal128, ObjectId } from 'mongodb';
import t from 'tap';
import { FORMATS, reportCatalogue } from '../../scripts/commands/catalogue.js';
import { countDays, seedActivity, seedCatalogue, seedCreators, seedOrders } from '../../scripts/seed.js';
import { ACTIVITY_DAYS, activityUntil } from '../../scripts/seed-data/activity.js';
import { creators } from '../../scripts/seed-data/creators.js';
import { gemstones } from '../../scripts/seed-data/gemstones.js';
import { materials } from '../../scripts/seed-data/materials.js';
import { ordersAt } from '../../scripts/seed-data/orders.js';
import { products } from '../../scripts/seed-data/products.js';
import type { DailyRollUp } from '../../src/domain/analytics/day-figures.js';
import { createCalendar } from '../../src/lib/calendar.js';
import { createHashes } from '../../src/lib/ids.js';
import { database, environment } from '../helper.js';
import { built, clean } from '../processes.js';

const DAY = 86_400_000;
const now = new Date('2025-10-01T12:00:00.000Z');
const orders = ordersAt(now);
const active = products.filter((piece) => piece.metadata.status === 'active');

const PRODUCT_FIELDS = `_id name description category subcategory pricing.basePrice pricing.currency
  inventory.sku inventory.quantity inventory.reserved inventory.available inventory.isCustomMade inventory.leadTime
  media.primary media.gallery media.thumbnail
  customization.materials customization.gemstones customization.sizes customization.engraving
  seo.slug seo.keywords metadata.featured metadata.bestseller metadata.newArrival metadata.status
  metadata.collections metadata.tags metadata.readyToShip metadata.primaryMetal metadata.accentTone
  metadata.shippingPromise metadata.badges`.split(/\s+/);
const ORDER_FIELDS =
  `orderNumber customerEmail status items totals.subtotal totals.shipping totals.tax totals.total
  payment.method payment.status shipping.address shipping.city shipping.state shipping.postalCode shipping.country
  shipping.carrier shipping.trackingNumber shipping.shippedAt statusHistory createdAt updatedAt`.split(/\s+/);

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((part, key) => (part instanceof Object ? Reflect.get(part, key) : undefined), value);
}

function share(documents: readonly object[], path: string): number {
  return documents.filter((document) => at(document, path) !== undefined).length / documents.length;
}

function allDifferent(values: unknown[]): boolean {
  return new Set(values.map(String)).size === values.length;
}

function undefinedPaths(value: unknown, path = ''): string[] {
  if (value === undefined) return [path];
  const proto = value && typeof value === 'object' ? Object.getPrototypeOf(value) : null;
  if (!value || (proto !== Object.prototype && !Array.isArray(value))) return [];
  return Object.entries(value).flatMap(([key, part]) => undefinedPaths(part, `${path}.${key}`));
}

function categoryOf({ category }: { category: string }): string {
  return category.toLowerCase().replace(/s$/, '');
}

function orderNumbered(number: number) {
  const order = orders.find(({ orderNumber }) => orderNumber === `GG-${number}`);
  if (!order) throw new Error(`There is no order GG-${number}`);
  return order;
}

function daysSince(date: unknown): number {
  return (now.getTime() - new Date(String(date)).getTime()) / DAY;
}

t.test('scripts: the pieces are many, and each is one of a kind', async (t) => {
  t.ok(products.length >= 70 && products.length <= 80, `${products.length} pieces`);
  for (const path of ['_id', 'name', 'description', 'inventory.sku', 'seo.slug', 'media.primary']) {
    const values = products.map((piece) => at(piece, path)).filter((value) => value !== undefined);
    t.ok(allDifferent(values), `${path} is unique`);
  }
  for (const { seo } of products) t.match(seo.slug, /^[a-z0-9]+(-[a-z0-9]+)*$/);
});

t.test('scripts: every field of the contract is in most pieces', async (t) => {
  for (const path of PRODUCT_FIELDS) t.ok(share(products, path) >= 0.85, path);
  for (const list of [products, materials, gemstones, creators, orders]) t.same(undefinedPaths(list), []);
});

t.test('scripts: there is something in every category, metal and price band', async (t) => {
  const count = (match: (piece: (typeof products)[number]) => boolean) => active.filter(match).length;
  for (const [category, least] of Object.entries({ ring: 20, necklace: 15, earring: 14, bracelet: 10 })) {
    t.ok(count((piece) => categoryOf(piece) === category) >= least, category);
  }
  for (const metal of ['14k_yellow', '14k_white', '14k_rose', '18k_yellow', 'platinum', 'silver']) {
    t.ok(count((piece) => piece.metadata.primaryMetal === metal) >= 3, metal);
  }
  for (const type of ['diamond', 'sapphire', 'emerald', 'ruby', 'moissanite', 'pearl', 'opal']) {
    t.ok(count((piece) => piece.metadata.tags.includes(type)) >= 2, type);
  }
  for (const tag of ['engagement', 'bridal', 'everyday', 'gift', 'mens', 'lab-grown', 'natural']) {
    t.ok(count((piece) => piece.metadata.tags.includes(tag)) >= 5, tag);
  }
  const prices = products.map(({ pricing }) => Number(`${pricing.basePrice}`));
  t.ok(prices.every((price) => price >= 80 && price <= 15_000));
  t.ok(prices.some((price) => price < 100) && prices.some((price) => price > 10_000));
  for (const flag of ['featured', 'bestseller', 'newArrival'] as const) {
    t.ok(count((piece) => piece.metadata[flag]) >= 5, flag);
  }
  for (const category of ['ring', 'necklace', 'earring', 'bracelet'])
    t.ok(
      products.some(
        ({ category: own, metadata, pricing }) =>
          own.toLowerCase().startsWith(category) &&
          metadata.featured &&
          metadata.readyToShip &&
          Number(`${pricing.basePrice}`) < 300,
      ),
      `a featured ${category} under 300 that ships now, for the widget's quick links`,
    );
  t.ok(count((piece) => piece.inventory.isCustomMade) >= 10, 'made to order');
  t.ok(count((piece) => piece.metadata.readyToShip === true) >= 30, 'ready to ship');
  t.ok(count(({ inventory }) => !inventory.isCustomMade && inventory.available === 0) >= 2, 'out of stock');
  t.same(new Set(products.map((piece) => piece.metadata.status)), new Set(['active', 'draft', 'archived']));
});

t.test('scripts: a piece tells the truth about itself', async (t) => {
  const [materialIds, gemstoneIds] = [materials.map(({ id }) => id), gemstones.map(({ id }) => id)];
  for (const { name, inventory, metadata, customization, media } of products) {
    t.equal(inventory.available, inventory.quantity - inventory.reserved, `${name}: stock`);
    t.ok(inventory.available >= 0 && inventory.reserved >= 0);
    if (metadata.readyToShip) t.ok(inventory.available > 0 && !inventory.isCustomMade, `${name}: ready`);
    for (const { id } of customization.materials ?? []) if (id) t.ok(materialIds.includes(id));
    for (const { id } of customization.gemstones) t.ok(gemstoneIds.includes(id));
    const labGrown = customization.gemstones.some((stone) => stone.isLabGrown);
    t.equal(metadata.tags.includes('lab-grown'), labGrown, `${name}: origin`);
    t.ok(metadata.primaryMetal ?? customization.materials?.length, `${name}: a metal is said somewhere`);
    for (const address of media ? [media.primary, media.thumbnail ?? media.primary] : [])
      t.match(address, /^\/demo\/pieces\/(ring|necklace|earring|bracelet)(\/[\w-]+){4}\.svg$/, 'drawn by us');
  }
});

t.test('scripts: the documents are as varied as a real shop has them', async (t) => {
  const kinds = (path: string) =>
    new Set(products.map((piece) => at(piece, path)).map((value) => value?.constructor.name));
  t.same(kinds('_id'), new Set(['ObjectId', 'String']));
  t.same(kinds('pricing.basePrice'), new Set(['Number', 'Decimal128', 'String', 'Int32', 'Double']));
  t.same(kinds('createdAt'), new Set(['Date', 'String']));
  t.same(kinds('inventory.leadTime'), new Set(['Object', 'String']));
  const categories = new Set(products.map((piece) => piece.category));
  for (const spelling of ['rings', 'Rings', 'ring']) t.ok(categories.has(spelling));
  t.ok(
    products.some(({ metadata }) => !metadata.primaryMetal),
    'a metal in the materials only',
  );
  t.ok(
    products.some(({ customization }) => !customization.materials?.length),
    'a metal in the metadata only',
  );
});

t.test('scripts: materials, gemstones and creators have keys of their own', async (t) => {
  t.ok(allDifferent(materials.map(({ id }) => id)));
  t.ok(allDifferent(gemstones.map(({ id }) => id)));
  t.ok(allDifferent(creators.map(({ creatorCode }) => creatorCode)));
  t.ok(allDifferent(creators.map(({ _id }) => _id)));
  for (const { metrics, commissionRate } of creators) {
    t.ok(Math.abs(metrics.commission - metrics.revenue * commissionRate) < 0.01);
  }
});

t.test('scripts: the orders are consecutive, fictional, and about pieces that exist', async (t) => {
  const bySku = new Map(products.map((piece) => [piece.inventory.sku, piece]));
  t.ok(orders.length >= 20);
  for (const [index, order] of orders.entries()) {
    t.equal(order.orderNumber, `GG-${12001 + index}`);
    t.match(order.customerEmail, /^[a-z.]+@example\.com$/);
    if (order.shipping) {
      t.match(
        order.shipping.phone,
        /^(\+1 202 555 01\d\d|\+44 7700 900\d{3}|\+33 1 99 00 |\+49 30 23125 \d{3})/,
      );
    }
    for (const { sku, title, price } of order.items) {
      const piece = bySku.get(sku);
      t.equal(title, piece?.name);
      t.equal(Number(price), Number(`${piece?.pricing.basePrice}`), `${order.orderNumber}: ${sku}`);
    }
    const { subtotal, shipping, tax, total } = order.totals ?? { subtotal: 0, shipping: 0, tax: 0, total: 0 };
    t.ok(Math.abs(subtotal + shipping + tax - total) < 0.005, `${order.orderNumber}: totals`);
    for (const step of order.statusHistory ?? []) {
      t.ok(daysSince(step.date ?? step.timestamp ?? step.at) > 0, `${order.orderNumber}: ${step.status}`);
    }
  }
  for (const path of ORDER_FIELDS) t.ok(share(orders, path) >= 0.6, path);
});

t.test('scripts: the orders cover every stage and every kind of document', async (t) => {
  const statuses = new Set(orders.map((order) => order.status));
  const stages = `pending processing quality_check shipped delivered cancelled refunded return_pending`.split(
    ' ',
  );
  for (const status of stages) t.ok(statuses.has(status), status);
  const carriers = new Set(orders.map((order) => order.shipping?.carrier));
  for (const carrier of ['UPS', 'FedEx', 'USPS', 'DHL Express', 'Royal Mail', 'La Poste']) {
    t.ok(carriers.has(carrier), carrier);
  }
  for (const [number, days] of [
    [12006, 5],
    [12007, 45],
    [12008, 400],
    [12023, 28],
  ] as const) {
    t.equal(daysSince(orderNumbered(number).shipping?.deliveredAt), days);
  }
  t.ok(orderNumbered(12012).items[0]?.tags?.includes('custom'));
  t.notOk(orderNumbered(12006).items.some(({ tags }) => tags?.includes('made-to-order')));
  t.equal(orderNumbered(12017).customerEmail, orderNumbered(12018).customerEmail);
  t.ok(orderNumbered(12017).createdAt < orderNumbered(12018).createdAt);
  t.ok(orders.some((order) => !order.statusHistory));
  t.ok(orders.some((order) => !order.totals && !order.payment && !order.shipping));
  t.ok(orders.some(({ items }) => items.some(({ lineId }) => lineId)));
  t.ok(
    orders.some(({ items }) => items.some(({ quantity, price }) => !quantity && typeof price === 'string')),
  );
  const forms = new Set(orders.flatMap((order) => (order.statusHistory ?? []).flatMap(Object.keys)));
  t.same(forms, new Set(['status', 'label', 'date', 'timestamp', 'at']));
});

t.test('scripts: seeding fills the collections once', async (t) => {
  const db = await database(t);
  const seed = async (time: Date) => ({
    ...(await seedCatalogue(db)),
    ...(await seedCreators(db)),
    ...(await seedOrders(db, time)),
  });
  const names = ['products', 'materials', 'gemstones', 'creators', 'orders'];
  const contents = () =>
    Promise.all(names.map((name) => db.collection(name).find().sort({ _id: 1 }).toArray()));

  const first = await seed(now);
  t.same(Object.keys(first), names);
  const before = await contents();
  t.same(
    before.map((documents) => documents.length),
    Object.values(first).map(({ inserted }) => inserted),
  );
  t.equal(first.products?.inserted, products.length);

  const second = await seed(new Date(now.getTime() + 3 * DAY));
  for (const name of names) t.same(second[name], { inserted: 0, unchanged: first[name]?.inserted }, name);
  t.same(await contents(), before, 'a second run, three days later, changes nothing');
});

const timeZone = 'America/New_York';
const SETTINGS = { timeZone, salt: 'salt-of-the-tests' };
const calendar = createCalendar(timeZone);
const activity = activityUntil(now, { calendar, dayOf: calendar.dayOf, hashes: createHashes(SETTINGS.salt) });

t.test('activity: sixty days of customers whom nobody is, and none of it in the future', async (t) => {
  for (const [name, documents] of Object.entries(activity)) {
    t.ok(documents.length >= (name === 'staffMembers' ? 3 : 10), `${name}: ${documents.length}`);
    const text = JSON.stringify(documents);
    for (const [address] of text.matchAll(/[\w.+-]+@[\w.-]+/g))
      if (!/@example\.com$/.test(address)) t.fail(`${name}: ${address}`);
    for (const [number] of text.matchAll(/\+1[ \d]{10,}/g))
      if (!/^\+1 ?202 ?555 ?01\d\d$/.test(number)) t.fail(`${name}: ${number}`);
    for (const { createdAt } of documents as { createdAt?: Date }[])
      if (createdAt && createdAt > now) t.fail(`${name}: ${createdAt.toISOString()} is in the future`);
  }
  const days = new Set(activity.analyticsEvents.map(({ day }) => day));
  t.ok(days.size >= ACTIVITY_DAYS, `${days.size} days`);
  const visits = (weekdays: number[]) =>
    activity.analyticsEvents.filter(
      ({ event, day }) =>
        event === 'aurora_widget_open' && weekdays.includes(new Date(`${day}T12:00:00Z`).getUTCDay()),
    ).length / weekdays.length;
  t.ok(visits([0, 6]) > 1.3 * visits([1, 2, 3, 4]), 'at the weekend more come');
  const hours = activity.analyticsEvents.map(
    ({ at }) => (at.getTime() - calendar.at(calendar.dayOf(at)).getTime()) / 3_600_000,
  );
  t.ok(hours.filter((hour) => hour >= 9).length > 0.85 * hours.length, 'at night few come');
});

t.test('activity: put in once, and the days are counted as the service counts them', async (t) => {
  const db = await database(t);
  const first = await seedActivity(db, SETTINGS, now);
  for (const [name, documents] of Object.entries(activity)) {
    t.equal(first[name]?.inserted, documents.length, name);
    t.equal(await db.collection(name).countDocuments(), documents.length, name);
  }
  await db.collection('capsuleHolds').deleteMany({ status: 'expired' });
  const again = await seedActivity(db, SETTINGS, new Date(now.getTime() + 3 * DAY));
  t.ok(
    Object.values(again).every(({ inserted }) => inserted === 0),
    'three days later nothing is added',
  );
  t.equal(
    await db.collection('capsuleHolds').countDocuments({ status: 'expired' }),
    0,
    'what has gone stays away',
  );

  await countDays(db, timeZone, now);
  const days = await db.collection<DailyRollUp>('analyticsDays').find().sort({ _id: 1 }).toArray();
  t.equal(days.length, ACTIVITY_DAYS - 2, 'each day that is over for good');
  for (const { _id: day, events, csat, escalations } of days) {
    const ofDay = activity.analyticsEvents.filter((event) => event.day === day);
    const opened = events.find(({ event }) => event === 'aurora_widget_open')?.count ?? 0;
    t.equal(opened, ofDay.filter(({ event }) => event === 'aurora_widget_open').length, `${day}: visits`);
    t.same(
      csat.reduce((sum, count) => sum + count),
      activity.csatFeedback.filter((one) => one.day === day).length,
      `${day}: ratings`,
    );
    t.equal(
      escalations,
      events.find(({ event }) => event === 'aurora_stylist_ticket_created')?.count ?? 0,
      `${day}: tickets`,
    );
  }
  const worst = days.reduce((one, other) => (other.escalations > one.escalations ? other : one));
  t.equal(new Date(`${worst._id}T12:00:00Z`).getUTCDay(), 2, 'the bad day is a Tuesday');
  t.ok(worst.csat[0] + worst.csat[1] > worst.csat[3] + worst.csat[4], 'on which few were content');
  t.ok(
    worst.responses.inTime < worst.responses.tickets || worst.responses.tickets === 0,
    'or answered in time',
  );
});

t.test('seed --reset: empties the embedded database alone, and only when it is told so twice', async (t) => {
  const db = await database(t);
  const env = clean(await environment(db));
  const seed = (...args: string[]) =>
    spawnSync(process.execPath, [built('scripts/cli'), 'seed', ...args], {
      env,
      encoding: 'utf8',
    });
  await db.collection('orders').insertOne({ orderNumber: 'GG-1' });
  const without = seed('catalogue', '--reset');
  t.equal(without.status, 1);
  t.match(without.stderr, process.env.TEST_MONGODB_URI ? /embedded database/ : /add --yes/);
  t.equal(await db.collection('orders').countDocuments(), 1, 'nothing is done');
  if (process.env.TEST_MONGODB_URI) return;
  const { status, stdout } = seed('catalogue', '--reset', '--yes');
  t.equal(status, 0);
  t.match(stdout, /products: \d+ inserted/);
  t.equal(await db.collection('orders').countDocuments(), 0, 'what was there is gone');
});

t.test('scripts: documents keep their types on the way into the database', async (t) => {
  const db = await database(t);
  await seedCatalogue(db);
  const pieces = db.collection<{ _id: ObjectId | string; pricing: { basePrice: unknown } }>('products');
  const decimal = await pieces.findOne({ 'inventory.sku': 'RNG-106' });
  t.ok(decimal?._id instanceof ObjectId);
  t.ok(decimal?.pricing.basePrice instanceof Decimal128);
  t.equal((await pieces.findOne({ _id: 'prod_rng_120' }))?.pricing.basePrice, '145.00');
});

t.test('scripts: seeding again keeps what has changed since, and brings back what is missing', async (t) => {
  const db = await database(t);
  await seedOrders(db, now);
  const orders = db.collection('orders');
  const returned = { $set: { status: 'return_pending', csat: { score: 5 } } };
  await orders.updateOne({ orderNumber: 'GG-12006' }, returned);
  await orders.deleteOne({ orderNumber: 'GG-12007' });
  const changed = await orders.findOne({ orderNumber: 'GG-12006' });
  const { orders: again } = await seedOrders(db, new Date());
  t.same(again, { inserted: 1, unchanged: ordersAt(now).length - 1 });
  t.same(await orders.findOne({ orderNumber: 'GG-12006' }), changed);
  t.equal(changed?.status, 'return_pending');
  t.equal(await orders.countDocuments({ orderNumber: 'GG-12007' }), 1);
});

t.test('scripts: a command without a database says what it needs', async (t) => {
  for (const command of [['seed'], ['indexes', '--check'], ['catalogue', 'report'], ['deliveries', 'list']]) {
    const { status, stderr } = spawnSync(process.execPath, [built('scripts/cli'), ...command], {
      env: clean({}),
      encoding: 'utf8',
    });
    t.equal(status, 1, command.join(' '));
    t.match(stderr, /MONGODB_URI/);
  }
});

t.test('scripts: the report of the catalogue names what the widget cannot show, or not wholly', async (t) => {
  const db = await database(t);
  await seedCatalogue(db);
  const clean = await reportCatalogue(db, { currency: 'USD' });
  t.equal(clean.products, products.length);
  const inactive = products.filter(({ metadata }) => metadata.status !== 'active');
  t.equal(clean.inactive, inactive.length);
  t.equal(clean.shown, products.length - inactive.length);
  t.same(
    clean.lines
      .filter(({ kind }) => kind === 'inactive')
      .map(({ sku, reasons }) => `${sku} ${reasons}`)
      .sort(),
    inactive.map(({ inventory, metadata }) => `${inventory.sku} status ${metadata.status}`).sort(),
    'what is not on sale, and why',
  );
  t.same(
    clean.lines.filter(({ kind }) => kind === 'unreadable'),
    [],
    'the seeds can all be shown',
  );
  const shown = {
    name: 'A piece',
    description: 'Fine.',
    category: 'ring',
    price: 5,
    media: { primary: '/a.jpg' },
  };
  const active = { metadata: { status: 'active' } };
  await db.collection<{ _id: string }>('products').deleteMany({});
  await db.collection<{ _id: string }>('products').insertMany([
    { _id: 'a-whole', ...shown, ...active },
    { _id: 'b-draft', metadata: { status: 'draft' } },
    { _id: 'c-dark', ...shown, media: {}, price: 0, ...active },
    { _id: 'd-none', ...shown, price: 'ask, please', category: '', ...active },
    { _id: 'e-odd', ...shown, name: '=HYPERLINK("x")', media: { primary: 'at the studio' }, ...active },
    { _id: 'f-yen', ...shown, currency: 'JPY', slug: 'a-ring', ...active },
    { _id: 'g-late', ...shown, inventory: { leadTime: 'three moons' }, slug: 'A-Ring', ...active },
    {
      _id: 'h-gone',
      ...shown,
      currency: 'doubloons',
      readyToShip: true,
      inventory: { quantity: 0 },
      ...active,
    },
  ] as { _id: string }[]);
  const report = await reportCatalogue(db, { currency: 'USD' });
  t.same(
    report.lines.map(({ id, kind, reasons }) => [id, kind, ...reasons]),
    [
      ['d-none', 'unreadable', 'a price that is none: "ask, please"', 'no category'],
      ['c-dark', 'incomplete', 'a price of 0', 'no image'],
      ['e-odd', 'incomplete', 'an image that is no address'],
      ['f-yen', 'incomplete', 'priced in JPY: not compared'],
      ['g-late', 'incomplete', 'a lead time that cannot be read', '"A-Ring" is also the name of f-yen'],
      ['h-gone', 'incomplete', 'a currency that is none: "doubloons"', 'ready to ship and none to sell'],
      ['b-draft', 'inactive', 'status draft'],
    ],
  );
  t.match(
    FORMATS.table?.(report),
    /^kind +id.*\nunreadable +d-none.*"ask, {2}please", no category\n.*8 products: 6 shown, of which 5 lack something; 1 cannot be shown; 1 not on sale$/s,
  );
  t.match(FORMATS.csv?.(report), /"e-odd","","'=HYPERLINK\(""x""\)"/, 'no formula');
  t.same(JSON.parse(FORMATS.json?.(report) ?? ''), report);
});
