import type { Collections } from '../../collections.js';
import type { CapsuleHold } from '../../domain/capsules/capsule-hold.js';
import type { Feedback } from '../../domain/csat/rating.js';
import type { Inspiration } from '../../domain/inspiration/inspiration.js';
import { type ReturnRequest, versionOf } from '../../domain/returns/return-request.js';
import { historyOf, RETURN_STATUSES, type ReturnStatus } from '../../domain/returns/return-steps.js';
import { readTicket, shopStatuses } from '../../domain/stylist/read-ticket.js';
import {
  type StylistTicket,
  TICKET_STATUSES,
  type TicketStatus,
} from '../../domain/stylist/stylist-ticket.js';
import { shownEmail, shownName, type Viewer } from '../viewer.js';
import { begunBy, dueUntil, type QueueFilters } from './filters.js';
import { createStream, type SortKey, type Stream } from './index-stream.js';
import { DUE_AFTER_MS, dueAfter, type QueueItem, type QueueStatus, RANKS } from './queue-item.js';

export interface SourceContext {
  collections: Collections;
  viewer: Viewer;
  filters: QueueFilters;
  now: Date;
}

const HIGH = RANKS.indexOf('high');
const NORMAL = RANKS.indexOf('normal');
/** A title is a glance, not a reading. */
const MAX_TITLE_LETTERS = 120;

/** What has no deadline of its own is due so long after it began: both orders are that of its beginning. */
const begins = ({ order }: QueueFilters, kind: keyof typeof DUE_AFTER_MS): SortKey<{ createdAt: Date }> => ({
  field: 'createdAt',
  laterMs: order === 'due' ? DUE_AFTER_MS[kind] : 0,
});

const shorten = (text: string): string =>
  text.length > MAX_TITLE_LETTERS ? `${text.slice(0, MAX_TITLE_LETTERS - 1).trimEnd()}…` : text;

/** Stylist tickets: by their status and their priority. */
export function ticketStreams({ collections, viewer, filters, now }: SourceContext): Stream[] {
  const until = dueUntil(filters, now);
  const { assignee } = filters;
  const also = until ? [{ dueAt: { $lte: until } }] : [];
  const whose = assignee ? { assignee: assignee === 'none' ? null : assignee } : {};
  const dueAt: SortKey<StylistTicket> = { field: filters.order === 'due' ? 'dueAt' : 'createdAt' };
  const streamOf = (status: TicketStatus, rank: number, equal: object, sort = dueAt) =>
    createStream<StylistTicket>(
      // what is done has no order of urgency
      { kind: 'tickets', status, rank: status === 'done' ? 0 : rank },
      {
        collection: collections.stylistTickets,
        idField: 'ticketId',
        sort,
        equal: { ...whose, ...equal },
        also,
        projection: TICKET_FIELDS,
        toItem: (ticket) => ticketItem(readTicket(ticket), viewer),
      },
    );
  return TICKET_STATUSES.flatMap((status) => [
    ...RANKS.map((priority, rank) => streamOf(status, rank, { status, priority })),
    // those of the shop's earlier pages have no priority and no deadline, and words of their own
    streamOf(
      status,
      NORMAL,
      { status: { $in: shopStatuses(status) }, priority: null },
      { field: 'createdAt' },
    ),
  ]);
}

const TICKET_FIELDS = {
  ticketId: 1,
  sessionId: 1,
  status: 1,
  priority: 1,
  priorityReasons: 1,
  customerName: 1,
  customerEmail: 1,
  contact: 1,
  notes: 1,
  orderNumber: 1,
  assignee: 1,
  createdAt: 1,
  dueAt: 1,
  version: 1,
} as const;

export function ticketItem(ticket: StylistTicket, viewer: Viewer): QueueItem {
  const { customerName, customerEmail, notes, orderNumber, assignee } = ticket;
  const customer = customerName ? shownName(viewer, customerName) : shownEmail(viewer, customerEmail);
  return {
    kind: 'tickets',
    id: ticket.ticketId,
    status: ticket.status,
    priority: ticket.priority,
    priorityReasons: ticket.priorityReasons,
    title: notes ? shorten(notes) : 'Would like to speak to a stylist',
    customer,
    detail: orderNumber,
    sessionId: ticket.sessionId || undefined,
    assignee,
    createdAt: ticket.createdAt,
    dueAt: ticket.dueAt,
    version: ticket.version,
  };
}

/** Holds that someone should follow up before they end. */
export function capsuleStreams({ collections, viewer, filters, now }: SourceContext): Stream[] {
  const until = dueUntil(filters, now);
  return [
    createStream<CapsuleHold>(
      { kind: 'capsules', status: 'open', rank: NORMAL },
      {
        collection: collections.capsuleHolds,
        idField: 'reservationId',
        sort: { field: filters.order === 'due' ? 'expiresAt' : 'createdAt' },
        equal: { status: 'active' },
        // one that has ended is about to be closed
        also: [{ expiresAt: { $gt: now, $lte: until } }],
        projection: {
          reservationId: 1,
          sessionId: 1,
          customerEmail: 1,
          'items.title': 1,
          'items.id': 1,
          createdAt: 1,
          expiresAt: 1,
          version: 1,
        },
        toItem: (hold) => capsuleItem(hold, viewer),
      },
    ),
  ];
}

export function capsuleItem({ customerEmail, items, ...hold }: CapsuleHold, viewer: Viewer): QueueItem {
  return {
    kind: 'capsules',
    id: hold.reservationId,
    status: 'open',
    priority: 'normal',
    title: shorten(items.map(({ title, id }) => title ?? id).join(', ')),
    detail: items.length === 1 ? '1 piece held' : `${items.length} pieces held`,
    customer: customerEmail && shownEmail(viewer, customerEmail),
    sessionId: hold.sessionId,
    createdAt: hold.createdAt,
    dueAt: hold.expiresAt,
    version: hold.version,
  };
}

