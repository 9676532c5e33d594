import { createHash } from 'node:crypto';
import { readableId } from '../ids.js';
import type { Order } from '../orders/order.js';
import type { OrdersRepository } from '../orders/orders-repository.js';
import { owe } from '../outbox/owe.js';
import { type EffectLog, performNow } from '../outbox/perform-now.js';
import type { ReturnPolicy } from './decide-return.js';
import type { ReturnLine, ReturnOption, ReturnRequest } from './return-request.js';
import type { ReturnsRepository } from './returns-repository.js';

const DAY_MS = 24 * 60 * 60_000;
const ORDER_EFFECT = 'order.return';

export interface ReturnIntake {
  option: ReturnOption;
  reason?: string | undefined;
  notes?: string | undefined;
  contact?: { email?: string | undefined; phone?: string | undefined } | undefined;
  sessionId?: string | undefined;
}

export interface StartReturnDependencies {
  returns: ReturnsRepository;
  orders: OrdersRepository;
  policy: ReturnPolicy;
  now: () => Date;
}

/** Opens an RMA for lines that `decideReturn` has granted, and tells the order. The same wish twice is one RMA. */
export async function startReturn(
  { returns, orders, policy, now }: StartReturnDependencies,
  order: Order,
  lines: ReturnLine[],
  intake: ReturnIntake,
  log: EffectLog,
): Promise<{ request: ReturnRequest; duplicate: boolean }> {
  const at = now();
  const { document: request, existing } = await returns.open(newRequest(order, lines, intake, policy, at));
  if (!existing) {
    const entry = { status: HISTORY[request.option].status, label: HISTORY[request.option].label, date: at };
    const status = request.option === 'return' ? 'return_pending' : undefined;
    const effect = {
      kind: ORDER_EFFECT,
      perform: () => orders.recordReturn(order.orderNumber, request.rmaId, entry, status),
      collection: returns.collection,
      filter: { rmaId: request.rmaId },
    };
    await performNow(request, effect, at, log);
  }
  return { request, duplicate: existing };
}

/** What the order's history says. */
const HISTORY: Record<ReturnOption, { status: string; label: string }> = {
  return: { status: 'return_pending', label: 'Return in progress' },
  resize: { status: 'resize_requested', label: 'Resize requested' },
  care: { status: 'care_requested', label: 'Care requested' },
};

function newRequest(order: Order, lines: ReturnLine[], intake: ReturnIntake, policy: ReturnPolicy, at: Date) {
  const { option, reason, notes, contact, sessionId } = intake;
  const { orderNumber } = order;
  return {
    rmaId: readableId('RMA'),
    option,
    orderNumber,
    lines,
    ...(reason && { reason }),
    ...(notes && { notes }),
    ...(contact && {
      contact: {
        ...(contact.email && { email: contact.email }),
        ...(contact.phone && { phone: contact.phone }),
      },
    }),
    ...(sessionId && { sessionId }),
    status: 'initiated' as const,
    history: [{ status: 'initiated', at, by: 'concierge' }],
    openKey: openKey(orderNumber, option, lines),
    createdAt: at,
    updatedAt: at,
    expiresAt: new Date(at.getTime() + policy.validDays * DAY_MS),
    ...owe(
      [
        { to: 'orders', kind: ORDER_EFFECT },
        { to: 'email', kind: 'return.label' },
        { to: 'fulfilment', kind: 'return.initiated' },
      ],
      at,
    ),
  };
}

function openKey(orderNumber: string, option: ReturnOption, lines: ReturnLine[]): string {
  const pieces = lines.map(({ lineId, quantity }) => `${lineId}×${quantity}`).sort();
  return createHash('sha256')
    .update(JSON.stringify([orderNumber, option, pieces]))
    .digest('base64url');
}
