import type { Document } from 'mongodb';
import { oddDocument } from '../catalog/odd-products.js';

const FIELDS = [
  'orderNumber',
  'customerEmail',
  'customerName',
  'status',
  'items',
  'totals',
  'totals.total',
  'currency',
  'payment',
  'payment.status',
  'shipping',
  'shipping.postalCode',
  'shipping.zip',
  'shipping.country',
  'shipping.carrier',
  'shipping.trackingNumber',
  'shipping.trackingNumbers',
  'shipping.parcels',
  'shipping.shipments',
  'shipping.shippedAt',
  'shipping.deliveredAt',
  'shipping.estimatedDelivery',
  'parcels',
  'shipments',
  'statusHistory',
  'supportTickets',
  'csatRating',
  'createdAt',
  'updatedAt',
];
const LINE = [
  'lineId',
  'sku',
  'title',
  'name',
  'quantity',
  'price',
  'tags',
  'customization',
  'engraving',
  'isCustomMade',
];
const STEP = ['status', 'label', 'date', 'timestamp', 'at'];
const STATUSES = ['delivered', 'shipped', 'processing', 'return_pending', 'cancelled'];

/** An order in which any field may be missing, of a wrong type, huge, negative or in another script. Nearly all can be found by their number. */
export function oddOrder(random: () => number, at: number): Document {
  const some = (fields: readonly string[], most: number, whole: () => Document) =>
    Array.from({ length: Math.floor(random() * most) }, () =>
      oddDocument(random, fields, random() < 0.5 ? whole() : {}),
    );
  const sku = () => ({ sku: `ODD-${at}`, title: 'A piece', quantity: 1 });
  const status = () => STATUSES[Math.floor(random() * STATUSES.length)];
  const number = { orderNumber: `GG-${100_000 + at}` };
  const whole = {
    customerEmail: `odd-${at}@example.com`,
    status: status(),
    items: some(LINE, 4, sku),
    statusHistory: some(STEP, 5, () => ({ status: status(), date: new Date('2026-11-20T12:00:00Z') })),
    createdAt: new Date('2026-11-15T12:00:00Z'),
  };
  return {
    ...oddDocument(random, FIELDS, random() < 0.7 ? { ...number, ...whole } : {}),
    ...(random() < 0.95 && number),
  };
}

interface OddAnswer {
  status: number;
  text: string;
}

/** Asks for all that can be asked of an order, and says what ought not to have come. */
export async function askOf(
  orderNumber: string,
  post: (path: string, body: object) => Promise<OddAnswer>,
): Promise<string[]> {
  const orders = '/api/concierge/orders';
  const asked: [path: string, body: object][] = [
    [`${orders}/status`, { orderNumber }],
    [`${orders}/returns`, { option: 'return', orderNumber }],
    [`${orders}/returns`, { option: 'resize', orderNumber, newSize: 7 }],
    ['/api/concierge/order-updates', { sessionId: `odd-${orderNumber}`, orderNumber }],
  ];
  const faults: string[] = [];
  for (const [path, body] of asked) {
    const { status, text } = await post(path, body);
    if (status >= 500) faults.push(`${path} ${JSON.stringify(body)}: ${status} ${text}`);
    else faults.push(...farDates(JSON.parse(text)).map((date) => `${path} ${JSON.stringify(body)}: ${date}`));
  }
  return faults;
}

/** The dates of an answer that lie where no order does. */
export function farDates(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]) => {
    if (!/^(?:date|eta|timestamp|\w+At|estimatedDelivery)$/.test(name) || typeof value !== 'string')
      return farDates(value);
    const years = (value.match(/(?<!\d)\d{4,}(?!\d)/g) ?? []).map(Number);
    return years.some((year) => year < 2000 || year > 2100) ? [`${name}: ${value}`] : [];
  });
}
