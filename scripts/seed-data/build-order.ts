import { ObjectId } from 'mongodb';
import { pieceBySku } from './products.js';

const DAY = 86_400_000;
const FREE_SHIPPING_FROM = 150;
const TAX_RATES: Record<string, number> = {
  CA: 0.0725,
  IL: 0.0625,
  MA: 0.0625,
  NY: 0.08875,
  TX: 0.0625,
  WA: 0.065,
};
const LABELS: Record<string, string> = {
  created: 'Order placed',
  processing: 'In the workshop',
  design_in_progress: 'Design in progress',
  stone_setting: 'Stone setting',
  engraving: 'Engraving',
  quality_check: 'Quality check',
  shipped: 'Shipped',
  out_for_delivery: 'Out for delivery',
  delivered: 'Delivered',
  cancelled: 'Cancelled',
  refunded: 'Refunded',
  return_pending: 'Return requested',
  on_hold: 'On hold',
};

export interface Customer {
  name: string;
  email: string;
  phone: string;
  address: string;
  city: string;
  state?: string;
  postalCode: string;
  country: string;
}

export interface Line {
  lineId?: string;
  sku: string;
  title: string;
  price: number | string;
  quantity?: number;
  tags?: string[];
  size?: string;
  engraving?: string;
}

interface Step {
  status: string;
  label?: string;
  date?: Date | string;
  timestamp?: string;
  at?: string;
}

export interface Order {
  _id: ObjectId;
  orderNumber: string;
  customerEmail: string;
  customerName: string;
  status: string;
  currency: string;
  items: Line[];
  totals?: { subtotal: number; shipping: number; tax: number; total: number };
  payment?: { method: string; status: string };
  shipping?: Omit<Customer, 'name' | 'email'> & {
    carrier?: string;
    trackingNumber?: string;
    shippedAt?: Date | string;
    deliveredAt?: Date | string;
    estimatedDelivery?: Date | string;
  };
  statusHistory?: Step[];
  createdAt: Date | string;
  updatedAt: Date | string;
  /** From 1 to 5, as the service puts it there. */
  csatRating?: number;
}

/** The instant this many days before now; a negative number is in the future. */
type Ago = (days: number) => Date;

/** One row of the table of orders. Every number of days counts back from now. */
export interface OrderRow {
  number: number;
  to: Customer;
  lines: Line[];
  /** Every step that was taken, the last being where the order stands, each with how many days ago: `created 5, shipped 1.2`. */
  steps: string;
  /** The order's status, where it is not that of the last step. */
  status?: string;
  /** Left out, by card and paid. */
  payment?: [method: string, status: string];
  parcel?: [carrier: string, trackingNumber: string];
  /** Estimated delivery, in days from now. */
  dueIn?: number;
  lineIds?: true;
  withoutHistory?: true;
  /** What an importer did to it. */
  quirk?: (order: Order, ago: Ago) => void;
}

export function line(sku: string, details: Partial<Line> = {}): Line {
  const { name, pricing, inventory } = pieceBySku(sku);
  const tags = [inventory.isCustomMade ? 'made-to-order' : 'ready-to-ship', ...(details.tags ?? [])];
  return { sku, title: name, price: Number(`${pricing.basePrice}`), quantity: 1, ...details, tags };
}

export function buildOrder(row: OrderRow, now: Date): Order {
  const ago: Ago = (days) => new Date(now.getTime() - days * DAY);
  const { name, email, ...address } = row.to;
  const taken = row.steps.split(', ').map((step): [status: string, days: number] => {
    const [status = '', days] = step.split(' ');
    return [status, Number(days)];
  });
  const when = (status: string) => taken.find(([step]) => step === status)?.[1];
  const steps = taken.map(([status, days]) => step(status, ago(days)));
  const [, placed] = taken[0] ?? ['created', 0];
  const [standing, changed] = taken.at(-1) ?? ['created', placed];
  const [method, paid] = row.payment ?? ['card', 'paid'];
  const [shipped, delivered] = [when('shipped'), when('delivered')];
  const order: Order = {
    _id: new ObjectId(`66c1d2e3f4a5b6${String(row.number).padStart(10, '0')}`),
    orderNumber: `GG-${row.number}`,
    customerEmail: email,
    customerName: name,
    status: row.status ?? standing,
    currency: 'USD',
    items: row.lines.map((item, at) => (row.lineIds ? { lineId: `${row.number}-${at + 1}`, ...item } : item)),
    totals: totals(row.lines, row.to),
    payment: { method, status: paid },
    shipping: {
      ...address,
      ...(row.parcel && { carrier: row.parcel[0], trackingNumber: row.parcel[1] }),
      ...(shipped !== undefined && { shippedAt: ago(shipped) }),
      ...(delivered !== undefined && { deliveredAt: ago(delivered) }),
      ...(row.dueIn !== undefined && { estimatedDelivery: ago(-row.dueIn) }),
    },
    ...(!row.withoutHistory && { statusHistory: steps }),
    createdAt: ago(placed),
    updatedAt: ago(changed),
  };
  row.quirk?.(order, ago);
  return order;
}

function step(status: string, date: Date): Step {
  const label = LABELS[status];
  return { status, label, date };
}

function totals(lines: Line[], { state, country }: Customer): NonNullable<Order['totals']> {
  const subtotal = lines.reduce((sum, { price, quantity = 1 }) => sum + Number(price) * quantity, 0);
  const shipping = country !== 'US' ? 35 : subtotal < FREE_SHIPPING_FROM ? 9 : 0;
  const tax = cents(subtotal * (TAX_RATES[state ?? ''] ?? 0));
  return { subtotal, shipping, tax, total: cents(subtotal + shipping + tax) };
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
