import { Decimal128, type Document, Int32, Long, ObjectId } from 'mongodb';
import t from 'tap';
import { orderRow } from '../../src/dashboard/orders/order-row.js';
import { buildSnapshot } from '../../src/domain/catalog/snapshot.js';
import { orderUpdate } from '../../src/domain/order-updates/order-update.js';
import { describeOrder } from '../../src/domain/orders/describe-order.js';
import { disclosureFor, EVERYTHING, NUMBER_ALONE } from '../../src/domain/orders/disclosure.js';
import { readOrder } from '../../src/domain/orders/read-order.js';
import { createDateReader } from '../../src/lib/values/date.js';
import fc, { anyText } from '../properties.js';

const NOW = new Date('2026-08-20T15:00:00Z');
const SHOP = { timeZone: 'America/New_York', locale: 'en-US', currency: 'USD' };
const TRACKING = '1Z999AA10123456784';
const EMAIL = 'fay@example.com';
const CATALOGUE = await buildSnapshot([]);

const told = (doc: Document, disclosure = NUMBER_ALONE) =>
  JSON.parse(
    JSON.stringify(describeOrder(readOrder(doc, createDateReader(SHOP)), disclosure, CATALOGUE, NOW, SHOP)),
  );

t.test('orders: what may be told, by what has been shown', async (t) => {
  t.same(disclosureFor('proved'), EVERYTHING);
  t.same(disclosureFor('none'), NUMBER_ALONE);
  t.same(disclosureFor('trusted'), NUMBER_ALONE, 'a shop that checks who may act has not said who reads');
  t.same(disclosureFor('none', { tellsOwner: true }), { ...NUMBER_ALONE, address: true });
  t.same(disclosureFor('proved', { tellsOwner: true }), EVERYTHING);
});

t.test(
  'orders: by the number alone, no text of the shop tells what is held back, however it is spelled',
  async (t) => {
    const LABELS = [
      `Shipped with UPS ${TRACKING}`,
      'Shipped: 1Z 999 AA1 01 2345 6784',
      'shipped 1z999aa10123456784',
      '1Z-999-AA1-0123456784',
      '1Z\u200b999AA1\u00ad0123456784',
      '１Ｚ９９９ＡＡ１０１２３４５６７８４',
      'Parcels 1Z999AA10123456784 and 1Z999AA10123456799',
      'The other one is 420 10011 9400 1234 5678 9012 34',
      `Told ${EMAIL}`,
      'Told FAY@EXAMPLE.COM',
      'Told fay @ example.com',
      'Told fay example com',
      'Call +1 202 555 0177',
    ];
    for (const label of LABELS)
      for (const where of ['label', 'carrier', 'status'])
        for (const trackingNumber of [
          TRACKING,
          [TRACKING, '1Z999AA10123456799'],
          `${TRACKING}, 1Z999AA10123456799`,
        ]) {
          const answer = told({
            orderNumber: 'GG-1',
            customerEmail: EMAIL,
            status: where === 'status' ? label : 'shipped',
            statusHistory: [{ status: 'shipped', label: where === 'label' ? label : undefined, date: NOW }],
            shipping: { carrier: where === 'carrier' ? label : 'UPS', trackingNumber },
          });
          const bare = JSON.stringify(answer)
            .normalize('NFKC')
            .toUpperCase()
            .replace(/[^A-Z0-9]/g, '');
          t.notMatch(bare, /0123456784|0123456799|FAYEXAMPLE|2025550177|94001234/, `${where}: ${label}`);
          t.ok(
            answer.entries.every((entry: { label: string }) => entry.label),
            'and each step has a label',
          );
        }
    const kept = told({
      status: 'shipped',
      statusHistory: [{ status: 'shipped', label: 'On its way since Aug 20, 2026', date: NOW }],
      shipping: { trackingNumber: TRACKING },
    });
    t.equal(kept.entries.at(-2).label, 'On its way since Aug 20, 2026', 'what tells nothing stays');
  },
);

