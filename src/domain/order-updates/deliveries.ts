import { Type } from '@sinclair/typebox';
import type { Attempt, Outcome } from '../../connectors/connector.js';
import type { Carriers, Notice, NoticeFacts } from '../../connectors/messaging/notice.js';
import { HOUR_MS, MINUTE_MS } from '../../lib/calendar.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { Delivery } from '../../outbox/enqueue.js';
import type { OrderTools } from '../orders/deliveries.js';
import type { ShopChange } from '../orders/shop-change.js';
import { orderUpdate } from './order-update.js';
import { type QuietHours, quietUntil, timeZoneOf } from './quiet-hours.js';
import type { StoppedBy, Subscription } from './subscription.js';

export interface OrderUpdateTools extends OrderTools {
  subscriptions: {
    findById(subscriptionId: string): Promise<Subscription | null>;
    takeTurn(
      subscriptionId: string,
      told: { id: string; at: Date },
      now: Date,
      until: Date,
    ): Promise<'taken' | 'overtaken' | 'busy'>;
    endTurn(subscriptionId: string, id: string, toldAt: Date | undefined): Promise<void>;
    stop(which: { destination: string; channel: 'sms' }, by: StoppedBy, at: Date): Promise<unknown>;
  };
  shopChanges: { hasLater(orderNumber: string, at: Date, subscriptionId: string): Promise<boolean> };
  /** Whether a number wants no message from us. */
  isSuppressed(destination: string): Promise<boolean>;
  suppress(destination: string, reason: string, at: Date): Promise<void>;
  /** The digits that a nonce stands for; undefined where there is no secret to make them with. */
  codeOf(nonce: string): string | undefined;
  /** Where the updates on an order can be ended; undefined where there are no links. */
  unsubscribeUrlOf(subscriptionId: string): string | undefined;
  updates: UpdateSettings;
  now: () => Date;
}

export interface UpdateSettings {
  /** How long a message says something that a customer wants to know. */
  validHours: number;
  /** When no text message is sent; undefined for at all times. */
  quietHours?: QuietHours | undefined;
  /** Where a customer is taken to be whose number does not say it. */
  timeZone: string;
}

/** Longer than an attempt takes. */
const TURN_MS = 2 * MINUTE_MS;
/** Who is busy is asked again so soon. */
const BUSY_MS = 2000;
/** Whoever has just asked for messages is awake. */
const AWAKE_MS = 15 * MINUTE_MS;

const skipped = (reason: string): Outcome => ({ outcome: 'skipped', reason });
const rejected = (reason: string): Outcome => ({ outcome: 'rejected', reason });

const deliveryOf = deliveriesOf<Subscription, OrderUpdateTools>([
  'subscriptionId',
  'orderNumber',
  'channel',
  'destination',
  'consent',
  'status',
  'createdAt',
]);

/** The customer hears that they will hear of the order. */
export const SUBSCRIPTION_CREATED = deliveryOf({
  to: 'notifications',
  kind: 'subscription.created',
  label: 'Welcome to order updates',
  series: 'subscription',
  via: ({ channel }, _payload, carriers) => carriers[channel],
  async handle({ document, ...attempt }, tools, carriers) {
    if (document.status !== 'active') return skipped(`the subscription is ${document.status}`);
    const sentSince = document.consent.at ?? document.createdAt;
    const times = { validUntil: validUntil(sentSince, tools), isAwakeUntil: after(sentSince, AWAKE_MS) };
    return tell(document, { kind: 'subscription.created', ...times }, attempt, tools, carriers);
  },
});

/** A code, which the customer gives back. The digits are made here: they stand in no document. One that was replaced is not sent. */
export const SUBSCRIPTION_CODE = deliveryOf({
  to: 'notifications',
  kind: 'subscription.code',
  label: 'Code to confirm a number',
  series: 'subscription',
  via: ({ channel }, _payload, carriers) => carriers[channel],
  payload: Type.Object({ nonce: Type.String() }),
  async handle({ document, payload: { nonce }, ...attempt }, tools, carriers) {
    if (document.status !== 'pending' || document.confirmation?.nonce !== nonce)
      return skipped('the code is not waited for any more');
    const code = tools.codeOf(nonce);
    if (!code) return rejected('there is no secret to make a code with: set LINK_SECRET, and replay it');
    const times = { validUntil: document.confirmation.expiresAt };
    return tell(document, { kind: 'subscription.code', code, ...times }, attempt, tools, carriers);
  },
});

/** The farewell: it alone is for those who have left. */
export const SUBSCRIPTION_STOPPED = deliveryOf({
  to: 'notifications',
  kind: 'subscription.stopped',
  label: 'End of order updates',
  series: 'subscription',
  via: ({ channel }, _payload, carriers) => carriers[channel],
  async handle({ document, ...attempt }, tools, carriers) {
    const { status, stopped } = document;
    if (status !== 'stopped') return skipped(`the subscription is ${status}`);
    const times = stopped && { validUntil: validUntil(stopped.at, tools) };
    return tell(document, { kind: 'subscription.stopped', ...times }, attempt, tools, carriers);
  },
});

/**
 * A subscriber hears of a change of the order, by the subscription as it is at that moment. Messages to one subscriber keep their order, and what a
 * later change has overtaken is not told.
 */
