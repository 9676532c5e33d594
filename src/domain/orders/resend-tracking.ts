import { machineId } from '../../lib/ids.js';
import { enqueue } from '../../outbox/enqueue.js';
import { insertNew } from '../../platform/mongodb/write.js';
import type { Repositories } from '../repositories.js';
import { ORDER_TRACKING } from './deliveries.js';
import type { ShopChange } from './shop-change.js';

/** So often a day the tracking of one order is mailed again. */
const MAX_TRACKING_MAILS = 3;
const AGAIN_MS = 10 * 60_000;
/** What stands for it among the changes of the order. */
export const TRACKING_MAILED = 'tracking_mailed';

type Resent =
  /** `repeated`: it was sent in the last ten minutes. */
  | { outcome: 'sent' | 'repeated'; orderNumber: string }
  | { outcome: 'not_found' }
  | { outcome: 'not_allowed'; sentence: string };

/** Mails an order's parcel to its own address once more, and to no other; few times a day, and one press is one mail. */
export async function resendTracking(
  { orders, shopChanges }: Pick<Repositories, 'orders' | 'shopChanges'>,
  typed: string,
  by: string,
  now: Date,
): Promise<Resent> {
  const order = await orders.findByNumber(typed);
  if (!order) return { outcome: 'not_found' };
  const { orderNumber, email, parcels } = order;
  if (!email) return { outcome: 'not_allowed', sentence: 'The order has no address.' };
  if (!parcels.some(({ trackingNumber }) => trackingNumber))
    return { outcome: 'not_allowed', sentence: 'The order has no parcel that can be tracked yet.' };
  const day = now.toISOString().slice(0, 10);
  const sent = await shopChanges.collection
    .find({ orderNumber, status: TRACKING_MAILED, at: { $gte: new Date(day) } })
    .toArray();
  if (sent.some(({ at }) => now.getTime() - at.getTime() < AGAIN_MS))
    return { outcome: 'repeated', orderNumber };
  if (sent.length >= MAX_TRACKING_MAILS)
    return { outcome: 'not_allowed', sentence: `It has been mailed ${MAX_TRACKING_MAILS} times today.` };
  const key = `tracking/${orderNumber}/${day}/${sent.length}`;
  const mail: ShopChange = {
    changeId: machineId('chg'),
    webhookId: key,
    changeKey: key,
    orderNumber,
    status: TRACKING_MAILED,
    label: 'Tracking mailed again',
    by,
    at: now,
    createdAt: now,
    ...enqueue([ORDER_TRACKING.of()], now),
  };
  // of two presses at the same moment one makes the mail
  const isNew = await insertNew(shopChanges.collection, mail);
  return { outcome: isNew ? 'sent' : 'repeated', orderNumber };
}
