import type { Document } from 'mongodb';
import type { Channel } from '../../domain/order-updates/subscription.js';
import { readOrder } from '../../domain/orders/read-order.js';
import type { Shop } from '../../domain/orders/shop-dates.js';
import { buildTimeline, type TimelineEntry } from '../../domain/orders/timeline.js';
import { createDateReader } from '../../lib/values/date.js';
import { readFields, readList, readNumber, readText } from '../../platform/mongodb/read.js';
import { may, shownEmail, type Viewer } from '../viewer.js';

export interface Money {
  amount: number;
  currency: string;
}

/** An order in a list. */
export interface OrderRow {
  orderNumber: string;
  placedAt?: string;
  customer?: string;
  status: string;
  /** The step of the timeline that it has come to. */
  step: { label: string; status: TimelineEntry['status'] };
  ended: boolean;
  supportTickets: string[];
  csatRating?: number;
  channels: Channel[];
  /** How many returns of it wait for its owner's word, if any do. */
  unconfirmedReturns?: number;
  /** With `dashboard:finance` only. */
  total?: Money;
}

export interface RowContext {
  viewer: Viewer;
  now: Date;
  shop: Shop & { currency: string };
}

export function orderRow(doc: Document, channels: Channel[], { viewer, now, shop }: RowContext): OrderRow {
  const order = readOrder(doc, createDateReader(shop));
  const { entries, currentStatus, exception } = buildTimeline(order, now, shop);
  const reached = entries.findLast(({ status }) => status !== 'upcoming') ?? entries[0];
  const csatRating = readNumber(doc.csatRating);
  const total = totalOf(doc, shop.currency);
  return {
    orderNumber: order.orderNumber,
    status: currentStatus,
    step: { label: reached?.label ?? currentStatus, status: reached?.status ?? 'current' },
    ended: exception !== undefined,
    supportTickets: supportTicketsOf(doc),
    channels,
    placedAt: order.createdAt?.toISOString(),
    customer: order.email && shownEmail(viewer, order.email),
    csatRating,
    ...(total && may(viewer, 'dashboard:finance') && { total }),
  };
}

export function totalOf(doc: Document, currency: string): Money | undefined {
  const amount = readNumber(readFields(doc.totals).total);
  return amount === undefined ? undefined : { amount, currency: readText(doc.currency) ?? currency };
}

// By their numbers, however they are written down.
export const supportTicketsOf = (doc: Document): string[] =>
  readList(doc.supportTickets).flatMap(
    (entry) => readText(entry) ?? readText(readFields(entry).ticketId) ?? [],
  );
