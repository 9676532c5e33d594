import { createHash } from 'node:crypto';
import { DAY_MS } from '../../lib/calendar.js';
import { readableId } from '../../lib/ids.js';
import { enqueue } from '../../outbox/enqueue.js';
import { ORDER_CHANGE, type OrderChange } from '../orders/deliveries.js';
import type { Order } from '../orders/order.js';
import { statusForm } from '../orders/statuses.js';
import { RETURN_CONFIRMATION, RETURN_INITIATED, RETURN_SLIP } from './deliveries.js';
import type { Held } from './resolve-lines.js';
import type { ReturnPolicy } from './return-policy.js';
import { RETURN_REASONS, type ReturnLine, type ReturnRequest } from './return-request.js';
import { historyOf, type ReturnOption } from './return-steps.js';

/** What a customer says along with a wish. */
export interface ReturnIntake {
  option: ReturnOption;
  reason?: string | undefined;
  notes?: string | undefined;
  contact?: { email?: string; phone?: string } | undefined;
  sessionId?: string | undefined;
  requestKey?: string | undefined;
  /** The number that the customer has been told already. */
  rmaId?: string | undefined;
}

/** What has been decided. */
interface Granted {
  lines: ReturnLine[];
  claims: string[];
  openKey: string;
}

/** A new RMA, with the change of the order, the slip by email to the customer and a word to the fulfilment service enqueued. */
export function newRequest(
  order: Order,
  granted: Granted,
  intake: ReturnIntake,
  policy: ReturnPolicy,
  at: Date,
): ReturnRequest {
  const { option, reason, notes, contact, sessionId, requestKey } = intake;
  const { rmaId = readableId('RMA') } = intake;
  const { orderNumber } = order;
  const change: OrderChange = {
    orderNumber,
    at,
    history: { ...historyOf(option, 'initiated'), rmaId },
    status: option === 'return' ? 'return_pending' : undefined,
  };
  return {
    rmaId,
    option,
    orderNumber,
    ...granted,
    reason: reason ? readReason(reason) : undefined,
    notes,
    contact,
    sessionId,
    requestKey,
    status: 'initiated',
    history: [{ status: 'initiated', at, by: 'customer' }],
    orderStatusBefore: order.status,
    createdAt: at,
    updatedAt: at,
    expiresAt: new Date(at.getTime() + policy.validDays * DAY_MS),
    ...enqueue(
      [ORDER_CHANGE.of(change), RETURN_SLIP.of(), RETURN_CONFIRMATION.of(), RETURN_INITIATED.of()],
      at,
    ),
  };
}

/** The same for the same lines of the same order, whoever asks, as long as the RMA is open. */
export function openKeyOf(orderNumber: string, option: ReturnOption, lines: ReturnLine[]): string {
  const pieces = lines.map(({ lineId, quantity }) => [lineId, quantity]).sort();
  return createHash('sha256')
    .update(JSON.stringify([orderNumber, option, pieces]))
    .digest('base64url');
}

// One of the list, or what the customer says instead.
function readReason(said: string): NonNullable<ReturnRequest['reason']> {
  const code = RETURN_REASONS.find((reason) => reason === statusForm(said));
  return code ? { code } : { code: 'other', text: said };
}

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
