import { tagForm } from '../catalog/normal-forms.js';
import type { Order, OrderLine } from '../orders/order.js';
import { sameAs } from '../orders/statuses.js';
import {
  type Held,
  type LineRefusal,
  type Lines,
  NOTHING_HELD,
  type ReturnWish,
  resolveLines,
} from './resolve-lines.js';
import type { ReturnOption } from './return-steps.js';

const DAY_MS = 24 * 60 * 60_000;

export interface ReturnPolicy {
  /** Whole days after delivery, else shipping, else creation; `care` has no limit. */
  windowDays: Record<ReturnOption, number>;
  /** Tags of a line, in their normal form, that cannot be returned. */
  nonReturnableTags: readonly string[];
  /** How many days an RMA can be used. */
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
  /** What the catalogue knows of a SKU. */
  isMadeToOrder: (sku: string) => boolean;
  /** What is in an RMA of this order already. */
  held?: Held;
}

export type RefusalReason =
  | 'order_ended'
  | 'not_shipped'
  | 'return_in_progress'
  | 'window_passed'
  | LineRefusal;

export type Decision = Extract<Lines, { ok: true }> | { ok: false; reason: RefusalReason; message: string };

const refuse = (reason: RefusalReason, message: string): Decision => ({ ok: false, reason, message });

const DOING: Record<ReturnOption, string> = { return: 'returned', resize: 'resized', care: 'cared for' };
const ENDED = new Set(['cancelled', 'refunded', 'returned']);
const SENT = new Set(['shipped', 'in_transit', 'out_for_delivery', 'delivered', 'return_pending']);

/** Whether a wish can be granted, and for which lines: a pure function of order, wish and circumstances. */
export function decideReturn(order: Order, wish: ReturnWish, circumstances: Circumstances): Decision {
  return refuseOrder(order, wish.option, circumstances) ?? wishedLines(order, wish, circumstances);
}

/** The lines that a wish means, whether or not the order is one that can be sent in. */
export const wishedLines = (
  order: Order,
  wish: ReturnWish,
  { policy, isMadeToOrder, held = NOTHING_HELD }: Circumstances,
): Lines =>
  resolveLines(
    order,
    wish,
    (line) => wish.option === 'return' && isForOneCustomer(line, policy, isMadeToOrder),
    held,
  );

const isForOneCustomer = (
  { tags, sku }: OrderLine,
  policy: ReturnPolicy,
  isMadeToOrder: (sku: string) => boolean,
): boolean =>
  tags.some((tag) => policy.nonReturnableTags.includes(tagForm(tag))) ||
  (sku !== undefined && isMadeToOrder(sku));

function refuseOrder(
  order: Order,
  option: ReturnOption,
  { policy, now, held }: Circumstances,
): Decision | undefined {
  const status = sameAs(order.status);
  if (ENDED.has(status))
    return refuse(
      'order_ended',
      `Order ${order.orderNumber} was ${status}, so there is nothing left to send in.`,
    );
  if (!wasSent(order, now))
    return refuse(
      'not_shipped',
      'This order has not shipped yet. A stylist can still change or cancel it for you.',
    );
  // begun by the shop itself: we do not know with which pieces
  if (status === 'return_pending' && !held?.size)
    return refuse(
      'return_in_progress',
      'A return is in progress for this order already. A stylist can tell you more.',
    );
  const since = countedFrom(order);
  const days = policy.windowDays[option];
  if (since !== undefined && Math.floor((now.getTime() - since.getTime()) / DAY_MS) > days)
    return refuse(
      'window_passed',
      `A piece can be ${DOING[option]} within ${days} days of delivery, and that time has passed. A stylist will gladly look at what else is possible.`,
    );
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

function countedFrom(order: Order): Date | undefined {
  const inHistory = (status: string) =>
    order.history.find((entry) => sameAs(entry.status) === status && entry.date !== undefined)?.date;
  const { shippedAt, deliveredAt } = order.shipping;
  return deliveredAt ?? inHistory('delivered') ?? shippedAt ?? inHistory('shipped') ?? order.createdAt;
}
