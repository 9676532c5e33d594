import t from 'tap';
import { loadConfig } from '../../src/config/load.js';
import type { Order } from '../../src/domain/orders/order.js';
import { readOrder } from '../../src/domain/orders/read-order.js';
import {
  decideReturn,
  type RefusalReason,
  type ReturnDecision,
  returnPolicy,
} from '../../src/domain/returns/return-policy.js';
import type { WishedItem } from '../../src/domain/returns/return-request.js';
import type { ReturnOption } from '../../src/domain/returns/return-steps.js';
import { refusalSentence } from '../../src/domain/returns/sentences.js';
import { createCalendar } from '../../src/lib/calendar.js';

const DAY_MS = 24 * 60 * 60_000;
const NOW = new Date('2026-08-20T15:00:00Z');
const SETTINGS = loadConfig(
  {},
  {
    CONCIERGE_API_KEY: 'test-key-1',
    MONGODB_URI: 'mongodb://db',
    S3_BUCKET: 'images',
    ANALYTICS_SALT: 'a-long-enough-salt',
  },
).returns;
const POLICY = returnPolicy(SETTINGS);
const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);
const isMadeToOrder = (sku: string) => sku === 'MTO-1';
const CIRCUMSTANCES = {
  policy: POLICY,
  now: NOW,
  calendar: createCalendar('America/New_York'),
  isMadeToOrder,
};

interface Case {
  name: string;
  /** What differs from an order that was delivered five days ago: a ring, and two of one bracelet. */
  order?: Record<string, unknown>;
  option?: ReturnOption;
  /** When it is asked, where it matters. */
  now?: string;
  items?: WishedItem[];
  /** What is in an RMA already, by line id. */
  held?: Record<string, { quantity: number; rmaId: string }>;
  /** `lineId×quantity` of each line that is taken, or why it is refused. */
  gives: string[] | RefusalReason;
  kept?: string[];
  says?: RegExp;
}

const LINES = [
  { lineId: 'a', sku: 'RNG-1', title: 'Ring' },
  { lineId: 'b', sku: 'BRC-1', title: 'Bracelet', quantity: 2 },
];
const ALL = ['a×1', 'b×2'];
const tagged = (...tags: string[]) => ({ items: [{ lineId: 'a', sku: 'RNG-1', title: 'Ring', tags }] });
const delivered = (days: number) => ({ shipping: { deliveredAt: ago(days) } });
const without = (more: object) => ({ shipping: {}, ...more });

