import t from 'tap';
import type { Order } from '../../src/domain/orders/order.js';
import { readOrder } from '../../src/domain/orders/read-order.js';
import { buildTimeline } from '../../src/domain/orders/timeline.js';
import { trackingUrl } from '../../src/domain/orders/tracking-address.js';
import { createDateReader } from '../../src/lib/values/date.js';

const NOW = new Date('2026-08-20T15:00:00Z');
const SHOP = { timeZone: 'America/New_York', locale: 'en-US' };
const DATES = createDateReader(SHOP);

/** `✓` complete, `●` current, `○` upcoming. */
function draw(doc: Record<string, unknown>): string[] {
  const { entries } = buildTimeline(readOrder({ orderNumber: 'GG-1', ...doc }, DATES), NOW, SHOP);
  const marks = { complete: '✓', current: '●', upcoming: '○' };
  return entries.map(({ status, label, date }) =>
    [marks[status], label, date && `(${date})`].filter(Boolean).join(' '),
  );
}

const day = (date: string) => new Date(`2026-08-${date}T14:00:00Z`);

const TABLE: {
  name: string;
  order: Record<string, unknown>;
  entries: string[];
  exception?: RegExp;
  current?: string;
}[] = [
  {
    name: 'just placed',
    order: { status: 'pending', createdAt: day('20') },
    entries: ['● Order placed (Aug 20)', '○ In the atelier', '○ Shipped', '○ Delivered'],
    current: 'pending',
  },
  {
    name: 'paid, without a history: the atelier has it',
    order: { status: 'pending', createdAt: day('19'), payment: { status: 'paid' } },
    entries: ['✓ Order placed (Aug 19)', '● In the atelier', '○ Shipped', '○ Delivered'],
    current: 'processing',
  },
  {
    name: 'a complete history',
    order: {
      status: 'delivered',
      statusHistory: [
        { status: 'created', label: 'Order placed', date: day('01') },
        { status: 'processing', label: 'At the bench', date: day('02') },
        { status: 'quality_check', label: 'Quality check', date: day('05') },
        { status: 'shipped', label: 'On its way', date: day('06') },
        { status: 'delivered', label: 'With you', date: day('08') },
      ],
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ At the bench (Aug 2)',
      '✓ Quality check (Aug 5)',
      '✓ On its way (Aug 6)',
      '✓ With you (Aug 8)',
    ],
    current: 'delivered',
  },
  {
    name: 'a history out of order, under three names of date, with labels missing and a duplicate whose label is not that of the earlier',
    order: {
      status: 'Quality Check',
      createdAt: '2026-08-01T10:00:00Z',
      statusHistory: [
        { status: 'quality-check', at: '2026-08-10T10:00:00.000Z' },
        { status: 'processing', timestamp: '2026-08-03T10:00:00Z' },
        { status: 'design_in_progress', label: 'Design in progress', date: '2026-08-02T10:00:00Z' },
        { status: 'processing', label: 'At the bench', date: '2026-08-04T10:00:00Z' },
        { date: '2026-08-05T10:00:00Z' },
        'nonsense',
      ],
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ Design in progress (Aug 2)',
      '✓ In the atelier (Aug 3)',
      '● Quality check (Aug 10)',
      '○ Shipped',
      '○ Delivered',
    ],
  },
  {
    name: 'an unknown status keeps its place and its label',
    order: {
      status: 'awaiting_gemstone',
      createdAt: day('01'),
      statusHistory: [
        { status: 'processing', date: day('02') },
        { status: 'awaiting_gemstone', date: day('03') },
      ],
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ In the atelier (Aug 2)',
      '● Awaiting gemstone (Aug 3)',
      '○ Shipped',
      '○ Delivered',
    ],
    current: 'awaiting_gemstone',
  },
  {
    name: 'a status that is in no history',
    order: {
      status: 'quality_check',
      createdAt: day('01'),
      statusHistory: [{ status: 'processing', date: day('02') }],
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ In the atelier (Aug 2)',
      '● Quality check',
      '○ Shipped',
      '○ Delivered',
    ],
  },
  {
    name: 'out for delivery, without a history',
    order: { status: 'out_for_delivery', createdAt: day('01'), shipping: { shippedAt: day('18') } },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ In the atelier',
      '✓ Shipped (Aug 18)',
      '● Out for delivery',
      '○ Delivered',
    ],
  },
  {
    name: 'shipped, told by the tracking number alone, with a target',
    order: {
      status: 'processing',
      createdAt: day('01'),
      shipping: { trackingNumber: '1Z', estimatedDelivery: day('22') },
    },
    entries: ['✓ Order placed (Aug 1)', '✓ In the atelier', '● Shipped', '○ Delivered (Aug 22)'],
    current: 'shipped',
  },
  {
    name: 'a planned date in the history is not reached',
    order: {
      status: 'shipped',
      createdAt: day('01'),
      statusHistory: [
        { status: 'shipped', date: day('18') },
        { status: 'delivered', label: 'Delivered', date: day('22') },
      ],
    },
    entries: ['✓ Order placed (Aug 1)', '✓ In the atelier', '● Shipped (Aug 18)', '○ Delivered (Aug 22)'],
  },
  {
    name: 'late: past its target',
    order: {
      status: 'shipped',
      createdAt: day('01'),
      shipping: { shippedAt: day('05'), estimatedDelivery: day('10') },
    },
    entries: ['✓ Order placed (Aug 1)', '✓ In the atelier', '● Shipped (Aug 5)', '○ Delivered (Aug 10)'],
  },
  {
    name: 'delivered, without a shipped date',
    order: { status: 'delivered', createdAt: day('01'), shipping: { deliveredAt: day('09') } },
    entries: ['✓ Order placed (Aug 1)', '✓ In the atelier', '✓ Shipped', '✓ Delivered (Aug 9)'],
  },
  {
    name: 'delivered by its status alone',
    order: { status: 'delivered' },
    entries: ['✓ Order placed', '✓ In the atelier', '✓ Shipped', '✓ Delivered'],
  },
  {
    name: 'cancelled before shipping',
    order: {
      status: 'cancelled',
      createdAt: day('01'),
      statusHistory: [
        { status: 'processing', date: day('02') },
        { status: 'cancelled', date: day('03') },
      ],
    },
    entries: ['✓ Order placed (Aug 1)', '✓ In the atelier (Aug 2)', '● Cancelled (Aug 3)'],
    exception: /cancelled/,
    current: 'cancelled',
  },
  {
    name: 'cancelled after shipping, spelled the American way',
    order: { status: 'canceled', createdAt: day('01'), shipping: { shippedAt: day('05') } },
    entries: ['✓ Order placed (Aug 1)', '✓ In the atelier', '✓ Shipped (Aug 5)', '● Cancelled'],
    exception: /cancelled/,
  },
  {
    name: 'a return in progress',
    order: {
      status: 'return_pending',
      createdAt: day('01'),
      shipping: { shippedAt: day('03'), deliveredAt: day('05') },
      statusHistory: [
        { status: 'return_pending', label: 'Return in progress', date: day('15'), rmaId: 'RMA-1' },
      ],
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ In the atelier',
      '✓ Shipped (Aug 3)',
      '✓ Delivered (Aug 5)',
      '● Return in progress (Aug 15)',
    ],
    exception: /return is in progress/i,
  },
  {
    name: 'a resize requested after delivery shows in the timeline',
    order: {
      status: 'delivered',
      createdAt: day('01'),
      shipping: { deliveredAt: day('05') },
      statusHistory: [{ status: 'resize_requested', label: 'Resize requested', date: day('15') }],
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ In the atelier',
      '✓ Shipped',
      '✓ Delivered (Aug 5)',
      '✓ Resize requested (Aug 15)',
    ],
    current: 'delivered',
  },
  {
    name: 'another year says so',
    order: {
      status: 'delivered',
      createdAt: '2024-12-31T20:00:00Z',
      shipping: { deliveredAt: '2025-01-01T02:00:00Z' },
    },
    entries: ['✓ Order placed (Dec 31, 2024)', '✓ In the atelier', '✓ Shipped', '✓ Delivered (Dec 31, 2024)'],
  },
  {
    name: 'steps of the same instant keep the order of the document',
    order: {
      status: 'shipped',
      statusHistory: [
        { status: 'created', date: day('01') },
        { status: 'quality_check', date: day('05') },
        { status: 'shipped', date: day('05') },
      ],
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ Quality check (Aug 5)',
      '✓ In the atelier',
      '● Shipped (Aug 5)',
      '○ Delivered',
    ],
    current: 'shipped',
  },
  {
    name: 'the newest first, on one day',
    order: {
      status: 'delivered',
      statusHistory: [
        { status: 'delivered', date: '2026-08-08' },
        { status: 'shipped', date: '2026-08-05' },
        { status: 'quality_check', date: '2026-08-05' },
        { status: 'processing', date: '2026-08-05' },
        { status: 'created', date: '2026-08-01' },
      ],
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ In the atelier (Aug 5)',
      '✓ Quality check (Aug 5)',
      '✓ Shipped (Aug 5)',
      '✓ Delivered (Aug 8)',
    ],
    current: 'delivered',
  },
  {
    name: 'sent again after a first parcel was delivered',
    order: {
      status: 'shipped',
      createdAt: day('01'),
      statusHistory: [
        { status: 'processing', date: day('02') },
        { status: 'shipped', label: 'First parcel sent', date: day('05') },
        { status: 'delivered', label: 'First parcel delivered', date: day('08') },
        { status: 'shipped', label: 'Second parcel sent', date: day('12') },
      ],
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ In the atelier (Aug 2)',
      '✓ First parcel sent (Aug 5)',
      '✓ First parcel delivered (Aug 8)',
      '● Second parcel sent (Aug 12)',
      '○ Delivered',
    ],
    current: 'shipped',
  },
  {
    name: 'sent again, and delivered again',
    order: {
      status: 'delivered',
      statusHistory: [
        { status: 'shipped', date: day('05') },
        { status: 'delivered', date: day('08') },
        { status: 'shipped', date: day('12') },
        { status: 'delivered', date: day('14') },
      ],
    },
    entries: [
      '✓ Order placed',
      '✓ In the atelier',
      '✓ Shipped (Aug 5)',
      '✓ Delivered (Aug 8)',
      '✓ Shipped (Aug 12)',
      '✓ Delivered (Aug 14)',
    ],
    current: 'delivered',
  },
  {
    name: 'two parcels: the last that happened',
    order: {
      status: 'shipped',
      createdAt: day('01'),
      shipping: {
        parcels: [
          { carrier: 'UPS', trackingNumber: '1Z1', shippedAt: day('05'), deliveredAt: day('08') },
          { carrier: 'UPS', trackingNumber: '1Z2', shippedAt: day('12') },
        ],
      },
    },
    entries: [
      '✓ Order placed (Aug 1)',
      '✓ In the atelier',
      '✓ Shipped (Aug 5)',
      '✓ Delivered (Aug 8)',
      '● Shipped (Aug 12)',
      '○ Delivered',
    ],
    current: 'shipped',
  },
  {
    name: 'a label belongs to its date',
    order: {
      status: 'shipped',
      statusHistory: [
        { status: 'shipped', label: 'Left Lyon', date: day('12') },
        { status: 'shipped', label: 'Left Paris', date: day('10') },
      ],
    },
    entries: ['✓ Order placed', '✓ In the atelier', '● Left Paris (Aug 10)', '○ Delivered'],
  },
  {
    name: 'delivered today, on a day without a time',
    order: { status: 'shipped', shipping: { shippedAt: '2026-08-18', deliveredAt: '2026-08-20' } },
    entries: ['✓ Order placed', '✓ In the atelier', '✓ Shipped (Aug 18)', '✓ Delivered (Aug 20)'],
  },
  {
    name: 'dates that are none',
    order: {
      status: 'shipped',
      createdAt: '0001-01-01T00:00:00Z',
      shipping: { shippedAt: '2026-02-30', estimatedDelivery: 'Dec 15-20, 2026' },
    },
    entries: ['✓ Order placed', '✓ In the atelier', '● Shipped', '○ Delivered'],
  },
  {
    name: 'nothing but a number',
    order: {},
    entries: ['● Order placed', '○ In the atelier', '○ Shipped', '○ Delivered'],
  },
  {
    name: 'odd types everywhere',
    order: {
      status: 7,
      createdAt: 'soon',
      shipping: 'tomorrow',
      payment: null,
      statusHistory: 'none',
      items: {},
    },
    entries: ['✓ Order placed', '✓ In the atelier', '● 7', '○ Shipped', '○ Delivered'],
  },
];

