import type { Collection, Filter } from 'mongodb';
import type { HistoryEntry } from '../../lib/history.js';
import { enqueueMore } from '../../outbox/enqueue.js';
import { coalesce } from '../../platform/mongodb/in-batches.js';
import { insertOrFind } from '../../platform/mongodb/write.js';
import { SUBSCRIPTION_CREATED, SUBSCRIPTION_STOPPED } from './deliveries.js';
import { isConfirmable, MAX_CODES_TRIED } from './new-subscription.js';
import type { StoppedBy, Subscription } from './subscription.js';

type Same = Pick<Subscription, 'orderNumber' | 'channel' | 'destination'>;

/** More than a customer and those who wait with them. */
const MAX_OF_ONE_ORDER = 100;
/** So many addresses and numbers beside its own hear of one order. */
const MAX_ADDRESSES_OF_ORDER = 10;
const AFTER = { returnDocument: 'after', projection: { _id: 0 } } as const;
const MAX_ACTS = 20;
const act = (one: HistoryEntry) => ({ history: { $each: [one], $slice: -MAX_ACTS } });

const ofSession = ({ orderNumber, sessionId }: Pick<Subscription, 'orderNumber' | 'sessionId'>) =>
  JSON.stringify([orderNumber, sessionId]);

export function createSubscriptionsRepository(subscriptions: Collection<Subscription>) {
  /**
   * Stores a subscription, or gives back the one that there is for the same order, channel and destination. One that was stopped, or
   * whose code can no longer be given, begins again with the new consent.
   */
  async function open(subscription: Subscription): Promise<{ document: Subscription; existing: boolean }> {
    const { orderNumber, channel, destination } = subscription;
    const there = await insertOrFind(subscriptions, subscription, { orderNumber, channel, destination });
    const { document: before, existing } = there;
    if (!existing || !beginsAgain(before, subscription.createdAt)) return there;
    return { document: (await beginAgain(before, subscription)) ?? before, existing };
  }

  async function beginAgain(before: Subscription, again: Subscription): Promise<Subscription | null> {
    const { createdAt: at, consent, sessionId, status, confirmation, deliveries } = again;
    const what = deliveries.map(({ to, kind, payload }) => ({ to, kind, ...(payload && { payload }) }));
    const { $push, $min } = enqueueMore(what, at);
    return subscriptions.findOneAndUpdate(
      // of two at once, one begins it again
      { subscriptionId: before.subscriptionId, 'consent.at': before.consent.at, status: before.status },
      {
        $set: { consent, sessionId, status, ...(confirmation && { confirmation }) },
        $unset: { stopped: '', ...(!confirmation && { confirmation: '' }) },
        $push: { ...$push, ...act({ at, by: 'customer', action: 'subscribed again' }) },
        $min,
      },
      AFTER,
    );
  }

  /** The subscription of an order, channel and destination. */
  const find = ({ orderNumber, channel, destination }: Same): Promise<Subscription | null> =>
    subscriptions.findOne({ orderNumber, channel, destination }, { projection: { _id: 0 } });

  /** Whether so many other addresses and numbers hear of an order that another one is refused. */
  async function areTooMany(orderNumber: string, { channel, destination }: Omit<Same, 'orderNumber'>) {
    const there = await subscriptions
      .find({ orderNumber, status: { $ne: 'stopped' } }, { projection: { channel: 1, destination: 1 } })
      .limit(MAX_ADDRESSES_OF_ORDER + 1)
      .toArray();
    const isKnown = there.some((one) => one.channel === channel && one.destination === destination);
    return !isKnown && there.length >= MAX_ADDRESSES_OF_ORDER;
  }

  const findAllForSession = coalesce<Pick<Subscription, 'orderNumber' | 'sessionId'>, Subscription>({
    namesOf: (asked) => [ofSession(asked)],
    nameOf: ofSession,
    most: MAX_ADDRESSES_OF_ORDER,
    find: (all, limit) => {
      const orderNumber = { $in: all.map((asked) => asked.orderNumber) };
      const sessionId = { $in: all.map((asked) => asked.sessionId) };
      return subscriptions
        .find({ orderNumber, sessionId }, { projection: { _id: 0 } })
        .limit(limit)
        .toArray();
    },
  });

  /** The subscription that a session has made for an order. */
  const findForSession = async (orderNumber: string, sessionId: string): Promise<Subscription | null> =>
    (await findAllForSession({ orderNumber, sessionId }))[0] ?? null;

  /** Those who want to hear of an order now. */
  async function findLive(orderNumber: string): Promise<Pick<Subscription, 'subscriptionId' | 'channel'>[]> {
    return subscriptions
      .find({ orderNumber, status: 'active' }, { projection: { _id: 0, subscriptionId: 1, channel: 1 } })
      .limit(MAX_OF_ONE_ORDER)
      .toArray();
  }

  /** A subscription as it is now. */
  const findById = (subscriptionId: string): Promise<Subscription | null> =>
    subscriptions.findOne({ subscriptionId }, { projection: { _id: 0 } });

  /** Counts an attempt to confirm; null when there is nothing to confirm any more. */
  const countAttempt = (subscriptionId: string, sessionId: string, now: Date): Promise<Subscription | null> =>
    subscriptions.findOneAndUpdate(
      {
        subscriptionId,
        sessionId,
        status: 'pending',
        'confirmation.expiresAt': { $gt: now },
        'confirmation.attempts': { $lt: MAX_CODES_TRIED },
      },
      { $inc: { 'confirmation.attempts': 1 } },
      AFTER,
    );

  const findOfSession = (subscriptionId: string, sessionId: string): Promise<Subscription | null> =>
    subscriptions.findOne({ subscriptionId, sessionId }, { projection: { _id: 0 } });

  /** Makes a pending subscription active; from then on the customer is written to. */
  async function confirm({ subscriptionId, confirmation }: Subscription, at: Date): Promise<void> {
    const { $push, $min } = enqueueMore([SUBSCRIPTION_CREATED.of()], at);
    await subscriptions.updateOne(
      { subscriptionId, status: 'pending', 'confirmation.nonce': confirmation?.nonce ?? '' },
      {
        $set: { status: 'active' },
        $unset: { confirmation: '' },
        $push: { ...$push, ...act({ at, by: 'customer', action: 'confirmed' }) },
        $min,
      },
    );
  }

  /** Ends subscriptions, and says so to whom something can be sent; a repeat changes nothing. Answers with how many it has ended. */
  async function stop(which: Filter<Subscription>, by: StoppedBy, at: Date): Promise<number> {
    const live = await subscriptions
      .find(
        { ...which, status: { $ne: 'stopped' } },
        { projection: { _id: 0, subscriptionId: 1, status: 1 } },
      )
      .toArray();
    // one by one: each delivery has an id of its own
    const ended = await Promise.all(
      live.map(async ({ subscriptionId, status }) => {
        const isTold = status === 'active' && by !== 'carrier';
        const { $push = {}, $min = undefined } = isTold ? enqueueMore([SUBSCRIPTION_STOPPED.of()], at) : {};
        const { modifiedCount } = await subscriptions.updateOne(
          { subscriptionId, status: { $ne: 'stopped' } },
          {
            $set: { status: 'stopped', stopped: { at, by } },
            $unset: { confirmation: '' },
            $push: { ...$push, ...act({ at, by: 'customer', action: `stopped by ${by}` }) },
            ...($min && { $min }),
          },
        );
        return modifiedCount;
      }),
    );
    return ended.reduce((sum, one) => sum + one, 0);
  }

  /** Takes up again what a word to our number had ended. What a link had ended stays so. */
  async function resume(destination: string, at: Date): Promise<void> {
    await subscriptions.updateMany(
      { destination, channel: 'sms', status: 'stopped', 'stopped.by': 'keyword' },
      {
        $set: { status: 'active' },
        $unset: { stopped: '' },
        $push: act({ at, by: 'customer', action: 'resumed by keyword' }),
      },
    );
  }

  /**
   * Lets a change be told, if nothing later has been and nothing else is on its way to this customer: messages to one keep their order, whichever
   * process sends them. Without an end, the turn is over at that time.
   */
  async function takeTurn(
    subscriptionId: string,
    { id, at }: { id: string; at: Date },
    now: Date,
    until: Date,
  ): Promise<'taken' | 'overtaken' | 'busy'> {
    const free = [{ telling: { $exists: false } }, { 'telling.until': { $lte: now } }, { 'telling.id': id }];
    const { matchedCount } = await subscriptions.updateOne(
      { subscriptionId, toldAt: { $not: { $gt: at } }, $or: free },
      { $set: { telling: { id, until } } },
    );
    if (matchedCount > 0) return 'taken';
    const toldAt = (await findById(subscriptionId))?.toldAt;
    return toldAt && toldAt > at ? 'overtaken' : 'busy';
  }

  /** Ends a turn, and says what was told in it, if anything was. */
  async function endTurn(subscriptionId: string, id: string, toldAt: Date | undefined): Promise<void> {
    await subscriptions.updateOne(
      { subscriptionId, 'telling.id': id },
      { $unset: { telling: '' }, ...(toldAt && { $set: { toldAt } }) },
    );
  }

  return {
    takeTurn,
    endTurn,
    open,
    find,
    areTooMany,
    findForSession,
    findLive,
    findById,
    findOfSession,
    countAttempt,
    confirm,
    stop,
    resume,
  };
}

/** Whether asking for it again starts it anew. */
export const beginsAgain = ({ status, confirmation }: Subscription, now: Date): boolean =>
  status === 'stopped' || (status === 'pending' && !isConfirmable(confirmation, now));
