import type { Collection, Filter } from 'mongodb';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { insertOrFind } from '../../platform/mongodb/write.js';

/** A change of an order that the shop has told us of: the change of the order and a message to each subscriber are enqueued on it. */
export interface ShopChange extends WithDeliveries {
  changeId: string;
  webhookId: string;
  /** The same for the same change, whichever message tells of it. */
  changeKey: string;
  orderNumber: string;
  status: string;
  label: string;
  /** Who of the staff has caused it; the shop's systems, if left out. */
  by?: string;
  at: Date;
  carrier?: string;
  trackingNumber?: string;
  estimatedDelivery?: Date;
  createdAt: Date;
}

export function createShopChangesRepository(changes: Collection<ShopChange>) {
  /** Stores a change, or gives back the one that the same message, or another one of the same change, has brought. */
  const accept = (change: ShopChange) => {
    const { webhookId, changeKey } = change;
    return insertOrFind(changes, change, { $or: [{ webhookId }, { changeKey }] });
  };

  /** Whether a subscriber has been told, or is to be told, of a later change of the order. */
  async function hasLater(orderNumber: string, at: Date, subscriptionId: string): Promise<boolean> {
    const told = {
      kind: 'order.update',
      'payload.subscriptionId': subscriptionId,
      state: { $in: ['pending', 'done'] },
    };
    const later = await changes.findOne(
      { orderNumber, at: { $gt: at }, deliveries: { $elemMatch: told } } as Filter<ShopChange>,
      { projection: { _id: 1 } },
    );
    return later !== null;
  }

  return { accept, hasLater, collection: changes };
}

/** What the shop's systems have told us of orders. */
export const orderChanges = defineCollection<ShopChange>('orderChanges', {
  id: 'changeId',
  indexes: [
    // the same message, and the same change under another id, is taken once
    { key: { webhookId: 1 }, unique: true },
    { key: { changeKey: 1 }, unique: true },
    // whether a later change has overtaken one
    { key: { orderNumber: 1, at: 1 } },
    // by the number of a parcel, for the staff
    { key: { trackingNumber: 1 }, sparse: true },
  ],
  retention: { after: 'createdAt', days: 180 },
  deliveries: true,
});