t.test('orders: the timeline of every shape of order', async (t) => {
  for (const { name, order, entries, exception, current } of TABLE) {
    t.same(draw(order), entries, name);
    const timeline = buildTimeline(readOrder({ orderNumber: 'GG-1', ...order }), NOW, SHOP);
    t.ok(
      timeline.entries.filter(({ status }) => status === 'current').length <= 1,
      `${name}: at most one is current`,
    );
    if (exception) t.match(timeline.exception, exception, `${name}: says why it ended`);
    else t.equal(timeline.exception, undefined, `${name}: has not ended`);
    if (current) t.equal(timeline.currentStatus, current, `${name}: current status`);
  }
});

t.test('it is a pure function: the order stays as it was', async (t) => {
  const order: Order = readOrder({
    orderNumber: 'GG-1',
    statusHistory: [{ status: 'shipped', date: day('03') }],
  });
  const before = structuredClone(order);
  buildTimeline(order, NOW, SHOP);
  t.same(order, before);
});

t.test('orders: dates are those of the shop', async (t) => {
  const doc = { orderNumber: 'GG-1', createdAt: new Date('2026-08-20T02:00:00Z') };
  const inParis = buildTimeline(readOrder(doc), NOW, { timeZone: 'Europe/Paris', locale: 'fr-FR' });
  t.equal(inParis.entries[0]?.date, '20 août');
  t.equal(buildTimeline(readOrder(doc), NOW, SHOP).entries[0]?.date, 'Aug 19');
  t.equal(inParis.entries[0]?.timestamp, '2026-08-20T02:00:00.000Z');
});

