import { nameForm } from '../catalog/normal-forms.js';
import type { Order, OrderLine } from '../orders/order.js';
import type { ReturnLine, ReturnWish, WishedItem } from './return-request.js';
import type { ReturnOption } from './return-steps.js';

/** Why lines cannot be sent in, with what a sentence about it needs. */
export type LineRefusal =
  | { reason: 'unknown_line'; name: string }
  | { reason: 'quantity_too_large'; left: number; title: string }
  | { reason: 'too_many_pieces'; most: number; option: ReturnOption }
  | { reason: 'not_returnable'; titles: string[] }
  | { reason: 'already_in_rma'; titles: string[]; rmaId: string }
  | { reason: 'no_lines' };

export type Lines =
  /** `kept` are the pieces that have to stay with the customer, by title. */
  { ok: true; lines: ReturnLine[]; kept: string[] } | ({ ok: false } & LineRefusal);

/** Pieces of one RMA: each is named by an entry of its own, and a number in a document of the shop is no measure for work. */
const MAX_PIECES = 100;

/** The pieces of each line that are in an RMA already, by line id. */
export type Held = ReadonlyMap<string, { quantity: number; rmaId: string }>;
export const NOTHING_HELD: Held = new Map();

const refuse = (refusal: LineRefusal): Lines => ({ ok: false, ...refusal });

/** The lines of the order that a wish means, less what is held; `stays` says which pieces cannot be sent in. */
export function resolveLines(
  order: Order,
  { option, items = [], size }: ReturnWish,
  stays: (line: OrderLine) => boolean,
  held: Held,
): Lines {
  const lines = order.lines.map((line) => ({
    ...line,
    quantity: line.quantity - (held.get(line.lineId)?.quantity ?? 0),
  }));
  const free = { ...order, lines };
  const resolved =
    items.length === 0 ? wholeOrder(free, size, stays, held) : namedItems(free, items, stays, held);
  if (!resolved.ok) return resolved;
  const pieces = resolved.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return pieces <= MAX_PIECES ? resolved : refuse({ reason: 'too_many_pieces', most: MAX_PIECES, option });
}

function wholeOrder(
  order: Order,
  size: string | undefined,
  stays: (line: OrderLine) => boolean,
  held: Held,
): Lines {
  const kept = order.lines.filter(stays);
  const others = order.lines.filter((line) => !kept.includes(line));
  const lines = others.filter(({ quantity }) => quantity > 0).map((line) => toReturnLine(line, { size }));
  if (lines.length > 0) return { ok: true, lines, kept: kept.map(({ title }) => title) };
  if (others.length > 0) return alreadyHeld(others, held);
  if (kept.length > 0) return notReturnable(kept);
  return refuse({ reason: 'no_lines' });
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
      item.lineId ? lineId === item.lineId : sku !== undefined && nameForm(sku) === nameForm(item.sku ?? ''),
    );
    const name = item.lineId ?? item.sku ?? 'That piece';
    if (named.length === 0) return refuse({ reason: 'unknown_line', name });
    const possible = named.filter((line) => !stays(line));
    if (possible.length === 0) return notReturnable(named);
    const left = possible.reduce((sum, { quantity }) => sum + quantity, 0);
    if (left <= 0) return alreadyHeld(possible, held);
    if (!takeLines(taken, possible, item))
      return refuse({ reason: 'quantity_too_large', left, title: named[0]?.title ?? name });
  }
  return { ok: true, lines: [...taken.values()], kept: [] };
}

function alreadyHeld(lines: OrderLine[], held: Held): Lines {
  const rmaId = lines.map(({ lineId }) => held.get(lineId)?.rmaId).find((id) => id !== undefined);
  // a line of which there are no pieces is in no RMA, and cannot be sent in either
  if (rmaId === undefined) return refuse({ reason: 'no_lines' });
  return refuse({ reason: 'already_in_rma', titles: lines.map(({ title }) => title), rmaId });
}

const notReturnable = (lines: OrderLine[]): Lines =>
  refuse({ reason: 'not_returnable', titles: lines.map(({ title }) => title) });

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
  return { ...before, ...line, quantity: before.quantity + line.quantity, notes: notes || undefined };
}

function toReturnLine({ lineId, sku, title, quantity }: OrderLine, item: WishedItem): ReturnLine {
  return {
    lineId,
    title,
    quantity: item.quantity ?? quantity,
    sku,
    ...(item.size && { size: item.size }),
    ...(item.notes && { notes: item.notes }),
  };
}
