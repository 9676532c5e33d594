import type { WithDeliveries } from '../../outbox/enqueue.js';

/** A change of an order that the shop has told us of: it owes the order its change, and each subscriber a message. */
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
