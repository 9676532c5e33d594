import { createHash } from 'node:crypto';
import { readableId } from '../../lib/ids.js';
import { enqueue } from '../../outbox/enqueue.js';
import { RETURN_UNCONFIRMED } from './deliveries.js';
import type { ReturnIntake } from './new-return.js';
import type { ReturnWish } from './resolve-lines.js';
import { UNCONFIRMED_HOURS, type UnconfirmedReturn } from './unconfirmed-return.js';

const HOUR_MS = 60 * 60_000;

/** A new one, with a mail to the owner enqueued. */
export function newUnconfirmed(
  orderNumber: string,
  place: number,
  { option, items, size }: ReturnWish,
  { reason, notes, sessionId, requestKey }: ReturnIntake,
  at: Date,
): UnconfirmedReturn {
  return {
    rmaId: readableId('RMA'),
    orderNumber,
    place: `${orderNumber}/${place}`,
    option,
    wishKey: wishKeyOf(orderNumber, { option, items, size }),
    items: items?.length ? items : undefined,
    size,
    reason,
    notes,
    sessionId,
    requestKey,
    createdAt: at,
    expiresAt: new Date(at.getTime() + UNCONFIRMED_HOURS * HOUR_MS),
    ...enqueue([RETURN_UNCONFIRMED.of()], at),
  };
}

export function wishKeyOf(orderNumber: string, { option, items = [], size }: ReturnWish): string {
  const pieces = items.map(({ lineId, sku, quantity, size, notes }) => [lineId, sku, quantity, size, notes]);
  return createHash('sha256')
    .update(JSON.stringify([orderNumber, option, size, pieces]))
    .digest('base64url');
}
