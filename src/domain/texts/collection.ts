import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { TextThread } from './customer-text.js';

export const customerTexts = defineCollection<TextThread>('customerTexts', {
  id: 'threadId',
  indexes: [
    { key: { threadId: 1 }, unique: true },
    { key: { phone: 1, day: 1 }, unique: true },
  ],
  retention: { after: 'createdAt', days: 90 },
  deliveries: true,
  personal: {
    fields: { threadId: false, phone: true, day: false, messages: true, createdAt: false },
    foundBy: { phones: ['phone'] },
  },
});
