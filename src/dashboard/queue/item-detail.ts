import type { Db } from 'mongodb';
import type { Collections, OutboxName } from '../../collections.js';
import { type CapsuleHold, MAX_EXTENSIONS } from '../../domain/capsules/capsule-hold.js';
import { findProduct, type Snapshot } from '../../domain/catalog/snapshot.js';
import type { Feedback } from '../../domain/csat/rating.js';
import type { Inspiration } from '../../domain/inspiration/inspiration.js';
import type { PictureAddresses } from '../../domain/inspiration/picture-address.js';
import { trackingUrl } from '../../domain/orders/tracking-address.js';
import { RETURN_SLIP } from '../../domain/returns/deliveries.js';
import type { ReturnLine, ReturnRequest } from '../../domain/returns/return-request.js';
import { hasEnded, nextOf, type ReturnStatus } from '../../domain/returns/return-steps.js';
import type { UnconfirmedReturn } from '../../domain/returns/unconfirmed-return.js';
import type { SavedPiece } from '../../domain/shortlists/shortlist.js';
import type { HistoryEntry } from '../../lib/history.js';
import {
  type KnownCustomer,
  knownCustomers,
  orderCustomers,
  shownCustomer,
} from '../customers/known-customers.js';
import {
  findSessionImages,
  imageActionsOf,
  type ShownImage,
  shownImage,
} from '../customers/session-images.js';
import { may, shownPhone, type Viewer } from '../viewer.js';
import { notFound } from './act-on-item.js';
import { deliveryItem, findDead } from './dead-deliveries.js';
import { capsuleItem, feedbackItem, imageItem, returnItem } from './queries-by-kind.js';
import type { QueueItem, QueueKind } from './queue-item.js';

/** A thing of the queue, with what is known of it and what can be done about it. */
export interface ItemDetail extends QueueItem {
  actions: string[];
  history: HistoryEntry[];
  /** How far it is, in the words of its own kind. */
  state: string;
  pieces?: SavedPiece[];
  orderNumber?: string;
  /** Of a return: who its customer says to be in the conversation, where the order says another. */
  typedCustomer?: string | undefined;
  notes?: string;
  score?: number;
  intent?: string;
  extensions?: number;
  url?: string;
  /** What the same customer has sent beside it. */
  images?: ShownImage[];
  /** The ticket of the same conversation. */
  ticketId?: string | undefined;
  lines?: ReturnLine[];
  /** Of a return: those it has taken, with when and by whom, and those that are to come. */
  steps?: ShownStep[];
  /** In which its pieces come back. */
  parcel?: { carrier?: string | undefined; tracking: string; url?: string | undefined } | undefined;
  /** Whether its slip has been drawn. */
  hasSlip?: boolean;
  option?: string;
  expiresAt?: Date;
  reason?: string;
  /** Of a failed delivery: what should have gone where. */
  message?: { kind: string; to: string };
  /** What a failed delivery belongs to, where that can be looked at here. */
  owner?: { kind: QueueKind; id: string } | undefined;
  lastError?: string;
  attempts?: number;
}

export interface ShownStep {
  step: ReturnStatus;
  status: 'complete' | 'current' | 'upcoming';
  at?: Date;
  by?: string;
}

/** The way of a return that is not turned away. */
const RETURN_WAY: ReturnStatus[] = ['initiated', 'approved', 'label_sent', 'received', 'completed'];

export type ItemKind = Exclude<QueueKind, 'tickets'>;

interface ItemsOptions {
  db: Db;
  collections: Collections;
  pictures: PictureAddresses;
  catalogue: () => Snapshot;
  now: () => Date;
}

export function createItemsView({ db, collections, pictures, catalogue, now }: ItemsOptions) {
  const { capsuleHolds, csatFeedback, widgetInspiration, returns, unconfirmedReturns } = collections;
  const kinds: Record<ItemKind, (id: string, viewer: Viewer) => Promise<ItemDetail | undefined>> = {
    capsules: async (reservationId, viewer) => {
      const hold = await capsuleHolds.findOne({ reservationId });
      return hold ? capsuleDetail(hold, viewer, catalogue()) : undefined;
    },
    feedback: async (feedbackId) => {
      const rating = await csatFeedback.findOne({ feedbackId });
      return rating ? feedbackDetail(rating) : undefined;
    },
    images: async (inspirationId) => {
      const image = await widgetInspiration.findOne({ inspirationId });
      if (!image) return undefined;
      const images = await findSessionImages(widgetInspiration, [image.sessionId]);
      return {
        ...imageDetail(image, pictures.pictureOf(image, now())),
        images: images.map((one) => shownImage(one, pictures, now())),
      };
    },
    returns: async (rmaId, viewer) => {
      const request = await returns.findOne({ rmaId });
      if (request) return returnDetail(request, viewer);
      const waiting = await unconfirmedReturns.findOne({ rmaId, expiresAt: { $gt: now() } });
      return waiting ? unconfirmedDetail(waiting) : undefined;
    },
    deliveries: (id) => deliveryDetail(db, id),
  };

  /** @throws ApiError 404 */
  return async function detail(viewer: Viewer, kind: ItemKind, id: string): Promise<ItemDetail> {
    const item = await kinds[kind](id, viewer);
    if (!item) throw notFound({ id });
    const { sessionId } = item;
    const known: KnownCustomer =
      (sessionId && (await knownCustomers(collections, [sessionId])).get(sessionId)) || {};
    const said = shownCustomer(viewer, known);
    if (kind !== 'returns' || !item.orderNumber)
      return { ...item, customer: said ?? item.customer, ticketId: known.ticketId };
    const owner = (await orderCustomers(collections, [item.orderNumber])).get(item.orderNumber) ?? {};
    const customer = shownCustomer(viewer, owner) ?? item.customer;
    const isOwner = (['name', 'email'] as const).every(
      (field) => !known[field] || known[field] === owner[field],
    );
    return { ...item, customer, typedCustomer: isOwner ? undefined : said, ticketId: known.ticketId };
  };
}

