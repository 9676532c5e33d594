import { type Calendar, daysFrom } from '../../lib/calendar.js';
import { tagForm } from '../catalog/normal-forms.js';
import type { Order, OrderLine } from '../orders/order.js';
import { sameAs } from '../orders/statuses.js';
import { type Held, type LineRefusal, type Lines, NOTHING_HELD, resolveLines } from './resolve-lines.js';
import type { ReturnWish } from './return-request.js';
import type { ReturnOption } from './return-steps.js';

export interface ReturnPolicy {
  /** Whole days after delivery, else shipping, else creation (RETURN_WINDOW_DAYS, RESIZE_WINDOW_DAYS); `care` has no limit. */
  windowDays: Record<ReturnOption, number>;
  /** Tags of a line, in their normal form, that cannot be returned. */
  nonReturnableTags: readonly string[];
  /** How many days an RMA can be used (RMA_VALID_DAYS). */
  validDays: number;
}

export interface ReturnSettings {
  windowDays: Record<Exclude<ReturnOption, 'care'>, number>;
  excludedTags: readonly string[];
  validDays: number;
}

/** The policy that the settings describe. */
export const returnPolicy = ({ windowDays, excludedTags, validDays }: ReturnSettings): ReturnPolicy => ({
  windowDays: { ...windowDays, care: Number.POSITIVE_INFINITY },
  nonReturnableTags: excludedTags.map(tagForm),
  validDays,
});

/** What a decision rests on beyond the order and the wish. */
export interface Circumstances {
  policy: ReturnPolicy;
  now: Date;
  /** The days of the shop. */
  calendar: Calendar;
  /** What the catalogue knows of a SKU. */
  isMadeToOrder: (sku: string) => boolean;
  /** What is in an RMA of this order already. */
  held?: Held;
}

/** Why a wish is refused, with what a sentence about it needs (sentences.ts). */
export type ReturnRefusal =
  | { reason: 'order_ended'; status: string }
  | { reason: 'not_shipped' }
  | { reason: 'return_in_progress' }
  | { reason: 'window_passed'; option: ReturnOption; days: number }
  | { reason: 'confirmation_awaited' }
  | LineRefusal;

export type RefusalReason = ReturnRefusal['reason'];

export type Refused = { ok: false } & ReturnRefusal;
export type ReturnDecision = Extract<Lines, { ok: true }> | Refused;

const refuse = (refusal: ReturnRefusal): Refused => ({ ok: false, ...refusal });

const ENDED = new Set(['cancelled', 'refunded', 'returned']);
const SENT = new Set(['shipped', 'in_transit', 'out_for_delivery', 'delivered', 'return_pending']);

/** Whether a wish can be granted, and for which lines: a pure function of order, wish and circumstances. */
export function decideReturn(order: Order, wish: ReturnWish, circumstances: Circumstances): ReturnDecision {
  return refuseOrder(order, wish.option, circumstances) ?? wishedLines(order, wish, circumstances);
}

/** The lines that a wish means, whether or not the order is one that can be sent in. */
export const wishedLines = (
  order: Order,
  wish: ReturnWish,
  { policy, isMadeToOrder, held = NOTHING_HELD }: Pick<Circumstances, 'policy' | 'isMadeToOrder' | 'held'>,
): Lines =>
  resolveLines(
    order,
    wish,
    (line) => wish.option === 'return' && isForOneCustomer(line, policy, isMadeToOrder),
    held,
  );

const isForOneCustomer = (
  { tags, sku, isMadeForOne }: OrderLine,
  policy: ReturnPolicy,
  isMadeToOrder: (sku: string) => boolean,
): boolean =>
  isMadeForOne === true ||
  tags.some((tag) => policy.nonReturnableTags.includes(tagForm(tag))) ||
  (sku !== undefined && isMadeToOrder(sku));

/** Why nothing of an order can be sent in, whichever piece is meant. */
export function refuseOrder(
  order: Order,
  option: ReturnOption,
  { policy, now, calendar, held }: Omit<Circumstances, 'isMadeToOrder'>,
): Refused | undefined {
  const status = sameAs(order.status);
  if (ENDED.has(status)) return refuse({ reason: 'order_ended', status });
  if (!wasSent(order, now)) return refuse({ reason: 'not_shipped' });
  // begun by the shop itself: we do not know with which pieces
  if (status === 'return_pending' && !held?.size) return refuse({ reason: 'return_in_progress' });
  const since = countedFrom(order, now);
  const days = policy.windowDays[option];
  // days of the shop's calendar, so that an hour that clocks leave out costs nobody an evening
  if (since !== undefined && daysFrom(calendar.dayOf(since), calendar.dayOf(now)) > days)
    return refuse({ reason: 'window_passed', option, days });
  return undefined;
}

// By the order's status, its parcel or its history, whichever says so: as in its timeline. A date that lies ahead is a plan.
function wasSent({ status, history, shipping }: Order, now: Date): boolean {
  const { trackingNumber, shippedAt, deliveredAt } = shipping;
  const passed = (date: Date | undefined) => date !== undefined && date <= now;
  return (
    SENT.has(sameAs(status)) ||
    trackingNumber !== undefined ||
    passed(shippedAt) ||
    passed(deliveredAt) ||
    history.some((entry) => SENT.has(sameAs(entry.status)) && passed(entry.date ?? now))
  );
}

/**
 * When the time for a return began: when the last parcel came, or, while one is still on its way, when that one was sent; else with the
 * order itself. What lies ahead is a plan.
 */
function countedFrom({ history, shipping, createdAt }: Order, now: Date): Date | undefined {
  const passed = (dates: (Date | undefined)[]) => dates.filter((date) => date !== undefined && date <= now);
  const inHistory = (status: string) =>
    history.filter((entry) => sameAs(entry.status) === status).map(({ date }) => date);
  const came = latest(passed([shipping.deliveredAt, ...inHistory('delivered')]));
  const sent = latest(passed([shipping.shippedAt, ...inHistory('shipped')]));
  return latest([came, sent]) ?? createdAt;
}

function latest(dates: (Date | undefined)[]): Date | undefined {
  const times = dates.flatMap((date) => date?.getTime() ?? []);
  return times.length > 0 ? new Date(Math.max(...times)) : undefined;
}
