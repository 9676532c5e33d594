import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';

/** So long a code can be given back. It is too long to be guessed meanwhile, however many try. */
export const CODE_HOURS = 12;
/** So many times it is sent. Then it waits in the mailbox: whoever asks once more, for whatever reason, locks nobody out. */
export const MAX_MAILS = 4;

/**
 * A code that proves an order: whoever gives it back has read the mail of the order's own address. There is one for each mailbox at a
 * time, whichever of its orders is asked for, so that nobody can have many mails sent to it. An order that is not known has one as
 * well, which nobody is sent: so the answer, and the work for it, are the same.
 */
export interface OrderCode extends WithDeliveries {
  codeId: string;
  /** The address of the order, or what was asked for and is not known, hashed. */
  mailbox: string;
  /** What the code is made of; it stands in no document. */
  nonce: string;
  /** How often it was sent. */
  mails: number;
  createdAt: Date;
  expiresAt: Date;
}

/** Codes by which customers prove an order: gone when they cannot be given back any more. */
export const orderCodes = defineCollection<OrderCode>('orderCodes', {
  id: 'codeId',
  indexes: [
    { key: { codeId: 1 }, unique: true },
    { key: { mailbox: 1 }, unique: true },
  ],
  retention: { after: 'expiresAt', days: 0 },
  deliveries: true,
});
