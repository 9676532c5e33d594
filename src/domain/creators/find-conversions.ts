import type { Collection, Document } from 'mongodb';
import { DAY_MS } from '../../lib/calendar.js';
import { readEmail } from '../../lib/values/email.js';
import { readDate, readText } from '../../platform/mongodb/read.js';
import { upsertAgain } from '../../platform/mongodb/write.js';
import type { AnalyticsEvent } from '../analytics/analytics-event.js';
import type { Session } from '../sessions/session.js';
import { readTicket } from '../stylist/read-ticket.js';
import type { StylistTicket } from '../stylist/stylist-ticket.js';
import { type Conversion, CREDIT_DAYS, creditOrders, type PlacedOrder, type Touch } from './credit-orders.js';

/** An order may be heard of as late as this after it was placed. */
const LOOK_BACK_DAYS = 2 * CREDIT_DAYS;
const MAX_TOUCHES = 20_000;
const ORDERS_AT_ONCE = 500;

/** Where customers and their orders are found, and where what was credited is kept. */
interface Collections {
  stylistTickets: Collection<StylistTicket>;
  analyticsEvents: Collection<AnalyticsEvent>;
  widgetSessions: Collection<Session>;
  creators: Collection<Document>;
  orders: Collection<Document>;
  creatorConversions: Collection<Conversion>;
}

/** Finds the orders of customers who came through a creator, and keeps each once: sessions are forgotten sooner than commissions are paid. */
export async function findConversions(collections: Collections, now: Date): Promise<number> {
  const since = new Date(now.getTime() - LOOK_BACK_DAYS * DAY_MS);
  const touches = await findTouches(collections, since);
  if (touches.length === 0) return 0;
  const conversions = creditOrders(touches, await ordersOf(collections, touches));
  return keep(collections, conversions);
}

async function findTouches(
  { stylistTickets, analyticsEvents, creators }: Collections,
  since: Date,
): Promise<Touch[]> {
  const codes = (await creators.find({}, { projection: { creatorCode: 1 } }).toArray()).flatMap(
    ({ creatorCode }) => readText(creatorCode) ?? [],
  );
  const known = new Map(codes.map((code) => [code.toUpperCase(), code]));
  const [tickets, events] = await Promise.all([
    stylistTickets
      .find(
        { creatorCode: { $in: codes }, createdAt: { $gte: since } },
        { projection: { _id: 0, creatorCode: 1, createdAt: 1, sessionId: 1, customerEmail: 1, contact: 1 } },
      )
      .limit(MAX_TOUCHES)
      .toArray(),
    analyticsEvents
      .aggregate<{ _id: { code: string; sessionId: string }; at: Date }>([
        {
          $match: {
            'properties.creatorCode': { $gt: '' },
            at: { $gte: since },
            sessionId: { $exists: true },
          },
        },
        {
          $group: { _id: { code: '$properties.creatorCode', sessionId: '$sessionId' }, at: { $min: '$at' } },
        },
        { $limit: MAX_TOUCHES },
      ])
      .toArray(),
  ]);
  return [
    ...tickets.map(readTicket).map(({ creatorCode = '', createdAt, sessionId, customerEmail }) => ({
      creatorCode,
      at: createdAt,
      sessionId,
      email: customerEmail,
    })),
    ...events.flatMap(({ _id, at }) => {
      const creatorCode = known.get(_id.code.toUpperCase());
      return creatorCode ? [{ creatorCode, at, sessionId: _id.sessionId }] : [];
    }),
  ];
}

async function ordersOf(collections: Collections, touches: Touch[]): Promise<PlacedOrder[]> {
  const sessionsOf = await orderNumbersOf(collections, [
    ...new Set(touches.flatMap(({ sessionId }) => sessionId ?? [])),
  ]);
  const emails = [
    ...new Set(touches.flatMap(({ email }) => (email ? [email, readEmail(email) ?? email] : []))),
  ];
  const [byNumber, byEmail] = await Promise.all([
    findOrders(collections, 'orderNumber', [...sessionsOf.keys()]),
    findOrders(collections, 'customerEmail', emails),
  ]);
  const docs = new Map([...byNumber, ...byEmail].map((doc) => [String(doc.orderNumber), doc]));
  return [...docs].flatMap(([orderNumber, doc]): PlacedOrder[] => {
    const placedAt = readDate(doc.createdAt);
    const sessionIds = [...(sessionsOf.get(orderNumber) ?? [])];
    return placedAt ? [{ orderNumber, placedAt, sessionIds, email: readText(doc.customerEmail) }] : [];
  });
}

/** The orders that those sessions have had to do with, each with its sessions. */
async function orderNumbersOf(
  { widgetSessions, stylistTickets }: Collections,
  sessionIds: string[],
): Promise<Map<string, Set<string>>> {
  const sessionsOf = new Map<string, Set<string>>();
  const add = (orderNumber: string, sessionId: string) =>
    sessionsOf.set(orderNumber, (sessionsOf.get(orderNumber) ?? new Set()).add(sessionId));
  for (const ids of chunks(sessionIds)) {
    const filter = { sessionId: { $in: ids } };
    const sessions = widgetSessions.find(filter, {
      projection: { _id: 0, sessionId: 1, lastOrderNumber: 1, verifiedOrders: 1 },
    });
    for await (const { sessionId, lastOrderNumber, verifiedOrders = [] } of sessions)
      for (const number of [...verifiedOrders, ...(lastOrderNumber ? [lastOrderNumber] : [])])
        add(number, sessionId);
    const tickets = stylistTickets.find(filter, { projection: { _id: 0, sessionId: 1, orderNumber: 1 } });
    for await (const { sessionId, orderNumber } of tickets) if (orderNumber) add(orderNumber, sessionId);
  }
  return sessionsOf;
}

async function findOrders(
  { orders }: Collections,
  field: 'orderNumber' | 'customerEmail',
  values: string[],
): Promise<Document[]> {
  const found: Document[] = [];
  for (const some of chunks(values))
    found.push(
      ...(await orders
        .find({ [field]: { $in: some } }, { projection: { orderNumber: 1, customerEmail: 1, createdAt: 1 } })
        .toArray()),
    );
  return found;
}

function chunks(values: string[]): string[][] {
  const count = Math.ceil(values.length / ORDERS_AT_ONCE);
  return Array.from({ length: count }, (_, nth) =>
    values.slice(nth * ORDERS_AT_ONCE, (nth + 1) * ORDERS_AT_ONCE),
  );
}

async function keep({ creatorConversions }: Collections, conversions: Conversion[]): Promise<number> {
  if (conversions.length === 0) return 0;
  const upserts = conversions.map(({ orderNumber, ...conversion }) => ({
    updateOne: { filter: { orderNumber }, update: { $setOnInsert: conversion }, upsert: true },
  }));
  const { upsertedCount } = await upsertAgain(() =>
    creatorConversions.bulkWrite(upserts, { ordered: false }),
  );
  return upsertedCount;
}