export const ORDER_UPDATE = deliveriesOf<ShopChange, OrderUpdateTools>([
  'orderNumber',
  'status',
  'label',
  'at',
])({
  to: 'notifications',
  kind: 'order.update',
  label: 'Order update',
  // the channel is missing where a delivery is older than the code
  payload: Type.Object({
    subscriptionId: Type.String(),
    channel: Type.Optional(Type.Union([Type.Literal('sms'), Type.Literal('email')])),
  }),
  via: (_document, { channel }, carriers) => channel && carriers[channel],
  async handle({ document, payload: { subscriptionId }, ...attempt }, tools, carriers) {
    const { orderNumber, at } = document;
    const now = tools.now();
    let subscription: Subscription | null;
    let email: string | undefined;
    try {
      subscription = await tools.subscriptions.findById(subscriptionId);
      email = (subscription && (await tools.orders.findByNumber(subscription.orderNumber)))?.email;
      if (subscription && (await tools.shopChanges.hasLater(orderNumber, at, subscriptionId)))
        return OVERTAKEN;
    } catch {
      return {
        outcome: 'retry',
        reason: 'the subscription could not be looked up: nothing to do, it goes again',
      };
    }
    if (!subscription) return skipped('there is no such subscription any more');
    if (subscription.status !== 'active') return skipped(`the subscription is ${subscription.status}`);
    // what says that there will be messages, and how to end them, comes first
    if (subscription.deliveries?.some(isWelcomePending))
      return { outcome: 'postponed', until: after(now, MINUTE_MS) };
    const update = orderUpdate(document, subscription, email);
    const told = {
      kind: 'order.update',
      update,
      validUntil: validUntil(document.createdAt ?? at, tools),
    } as const;
    const turn = await tools.subscriptions.takeTurn(
      subscriptionId,
      { id: attempt.id, at },
      now,
      after(now, TURN_MS),
    );
    if (turn === 'overtaken') return OVERTAKEN;
    if (turn === 'busy') return { outcome: 'postponed', until: after(now, BUSY_MS) };
    let isTold = false;
    try {
      const outcome = await tell(subscription, told, attempt, tools, carriers);
      isTold = outcome.outcome === 'delivered';
      return outcome;
    } finally {
      await tools.subscriptions.endTurn(subscriptionId, attempt.id, isTold ? at : undefined);
    }
  },
});

const OVERTAKEN: Outcome = { outcome: 'superseded', reason: 'A later change says what is true now' };
const isWelcomePending = ({ kind, state }: Delivery): boolean =>
  kind === SUBSCRIPTION_CREATED.kind && state === 'pending';
const after = (at: Date, ms: number): Date => new Date(at.getTime() + ms);
const validUntil = (since: Date, { updates }: OrderUpdateTools): Date =>
  after(since, updates.validHours * HOUR_MS);

/** What is told, and when it may be. */
type Told<N extends Notice = Notice> = N extends Notice
  ? Omit<N, keyof NoticeFacts> & { validUntil?: Date; isAwakeUntil?: Date }
  : never;

async function tell(
  { subscriptionId, orderNumber, channel, destination, consent, createdAt }: Subscription,
  { isAwakeUntil, ...told }: Told,
  attempt: Attempt,
  tools: OrderUpdateTools,
  carriers: Carriers,
): Promise<Outcome> {
  const now = tools.now();
  if (told.validUntil && told.validUntil <= now) return skipped('it has come too late to be of use');
  if (channel === 'sms') {
    if (!consent.given) return rejected('there is no consent to text messages: ask the customer');
    // asked at the moment of sending: it may have been enqueued before the customer said STOP
    try {
      if (await tools.isSuppressed(destination)) return skipped('the number has opted out');
    } catch {
      return {
        outcome: 'retry',
        reason: 'it could not be looked up whether the number has opted out: nothing to do, it goes again',
      };
    }
    const isAwake = told.kind === 'subscription.code' || (isAwakeUntil !== undefined && now < isAwakeUntil);
    const until = isAwake ? undefined : await nightEnds(destination, now, tools.updates);
    if (until) return { outcome: 'postponed', until };
  }
  const carrier = carriers[channel];
  if (!carrier) return rejected('nothing is configured for this channel: set a vendor for it, and replay it');
  const facts: NoticeFacts = {
    subscriptionId,
    orderNumber,
    channel,
    to: destination,
    at: 'update' in told ? told.update.at : createdAt,
    unsubscribeUrl: channel === 'email' ? tools.unsubscribeUrlOf(subscriptionId) : undefined,
  };
  const outcome = await carrier.tell({ ...facts, ...told } as Notice, attempt);
  if (outcome.outcome === 'skipped' && outcome.gone && channel === 'sms')
    await endAll(destination, outcome.gone, now, tools);
  return outcome;
}

/** A number that takes nothing more from us ends all its subscriptions; one whose owner has said so is not written to again. */
async function endAll(
  destination: string,
  gone: 'opted_out' | 'unreachable',
  at: Date,
  { subscriptions, suppress }: OrderUpdateTools,
): Promise<void> {
  if (gone === 'opted_out') await suppress(destination, 'the carrier has had the word', at);
  await subscriptions.stop({ destination, channel: 'sms' }, gone === 'opted_out' ? 'keyword' : 'carrier', at);
}

async function nightEnds(
  destination: string,
  now: Date,
  { quietHours, timeZone }: UpdateSettings,
): Promise<Date | undefined> {
  if (!quietHours) return undefined;
  // the plans of all countries are large: loaded with the first number
  const { countryOf } = await import('../../lib/values/phone.js');
  return quietUntil(now, quietHours, timeZoneOf(countryOf(destination), now) ?? timeZone);
}
