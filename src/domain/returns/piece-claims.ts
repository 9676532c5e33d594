import type { Held } from './resolve-lines.js';
import type { ReturnLine, ReturnRequest } from './return-request.js';

/** What the RMAs of an order hold of each of its lines. */
export function heldBy(returns: ReturnRequest[]): Held {
  const held = new Map<string, { quantity: number; rmaId: string }>();
  for (const { rmaId, lines } of returns.filter(({ claims }) => claims !== undefined)) {
    for (const { lineId, quantity } of lines)
      held.set(lineId, { rmaId, quantity: quantity + (held.get(lineId)?.quantity ?? 0) });
  }
  return held;
}

/** Names the pieces of the lines one by one, passing over those that other RMAs of the order hold. */
export function claimUnits(orderNumber: string, lines: ReturnLine[], returns: ReturnRequest[]): string[] {
  const taken = new Set(returns.flatMap(({ claims = [] }) => claims));
  return lines.flatMap(({ lineId, quantity }) => {
    const units: string[] = [];
    for (let n = 1; units.length < quantity; n++) {
      const unit = `${orderNumber}/${lineId}/${n}`;
      if (!taken.has(unit)) units.push(unit);
    }
    return units;
  });
}
