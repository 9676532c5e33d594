import { type Static, Type } from '@sinclair/typebox';
import type { Collection, Document } from 'mongodb';
import type { Collections } from '../collections.js';
import type { Feedback } from '../domain/csat/rating.js';
import { readOrder } from '../domain/orders/read-order.js';
import { readTicket } from '../domain/stylist/read-ticket.js';
import type { StylistTicket } from '../domain/stylist/stylist-ticket.js';
import { createDateReader } from '../lib/values/date.js';
import { maskTail } from '../lib/values/text.js';
import { invalid } from '../platform/http/errors.js';
import { Instant, readCursor, toCursor } from './cursor.js';
import { type KnownCustomer, knownCustomers } from './customers/known-customers.js';
import type { RowContext } from './orders/order-row.js';
import { ORDERS_A_PAGE, OrderPlace, ordersBehind, placeOf } from './orders/orders-list.js';
import type { createOrdersView } from './orders/orders-view.js';
import { feedbackItem, ticketItem } from './queue/queries-by-kind.js';
import type { createQueue } from './queue/queue.js';
import { dueAfter, type QueueItem, RANKS } from './queue/queue-item.js';
import { may, shownEmail, shownName, shownPhone, type Viewer } from './viewer.js';

export const TASK_TYPES = ['stylist_ticket', 'csat_follow_up'] as const;
type TaskType = (typeof TASK_TYPES)[number];
export const TASKS_A_PAGE = 50;
/** What another process writes at this moment may be dated a little earlier: so much is told twice. */
const OVERLAP_MS = 10_000;

const OpenPlace = Type.Tuple([
  Type.Integer({ minimum: 0, maximum: 2 }),
  Instant,
  Type.String({ maxLength: 128 }),
]);
const ChangedPlace = Type.Tuple([Instant, Type.String({ maxLength: 128 })]);
type ChangedPlace = Static<typeof ChangedPlace>;

interface ShopDashboardOptions {
  collections: Collections;
  orders: Pick<ReturnType<typeof createOrdersView>, 'rows'>;
  queue: Pick<ReturnType<typeof createQueue>, 'page'>;
  now: () => Date;
  shop: RowContext['shop'];
}

/** What the shop's own dashboards ask for every few minutes: orders, and what waits for the support. */
export function createShopDashboard({ collections, orders: view, queue, now, shop }: ShopDashboardOptions) {
  const { orders, csatFeedback, stylistTickets } = collections;

  /** Orders, newest first. */
  async function ordersPage(viewer: Viewer, cursor: string | undefined) {
    const place = cursor ? readCursor(OrderPlace, cursor) : undefined;
    const docs = await ordersBehind(orders, place, ORDERS_A_PAGE + 1);
    const page = docs.slice(0, ORDERS_A_PAGE);
    const within = { orderNumber: { $in: page.map(({ orderNumber }) => String(orderNumber)) } };
    const [rows, ratings, tickets] = await Promise.all([
      view.rows(viewer, page),
      csatFeedback.find(within).toArray(),
      stylistTickets.find(within, { projection: { orderNumber: 1, sessionId: 1 } }).toArray(),
    ]);
    ratings.sort((a, b) => b.timestamp.getTime() - a.timestamp.getTime());
    const last = page.at(-1);
    return {
      orders: page.map((doc, index) => toOrder(doc, index)),
      nextCursor: docs.length > ORDERS_A_PAGE && last ? toCursor(placeOf(last)) : undefined,
    };

    function toOrder(doc: Document, index: number) {
      const { status, history, parcels } = readOrder(doc, createDateReader(shop));
      const row = rows[index];
      const number = String(doc.orderNumber);
      const rating = ratings.find(({ orderNumber }) => orderNumber === number);
      const ticket = tickets.find(({ orderNumber }) => orderNumber === number);
      const parcel = parcels.at(-1);
      const tracking = parcel?.trackingNumber;
      return {
        orderNumber: number,
        status,
        createdAt: row?.placedAt,
        customerEmail: row?.customer,
        totals: row?.total && { total: row.total.amount, currency: row.total.currency },
        statusHistory: history.map((one) => ({ ...one, date: one.date?.toISOString() })),
        shipping: {
          carrier: parcel?.carrier,
          trackingNumber: tracking && (may(viewer, 'dashboard:pii') ? tracking : maskTail(tracking)),
        },
        csat: rating && {
          score: rating.score,
          notes: rating.notes,
          timestamp: rating.timestamp.toISOString(),
        },
        subscription: { channels: row?.channels ?? [] },
        sessionId: rating?.sessionId ?? ticket?.sessionId,
        supportTickets: row?.supportTickets ?? [],
      };
    }
  }

  /** What waits, by priority and then by age; with `since`, what has changed from then on, in the order in which it did. */
  async function tasks(
    viewer: Viewer,
    {
      since,
      cursor,
      type,
    }: { since?: Date | undefined; cursor?: string | undefined; type?: TaskType | undefined },
  ) {
    if (!since) return { ...(await openTasks(viewer, cursor, type)), nextSince: soFar() };
    if (Number.isNaN(since.getTime())) throw invalid('/since', 'That is no time.');
    const from: ChangedPlace = cursor ? readCursor(ChangedPlace, cursor) : [since.getTime(), ''];
    const [tickets, ratings] = await Promise.all([
      type === 'csat_follow_up' ? [] : changedTickets(from),
      type === 'stylist_ticket' ? [] : changedRatings(from),
    ]);
    const changed = [...(await tasksOf(viewer, tickets, ratings))].sort(
      (a, b) => a.updatedAt.localeCompare(b.updatedAt) || (a.id < b.id ? -1 : 1),
    );
    const page = changed.slice(0, TASKS_A_PAGE);
    const last = page.at(-1);
    return changed.length > TASKS_A_PAGE && last
      ? { tasks: page, nextCursor: toCursor([Date.parse(last.updatedAt), last.id]) }
      : { tasks: page, nextSince: new Date(Math.max(Date.parse(soFar()), since.getTime())).toISOString() };
  }

  const soFar = () => new Date(now().getTime() - OVERLAP_MS).toISOString();

  async function openTasks(viewer: Viewer, cursor: string | undefined, type: TaskType | undefined) {
    if (cursor) readCursor(OpenPlace, cursor);
    const kinds = [
      ...(type === 'csat_follow_up' ? [] : ['tickets' as const]),
      ...(type === 'stylist_ticket' ? [] : ['feedback' as const]),
    ];
    const pages = await Promise.all(kinds.map((kind) => queue.page(viewer, { kind }, cursor)));
    const waiting = pages.flatMap(({ items }) => items).sort(byUrgency);
    const page = waiting.slice(0, TASKS_A_PAGE);
    const idsOf = (kind: QueueItem['kind']) => page.flatMap((item) => (item.kind === kind ? [item.id] : []));
    const [tickets, ratings] = await Promise.all([
      stylistTickets.find({ ticketId: { $in: idsOf('tickets') } }).toArray(),
      csatFeedback.find({ feedbackId: { $in: idsOf('feedback') } }).toArray(),
    ]);
    const found = new Map((await tasksOf(viewer, tickets, ratings)).map((task) => [task.id, task]));
    const last = page.at(-1);
    const isMore = waiting.length > TASKS_A_PAGE || pages.some(({ nextCursor }) => nextCursor);
    return {
      tasks: page.flatMap(({ id }) => found.get(id) ?? []),
      nextCursor:
        isMore && last
          ? toCursor([RANKS.indexOf(last.priority), last.createdAt.getTime(), last.id])
          : undefined,
    };
  }

  // Those of before there was a time of the last change have that of their beginning.
  async function changedTickets([at, id]: ChangedPlace): Promise<StylistTicket[]> {
    const [changed, begun] = await Promise.all([
      behind(stylistTickets, 'updatedAt', 'ticketId', [at, id], {}),
      behind(stylistTickets, 'createdAt', 'ticketId', [at, id], { updatedAt: null }),
    ]);
    return [...changed, ...begun];
  }
  const changedRatings = (place: ChangedPlace): Promise<Feedback[]> =>
    behind(csatFeedback, 'followUp.at', 'feedbackId', place, {});

  async function tasksOf(viewer: Viewer, tickets: StylistTicket[], ratings: Feedback[]) {
    const known = await knownCustomers(
      collections,
      ratings.map(({ sessionId }) => sessionId),
    );
    return [
      ...tickets.map((ticket) => taskOfTicket(readTicket(ticket), viewer)),
      ...ratings.map((rating) => taskOfRating(rating, known.get(rating.sessionId) ?? {}, viewer)),
    ];
  }

  return { orders: ordersPage, tasks };
}