/** Low ratings, whose customers should be contacted: the worst first. */
export function feedbackStreams({ collections, filters, now }: SourceContext): Stream[] {
  const also = begunBy(dueUntil(filters, now), DUE_AFTER_MS.feedback);
  const open = { open: 'open', contacted: 'done' } as const;
  return (['open', 'contacted'] as const).flatMap((followUp) =>
    [1, 2].map((score) =>
      createStream<Feedback>(
        {
          kind: 'feedback',
          status: open[followUp],
          rank: followUp === 'contacted' ? 0 : score === 1 ? HIGH : NORMAL,
        },
        {
          collection: collections.csatFeedback,
          idField: 'feedbackId',
          sort: begins(filters, 'feedback'),
          equal: { 'followUp.status': followUp, score },
          also,
          projection: {
            feedbackId: 1,
            sessionId: 1,
            score: 1,
            intent: 1,
            notes: 1,
            orderNumber: 1,
            'followUp.status': 1,
            createdAt: 1,
            version: 1,
          },
          toItem: feedbackItem,
        },
      ),
    ),
  );
}

export function feedbackItem({
  score,
  notes,
  intent,
  orderNumber,
  followUp,
  ...rating
}: Feedback): QueueItem {
  return {
    kind: 'feedback',
    id: rating.feedbackId,
    status: followUp?.status === 'contacted' ? 'done' : 'open',
    priority: score === 1 ? 'high' : 'normal',
    title: notes ? shorten(notes) : `Rated ${score} of 5`,
    detail: [`${score} of 5`, intent.replaceAll('_', ' '), orderNumber].filter(Boolean).join(' · '),
    sessionId: rating.sessionId,
    createdAt: rating.createdAt,
    dueAt: dueAfter('feedback', rating.createdAt),
    version: rating.version,
  };
}

/** Images that wait for a person's eye. */
export function imageStreams({ collections, filters, now }: SourceContext): Stream[] {
  return [
    createStream<Inspiration>(
      { kind: 'images', status: 'open', rank: NORMAL },
      {
        collection: collections.widgetInspiration,
        idField: 'inspirationId',
        sort: begins(filters, 'images'),
        equal: { moderationStatus: 'pending_review' },
        // without a reason it is still being checked
        also: [{ reason: { $exists: true } }, ...begunBy(dueUntil(filters, now), DUE_AFTER_MS.images)],
        projection: { inspirationId: 1, sessionId: 1, contentType: 1, caption: 1, createdAt: 1, version: 1 },
        toItem: imageItem,
      },
    ),
  ];
}

export const imageItem = ({
  inspirationId,
  sessionId,
  caption,
  contentType,
  createdAt,
  version,
}: Inspiration): QueueItem => ({
  kind: 'images',
  id: inspirationId,
  status: 'open',
  priority: 'normal',
  title: caption ? shorten(caption) : 'Inspiration image',
  detail: contentType.replace('image/', '').toUpperCase(),
  sessionId,
  createdAt,
  dueAt: dueAfter('images', createdAt),
  version,
});

/** A return waits for the team when it has come in and when its parcel has; in between, for the customer or a carrier. */
const RETURN_WAITS: Record<ReturnStatus, QueueStatus> = {
  initiated: 'open',
  received: 'open',
  approved: 'in_progress',
  label_sent: 'in_progress',
  completed: 'done',
  declined: 'done',
  cancelled: 'done',
};

/** The returns that the team has to do something about. */
export const WAITING_STATUSES = RETURN_STATUSES.filter((status) => RETURN_WAITS[status] === 'open');

/** Returns, resizes and care. Those that wait for someone else are not in the queue of everything. */
export function returnStreams({ collections, viewer, filters, now }: SourceContext): Stream[] {
  const also = begunBy(dueUntil(filters, now), DUE_AFTER_MS.returns);
  const isAsked = filters.kind === 'returns' || filters.status !== undefined;
  return (isAsked ? RETURN_STATUSES : WAITING_STATUSES).map((status) =>
    createStream<ReturnRequest>(
      { kind: 'returns', status: RETURN_WAITS[status], rank: RETURN_WAITS[status] === 'done' ? 0 : NORMAL },
      {
        collection: collections.returns,
        idField: 'rmaId',
        sort: begins(filters, 'returns'),
        equal: { status },
        also,
        projection: {
          rmaId: 1,
          sessionId: 1,
          option: 1,
          orderNumber: 1,
          'lines.title': 1,
          'lines.quantity': 1,
          'contact.email': 1,
          status: 1,
          'history.at': 1,
          'replies.at': 1,
          createdAt: 1,
        },
        toItem: (request) => returnItem(request, viewer),
      },
    ),
  );
}

export function returnItem(request: ReturnRequest, viewer: Viewer): QueueItem {
  const { rmaId, option, lines, contact, orderNumber, sessionId, status, createdAt } = request;
  return {
    kind: 'returns',
    id: rmaId,
    status: RETURN_WAITS[status],
    priority: 'normal',
    title: shorten(`${historyOf(option, status).label}: ${lines.map(({ title }) => title).join(', ')}`),
    detail: orderNumber,
    customer: contact?.email && shownEmail(viewer, contact.email),
    sessionId,
    createdAt,
    dueAt: dueAfter('returns', createdAt),
    version: versionOf(request),
  };
}
