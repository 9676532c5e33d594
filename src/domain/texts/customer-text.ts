import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';

/** A text message that a customer has sent to our number, and that is no word such as STOP. */
export interface CustomerText {
  /** The vendor's id of it, by which a repeat is known. */
  messageId: string;
  text: string;
  at: Date;
}

/** What came from one number on one day: a conversation, for those who answer it. */
export interface TextThread extends WithDeliveries {
  threadId: string;
  /** In E.164 form. */
  phone: string;
  /** In UTC. */
  day: string;
  messages: CustomerText[];
  createdAt: Date;
}

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
