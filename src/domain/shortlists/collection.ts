import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { SavedShortlist } from './shortlist.js';

export const widgetShortlists = defineCollection<SavedShortlist>('widgetShortlists', {
  indexes: [{ key: { sessionId: 1 }, unique: true }],
  retention: { after: 'updatedAt', days: 30 },
  personal: {
    fields: { shortlistId: false, sessionId: true, items: false, arrival: false, updatedAt: false },
    foundBy: { sessions: 'sessionId' },
  },
});
