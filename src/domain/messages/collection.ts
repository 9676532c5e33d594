import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { MessageFate } from './message-fates.js';

/** What became of messages, by the delivery that they were sent for: nothing of a person stands there. */
export const messageFates = defineCollection<MessageFate>('messageFates', {
  retention: { after: 'at', days: 365 },
});
