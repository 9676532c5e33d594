import type { Collection, Filter } from 'mongodb';
import { insertOrFind } from '../../platform/mongodb/write.js';
import type { ShopChange } from './shop-change.js';

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