const byUrgency = (a: QueueItem, b: QueueItem): number =>
  RANKS.indexOf(a.priority) - RANKS.indexOf(b.priority) ||
  a.createdAt.getTime() - b.createdAt.getTime() ||
  (a.id < b.id ? -1 : 1);

function behind<T extends Document>(
  collection: Collection<T>,
  field: string,
  idField: string,
  [at, id]: ChangedPlace,
  also: object,
): Promise<T[]> {
  const from = new Date(at);
  const filter = {
    ...also,
    [field]: { $gte: from },
    $or: [{ [field]: { $gt: from } }, { [idField]: { $gt: id } }],
  };
  return collection
    .find<T>(filter as never)
    .sort({ [field]: 1, [idField]: 1 })
    .limit(TASKS_A_PAGE + 1)
    .toArray();
}

function shownContact(viewer: Viewer, { name, email, phone }: KnownCustomer) {
  return {
    customerName: name && shownName(viewer, name),
    customerEmail: email && shownEmail(viewer, email),
    customerPhone: phone && shownPhone(viewer, phone),
  };
}

function taskOfTicket(ticket: StylistTicket, viewer: Viewer) {
  const { title: summary, status, priority } = ticketItem(ticket, viewer);
  const { customerName: name, customerEmail: email, customerPhone: phone, createdAt, orderNumber } = ticket;
  return {
    type: 'stylist_ticket' as const,
    id: ticket.ticketId,
    status,
    priority,
    summary,
    ...shownContact(viewer, { name, email, phone }),
    assignedTo: ticket.assignee,
    slaDeadline: ticket.dueAt.toISOString(),
    sessionId: ticket.sessionId || undefined,
    orderNumber,
    shortlist: ticket.shortlist.map(({ id, title }) => ({ id, title })),
    createdAt: createdAt.toISOString(),
    updatedAt: (ticket.updatedAt ?? createdAt).toISOString(),
  };
}

function taskOfRating(rating: Feedback, known: KnownCustomer, viewer: Viewer) {
  const { title: summary, status, priority } = feedbackItem(rating);
  const { feedbackId: id, score, notes, sessionId, orderNumber, followUp, createdAt } = rating;
  return {
    type: 'csat_follow_up' as const,
    id,
    status,
    priority,
    summary,
    ...shownContact(viewer, known),
    assignedTo: followUp?.by,
    slaDeadline: dueAfter('feedback', createdAt).toISOString(),
    sessionId,
    orderNumber,
    score,
    notes,
    createdAt: createdAt.toISOString(),
    updatedAt: (followUp?.at ?? rating.timestamp).toISOString(),
  };
}
