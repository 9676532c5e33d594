import { tagForm } from '../catalog/normal-forms.js';
import type { Order, OrderLine } from '../orders/order.js';
import type { ReturnLine, ReturnOption } from './return-request.js';

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

export interface WishedItem {
  lineId?: string;
  sku?: string;
  quantity?: number;
  notes?: string;
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
const ENDED = new Set(['cancelled', 'canceled', 'refunded', 'returned']);
const ARRIVED = new Set([
  'shipped',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'completed',
  'return_pending',
]);

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
  if (ENDED.has(order.status))
    return refuse(
      'order_ended',
      `Order ${order.orderNumber} was ${order.status.replaceAll('_', ' ')}, so there is nothing left to send in.`,
    );
  const { shippedAt, deliveredAt } = order.shipping;
  const since =
    deliveredAt ??
    historyDate(order, 'delivered') ??
    shippedAt ??
    historyDate(order, 'shipped') ??
    order.createdAt;
  if (!ARRIVED.has(order.status) && !shippedAt && !deliveredAt)
    return refuse(
      'not_shipped',
      'This order has not shipped yet. A stylist can still change or cancel it for you.',
    );
  const days = policy.windowDays[option];
  if (since !== undefined && now.getTime() - since.getTime() > days * DAY_MS)
    return refuse(
      'window_passed',
      `A piece can be ${DOING[option]} within ${days} days of delivery, and that time has passed. A stylist will gladly look at what else is possible.`,
    );
  return undefined;
}

const historyDate = (order: Order, status: string): Date | undefined =>
  order.history.find((entry) => entry.status === status)?.date;

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
  const lines: ReturnLine[] = [];
  for (const item of items) {
    const line = order.lines.find(({ lineId, sku }) =>
      item.lineId ? lineId === item.lineId : sku === item.sku,
    );
    if (!line)
      return refuse(
        'unknown_line',
        `${item.lineId ?? item.sku ?? 'That piece'} is not part of order ${order.orderNumber}.`,
      );
    if (stays(line)) return notReturnable([line]);
    const before = lines.find(({ lineId }) => lineId === line.lineId)?.quantity ?? 0;
    if (before + (item.quantity ?? line.quantity) > line.quantity)
      return refuse(
        'quantity_too_large',
        `Order ${order.orderNumber} has ${line.quantity} of ${line.title}.`,
      );
    lines.push(toReturnLine(line, item));
  }
  return { ok: true, lines, kept: [] };
}

const notReturnable = (lines: OrderLine[]): Decision =>
  refuse(
    'not_returnable',
    `${lines.map(({ title }) => title).join(', ')}: made for you, so it cannot be returned. We can resize or care for it instead.`,
  );

function toReturnLine({ lineId, sku, title, quantity }: OrderLine, item: WishedItem): ReturnLine {
  const line = { lineId, title, quantity: item.quantity ?? quantity };
  return { ...line, ...(sku && { sku }), ...(item.notes && { notes: item.notes }) };
}
