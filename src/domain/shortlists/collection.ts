import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { SavedShortlist } from './shortlist.js';

export const widgetShortlists = defineCollection<SavedShortlist>('widgetShortlists', {
  indexes: [{ key: { sessionId: 1 }, unique: true }],
  // sliding: each change moves it
  retention: { after: 'expiresAt', days: 0 },
  personal: {
    fields: {
      shortlistId: false,
      sessionId: true,
      items: false,
      arrival: false,
      updatedAt: false,
      expiresAt: false,
    },
    foundBy: { sessions: ['sessionId'] },
  },
});