const TABLE: Case[] = [
  // which pieces
  { name: 'nothing named: the whole order', gives: ALL },
  { name: 'an empty list: the whole order', items: [], gives: ALL },
  { name: 'one line', items: [{ lineId: 'a' }], gives: ['a×1'] },
  { name: 'by its SKU', items: [{ sku: 'BRC-1' }], gives: ['b×2'] },
  { name: 'the line id wins over the SKU', items: [{ lineId: 'a', sku: 'BRC-1' }], gives: ['a×1'] },
  { name: 'some of a line', items: [{ lineId: 'b', quantity: 1 }], gives: ['b×1'] },
  { name: 'all of a line, counted', items: [{ lineId: 'b', quantity: 2 }], gives: ['b×2'] },
  {
    name: 'one of a line twice is two of it',
    items: [
      { lineId: 'b', quantity: 1 },
      { sku: 'BRC-1', quantity: 1 },
    ],
    gives: ['b×2'],
  },
  {
    name: 'more than there are',
    items: [{ lineId: 'b', quantity: 3 }],
    gives: 'quantity_too_large',
    says: /GG-1 has 2 of Bracelet/,
  },
  {
    name: 'more than there are, in parts',
    items: [
      { lineId: 'b', quantity: 2 },
      { lineId: 'b', quantity: 1 },
    ],
    gives: 'quantity_too_large',
  },
  {
    name: 'a line that is not there',
    items: [{ lineId: 'z' }],
    gives: 'unknown_line',
    says: /z is not part of order GG-1/,
  },
  {
    name: 'a piece of another order',
    items: [{ lineId: 'a' }, { sku: 'NCK-1' }],
    gives: 'unknown_line',
    says: /NCK-1/,
  },
  {
    name: 'neither line nor SKU is no line without a SKU',
    order: { items: [{ title: 'Ring' }] },
    items: [{}],
    gives: 'unknown_line',
  },
  {
    name: 'a line known only by its place',
    order: { items: [{ title: 'Ring' }, {}] },
    items: [{ lineId: 'line-2' }],
    gives: ['line-2×1'],
  },
  {
    name: 'two lines of one SKU, whole',
    order: { items: [{ sku: 'R' }, { sku: 'R' }] },
    gives: ['R×1', 'R-2×1'],
  },
  {
    name: 'two lines of one SKU, both by quantity',
    order: { items: [{ sku: 'R' }, { sku: 'R' }] },
    items: [{ sku: 'R', quantity: 2 }],
    gives: ['R×1', 'R-2×1'],
  },
  {
    name: 'two lines of one SKU, one after the other',
    order: { items: [{ sku: 'R' }, { sku: 'R' }] },
    items: [{ sku: 'R' }, { sku: 'R' }],
    gives: ['R×1', 'R-2×1'],
  },
  {
    name: 'two lines of one SKU, three wished',
    order: { items: [{ sku: 'R' }, { sku: 'R' }] },
    items: [{ sku: 'R', quantity: 3 }],
    gives: 'quantity_too_large',
    says: /has 2/,
  },
  { name: 'no pieces', order: { items: [] }, gives: 'no_lines', says: /stylist/i },
  { name: 'no list of pieces', order: { items: 'none' }, gives: 'no_lines' },
  { name: 'a list of nonsense', order: { items: [null, 'x', 5] }, gives: 'no_lines' },
  { name: 'an odd quantity is one', order: { items: [{ sku: 'R', quantity: 'some' }] }, gives: ['R×1'] },
  { name: 'a quantity as text', order: { items: [{ sku: 'R', quantity: '2' }] }, gives: ['R×2'] },

  // what was made for one customer
  {
    name: 'custom',
    order: tagged('custom'),
    gives: 'not_returnable',
    says: /Ring was made for you, so it cannot be returned\..*resize/,
  },
  { name: 'engraved', order: tagged('gift', 'Engraved'), gives: 'not_returnable' },
  { name: 'made to order, in any spelling', order: tagged('Made To_Order'), gives: 'not_returnable' },
  {
    name: 'made to order, as the catalogue knows',
    order: { items: [{ sku: 'MTO-1' }] },
    gives: 'not_returnable',
  },
  { name: 'custom, to be resized', order: tagged('custom'), option: 'resize', gives: ['a×1'] },
  { name: 'engraved, to be cared for', order: tagged('engraved'), option: 'care', gives: ['a×1'] },
  {
    name: 'made to order, to be resized',
    order: { items: [{ sku: 'MTO-1' }] },
    option: 'resize',
    gives: ['MTO-1×1'],
  },
  {
    name: 'one of two: the other goes back',
    order: { items: [{ sku: 'R' }, { sku: 'MTO-1', title: 'Bespoke ring' }] },
    gives: ['R×1'],
    kept: ['Bespoke ring'],
  },
  {
    name: 'one of two, and it is named',
    order: { items: [{ sku: 'R' }, { sku: 'MTO-1' }] },
    items: [{ sku: 'R' }, { sku: 'MTO-1' }],
    gives: 'not_returnable',
  },
  {
    name: 'the plain one of two of one SKU',
    order: { items: [{ sku: 'R', tags: ['engraved'] }, { sku: 'R' }] },
    items: [{ sku: 'R' }],
    gives: ['R-2×1'],
  },
  { name: 'customer is not custom', order: tagged('customer-favourite'), gives: ['a×1'] },

  // when
  {
    // the days are those of the shop, in New York
    name: 'on the thirtieth day, delivered at the beginning of the first',
    order: { shipping: { deliveredAt: '2026-07-21T04:00:00Z' } },
    gives: ALL,
  },
  {
    name: 'on the thirty-first, delivered late in the evening before',
    order: { shipping: { deliveredAt: '2026-07-21T03:59:59Z' } },
    gives: 'window_passed',
    says: /returned within 30 days/,
  },
  {
    name: 'on the thirtieth day, in the evening, when clocks have gone back meanwhile',
    now: '2026-11-05T04:30:00Z',
    order: { shipping: { deliveredAt: '2026-10-05T14:00:00Z' } },
    gives: ALL,
  },
  {
    name: 'in the morning after that',
    now: '2026-11-05T13:00:00Z',
    order: { shipping: { deliveredAt: '2026-10-05T22:00:00Z' } },
    gives: 'window_passed',
  },
  {
    name: 'on the thirtieth day, when clocks have gone forward meanwhile',
    now: '2026-04-01T03:59:00Z',
    order: { shipping: { deliveredAt: '2026-03-01T05:00:00Z' } },
    gives: ALL,
  },
  {
    name: 'two parcels: it counts from the last that came',
    order: {
      shipping: { deliveredAt: ago(40) },
      statusHistory: [
        { status: 'delivered', date: ago(40) },
        { status: 'shipped', date: ago(36) },
        { status: 'delivered', date: ago(29) },
      ],
    },
    gives: ALL,
  },
  {
    name: 'two parcels, in any order of the history',
    order: {
      shipping: {},
      statusHistory: [
        { status: 'delivered', date: ago(29) },
        { status: 'delivered', date: ago(50) },
      ],
    },
    gives: ALL,
  },
  {
    name: 'two parcels, both of them long ago',
    order: {
      shipping: { deliveredAt: ago(50) },
      statusHistory: [{ status: 'delivered', date: ago(32) }],
    },
    gives: 'window_passed',
  },
  {
    name: 'a second parcel that is still on its way',
    order: {
      shipping: { deliveredAt: ago(50) },
      statusHistory: [{ status: 'shipped', date: ago(2) }],
    },
    gives: ALL,
  },
  {
    name: 'a delivery that lies ahead is a plan: it counts from when it was sent',
    order: { shipping: { shippedAt: ago(45), deliveredAt: new Date('2090-01-01') } },
    gives: 'window_passed',
  },

  // how many
  {
    name: 'a line of nothing',
    order: { items: [{ lineId: 'a', title: 'Ring', quantity: 0 }] },
    gives: 'no_lines',
  },
  {
    name: 'a line of nothing, named',
    order: { items: [{ lineId: 'a', title: 'Ring', quantity: '0' }] },
    items: [{ lineId: 'a' }],
    gives: 'no_lines',
  },
  {
    name: 'a line of nothing beside one of something',
    order: { items: [{ lineId: 'a', title: 'Ring', quantity: 0 }, LINES[1]] },
    gives: ['b×2'],
  },
  {
    name: 'two, and two taken back',
    order: {
      items: [
        { sku: 'R', title: 'Ring', quantity: 2 },
        { sku: 'R', title: 'Ring', quantity: -2 },
      ],
    },
    gives: 'no_lines',
  },
  {
    name: 'three, and one taken back',
    order: {
      items: [
        { lineId: 'a', sku: 'R', quantity: 3 },
        { lineId: 'x', sku: 'R', quantity: '-1' },
      ],
    },
    gives: ['a×2'],
  },
  {
    name: 'taken back before it stands there, and over two lines',
    order: {
      items: [
        { lineId: 'x', sku: 'R', quantity: -3 },
        { lineId: 'a', sku: 'R', quantity: 2 },
        { lineId: 'b', sku: 'R', quantity: 2 },
      ],
    },
    gives: ['b×1'],
  },
  {
    name: 'what is taken back is no piece of another SKU',
    order: {
      items: [
        { lineId: 'a', sku: 'R', quantity: 1 },
        { lineId: 'x', sku: 'S', quantity: -1 },
      ],
    },
    gives: ['a×1'],
  },
  {
    name: 'a part of a piece is none',
    order: { items: [{ lineId: 'a', title: 'Ring', quantity: 0.5 }] },
    gives: 'no_lines',
  },
  {
    name: 'as many as nobody buys',
    order: { items: [{ lineId: 'a', title: 'Ring', quantity: 20_261_129 }] },
    gives: 'too_many_pieces',
    says: /up to 100 pieces/,
  },
  {
    name: 'many lines, too many together',
    order: {
      items: Array.from({ length: 30 }, (_, nth) => ({ lineId: `l${nth}`, title: 'Ring', quantity: 4 })),
    },
    gives: 'too_many_pieces',
  },
  {
    name: 'some of as many as nobody buys',
    order: { items: [{ lineId: 'a', title: 'Ring', quantity: 1e15 }] },
    items: [{ lineId: 'a', quantity: 2 }],
    gives: ['a×2'],
  },

  // made for one, however the shop says it
  ...[
    { tags: 'custom, engraved' },
    { tags: 'gift; Made To Order' },
    { tags: '["engraved"]' },
    { tags: [{ name: 'Bespoke' }] },
    { isCustomMade: 'TRUE' },
    { isCustomMade: 'yes' },
    { isCustomMade: 1 },
    { custom: true },
    { madeToOrder: 'Y' },
    { isEngraved: 'x' },
    { engraving: 'L & M 2025' },
    { engraving: { text: 'always' } },
    { customization: { engraving: 'Ana' } },
    { customization: { isPersonalized: 'true' } },
  ].flatMap((fields): Case[] => [
    {
      name: `made for one: ${JSON.stringify(fields)}`,
      order: { items: [{ lineId: 'a', title: 'Ring', ...fields }] },
      gives: 'not_returnable',
    },
    {
      name: `made for one, resized: ${JSON.stringify(fields)}`,
      order: { items: [{ lineId: 'a', title: 'Ring', ...fields }] },
      option: 'resize',
      gives: ['a×1'],
    },
  ]),
  ...[
    { tags: 'gift, customer favourite' },
    { isCustomMade: 'no' },
    { isCustomMade: 'FALSE' },
    { isCustomMade: 0 },
    { isCustomMade: null },
    { engraving: '' },
    { engraving: 'none' },
    { engraving: false },
    { engraving: { available: true, maxCharacters: 30 } },
    { customization: 'a box' },
  ].map(
    (fields): Case => ({
      name: `not made for one: ${JSON.stringify(fields)}`,
      order: { items: [{ lineId: 'a', title: 'Ring', ...fields }] },
      gives: ['a×1'],
    }),
  ),

  { name: 'a resize after 45 days', order: delivered(45), option: 'resize', gives: ALL },
  { name: 'a resize to the last moment of 60', order: delivered(60), option: 'resize', gives: ALL },
  {
    name: 'a resize after 61',
    order: delivered(61),
    option: 'resize',
    gives: 'window_passed',
    says: /resized within 60 days/,
  },
  { name: 'care after ten years', order: delivered(3650), option: 'care', gives: ALL },
  {
    name: 'counted from delivery, not from shipping',
    order: { shipping: { shippedAt: ago(40), deliveredAt: ago(29) } },
    gives: ALL,
  },
  {
    name: 'delivery as the history says it',
    order: without({
      createdAt: ago(90),
      statusHistory: [
        { status: 'shipped', date: ago(40) },
        { status: 'Delivered', at: ago(29).toISOString() },
      ],
    }),
    gives: ALL,
  },
  {
    name: 'the entry that has the date',
    order: without({
      createdAt: ago(90),
      statusHistory: [{ status: 'delivered' }, { status: 'delivered', date: ago(29) }],
    }),
    gives: ALL,
  },
  {
    name: 'under another name',
    order: without({
      createdAt: ago(90),
      status: 'completed',
      statusHistory: [{ status: 'completed', date: ago(29) }],
    }),
    gives: ALL,
  },
  {
    name: 'no delivery date: from shipping',
    order: { createdAt: ago(90), shipping: { shippedAt: ago(29) } },
    gives: ALL,
  },
  {
    name: 'no delivery date, shipped long ago',
    order: { shipping: { shippedAt: ago(31) } },
    gives: 'window_passed',
  },
  {
    name: 'shipping as the history says it',
    order: without({ createdAt: ago(90), statusHistory: [{ status: 'dispatched', date: ago(29) }] }),
    gives: ALL,
  },
  { name: 'neither: from creation', order: without({ createdAt: ago(29) }), gives: ALL },
  { name: 'neither, created long ago', order: without({ createdAt: ago(31) }), gives: 'window_passed' },
  {
    name: 'no date at all: in favour of the customer',
    order: without({ createdAt: 'long ago' }),
    gives: ALL,
  },
  { name: 'dates as text', order: { shipping: { deliveredAt: '2026-07-22' } }, gives: ALL },
  {
    name: 'not returned in time, made to order: the time comes first',
    order: { ...tagged('custom'), ...delivered(31) },
    gives: 'window_passed',
  },

  // in what state
  {
    name: 'pending',
    order: without({ status: 'pending' }),
    gives: 'not_shipped',
    says: /not shipped yet.*stylist/i,
  },
  { name: 'at the bench', order: without({ status: 'Quality Check' }), gives: 'not_shipped' },
  {
    name: 'not shipped, to be resized',
    order: without({ status: 'processing' }),
    option: 'resize',
    gives: 'not_shipped',
  },
  {
    name: 'to be shipped tomorrow',
    order: { status: 'processing', shipping: { shippedAt: ago(-1) } },
    gives: 'not_shipped',
  },
  { name: 'on its way', order: without({ status: 'in_transit', createdAt: ago(3) }), gives: ALL },
  { name: 'dispatched', order: without({ status: 'Dispatched', createdAt: ago(3) }), gives: ALL },
  {
    name: 'shipped, told by the parcel alone',
    order: { status: 'processing', shipping: { shippedAt: ago(2) } },
    gives: ALL,
  },
  {
    name: 'shipped, told by the tracking number alone',
    order: { status: 'processing', shipping: { trackingNumber: '1Z9' }, createdAt: ago(3) },
    gives: ALL,
  },
  {
    name: 'delivered, told by the history alone',
    order: without({ status: 'on_hold', statusHistory: [{ status: 'delivered' }], createdAt: ago(3) }),
    gives: ALL,
  },
  {
    name: 'a return is under way: another piece may follow',
    order: { status: 'return_pending' },
    held: { a: { quantity: 1, rmaId: 'RMA-A' } },
    items: [{ lineId: 'b' }],
    gives: ['b×2'],
  },
  {
    name: 'a return is under way that the shop itself has begun',
    order: { status: 'return_pending' },
    gives: 'return_in_progress',
  },

  // what is in an RMA already
  {
    name: 'the whole order, of which one line is in an RMA: the rest',
    held: { a: { quantity: 1, rmaId: 'RMA-A' } },
    gives: ['b×2'],
  },
  {
    name: 'the whole order, of which one piece of a line is: the rest of that line too',
    held: { b: { quantity: 1, rmaId: 'RMA-B' } },
    gives: ['a×1', 'b×1'],
  },
  {
    name: 'the whole order, all of which is',
    held: { a: { quantity: 1, rmaId: 'RMA-A' }, b: { quantity: 2, rmaId: 'RMA-A' } },
    gives: 'already_in_rma',
    says: /part of RMA-A already/,
  },
  {
    name: 'a line that is',
    items: [{ lineId: 'a' }],
    held: { a: { quantity: 1, rmaId: 'RMA-A' } },
    gives: 'already_in_rma',
    says: /^Ring is part of RMA-A already\./,
  },
  {
    name: 'more than is left of a line',
    items: [{ lineId: 'b', quantity: 2 }],
    held: { b: { quantity: 1, rmaId: 'RMA-B' } },
    gives: 'quantity_too_large',
    says: /has 1 of Bracelet/,
  },
  {
    name: 'what is left of a line',
    items: [{ lineId: 'b' }],
    held: { b: { quantity: 1, rmaId: 'RMA-B' } },
    gives: ['b×1'],
  },
  {
    name: 'a resize of a piece that is in a return',
    option: 'resize',
    items: [{ lineId: 'a' }],
    held: { a: { quantity: 1, rmaId: 'RMA-A' } },
    gives: 'already_in_rma',
  },
  { name: 'cancelled', order: { status: 'canceled' }, gives: 'order_ended', says: /GG-1 was cancelled/ },
  {
    name: 'refunded',
    order: { status: 'Refunded' },
    option: 'resize',
    gives: 'order_ended',
    says: /refunded/,
  },
  { name: 'returned', order: { status: 'returned' }, option: 'care', gives: 'order_ended' },
  { name: 'a status that nobody knows, delivered', order: { status: 'constructor' }, gives: ALL },
];

