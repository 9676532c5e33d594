import { type Db, ObjectId } from 'mongodb';
import type { AnalyticsEvent } from '../../src/domain/analytics/analytics-event.js';
import type { CapsuleHold } from '../../src/domain/capsules/capsule-hold.js';
import { type CapsuleWish, newHold } from '../../src/domain/capsules/hold-capsule.js';
import type { Feedback } from '../../src/domain/csat/rating.js';
import { type RatingFacts, rate } from '../../src/domain/csat/submit-rating.js';
import type { Inspiration } from '../../src/domain/inspiration/inspiration.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';
import { newTicket, type TicketFacts } from '../../src/domain/stylist/new-ticket.js';
import type { StylistTicket } from '../../src/domain/stylist/stylist-ticket.js';
import { createCalendar } from '../../src/lib/calendar.js';

/** Documents as the service itself writes them, with what a test says of them. */
let made = 0;
const nth = (prefix: string): string => `${prefix}-${String(++made).padStart(6, '0')}`;
const { dayOf } = createCalendar('America/New_York');

export const ticket = (at: Date, facts: Partial<TicketFacts & StylistTicket> = {}): StylistTicket => ({
  ...newTicket(
    {
      sessionId: nth('session'),
      priority: 'normal',
      priorityReasons: [],
      identity: 'claimed',
      customerEmail: 'ada@example.com',
      customerName: 'Ada Sample',
      transcript: [],
      shortlist: [],
      inspirationIds: [],
    },
    new Date(at.getTime() + 4 * 60 * 60_000),
    at,
  ),
  ticketId: nth('ST'),
  ...facts,
});

export const hold = (at: Date, facts: Partial<CapsuleHold & CapsuleWish> = {}): CapsuleHold => ({
  ...newHold({ sessionId: nth('session'), items: [{ id: 'RNG-101', title: 'Aurora Ring' }] }, [], at),
  ...facts,
});

export const rating = (at: Date, facts: Partial<RatingFacts & Feedback> = {}): Feedback => ({
  ...rate(undefined, { sessionId: nth('session'), intent: 'track_order', score: 5, ...facts }, at, dayOf),
  ...facts,
});

export const rma = (at: Date, facts: Partial<ReturnRequest> = {}): ReturnRequest => ({
  rmaId: nth('RMA'),
  option: 'resize',
  orderNumber: 'GG-12006',
  lines: [{ lineId: 'line-1', sku: 'RNG-101', title: 'Aurora Ring', quantity: 1, size: '7' }],
  sessionId: nth('session'),
  status: 'initiated',
  history: [{ status: 'initiated', at, by: 'customer' }],
  orderStatusBefore: 'delivered',
  createdAt: at,
  updatedAt: at,
  expiresAt: new Date(at.getTime() + 14 * 24 * 60 * 60_000),
  deliveries: [],
  ...facts,
});

const RENDITION = {
  key: 'inspiration/ring.jpg',
  contentType: 'image/jpeg',
  width: 320,
  height: 240,
  sizeBytes: 1000,
};

export const image = (at: Date, facts: Partial<Inspiration> = {}): Inspiration => ({
  inspirationId: nth('insp'),
  sessionId: nth('session'),
  originalFileName: 'ring.jpg',
  contentType: 'image/jpeg',
  sizeBytes: 1000,
  moderationStatus: 'pending_review',
  reason: 'not_scanned',
  renditions: { web: RENDITION, thumbnail: RENDITION },
  createdAt: at,
  version: 1,
  history: [{ at, by: 'customer', action: 'kept' }],
  deliveries: [],
  ...facts,
});

export const event = (at: Date, facts: Partial<AnalyticsEvent>): AnalyticsEvent => ({
  _id: nth('event'),
  event: 'aurora_widget_open',
  day: dayOf(at),
  at,
  createdAt: at,
  source: 'widget',
  properties: {},
  deliveries: [],
  ...facts,
});

/** A ticket whose delivery to the CRM has failed for good. */
export function deadTicket(at: Date): StylistTicket {
  const one = ticket(at, { status: 'done' });
  const deliveries = one.deliveries.map((delivery) => ({
    ...delivery,
    state: 'dead' as const,
    attempts: 11,
    lastAttemptAt: at,
    lastError: 'answered 403',
  }));
  const { nextDeliveryAt: _, ...rest } = one;
  return { ...rest, deliveries, deadDeliveries: 1 };
}

export const order = (orderNumber: string, createdAt: unknown, facts: object = {}) => ({
  _id: new ObjectId(),
  orderNumber,
  customerEmail: 'ada@example.com',
  customerName: 'Ada Sample',
  status: 'processing',
  currency: 'USD',
  items: [{ sku: 'RNG-101', title: 'Aurora Ring', price: 1250, quantity: 1 }],
  totals: { total: 1300 },
  createdAt,
  ...facts,
});

export const store = async (db: Db, collection: string, documents: object[]): Promise<void> => {
  if (documents.length > 0) await db.collection(collection).insertMany(documents.map((one) => ({ ...one })));
};
