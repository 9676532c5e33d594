import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { AnalyticsEvent } from './analytics-event.js';
import type { DailyRollUp, EarlierDay, EarlierFigures } from './day-figures.js';

export const analyticsEvents = defineCollection<AnalyticsEvent>('analyticsEvents', {
  id: '_id',
  indexes: [
    { key: { day: 1, event: 1 } },
    { key: { sessionId: 1 } },
    { key: { 'properties.orderHash': 1 }, sparse: true },
    { key: { 'properties.creatorCode': 1 }, sparse: true },
  ],
  retention: { after: 'createdAt', days: 180 },
  deliveries: true,
  personal: {
    fields: {
      event: false,
      day: false,
      at: false,
      createdAt: false,
      source: false,
      sessionId: true,
      intent: false,
      success: false,
      requestId: false,
      properties: true,
    },
    foundBy: { sessions: ['sessionId'], orderHashes: ['properties.orderHash'] },
  },
});

/** Counts of a day, which name nobody: found by `_id` alone. */
export const analyticsDays = defineCollection<DailyRollUp | EarlierDay>('analyticsDays');

/** Days that an earlier version counted from documents alone: read, never written. */
export const dailyFigures = defineCollection<EarlierFigures>('dailyFigures', {
  indexes: [{ key: { day: 1 }, unique: true }],
});
