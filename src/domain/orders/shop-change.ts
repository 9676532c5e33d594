import type { WithDeliveries } from '../../outbox/enqueue.js';

/** A change of an order that the shop has told us of: the change of the order and a message to each subscriber are enqueued on it. */
export interface ShopChange extends WithDeliveries {
  changeId: string;
  webhookId: string;
  /** The same for the same change, whichever message tells of it. */
  changeKey: string;
  orderNumber: string;
  status: string;
  label: string;
  at: Date;
  carrier?: string;
  trackingNumber?: string;
  estimatedDelivery?: Date;
  createdAt: Date;
}
