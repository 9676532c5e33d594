import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { queuedKeys } from '../privacy/personal-data.js';
import { type Inspiration, keysOf, RETENTION_DAYS } from './inspiration.js';

export const widgetInspiration = defineCollection<Inspiration>('widgetInspiration', {
  id: 'inspirationId',
  indexes: [
    { key: { inspirationId: 1 }, unique: true, sparse: true },
    { key: { sessionId: 1 } },
    { key: { moderationStatus: 1, createdAt: 1, inspirationId: 1 } },
    // there only while a signed upload is awaited
    { key: { uploadExpiresAt: 1 }, sparse: true, expireAfterSeconds: 0 },
  ],
  retention: { after: 'createdAt', days: RETENTION_DAYS },
  deliveries: true,
  personal: {
    fields: {
      inspirationId: false,
      sessionId: true,
      originalFileName: true,
      contentType: false,
      sizeBytes: false,
      caption: true,
      originalKey: true,
      renditions: true,
      published: true,
      moderationStatus: false,
      reason: false,
      createdAt: false,
      uploadExpiresAt: false,
      version: false,
      history: false,
    },
    foundBy: { sessions: ['sessionId'] },
    objects: (document) => [...keysOf(document as Inspiration), ...queuedKeys(document.deliveries)],
  },
});
