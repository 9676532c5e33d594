import type { Document } from 'mongodb';
import type { Collections } from '../../collections.js';
import type { Conversion } from '../../domain/creators/credit-orders.js';
import { statusForm } from '../../domain/orders/statuses.js';
import { DAY_MS } from '../../lib/calendar.js';
import { readNumber, readText } from '../../platform/mongodb/read.js';
import { totalOf } from '../orders/order-row.js';
import { notFound } from '../queue/act-on-item.js';
import { may, type Viewer } from '../viewer.js';
import { type Creator, type Credit, creatorDetail, creatorRow, TREND_WEEKS } from './creator-row.js';

interface CreatorsOptions {
  collections: Collections;
  now: () => Date;
  shop: { currency: string };
}

const WEEK_MS = 7 * DAY_MS;
const MAX_CREATORS = 500;
const MAX_CREDITS = 20_000;

/** Creators, and what came of the customers whom they sent to the widget. */
export function createCreatorsView({ collections, now, shop }: CreatorsOptions) {
  const { creators, creatorConversions, orders, stylistTickets } = collections;

  async function list(viewer: Viewer) {
    const docs = await creators.find({}, { limit: MAX_CREATORS }).toArray();
    const all = docs.flatMap(readCreator);
    const credits = await creditsOf(all.map(({ creatorCode }) => creatorCode));
    const rows = all.map((creator) =>
      creatorRow(creator, credits.get(creator.creatorCode) ?? [], context(viewer)),
    );
    return {
      creators: rows.sort(
        (a, b) => b.conversions - a.conversions || a.creatorCode.localeCompare(b.creatorCode),
      ),
    };
  }

  /** @throws ApiError 404 */
  async function detail(viewer: Viewer, code: string) {
    const doc = await creators.findOne({ creatorCode: { $in: [code, code.toUpperCase()] } });
    const creator = doc && readCreator(doc)[0];
    if (!creator) throw notFound({ id: code });
    const credits = await creditsOf([creator.creatorCode]);
    return creatorDetail(creator, credits.get(creator.creatorCode) ?? [], context(viewer));
  }

  const context = (viewer: Viewer) => ({
    now: now(),
    finance: may(viewer, 'dashboard:finance'),
    currency: shop.currency,
  });

  async function creditsOf(codes: string[]): Promise<Map<string, Credit[]>> {
    const since = new Date(now().getTime() - TREND_WEEKS * WEEK_MS);
    const [tickets, conversions] = await Promise.all([
      stylistTickets
        .find(
          { creatorCode: { $in: codes }, createdAt: { $gte: since } },
          { projection: { _id: 0, creatorCode: 1, createdAt: 1, ticketId: 1 } },
        )
        .limit(MAX_CREDITS)
        .toArray(),
      creatorConversions
        .find({ creatorCode: { $in: codes }, placedAt: { $gte: since } }, { projection: { _id: 0 } })
        .limit(MAX_CREDITS)
        .toArray(),
    ]);
    const credits = new Map<string, Credit[]>(codes.map((code) => [code, []]));
    for (const { creatorCode = '', createdAt, ticketId } of tickets)
      credits.get(creatorCode)?.push({ kind: 'escalation', at: createdAt, reference: ticketId });
    for (const { creatorCode, credit } of await withOrders(conversions))
      credits.get(creatorCode)?.push(credit);
    return credits;
  }

  // What an order came to is read from the order as it is today: it may have been cancelled since.
  async function withOrders(conversions: Conversion[]): Promise<{ creatorCode: string; credit: Credit }[]> {
    const numbers = conversions.map(({ orderNumber }) => orderNumber);
    const docs = await orders
      .find(
        { orderNumber: { $in: numbers } },
        { projection: { orderNumber: 1, status: 1, currency: 1, 'totals.total': 1 } },
      )
      .toArray();
    const byNumber = new Map<string, Document>(docs.map((doc) => [String(doc.orderNumber), doc]));
    return conversions.map(({ creatorCode, placedAt, orderNumber }) => {
      const doc = byNumber.get(orderNumber);
      const status = statusForm(readText(doc?.status) ?? 'unknown');
      const amount = doc && totalOf(doc, shop.currency)?.amount;
      const credit: Credit = {
        kind: 'order',
        at: placedAt,
        reference: orderNumber,
        status,
        amount: amount ?? 0,
      };
      return { creatorCode, credit };
    });
  }

  return { list, detail };
}

function readCreator(doc: Document): Creator[] {
  const creatorCode = readText(doc.creatorCode);
  if (!creatorCode) return [];
  return [
    {
      creatorCode,
      name: readText(doc.displayName) ?? creatorCode,
      status: readText(doc.status) ?? 'active',
      commissionRate: readNumber(doc.commissionRate) ?? 0,
    },
  ];
}
