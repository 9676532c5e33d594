import type { Db, IndexDescription } from 'mongodb';
import type { CollectionName } from './collections.js';

const DAY_SECONDS = 24 * 60 * 60;

// Both fields are there only while there is something to do: the indexes stay small however many documents are done.
const OWING: IndexDescription[] = [
  { key: { nextDeliveryAt: 1 }, sparse: true },
  { key: { deadDeliveries: 1 }, sparse: true },
];

/**
 * Every index of the service. No query in a request path is without one. The shop's collections get no unique index:
 * their documents are not ours to refuse. Retention (contract: "Documents") is kept by the TTL indexes.
 */
export const INDEXES: Record<CollectionName, IndexDescription[]> = {
  // newest change first: how the catalogue notices that it is out of date
  products: [{ key: { updatedAt: -1 } }],
  // read as a whole with the catalogue
  materials: [],
  gemstones: [],
  orders: [
    { key: { orderNumber: 1 } },
    { key: { customerEmail: 1, createdAt: -1 } },
    // the newest first, for the staff
    { key: { createdAt: -1, orderNumber: -1 } },
  ],
  creators: [{ key: { creatorCode: 1 } }],
  orderChanges: [
    // the same message, and the same change under another id, is taken once
    { key: { webhookId: 1 }, unique: true },
    { key: { changeKey: 1 }, unique: true },
    { key: { createdAt: 1 }, expireAfterSeconds: 180 * DAY_SECONDS },
    ...OWING,
  ],
  widgetSessions: [
    { key: { sessionId: 1 }, unique: true },
    { key: { email: 1 }, sparse: true },
    { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
  widgetShortlists: [
    { key: { sessionId: 1 }, unique: true },
    { key: { updatedAt: 1 }, expireAfterSeconds: 30 * DAY_SECONDS },
  ],
  widgetInspiration: [
    { key: { inspirationId: 1 }, unique: true },
    { key: { sessionId: 1 } },
    { key: { moderationStatus: 1, createdAt: 1, inspirationId: 1 } },
    // there only while a signed upload is awaited
    { key: { uploadExpiresAt: 1 }, sparse: true, expireAfterSeconds: 0 },
    { key: { createdAt: 1 }, expireAfterSeconds: 180 * DAY_SECONDS },
    ...OWING,
  ],
  widgetOrderSubscriptions: [
    { key: { orderNumber: 1, channel: 1, destination: 1 }, unique: true },
    { key: { createdAt: 1 } },
    { key: { subscriptionId: 1 }, unique: true },
    { key: { destination: 1 } },
    { key: { sessionId: 1 } },
    ...OWING,
  ],
  capsuleHolds: [
    { key: { reservationId: 1 }, unique: true },
    { key: { sessionId: 1 } },
    { key: { customerEmail: 1 }, sparse: true },
    // one active hold a session: the field is there only while the hold is active
    { key: { activeSessionId: 1 }, unique: true, sparse: true },
    // what waits for the staff, the oldest first
    { key: { status: 1, createdAt: 1, reservationId: 1 } },
    { key: { createdAt: 1 } },
    // one hold a piece: each entry names one piece off the shelf
    { key: { claims: 1 }, unique: true, sparse: true },
    { key: { expiresAt: 1 }, expireAfterSeconds: 3 * DAY_SECONDS },
    ...OWING,
  ],
  returns: [
    { key: { rmaId: 1 }, unique: true },
    { key: { sessionId: 1 }, sparse: true },
    { key: { 'contact.email': 1 }, sparse: true },
    { key: { 'contact.phone': 1 }, sparse: true },
    // one open RMA for the same order, option and lines: the field is there only while the RMA is open
    { key: { openKey: 1 }, unique: true, sparse: true },
    // one RMA a piece: each entry names one piece of one line of one order
    { key: { claims: 1 }, unique: true, sparse: true },
    { key: { orderNumber: 1 } },
    { key: { createdAt: 1 }, expireAfterSeconds: 365 * DAY_SECONDS },
    ...OWING,
  ],
  stylistTickets: [
    { key: { ticketId: 1 }, unique: true },
    { key: { sessionId: 1 } },
    { key: { 'contact.email': 1 } },
    { key: { 'contact.phone': 1 }, sparse: true },
    // one ticket for the same words: the field is there until the next after ten minutes
    { key: { openKey: 1 }, unique: true, sparse: true },
    { key: { status: 1, createdAt: 1 } },
    // what waits for the staff: the most urgent first, then the oldest
    { key: { status: 1, priority: 1, createdAt: 1, ticketId: 1 } },
    { key: { sessionId: 1, createdAt: 1 } },
    { key: { orderNumber: 1, createdAt: -1 }, sparse: true },
    { key: { creatorCode: 1, createdAt: 1 }, sparse: true },
    { key: { firstResponseAt: 1 }, sparse: true },
    { key: { createdAt: 1 }, expireAfterSeconds: 365 * DAY_SECONDS },
    ...OWING,
  ],
  csatFeedback: [
    { key: { sessionId: 1, intent: 1 }, unique: true },
    { key: { feedbackId: 1 }, unique: true },
    { key: { orderNumber: 1 }, sparse: true },
    { key: { day: 1, score: 1 } },
    { key: { notesUntil: 1 }, sparse: true },
    // what waits for the staff: the worst first, then the oldest
    { key: { 'followUp.status': 1, score: 1, createdAt: 1, feedbackId: 1 } },
    ...OWING,
  ],
  analyticsEvents: [
    { key: { day: 1, event: 1 } },
    { key: { sessionId: 1 }, sparse: true },
    { key: { 'properties.orderHash': 1 }, sparse: true },
    { key: { 'properties.creatorCode': 1 }, sparse: true },
    { key: { createdAt: 1 }, expireAfterSeconds: 180 * DAY_SECONDS },
    ...OWING,
  ],
  // found by `_id` alone
  suppressions: [],
  analyticsDays: [],
  jobs: [],
  dailyFigures: [{ key: { day: 1 }, unique: true }],
  creatorConversions: [
    { key: { orderNumber: 1 }, unique: true },
    { key: { creatorCode: 1, placedAt: 1 } },
    { key: { placedAt: 1 }, expireAfterSeconds: 365 * DAY_SECONDS },
  ],
  idempotencyKeys: [
    { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    { key: { sessionId: 1 }, sparse: true },
  ],
  // the receipts
  erasures: [
    { key: { erasureId: 1 }, unique: true },
    { key: { requestedAt: 1 }, expireAfterSeconds: 3 * 365 * DAY_SECONDS },
    ...OWING,
  ],
  // who has done what: newest first, of one thing or of all
  auditLog: [{ key: { target: 1, at: -1 } }, { key: { at: 1 }, expireAfterSeconds: 2 * 365 * DAY_SECONDS }],
};

/** Creates what is missing; an index that is there already is left alone. All collections at once. */
export async function ensureIndexes(db: Db): Promise<void> {
  const entries = Object.entries(INDEXES).filter(([, indexes]) => indexes.length > 0);
  await Promise.all(entries.map(([name, indexes]) => db.collection(name).createIndexes(indexes)));
}
