import { DAY_MS } from '../../lib/calendar.js';
import { readEmail } from '../../lib/values/email.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { readFields, readText } from '../../platform/mongodb/read.js';
import type { ConversationMessage } from './read-message.js';

/**
 * How well a session knows its customer: not at all, by an email that was typed, or by an order whose number stood beside the
 * email and postal code that belong to it. In this order also as texts: a level is only ever raised.
 */
export const IDENTITIES = ['anonymous', 'claimed', 'verified'] as const;
export type Identity = (typeof IDENTITIES)[number];

export interface SessionMessage extends ConversationMessage {
  /** The widget's own: a message that is sent again is known by it. */
  id: string;
}

/** What the service knows about a widget session. Forgotten 30 days after its last call. */
export interface Session {
  sessionId: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  /** Left out while it is `anonymous`. */
  identity?: Identity;
  /** The address that was typed last. */
  email?: string;
  /** What the customer wanted, the latest last, at most 20. */
  intents?: { intent: string; at: Date }[];
  /** The order that was last looked up or acted on, when it was found. */
  lastOrderNumber?: string;
  /** The orders that were proved (src/domain/orders/proof.ts), the latest last, at most 20. */
  verifiedOrders?: string[];
  /** The orders whose news it has asked for, the latest last, at most 20. Absent in a session of an earlier version, of which that is not known. */
  followedOrders?: string[];
  shortlistId?: string;
  /** The most recent ones last, at most 20. */
  inspirationIds?: string[];
  /** The conversation, in its order, the last 200 of it. */
  messages?: SessionMessage[];
}

/** What a call can add to what is known. */
export interface SessionFacts {
  intent?: string;
  /** An address that was typed, whether or not it is theirs. */
  email?: string;
  lastOrderNumber?: string;
  /** An order that was proved. */
  verifiedOrder?: string;
  /** An order whose news was asked for. */
  followedOrder?: string;
  shortlistId?: string;
  inspirationId?: string;
}

const SESSION_DAYS = 30;
/** Of intents, verified and followed orders, and inspirations. */
export const MAX_REMEMBERED = 20;
export const MAX_MESSAGES = 200;

/** Until when a session is kept that was last heard of then. */
export const sessionExpiry = (at: Date): Date => new Date(at.getTime() + SESSION_DAYS * DAY_MS);

/**
 * Whether a session may have asked for an order's news; false only where its document says that it has not. One that had been forgotten
 * when it came back says so, too: it may have asked for those of an order that is older than what it can remember.
 */
export function mayFollow(
  session: Partial<Pick<Session, 'followedOrders' | 'createdAt'>> | null,
  { orderNumber, createdAt }: { orderNumber: string; createdAt?: Date },
): boolean {
  if (!session?.followedOrders || !session.createdAt || !createdAt) return true;
  if (sessionExpiry(createdAt) < session.createdAt) return true;
  // of a full list, earlier ones have been forgotten
  return session.followedOrders.length >= MAX_REMEMBERED || session.followedOrders.includes(orderNumber);
}

const LONGEST_INTENT = 64;

/** What a body says of its session, whichever call it belongs to: what the customer wants, and an email that was typed. */
export function readSessionFacts(body: unknown, intentOfRoute: string | undefined): SessionFacts {
  const fields = readFields(body);
  const contact = readFields(fields.contact);
  const intent = readText(fields.originIntent) ?? readText(fields.intent) ?? intentOfRoute;
  const email =
    readEmail(fields.email) ??
    readEmail(fields.customerEmail) ??
    readEmail(contact.email) ??
    readEmail(contact.value) ??
    readEmail(fields.contact) ??
    readEmail(readFields(fields.lookup).email);
  return {
    ...(intent && { intent: intent.slice(0, LONGEST_INTENT) }),
    ...(email && { email }),
  };
}

export const widgetSessions = defineCollection<Session>('widgetSessions', {
  indexes: [
    { key: { sessionId: 1 }, unique: true },
    { key: { email: 1 }, sparse: true },
  ],
  // sliding: each call moves it
  retention: { after: 'expiresAt', days: 0 },
  personal: {
    fields: {
      sessionId: true,
      createdAt: false,
      lastSeenAt: false,
      expiresAt: false,
      identity: false,
      email: true,
      intents: false,
      lastOrderNumber: true,
      verifiedOrders: true,
      followedOrders: true,
      shortlistId: false,
      inspirationIds: false,
      messages: true,
    },
    foundBy: { sessions: ['sessionId'], emails: ['email'] },
  },
});