t.test('orders: a day is a day of the shop, and no instant', async (t) => {
  for (const timeZone of ['Pacific/Auckland', 'America/New_York', 'UTC', 'Pacific/Pago_Pago']) {
    const shop = { timeZone, locale: 'en-US' };
    const order = readOrder(
      { status: 'shipped', shipping: { shippedAt: '2026-08-18' } },
      createDateReader(shop),
    );
    const [, , shipped] = buildTimeline(order, NOW, shop).entries;
    t.equal(shipped?.date, 'Aug 18', timeZone);
    t.equal(shipped?.timestamp, undefined, 'it has no time');
  }
});

t.test('orders: the steps in the words of the API of the shop', async (t) => {
  const order = readOrder({
    status: 'out_for_delivery',
    createdAt: day('01'),
    shipping: { shippedAt: day('10'), estimatedDelivery: day('18') },
    statusHistory: [{ status: 'quality_check', date: day('05') }],
  });
  const { timeline, isLate, exception } = buildTimeline(order, NOW, SHOP);
  t.same(
    timeline.map(({ status, isCurrent }) => (isCurrent ? `${status} now` : status)),
    ['created', 'created', 'processing', 'shipped', 'delayed now', 'delivered'],
  );
  t.equal(isLate, true);
  t.equal(exception, undefined, 'it has not ended');
  const cancelled = buildTimeline({ ...order, status: 'cancelled' }, NOW, SHOP);
  t.match(cancelled.timeline.at(-1), { status: 'cancelled', isCurrent: true });
  t.equal(cancelled.isLate, false);
});

