import { tagForm } from '../catalog/normal-forms.js';
import type { Order, OrderLine } from '../orders/order.js';
import { sameAs } from '../orders/statuses.js';
import type { ReturnLine, ReturnOption } from './return-request.js';
import { takeLines, toReturnLine, type WishedItem } from './take-lines.js';

const DAY_MS = 24 * 60 * 60_000;

export interface ReturnPolicy {
  /** Days after delivery, else shipping, else creation; `care` has no limit. */
  windowDays: Record<ReturnOption, number>;
  /** Tags of a line, in their normal form, that cannot be returned. */
  nonReturnableTags: string[];
  /** How long an RMA can be used. */
  validDays: number;
}

export const returnPolicy = (windows: {
  returnWindowDays: number;
  resizeWindowDays: number;
}): ReturnPolicy => ({
  windowDays: {
    return: windows.returnWindowDays,
    resize: windows.resizeWindowDays,
    care: Number.POSITIVE_INFINITY,
  },
  nonReturnableTags: [
    'custom',
    'custommade',
    'madetoorder',
    'bespoke',
    'engraved',
    'personalized',
    'personalised',
  ],
  validDays: 30,
});

/** What the customer asks for. Without `items` it is the whole order. */
export interface ReturnWish {
  option: ReturnOption;
  items?: WishedItem[];
}

export type RefusalReason =
  | 'order_ended'
  | 'not_shipped'
  | 'window_passed'
  | 'unknown_line'
  | 'quantity_too_large'
  | 'not_returnable'
  | 'no_lines';

export type Decision =
  | {
      ok: true;
      lines: ReturnLine[] /** Pieces of the order that have to stay with the customer. */;
      kept: string[];
    }
  | { ok: false; reason: RefusalReason; message: string };

const refuse = (reason: RefusalReason, message: string): Decision => ({ ok: false, reason, message });

const DOING: Record<ReturnOption, string> = { return: 'returned', resize: 'resized', care: 'cared for' };
const ENDED = new Set(['cancelled', 'refunded', 'returned']);
const SENT = new Set(['shipped', 'in_transit', 'out_for_delivery', 'delivered', 'return_pending']);

/**
 * Whether a wish can be granted, and for which lines: a pure function of order, wish, policy and clock.
 * `isMadeToOrder` says what the catalogue knows of a SKU.
 */
export function decideReturn(
  order: Order,
  wish: ReturnWish,
  policy: ReturnPolicy,
  now: Date,
  isMadeToOrder: (sku: string) => boolean,
): Decision {
  const refusal = refuseOrder(order, wish.option, policy, now);
  if (refusal) return refusal;
  const stays = (line: OrderLine) =>
    wish.option === 'return' &&
    (line.tags.some((tag) => policy.nonReturnableTags.includes(tagForm(tag))) ||
      (line.sku !== undefined && isMadeToOrder(line.sku)));
  return wish.items === undefined || wish.items.length === 0
    ? decideWhole(order, wish.option, stays)
    : decideItems(order, wish.items, stays);
}

function refuseOrder(
  order: Order,
  option: ReturnOption,
  policy: ReturnPolicy,
  now: Date,
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
  const { shippedAt, deliveredAt } = order.shipping;
  const since =
    deliveredAt ??
    historyDate(order, 'delivered') ??
    shippedAt ??
    historyDate(order, 'shipped') ??
    order.createdAt;
  const days = policy.windowDays[option];
  if (since !== undefined && now.getTime() - since.getTime() > days * DAY_MS)
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

const historyDate = (order: Order, status: string): Date | undefined =>
  order.history.find((entry) => sameAs(entry.status) === status && entry.date !== undefined)?.date;

function decideWhole(order: Order, option: ReturnOption, stays: (line: OrderLine) => boolean): Decision {
  const kept = order.lines.filter(stays);
  const lines = order.lines.filter((line) => !kept.includes(line)).map((line) => toReturnLine(line, {}));
  if (lines.length > 0) return { ok: true, lines, kept: kept.map(({ title }) => title) };
  if (kept.length > 0) return notReturnable(kept);
  return refuse(
    'no_lines',
    `Order ${order.orderNumber} has no pieces that can be ${DOING[option]}. A stylist will gladly help.`,
  );
}

function decideItems(order: Order, items: WishedItem[], stays: (line: OrderLine) => boolean): Decision {
  const taken = new Map<OrderLine, ReturnLine>();
  for (const item of items) {
    const named = order.lines.filter(({ lineId, sku }) =>
      item.lineId ? lineId === item.lineId : sku !== undefined && sku === item.sku,
    );
    if (named.length === 0)
      return refuse(
        'unknown_line',
        `${item.lineId ?? item.sku ?? 'That piece'} is not part of order ${order.orderNumber}.`,
      );
    const free = named.filter((line) => !stays(line));
    if (free.length === 0) return notReturnable(named);
    if (!takeLines(taken, free, item))
      return refuse(
        'quantity_too_large',
        `Order ${order.orderNumber} has ${free.reduce((sum, { quantity }) => sum + quantity, 0)} of ${named[0]?.title}.`,
      );
  }
  return { ok: true, lines: [...taken.values()], kept: [] };
}

const notReturnable = (lines: OrderLine[]): Decision =>
  refuse(
    'not_returnable',
    `${lines.map(({ title }) => title).join(', ')}: made for you, so it cannot be returned. We can resize or care for it instead.`,
  );
