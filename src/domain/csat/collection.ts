import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { erased, unsent, withoutNotes } from '../privacy/personal-data.js';
import type { Feedback } from './rating.js';

export const csatFeedback = defineCollection<Feedback>('csatFeedback', {
  id: 'feedbackId',
  indexes: [
    // ratings of the shop's earlier pages have no id of ours, and may stand there twice
    {
      key: { sessionId: 1, intent: 1 },
      unique: true,
      partialFilterExpression: { feedbackId: { $exists: true } },
    },
    { key: { feedbackId: 1 }, unique: true, sparse: true },
    { key: { sessionId: 1 } },
    { key: { orderNumber: 1 }, sparse: true },
    { key: { day: 1, score: 1 } },
    // those of the shop's earlier pages have no day
    { key: { timestamp: -1 } },
    { key: { notesUntil: 1 }, sparse: true },
    // what has changed, for the shop's own dashboards
    { key: { 'followUp.at': 1, feedbackId: 1 }, sparse: true },
    // what waits for the staff: the worst first, then the oldest
    { key: { 'followUp.status': 1, score: 1, createdAt: 1, feedbackId: 1 } },
  ],
  deliveries: true,
  personal: {
    fields: {
      feedbackId: false,
      sessionId: true,
      intent: false,
      score: false,
      notes: true,
      notesUntil: false,
      orderNumber: true,
      needsFollowUp: false,
      followUp: false,
      day: false,
      version: false,
      history: true,
      replies: true,
      createdAt: false,
      timestamp: false,
      erasedAt: false,
    },
    foundBy: { sessions: ['sessionId'], orders: ['orderNumber'] },
    // the score counts on
    anonymous: ({ _id, feedbackId = String(_id), history, deliveries }) => ({
      set: {
        sessionId: erased(feedbackId),
        ...(history && { history: withoutNotes(history) }),
        ...(deliveries && { deliveries: unsent(deliveries) }),
      },
      unset: ['notes', 'notesUntil', 'orderNumber', 'followUp', 'replies'],
    }),
  },
});