t.test(
  'orders: an order is late from the day after it was expected, and never once it is delivered',
  async (t) => {
    const ROWS: [estimatedDelivery: unknown, isLate: boolean][] = [
      ['2026-08-19', true],
      ['2026-08-20', false],
      [new Date('2026-08-20T13:00:00Z'), false],
      [new Date('2026-08-20T03:59:00Z'), true],
      ['Aug 19, 2026', true],
      ['2026-08-25', false],
      ['1970-01-01', false],
      [undefined, false],
    ];
    for (const [estimatedDelivery, isLate] of ROWS) {
      const doc = { status: 'shipped', shipping: { estimatedDelivery } };
      t.equal(buildTimeline(readOrder(doc, DATES), NOW, SHOP).isLate, isLate, String(estimatedDelivery));
      t.equal(buildTimeline(readOrder({ ...doc, status: 'delivered' }, DATES), NOW, SHOP).isLate, false);
    }
  },
);

t.test('orders: tracking pages', async (t) => {
  const carriers = ['UPS', 'usps', 'FedEx', 'DHL Express', 'Royal Mail', 'La Poste'];
  for (const carrier of carriers) {
    const url = trackingUrl(carrier, '1Z 99&x');
    t.ok(url && URL.canParse(url), `${carrier}: ${url}`);
    t.match(url, '1Z99%26x', 'the number is encoded');
  }
  t.equal(trackingUrl('A man on a horse', '1'), undefined);
});
