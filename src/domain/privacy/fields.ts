import type { Collection } from 'mongodb';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import type { Collections } from '../../platform/mongodb/collections.js';

type Doc<Name extends keyof Collections> = Collections[Name] extends Collection<infer D> ? D : never;
type Own<Name extends keyof Collections> = Exclude<keyof Doc<Name>, keyof WithDeliveries | '_id'>;

/** The collections that have something of a person. */
export type PersonalName =
  | 'widgetSessions'
  | 'widgetShortlists'
  | 'widgetInspiration'
  | 'widgetOrderSubscriptions'
  | 'capsuleHolds'
  | 'returns'
  | 'stylistTickets'
  | 'csatFeedback'
  | 'analyticsEvents'
  | 'idempotencyKeys'
  | 'erasures';

/**
 * Every field of their documents: true where it holds, or leads to, a person. A field that is missing here is an error of the type
 * check: who adds one decides what it is.
 */
export const FIELDS: { [Name in PersonalName]: Record<Own<Name>, boolean> } = {
  widgetSessions: {
    sessionId: true,
    createdAt: false,
    lastSeenAt: false,
    expiresAt: false,
    identity: false,
    email: true,
    intents: false,
    lastOrderNumber: true,
    verifiedOrders: true,
    shortlistId: false,
    inspirationIds: false,
    messages: true,
  },
  widgetShortlists: { shortlistId: false, sessionId: true, items: false, arrival: false, updatedAt: false },
  widgetInspiration: {
    inspirationId: false,
    sessionId: true,
    originalFileName: true,
    contentType: false,
    sizeBytes: false,
    caption: true,
    originalKey: true,
    renditions: true,
    moderationStatus: false,
    reason: false,
    createdAt: false,
    uploadExpiresAt: false,
    version: false,
    history: false,
  },
  widgetOrderSubscriptions: {
    subscriptionId: false,
    orderNumber: true,
    channel: false,
    destination: true,
    consent: true,
    sessionId: true,
    status: false,
    confirmation: false,
    stopped: false,
    history: false,
    createdAt: false,
  },
  capsuleHolds: {
    reservationId: false,
    sessionId: true,
    activeSessionId: true,
    items: false,
    claims: false,
    shortlistId: false,
    customerEmail: true,
    status: false,
    extensions: false,
    version: false,
    history: false,
    createdAt: false,
    convertedAt: false,
    expiresAt: false,
    erasedAt: false,
  },
  returns: {
    rmaId: false,
    option: false,
    orderNumber: true,
    lines: true,
    reason: true,
    notes: true,
    contact: true,
    sessionId: true,
    status: false,
    history: true,
    orderStatusBefore: false,
    openKey: false,
    requestKey: false,
    claims: false,
    createdAt: false,
    updatedAt: false,
    expiresAt: false,
    erasedAt: false,
  },
  stylistTickets: {
    ticketId: false,
    openKey: false,
    sessionId: true,
    status: false,
    priority: false,
    priorityReasons: false,
    assignee: false,
    identity: false,
    contact: true,
    notes: true,
    timePreference: true,
    transcript: true,
    shortlist: false,
    inspirationIds: false,
    orderNumber: true,
    creatorId: false,
    creatorCode: false,
    createdAt: false,
    dueAt: false,
    firstResponseAt: false,
    version: false,
    history: true,
  },
  csatFeedback: {
    feedbackId: false,
    sessionId: true,
    intent: false,
    score: false,
    notes: true,
    notesUntil: false,
    orderNumber: true,
    needsFollowUp: false,
    followUp: false,
    day: false,
    version: false,
    history: true,
    createdAt: false,
    updatedAt: false,
    erasedAt: false,
  },
  analyticsEvents: {
    event: false,
    day: false,
    at: false,
    createdAt: false,
    source: false,
    sessionId: true,
    intent: false,
    success: false,
    requestId: false,
    properties: true,
  },
  idempotencyKeys: {
    fingerprint: false,
    sessionId: true,
    state: false,
    leaseUntil: false,
    status: false,
    body: true,
    expiresAt: false,
  },
  erasures: { erasureId: false, subject: true, receipt: false, requestedAt: false, finishedAt: false },
};