t.test('orders: who has proved an order is told all of it', async (t) => {
  const doc = {
    orderNumber: 'GG-1',
    customerEmail: 'Fay@Example.com',
    status: 'shipped',
    statusHistory: [{ status: 'shipped', label: `UPS ${TRACKING}`, date: NOW }],
    shipping: { carrier: 'UPS', trackingNumber: TRACKING, estimatedDelivery: '2026-08-25' },
  };
  t.match(told(doc, EVERYTHING), {
    reference: 'GG-1',
    orderNumber: 'GG-1',
    customerEmail: EMAIL,
    carrier: 'UPS',
    tracking: TRACKING,
    trackingUrl: /ups\.com/,
    eta: 'Aug 25',
    shipping: {
      carrier: 'UPS',
      trackingNumber: TRACKING,
      trackingUrl: /ups\.com/,
      estimatedDelivery: '2026-08-25',
    },
  });
  t.notOk('parcels' in told(doc, EVERYTHING), 'one parcel is not several');
  t.equal(told(doc, disclosureFor('none', { tellsOwner: true })).customerEmail, EMAIL);
  t.equal(told(doc, disclosureFor('none', { tellsOwner: true })).tracking, '**6784', 'the rest is held back');
  t.notOk('customerEmail' in told(doc));
});

t.test('orders: several parcels are shown as such', async (t) => {
  const FORMS: unknown[] = [
    { carrier: 'UPS', trackingNumber: ['1Z0000000001', '1Z0000000002'] },
    { carrier: 'UPS', trackingNumber: '1Z0000000001, 1Z0000000002' },
    { carrier: 'UPS', trackingNumbers: ['1Z0000000001', '1Z0000000002'] },
    { carrier: 'UPS', parcels: [{ trackingNumber: '1Z0000000001' }, { trackingNumber: '1Z0000000002' }] },
    {
      shipments: [
        { carrier: 'UPS', tracking: '1Z0000000001' },
        { carrier: 'UPS', tracking: '1Z0000000002' },
      ],
    },
  ];
  for (const shipping of FORMS) {
    const name = JSON.stringify(shipping);
    const whole = told({ status: 'shipped', shipping }, EVERYTHING);
    t.match(
      whole.parcels,
      [
        { carrier: 'UPS', tracking: '1Z0000000001', status: 'shipped', trackingUrl: /1Z0000000001/ },
        { carrier: 'UPS', tracking: '1Z0000000002', status: 'shipped' },
      ],
      name,
    );
    t.equal(whole.tracking, '1Z0000000002', name);
    t.same(
      told({ status: 'shipped', shipping }).parcels.map((parcel: { tracking: string }) => parcel.tracking),
      ['**0001', '**0002'],
      name,
    );
  }
  t.equal(
    told({ shipping: { trackingNumber: Array.from({ length: 100_000 }, (_, nth) => `1Z${nth}`) } }).parcels
      .length,
    20,
  );
});

t.test('orders: a late order says so', async (t) => {
  const doc = { status: 'shipped', shipping: { estimatedDelivery: '2026-08-18' } };
  t.match(told(doc), { late: true, eta: 'Aug 18', exception: /late.*expected by Aug 18/ });
  t.notOk('late' in told({ ...doc, status: 'delivered' }));
  t.match(told({ ...doc, status: 'cancelled' }).exception, /cancelled/, 'an end says more');
  t.notOk(
    'late' in told({ status: 'shipped', shipping: { estimatedDelivery: '2026-08-20' } }),
    'not on the day itself',
  );
});

t.test('orders: an update of an order tells a stranger no more than a look-up does', async (t) => {
  const change = {
    status: 'shipped',
    label: `UPS 1z 999 aa1 0123456784`,
    at: NOW,
    carrier: 'UPS',
    trackingNumber: TRACKING,
  } as never;
  const to = (destination: string) =>
    orderUpdate(change, { channel: 'email', destination } as never, 'Fay@Example.com');
  t.match(to(EMAIL), { label: /1z 999/, tracking: TRACKING, trackingUrl: /ups/ });
  t.match(to('eve@example.com'), { label: 'Shipped', tracking: '**6784' });
  t.equal(to('eve@example.com').trackingUrl, undefined);
});

