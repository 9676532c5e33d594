import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { Conversion } from './credit-orders.js';

/** Written only by the credit that is enqueued on a ticket. */
export const creators = defineCollection('creators', {
  isShops: true,
  // the shop may yet make its unique one, which serves as well
  indexes: [{ key: { creatorCode: 1, status: 1 }, servedBy: { creatorCode: 1 } }],
});

/** Orders that came through a creator; commissions are paid later than sessions are forgotten. */
export const creatorConversions = defineCollection<Conversion>('creatorConversions', {
  indexes: [{ key: { orderNumber: 1 }, unique: true }, { key: { creatorCode: 1, placedAt: 1 } }],
  retention: { after: 'placedAt', days: 365 },
});