function capsuleDetail(hold: CapsuleHold, viewer: Viewer, catalogue: Snapshot): ItemDetail {
  const active = hold.status === 'active';
  const actions =
    hold.extensions < MAX_EXTENSIONS ? ['extend', 'convert', 'release'] : ['convert', 'release'];
  return {
    ...capsuleItem(hold, viewer),
    status: active ? 'open' : 'done',
    state: hold.status,
    actions: active ? actions : [],
    history: hold.history,
    // never an address that a customer has given: the staff's browser would go there
    pieces: hold.items.map(({ imageUrl: _, ...piece }) => ({
      ...piece,
      image: findProduct(catalogue, piece.id)?.card.image,
    })),
    extensions: hold.extensions,
  };
}

function feedbackDetail(rating: Feedback): ItemDetail {
  const { followUp, score, intent, notes, orderNumber } = rating;
  return {
    ...feedbackItem(rating),
    // nobody waits for what has no follow-up
    status: followUp?.status === 'open' ? 'open' : 'done',
    state: followUp?.status ?? 'no follow-up',
    actions: followUp?.status === 'open' ? ['contacted'] : [],
    history: rating.history,
    score,
    intent,
    notes,
    orderNumber,
  };
}

function imageDetail(image: Inspiration, url: string | undefined): ItemDetail {
  const { moderationStatus, reason, history } = image;
  return {
    ...imageItem(image),
    status: moderationStatus === 'pending_review' ? 'open' : 'done',
    state: moderationStatus,
    actions: imageActionsOf(image),
    history,
    url,
    reason,
  };
}

function returnDetail(request: ReturnRequest, viewer: Viewer): ItemDetail {
  const { status, orderNumber, lines, notes, reason, option, expiresAt, deliveries } = request;
  return {
    ...returnItem(request, viewer),
    state: status,
    actions: [...nextOf(status)],
    history: request.history.map(({ status: action, ...step }) => ({ ...step, action })),
    orderNumber,
    option,
    lines,
    notes: [reason?.text, notes].filter(Boolean).join('\n') || undefined,
    reason: reason?.code,
    expiresAt,
    steps: stepsOf(request),
    parcel: parcelOf(request, viewer),
    hasSlip: deliveries.some(({ kind, state }) => kind === RETURN_SLIP.kind && state === 'done'),
  };
}

function parcelOf({ parcel }: ReturnRequest, viewer: Viewer): ItemDetail['parcel'] {
  if (!parcel) return undefined;
  const { carrier, trackingNumber } = parcel;
  const url = carrier && may(viewer, 'dashboard:pii') ? trackingUrl(carrier, trackingNumber) : undefined;
  return { carrier, tracking: shownPhone(viewer, trackingNumber), url };
}

/** What has been left out on the way is not to come any more. */
function stepsOf({ status, history }: Pick<ReturnRequest, 'status' | 'history'>): ShownStep[] {
  const isOver = hasEnded(status);
  const taken = history.map(({ status: step, at, by }, nth): ShownStep => {
    const isLast = nth === history.length - 1 && !isOver;
    return { step, at, by, status: isLast ? 'current' : 'complete' };
  });
  const ahead = isOver ? [] : RETURN_WAY.slice(RETURN_WAY.indexOf(status) + 1);
  return [...taken, ...ahead.map((step): ShownStep => ({ step, status: 'upcoming' }))];
}

/** Asked for by someone who has not proved the order: nothing can be done about it here, its owner has the link. */
function unconfirmedDetail({ items, size, ...waiting }: UnconfirmedReturn): ItemDetail {
  const { rmaId, option, orderNumber, notes, reason, sessionId, createdAt, expiresAt } = waiting;
  const lines = (items ?? []).map((item, nth) => ({
    lineId: item.lineId ?? String(nth),
    sku: item.sku,
    title: item.sku ?? item.lineId ?? '',
    quantity: item.quantity ?? 1,
    size: item.size ?? size,
    notes: item.notes,
  }));
  return {
    kind: 'returns',
    id: rmaId,
    status: 'open',
    priority: 'normal',
    title: rmaId,
    detail: orderNumber,
    sessionId,
    createdAt,
    dueAt: expiresAt,
    version: 0,
    state: 'unconfirmed',
    actions: [],
    history: [],
    orderNumber,
    option,
    lines,
    notes: [reason, notes].filter(Boolean).join('\n') || undefined,
    expiresAt,
  };
}

async function deliveryDetail(db: Db, id: string): Promise<ItemDetail | undefined> {
  const found = await findDead(db, id);
  if (!found) return undefined;
  const { attempts, lastError, kind, to } = found.delivery;
  return {
    ...deliveryItem(found.delivery, found.owner),
    message: { kind, to },
    owner: ownerOf(found),
    state: 'dead',
    actions: ['replay'],
    history: [],
    attempts,
    lastError,
  };
}

const KINDS: Partial<Record<OutboxName, QueueKind>> = {
  stylistTickets: 'tickets',
  capsuleHolds: 'capsules',
  csatFeedback: 'feedback',
  widgetInspiration: 'images',
  returns: 'returns',
};

function ownerOf({ collection, owner }: { collection: OutboxName; owner: string }): ItemDetail['owner'] {
  const kind = KINDS[collection];
  return kind && { kind, id: owner };
}
