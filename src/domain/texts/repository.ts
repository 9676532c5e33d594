import type { Collection } from 'mongodb';
import { readableId } from '../../lib/ids.js';
import { enqueue, enqueueMore } from '../../outbox/enqueue.js';
import { insertOrFind } from '../../platform/mongodb/write.js';
import type { CustomerText, TextThread } from './customer-text.js';
import { TEXT_RECEIVED } from './deliveries.js';

/** As many of one number and day are passed on: more is no conversation. */
const MAX_OF_A_DAY = 20;

export function createTextsRepository(texts: Collection<TextThread>) {
  /** Keeps a message, to be passed on to the team; a repeat changes nothing. */
  async function take(phone: string, message: CustomerText): Promise<void> {
    const { at, messageId } = message;
    const day = at.toISOString().slice(0, 10);
    const received = [TEXT_RECEIVED.of({ messageId })];
    const thread: TextThread = {
      threadId: readableId('TX'),
      phone,
      day,
      messages: [message],
      createdAt: at,
      ...enqueue(received, at),
    };
    const { existing } = await insertOrFind(texts, thread, { phone, day });
    if (!existing) return;
    const { $push, $min } = enqueueMore(received, at);
    await texts.updateOne(
      {
        phone,
        day,
        'messages.messageId': { $ne: messageId },
        [`messages.${MAX_OF_A_DAY - 1}`]: { $exists: false },
      },
      { $push: { messages: message, ...$push }, $min },
    );
  }

  return { take };
}