function read(change: Record<string, unknown> = {}): Order {
  return readOrder({
    orderNumber: 'GG-1',
    status: 'delivered',
    items: LINES,
    createdAt: ago(11),
    ...delivered(5),
    ...change,
  });
}
const describe = (decision: ReturnDecision) =>
  decision.ok ? decision.lines.map(({ lineId, quantity }) => `${lineId}×${quantity}`) : decision.reason;

t.test('returns: what can be sent in', async (t) => {
  t.ok(TABLE.length >= 40, `${TABLE.length} cases`);
  for (const { name, order, option = 'return', now = NOW, items, held, gives, kept = [], says } of TABLE) {
    const decision = decideReturn(
      read(order),
      { option, items },
      { ...CIRCUMSTANCES, now: new Date(now), ...(held && { held: new Map(Object.entries(held)) }) },
    );
    t.same(describe(decision), gives, name);
    if (decision.ok) t.same(decision.kept, kept, `${name}: what stays`);
    else {
      const message = refusalSentence(decision, 'GG-1', true);
      t.match(message, says ?? /^[A-Za-z].*\.$/, `${name}: ${message}`);
    }
  }
});

t.test('returns: the windows are settings', async (t) => {
  const policy = returnPolicy({ ...SETTINGS, windowDays: { return: 14, resize: 0 } });
  const decide = (option: ReturnOption, days: number) =>
    describe(decideReturn(read(delivered(days)), { option }, { ...CIRCUMSTANCES, policy }));
  t.same(decide('return', 14), ALL);
  t.equal(decide('return', 15), 'window_passed');
  t.equal(decide('resize', 1), 'window_passed');
  t.same(decide('care', 1000), ALL);
});

t.test('returns: a line carries its title, its SKU and what the customer wants', async (t) => {
  const items = [
    { lineId: 'b', quantity: 1, notes: 'One link fewer' },
    { lineId: 'b', quantity: 1, notes: 'Polish' },
  ];
  const decision = decideReturn(read(), { option: 'resize', items }, CIRCUMSTANCES);
  t.same(decision, {
    ok: true,
    kept: [],
    lines: [{ lineId: 'b', sku: 'BRC-1', title: 'Bracelet', quantity: 2, notes: 'One link fewer; Polish' }],
  });
});

t.test('it is a pure function: order and wish stay as they were', async (t) => {
  const order = read();
  const wish = {
    option: 'return' as const,
    items: [
      { lineId: 'b', quantity: 1 },
      { lineId: 'b', quantity: 1 },
    ],
  };
  const before = structuredClone({ order, wish });
  decideReturn(order, wish, CIRCUMSTANCES);
  t.same({ order, wish }, before);
});
