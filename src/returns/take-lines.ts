import type { OrderLine } from '../orders/order.js';
import type { ReturnLine } from './return-request.js';

export interface WishedItem {
  lineId?: string;
  sku?: string;
  quantity?: number;
  notes?: string;
}

/**
 * Takes pieces from the lines that an item names; without a quantity, all of the first line that has any left.
 * False when there are not as many.
 */
export function takeLines(taken: Map<OrderLine, ReturnLine>, lines: OrderLine[], item: WishedItem): boolean {
  const left = (line: OrderLine) => line.quantity - (taken.get(line)?.quantity ?? 0);
  const [first] = lines.filter((line) => left(line) > 0);
  if (!first) return false;
  let wanted = item.quantity ?? left(first);
  for (const line of lines) {
    const quantity = Math.min(wanted, left(line));
    if (quantity === 0) continue;
    taken.set(line, joined(taken.get(line), toReturnLine(line, { ...item, quantity })));
    wanted -= quantity;
  }
  return wanted === 0;
}

function joined(before: ReturnLine | undefined, line: ReturnLine): ReturnLine {
  if (!before) return line;
  const notes = [before.notes, line.notes].filter((text) => text !== undefined).join('; ');
  return { ...line, quantity: before.quantity + line.quantity, ...(notes && { notes }) };
}

export function toReturnLine({ lineId, sku, title, quantity }: OrderLine, item: WishedItem): ReturnLine {
  const line = { lineId, title, quantity: item.quantity ?? quantity };
  return { ...line, ...(sku && { sku }), ...(item.notes && { notes: item.notes }) };
}
