// Customers who write, each in a session of their own, and a ledger of what was acknowledged to them.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';

export const KEY = 'chaos-key-of-the-widget';
/** Between two calls of one customer: the load is steady rather than as much as the machine can take. */
const PAUSE_MS = 40;
const TIMEOUT_MS = 20_000;

/** What was asked, and acknowledged: where it has to be found. */
interface Entry {
  kind: string;
  collection: string;
  filter: Record<string, unknown>;
}

interface Outcome {
  at: number;
  tookMs: number;
  /** 0 when there was no answer. */
  status: number;
}

interface Wish {
  kind: string;
  path: string;
  body: Record<string, unknown>;
  entry(answer: Record<string, unknown>): Omit<Entry, 'kind'> | undefined;
}

/** Orders that can be returned, one for each wish to. */
export async function storeOrders(db: Db, count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, n) => `GG-${700_000 + n}`);
  const order = (orderNumber: string) => ({
    orderNumber,
    status: 'delivered',
    items: [{ lineId: 'a', sku: 'RNG-120', title: 'Ring', quantity: 1, price: 100 }],
    shipping: { deliveredAt: new Date() },
    createdAt: new Date(),
  });
  await db.collection('orders').insertMany(numbers.map(order));
  return numbers;
}

function wishes(orders: string[]): (() => Wish)[] {
  const bySession = (collection: string, sessionId: string, rest: Record<string, unknown> = {}) => ({
    collection,
    filter: { sessionId, ...rest },
  });
  const rating = (): Wish => {
    const sessionId = randomUUID();
    const body = { sessionId, rating: 'great' };
    const entry = () => bySession('csatFeedback', sessionId, { score: 5 });
    return { kind: 'csat', path: '/api/analytics/csat', body, entry };
  };
  const shortlist = (): Wish => {
    const sessionId = randomUUID();
    const body = { sessionId, items: [{ id: 'RNG-101' }] };
    const entry = () => bySession('widgetShortlists', sessionId);
    return { kind: 'shortlist', path: '/api/concierge/shortlist', body, entry };
  };
  const stylist = (): Wish => {
    const sessionId = randomUUID();
    // of one address many are no tickets but a flood
    const body = { sessionId, email: `${sessionId}@example.com` };
    const entry = ({ ticketId }: Record<string, unknown>) =>
      bySession('stylistTickets', sessionId, { ticketId });
    return { kind: 'stylist', path: '/api/concierge/stylist', body, entry };
  };
  const products = (): Wish => ({
    kind: 'products',
    path: '/api/concierge/products',
    body: { category: 'ring' },
    entry: () => undefined,
  });
  // what is asked at the same moment is asked of the database together: each has to get its own
  const status = (): Wish => {
    const orderNumber = orders[Math.floor(Math.random() * orders.length)];
    const entry = ({ reference }: Record<string, unknown>) => ({
      collection: 'orders',
      filter: { $and: [{ orderNumber }, { orderNumber: reference }] },
    });
    return { kind: 'status', path: '/api/concierge/orders/status', body: { orderNumber }, entry };
  };
  const returned = (): Wish => {
    const orderNumber = orders.pop();
    if (!orderNumber) return products();
    const body = { option: 'return', orderNumber, sessionId: randomUUID() };
    const entry = ({ rmaId }: Record<string, unknown>) => ({
      collection: 'returns',
      filter: { rmaId, orderNumber },
    });
    return { kind: 'return', path: '/api/concierge/orders/returns', body, entry };
  };
  return [rating, shortlist, stylist, returned, products, status];
}

/** Starts the customers, who take the addresses in turn; `stop` resolves when each has had the last answer. */
export function startLoad(addresses: string[], orders: string[], count: number) {
  const ledger: Entry[] = [];
  const outcomes: Outcome[] = [];
  const kinds = wishes(orders);
  let calls = 0;
  let stopping = false;

  async function customer(): Promise<void> {
    while (!stopping) {
      const wish = kinds[calls % kinds.length]?.();
      const address = addresses[calls++ % addresses.length];
      if (wish) await ask(`${address}${wish.path}`, wish);
      await sleep(PAUSE_MS);
    }
  }

  async function ask(url: string, { kind, body, entry }: Wish): Promise<void> {
    const at = performance.now();
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    let status = 0;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
      const text = await response.text();
      status = response.status;
      const found = response.ok && entry(JSON.parse(text));
      if (found) ledger.push({ kind, ...found });
    } catch {
      // no answer: nothing was acknowledged
    }
    outcomes.push({ at, tookMs: performance.now() - at, status });
  }

  const customers = Promise.all(Array.from({ length: count }, customer));
  const stop = async () => {
    stopping = true;
    await customers;
  };
  return { ledger, outcomes, stop };
}

/** The acknowledged writes that are not there. */
export async function missing(db: Db, ledger: readonly Entry[]): Promise<Entry[]> {
  const lost: Entry[] = [];
  for (const entry of ledger)
    if (!(await db.collection(entry.collection).findOne(entry.filter))) lost.push(entry);
  return lost;
}

export function summary(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { status } of outcomes) {
    const name = status === 0 ? 'no answer' : String(status);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const times = outcomes.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0);
  const statuses = [...counts].map(([name, count]) => `${name}: ${count}`).join(', ');
  return `${outcomes.length} calls (${statuses}); p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`;
}
