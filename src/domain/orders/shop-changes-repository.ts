import type { Collection } from 'mongodb';
import { insertOrFind } from '../../platform/mongodb/write.js';
import type { ShopChange } from './shop-change.js';

export function createShopChangesRepository(changes: Collection<ShopChange>) {
  /** Stores a change, or gives back the one that the same message, or another one of the same change, has brought. */
  const accept = (change: ShopChange) => {
    const { webhookId, changeKey } = change;
    return insertOrFind(changes, change, { $or: [{ webhookId }, { changeKey }] });
  };

  return { accept, collection: changes };
}
