import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { Session } from './session.js';

export const widgetSessions = defineCollection<Session>('widgetSessions', {
  indexes: [
    { key: { sessionId: 1 }, unique: true },
    { key: { email: 1 }, sparse: true },
  ],
  // sliding: each call moves it
  retention: { after: 'expiresAt', days: 0 },
  personal: {
    fields: {
      sessionId: true,
      createdAt: false,
      lastSeenAt: false,
      expiresAt: false,
      identity: false,
      email: true,
      intents: false,
      lastOrderNumber: true,
      verifiedOrders: true,
      shortlistId: false,
      inspirationIds: false,
      messages: true,
    },
    foundBy: { sessions: ['sessionId'], emails: ['email'] },
  },
});
