import type { Order, OrderLine } from '../orders/order.js';
import type { ReturnLine } from './return-request.js';
import type { ReturnOption } from './return-steps.js';

/** What the customer asks for. Without `items` it is the whole order. */
export interface ReturnWish {
  option: ReturnOption;
  items?: WishedItem[];
}

export interface WishedItem {
  lineId?: string;
  sku?: string;
  quantity?: number;
  size?: string;
  notes?: string;
}

export type LineRefusal =
  | 'unknown_line'
  | 'quantity_too_large'
  | 'not_returnable'
  | 'already_in_rma'
  | 'no_lines';

export type Lines =
  | {
      ok: true;
      lines: ReturnLine[] /** Pieces that have to stay with the customer, by title. */;
      kept: string[];
    }
  | { ok: false; reason: LineRefusal; message: string };

/** The pieces of each line that are in an RMA already, by line id. */
export type Held = ReadonlyMap<string, { quantity: number; rmaId: string }>;
export const NOTHING_HELD: Held = new Map();

const refuse = (reason: LineRefusal, message: string): Lines => ({ ok: false, reason, message });

/** The lines of the order that a wish means, less what is held; `stays` says which pieces cannot be sent in. */
export function resolveLines(
  order: Order,
  { items = [] }: ReturnWish,
  stays: (line: OrderLine) => boolean,
  held: Held,
): Lines {
  const lines = order.lines.map((line) => ({
    ...line,
    quantity: line.quantity - (held.get(line.lineId)?.quantity ?? 0),
  }));
  const free = { ...order, lines };
  return items.length === 0 ? wholeOrder(free, stays, held) : namedItems(free, items, stays, held);
}

function wholeOrder(order: Order, stays: (line: OrderLine) => boolean, held: Held): Lines {
  const kept = order.lines.filter(stays);
  const others = order.lines.filter((line) => !kept.includes(line));
  const lines = others.filter(({ quantity }) => quantity > 0).map((line) => toReturnLine(line, {}));
  if (lines.length > 0) return { ok: true, lines, kept: kept.map(({ title }) => title) };
  if (others.length > 0) return alreadyHeld(others, held);
  if (kept.length > 0) return notReturnable(kept);
  return refuse(
    'no_lines',
    `Order ${order.orderNumber} has no pieces that can be sent in. A stylist will gladly help.`,
  );
}

function namedItems(
  order: Order,
  items: WishedItem[],
  stays: (line: OrderLine) => boolean,
  held: Held,
): Lines {
  const taken = new Map<OrderLine, ReturnLine>();
  for (const item of items) {
    const named = order.lines.filter(({ lineId, sku }) =>
      item.lineId ? lineId === item.lineId : sku !== undefined && sku === item.sku,
    );
    const name = item.lineId ?? item.sku ?? 'That piece';
    if (named.length === 0)
      return refuse('unknown_line', `${name} is not part of order ${order.orderNumber}.`);
    const possible = named.filter((line) => !stays(line));
    if (possible.length === 0) return notReturnable(named);
    const left = possible.reduce((sum, { quantity }) => sum + quantity, 0);
    if (left <= 0) return alreadyHeld(possible, held);
    if (!takeLines(taken, possible, item))
      return refuse(
        'quantity_too_large',
        `Order ${order.orderNumber} has ${left} of ${named[0]?.title} that can be sent in.`,
      );
  }
  return { ok: true, lines: [...taken.values()], kept: [] };
}

function alreadyHeld(lines: OrderLine[], held: Held): Lines {
  const rmaId = lines.map(({ lineId }) => held.get(lineId)?.rmaId).find((id) => id !== undefined);
  const titles = lines.map(({ title }) => title).join(', ');
  return refuse('already_in_rma', `${titles}: that is part of ${rmaId} already. Please quote that number.`);
}

const notReturnable = (lines: OrderLine[]): Lines =>
  refuse(
    'not_returnable',
    `${lines.map(({ title }) => title).join(', ')}: made for you, so it cannot be returned. We can resize or care for it instead.`,
  );

// Takes pieces from the lines that an item names; without a quantity, all of the first line that has any left. False when there are
// not as many.
function takeLines(taken: Map<OrderLine, ReturnLine>, lines: OrderLine[], item: WishedItem): boolean {
  const left = (line: OrderLine) => line.quantity - (taken.get(line)?.quantity ?? 0);
  const [first] = lines.filter((line) => left(line) > 0);
  if (!first) return false;
  let wanted = item.quantity ?? left(first);
  for (const line of lines) {
    const quantity = Math.min(wanted, left(line));
    if (quantity <= 0) continue;
    taken.set(line, joined(taken.get(line), toReturnLine(line, { ...item, quantity })));
    wanted -= quantity;
  }
  return wanted === 0;
}

function joined(before: ReturnLine | undefined, line: ReturnLine): ReturnLine {
  if (!before) return line;
  const notes = [before.notes, line.notes].filter((text) => text !== undefined).join('; ');
  return { ...before, ...line, quantity: before.quantity + line.quantity, ...(notes && { notes }) };
}

function toReturnLine({ lineId, sku, title, quantity }: OrderLine, item: WishedItem): ReturnLine {
  return {
    lineId,
    title,
    quantity: item.quantity ?? quantity,
    ...(sku && { sku }),
    ...(item.size && { size: item.size }),
    ...(item.notes && { notes: item.notes }),
  };
}
