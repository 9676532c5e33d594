import type { Document } from 'mongodb';
import type { Hashes } from '../../lib/hashes.js';
import type { Delivery } from '../../outbox/enqueue.js';
import type { CollectionName } from '../../platform/mongodb/collections.js';
import { type Inspiration, keysOf } from '../inspiration/inspiration.js';
import { slipKey } from '../returns/slip-handlers.js';

/** A person, by everything that we have found them under. */
export interface Subject {
  sessions: string[];
  /** In lower case. */
  emails: string[];
  /** In E.164 form. */
  phones: string[];
  /** The orders of their addresses. */
  orders: string[];
}

/** What a collection of ours has of a person: how they are found there, and what is done when they are to be forgotten. */
export interface PersonalData {
  name: CollectionName;
  /** The fields that name a person; each has an index. */
  foundBy: Partial<Record<keyof Subject | 'orderHashes', string>>;
  /** What is left of a document; without it, nothing is. */
  anonymous?: (document: Document) => { set: Document; unset: string[] };
  /** What lies in the object store. */
  objects?: (document: Document) => string[];
}

/** Everything of a person that is ours. What is not here holds nobody: docs/privacy.md says why. */
export const PERSONAL_DATA: readonly PersonalData[] = [
  { name: 'widgetShortlists', foundBy: { sessions: 'sessionId' } },
  {
    name: 'widgetInspiration',
    foundBy: { sessions: 'sessionId' },
    objects: (document) => [...keysOf(document as Inspiration), ...owedKeys(document.deliveries ?? [])],
  },
  {
    name: 'widgetOrderSubscriptions',
    foundBy: { sessions: 'sessionId', emails: 'destination', phones: 'destination' },
  },
  {
    // the pieces stay held, and are given back in their time
    name: 'capsuleHolds',
    foundBy: { sessions: 'sessionId', emails: 'customerEmail' },
    anonymous: ({ reservationId, deliveries }) => ({
      set: { sessionId: erased(reservationId), deliveries: unsent(deliveries) },
      unset: ['customerEmail', 'activeSessionId'],
    }),
  },
  {
    // the accounts need the return, and the fulfilment team may be at work on it
    name: 'returns',
    foundBy: {
      sessions: 'sessionId',
      emails: 'contact.email',
      phones: 'contact.phone',
      orders: 'orderNumber',
    },
    anonymous: ({ lines, reason, history }) => ({
      set: {
        lines: lines.map(({ notes: _, ...line }: Document) => line),
        ...(reason && { reason: { code: reason.code } }),
        history: withoutNotes(history),
      },
      unset: ['contact', 'notes', 'sessionId', 'requestKey'],
    }),
    objects: ({ rmaId }) => [slipKey(rmaId)],
  },
  {
    name: 'stylistTickets',
    foundBy: { sessions: 'sessionId', emails: 'contact.email', phones: 'contact.phone' },
  },
  {
    // the score counts on
    name: 'csatFeedback',
    foundBy: { sessions: 'sessionId', orders: 'orderNumber' },
    anonymous: ({ feedbackId, history, deliveries }) => ({
      set: {
        sessionId: erased(feedbackId),
        history: withoutNotes(history),
        deliveries: unsent(deliveries),
      },
      unset: ['notes', 'notesUntil', 'orderNumber', 'followUp'],
    }),
  },
  { name: 'analyticsEvents', foundBy: { sessions: 'sessionId', orderHashes: 'properties.orderHash' } },
  { name: 'idempotencyKeys', foundBy: { sessions: 'sessionId' } },
  // the last: by its address the others are found again after a crash
  { name: 'widgetSessions', foundBy: { sessions: 'sessionId', emails: 'email' } },
];

const ERASED = 'erased-';
/** In the place of a session, and unlike any other. */
const erased = (id: string): string => `${ERASED}${id}`;
export const isErased = (sessionId: string): boolean => sessionId.startsWith(ERASED);

/** The documents of a person; undefined when the person cannot be in that collection. */
export function filterFor(
  { foundBy, anonymous }: PersonalData,
  subject: Subject,
  hashes: Hashes,
): Document | undefined {
  const values = { ...subject, orderHashes: subject.orders.map(hashes.order) };
  const clauses = Object.entries(foundBy).flatMap(([what, field]) => {
    const some = values[what as keyof typeof values];
    return some.length > 0 ? [{ [field]: { $in: some } }] : [];
  });
  if (clauses.length === 0) return undefined;
  // what is anonymous already is nobody's, though it may still name an order
  return { $or: clauses, ...(anonymous && { erasedAt: { $exists: false } }) };
}

const withoutNotes = (history: Document[] = []): Document[] => history.map(({ note: _, ...act }) => act);

/** What goes to people and to the CRM is not sent any more; what the service has to put right is. */
const unsent = (deliveries: Delivery[] = []): Delivery[] =>
  deliveries.map((delivery) =>
    delivery.state === 'pending' && (delivery.to === 'crm' || delivery.to === 'email')
      ? { ...delivery, state: 'skipped', lastError: 'The customer has been forgotten' }
      : delivery,
  );

// Objects that are on their way out of the store are named by what is owed alone.
const owedKeys = (deliveries: Delivery[]): string[] =>
  deliveries.flatMap(({ payload }) => (payload as { keys?: string[] } | undefined)?.keys ?? []);
