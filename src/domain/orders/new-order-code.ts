import { randomUUID } from 'node:crypto';
import { machineId } from '../../lib/ids.js';
import { enqueue, enqueueMore } from '../../outbox/enqueue.js';
import { ORDER_CODE } from './deliveries.js';
import { CODE_HOURS, type OrderCode } from './order-code.js';

const HOUR_MS = 60 * 60_000;

/** A new code for a mailbox, with its mail enqueued; for an order that is not known, none. */
export function newOrderCode(mailbox: string, orderNumber: string | undefined, at: Date): OrderCode {
  return {
    codeId: machineId('code'),
    mailbox,
    nonce: randomUUID(),
    mails: 1,
    createdAt: at,
    expiresAt: new Date(at.getTime() + CODE_HOURS * HOUR_MS),
    ...enqueue(orderNumber ? [ORDER_CODE.of({ orderNumber })] : [], at),
  };
}

/** What it takes to send a code once more. */
export const sentAgain = (orderNumber: string | undefined, at: Date) => ({
  $inc: { mails: 1 },
  ...(orderNumber && enqueueMore([ORDER_CODE.of({ orderNumber })], at)),
});