const text = fc.oneof(
  anyText(40),
  fc.constantFrom(
    'shipped',
    'Delivered',
    'quality_check',
    'cancelled',
    'constructor',
    '__proto__',
    '١٢٣',
    '送料',
    TRACKING,
    'a, b; c',
  ),
);
const anything: fc.Arbitrary<unknown> = fc.oneof(
  { depthSize: 'small', maxDepth: 2 },
  text,
  fc.constantFrom(
    undefined,
    null,
    true,
    -1,
    0,
    1e300,
    -1e300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    20_261_129,
    1795550400,
    '1e308',
  ),
  fc.double(),
  fc.date({ noInvalidDate: false }),
  fc
    .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc
    .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  fc.constantFrom(
    new Int32(-5),
    Long.MAX_VALUE,
    Decimal128.fromString('-1E+6000'),
    Decimal128.fromString('NaN'),
    new ObjectId(),
  ),
  fc.constantFrom(
    'x'.repeat(100_000),
    Array(5000).fill('1Z'),
    Array(5000).fill({ status: 'shipped', date: NOW }),
  ),
  fc.array(text, { maxLength: 4 }),
  fc.dictionary(fc.constantFrom('status', 'date', 'label', 'at', 'sku', 'quantity', '$date', 'name'), text, {
    maxKeys: 4,
  }),
);
const entry = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record(
      { status: fc.oneof(text, anything), label: anything, date: anything, at: anything },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: anything },
);
const parcel = fc.record(
  { carrier: anything, trackingNumber: anything, shippedAt: anything, deliveredAt: anything },
  { requiredKeys: [] },
);
const order = fc.record(
  {
    orderNumber: anything,
    customerEmail: anything,
    customerName: anything,
    status: anything,
    payment: fc.oneof(anything, fc.record({ status: anything })),
    items: fc.oneof(
      anything,
      fc.array(
        fc.record(
          { sku: anything, title: anything, quantity: anything, tags: anything, lineId: anything },
          { requiredKeys: [] },
        ),
        { maxLength: 4 },
      ),
    ),
    totals: fc.oneof(anything, fc.record({ total: anything })),
    shipping: fc.oneof(
      anything,
      fc.record(
        {
          postalCode: anything,
          country: anything,
          carrier: anything,
          trackingNumber: anything,
          shippedAt: anything,
          deliveredAt: anything,
          estimatedDelivery: anything,
          parcels: fc.oneof(anything, fc.array(parcel, { maxLength: 3 })),
        },
        { requiredKeys: [] },
      ),
    ),
    statusHistory: fc.oneof(anything, fc.array(entry, { maxLength: 6 })),
    supportTickets: anything,
    csatRating: anything,
    createdAt: anything,
  },
  { requiredKeys: [] },
);

t.test(
  'orders: 10,000 documents at random: each is told, within what may be told, with dates of 2000 to 2100',
  async (t) => {
    const zones = fc.constantFrom('America/New_York', 'Pacific/Auckland', 'UTC');
    fc.assert(
      fc.property(order, zones, fc.boolean(), (doc, timeZone, isProved) => {
        const shop = { ...SHOP, timeZone };
        const read = readOrder(doc, createDateReader(shop));
        const answer = describeOrder(read, isProved ? EVERYTHING : NUMBER_ALONE, CATALOGUE, NOW, shop);
        orderRow(doc, [], { viewer: { key: 'k', name: 'k', scopes: [] }, now: NOW, shop });
        const states = answer.entries.map(({ status }) => status).join(' ');
        const dates = [answer.entries, answer.timeline].flat().flatMap(({ timestamp }) => timestamp ?? []);
        const days = [answer.shipping, ...(answer.parcels ?? [])].flatMap(
          ({ deliveredAt }) => deliveredAt ?? [],
        );
        return (
          /^(complete ?)*(current ?)?(upcoming ?)*$/.test(states) &&
          answer.entries.every(
            ({ label, date }) => label !== '' && !/Invalid|NaN|undefined/.test(date ?? ''),
          ) &&
          [...dates, ...days].every(
            (date) => Number(date.slice(0, 4)) >= 2000 && Number(date.slice(0, 4)) <= 2100,
          ) &&
          answer.currentStatus !== '' &&
          (isProved || !JSON.stringify({ ...answer, reference: '', orderNumber: '' }).includes(TRACKING)) &&
          (answer.parcels?.length ?? 0) <= 20 &&
          answer.entries.length <= 600
        );
      }),
      { numRuns: 10_000 },
    );
    t.pass('10,000 documents');
  },
);
