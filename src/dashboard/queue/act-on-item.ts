import type { Collection, Db } from 'mongodb';
import { OUTBOX_IDS } from '../../collections.js';
import { changeHold, HOLD_ACTIONS } from '../../domain/capsules/change-hold.js';
import type { CapsulesRepository } from '../../domain/capsules/repository.js';
import { followUpRating } from '../../domain/csat/follow-up-rating.js';
import type { Feedback } from '../../domain/csat/rating.js';
import type { InspirationRepository } from '../../domain/inspiration/repository.js';
import { reviewImage } from '../../domain/inspiration/review-image.js';
import type { OrdersRepository } from '../../domain/orders/repository.js';
import { advanceReturn } from '../../domain/returns/advance-return.js';
import type { ReturnsRepository } from '../../domain/returns/repository.js';
import { type ReturnParcel, versionOf } from '../../domain/returns/return-request.js';
import { canFollow, RETURN_STATUSES } from '../../domain/returns/return-steps.js';
import { actOnTicket as actOn } from '../../domain/stylist/act-on-ticket.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import { createOperations } from '../../outbox/operate.js';
import { ApiError } from '../../platform/http/errors.js';
import { findDead } from './dead-deliveries.js';
import type { QueueKind } from './queue-item.js';

/** What someone of the staff wants to do with a thing of the queue. */
export interface Wish {
  kind: QueueKind;
  id: string;
  action: string;
  /** Of the thing as they have seen it. */
  version: number;
  /** Who acts. */
  by: string;
  note?: string | undefined;
  assignee?: string | undefined;
  /** The parcel in which the pieces of a return come back. */
  parcel?: ReturnParcel | undefined;
}

export interface Done {
  version: number;
  /** The status that it has now. */
  status: string;
}

/** How one kind of thing is acted upon. */
type ActOn = (wish: Wish, at: Date) => Promise<Done>;

export const notFound = ({ id }: Pick<Wish, 'id'>): ApiError =>
  new ApiError('dashboard.not_found', `There is nothing like ${id} here. It may have been removed.`);

export const stale = ({ id }: Pick<Wish, 'id'>): ApiError =>
  new ApiError(
    'dashboard.stale',
    `Someone else has acted on ${id} since you opened it. Look again before you act.`,
  );

export const notAllowed = (sentence: string): ApiError => new ApiError('dashboard.not_allowed', sentence);

/** Extends a hold by a day, or ends it: released, which gives its pieces back, or bought. */
export const actOnCapsule =
  (holds: CapsulesRepository): ActOn =>
  async (wish, at) => {
    const { id, version, by, note, action } = wish;
    const known = HOLD_ACTIONS.find((name) => name === action);
    if (!known) throw notAllowed(`A hold cannot be told to ${action}.`);
    const hold = await holds.find(id);
    if (!hold) throw notFound(wish);
    if (hold.version !== version) throw stale(wish);
    const changed = await changeHold(holds, hold, { action: known, by, note, version }, at);
    // it was active a moment ago: someone else has ended it
    if (changed.outcome === 'repeated') throw stale(wish);
    if (changed.outcome === 'refused') {
      if (changed.reason === 'changed') throw stale(wish);
      throw notAllowed(
        changed.reason === 'ended'
          ? 'The hold has come to its end.'
          : 'The hold has been extended as often as it can be.',
      );
    }
    return { version: changed.hold.version, status: changed.hold.status };
  };

/** Lets a dead delivery go again. What was seen of it is its attempts: with others, or not dead any more, someone was faster. */
export const actOnDelivery = (db: Db): ActOn => {
  const operations = createOperations(db, OUTBOX_IDS);
  return async (wish, at) => {
    const { id, version, action } = wish;
    if (action !== 'replay') throw notAllowed(`A delivery cannot be told to ${action}.`);
    const dead = await findDead(db, id);
    if (dead?.delivery.attempts !== version) throw stale(wish);
    if ((await operations.replay({ id }, at)) === 0) throw stale(wish);
    return { version: 0, status: 'pending' };
  };
};

/** Notes that the customer of a poor rating of the queue has been contacted. */
export const actOnFeedback =
  (feedback: Collection<Feedback>): ActOn =>
  async (wish, at) => {
    const { id: feedbackId, action } = wish;
    if (action !== 'contacted') throw notAllowed(`A rating cannot be told to ${action}.`);
    const followed = await followUpRating(feedback, { ...wish, feedbackId }, at);
    if (followed.outcome === 'done') return { version: followed.version, status: followed.status };
    if (followed.outcome === 'nobody_waits') throw notAllowed('There is nobody to contact for this rating.');
    throw followed.outcome === 'stale' ? stale(wish) : notFound(wish);
  };

/** Approves an image, or rejects it, which takes it out of the store. */
export const actOnImage =
  (images: InspirationRepository): ActOn =>
  async (wish, at) => {
    const { id, version, by, note, action } = wish;
    if (action !== 'approve' && action !== 'reject')
      throw notAllowed(`An image cannot be told to ${action}.`);
    const image = await images.find(id);
    if (!image) throw notFound(wish);
    if (image.version !== version) throw stale(wish);
    const reviewed = await reviewImage(images, image, { action, by, note, version }, at);
    if (reviewed.outcome === 'changed') throw stale(wish);
    if (reviewed.outcome === 'not_allowed')
      throw notAllowed('The image has not been checked yet, or is gone: it cannot be approved.');
    return { version: reviewed.image.version, status: reviewed.image.moderationStatus };
  };

/** Takes an RMA a step further: an action is the status that it comes to, and its version is how many steps it has taken. */
export const actOnReturn =
  (returns: ReturnsRepository, orders: OrdersRepository): ActOn =>
  async (wish, at) => {
    const { id, version, by, note, action, parcel } = wish;
    const status = RETURN_STATUSES.find((name) => name === action);
    const before = await returns.find(id);
    if (!before) throw notFound(wish);
    if (versionOf(before) !== version) throw stale(wish);
    if (!status || !canFollow(before.status, status))
      throw notAllowed(`${id} cannot go on to ${action}: it is ${before.status}.`);
    const order = await orders.findByNumber(before.orderNumber);
    const advanced = await advanceReturn(returns, before, order, { status, at, by, note }, parcel);
    if (advanced.outcome !== 'advanced') throw stale(wish);
    return { version: versionOf(advanced.request), status };
  };

/** Acts on a ticket of the queue. */
export const actOnTicket =
  (tickets: Collection<StylistTicket>): ActOn =>
  async (wish, at) => {
    const acted = await actOn(tickets, { ...wish, ticketId: wish.id }, at);
    if (acted.outcome === 'done') return { version: acted.version, status: acted.status };
    if (acted.outcome === 'not_allowed') throw notAllowed(acted.sentence);
    throw acted.outcome === 'stale' ? stale(wish) : notFound(wish);
  };
