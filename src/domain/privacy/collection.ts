import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { Erasure } from './erasure.js';

/** The receipts. */
export const erasures = defineCollection<Erasure>('erasures', {
  id: 'erasureId',
  indexes: [{ key: { erasureId: 1 }, unique: true }],
  retention: { after: 'requestedAt', days: 3 * 365 },
  deliveries: true,
  personal: {
    fields: {
      erasureId: false,
      subject: true,
      telling: true,
      receipt: false,
      requestedAt: false,
      finishedAt: false,
    },
    // whom it is about stands there only until it has been done
    foundBy: {},
  },
});
