import type { Collection } from 'mongodb';
import type { MessageReport, MessageState } from '../../connectors/reports/report.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { insertNew } from '../../platform/mongodb/write.js';

/**
 * What became of the message of a delivery. It stands beside the document that carries the delivery, not on it: a vendor may report before
 * its own answer has been recorded there.
 */
export interface MessageFate {
  /** The id of the delivery. */
  _id: string;
  vendor: MessageReport['vendor'];
  state: MessageState;
  /** Of the state: what ranks higher is the last word, whichever came first. */
  rank: number;
  reason?: string | undefined;
  at: Date;
}

/** A mailbox may accept a message and send it back, and its owner may complain of what was delivered. */
const RANKS: Record<MessageState, number> = { delivered: 1, failed: 2, suppressed: 3 };

export function createMessageFates(fates: Collection<MessageFate>) {
  /** Keeps what was reported; false when it says nothing new. Of the same state, the earliest report counts. */
  async function record(
    _id: string,
    { vendor, state, reason, at }: Omit<MessageReport, 'deliveryId' | 'address' | 'channel'>,
  ): Promise<boolean> {
    const rank = RANKS[state];
    const fate = { vendor, state, rank, reason, at };
    // another report of the same message may be written at the same moment
    for (let attempt = 0; attempt < 2; attempt++) {
      const weaker = { _id, $or: [{ rank: { $lt: rank } }, { rank, at: { $gt: at } }] };
      const { matchedCount } = await fates.updateOne(weaker, { $set: fate });
      if (matchedCount > 0 || (await insertNew(fates, { _id, ...fate }))) return true;
    }
    return false;
  }

  /** By the id of the delivery. */
  async function findOf(deliveryIds: readonly string[]): Promise<Map<string, MessageFate>> {
    const found =
      deliveryIds.length > 0 ? await fates.find({ _id: { $in: [...deliveryIds] } }).toArray() : [];
    return new Map(found.map((fate) => [fate._id, fate]));
  }

  return { record, findOf };
}

export type MessageFates = ReturnType<typeof createMessageFates>;

/** What became of messages, by the delivery that they were sent for: nothing of a person stands there. */
export const messageFates = defineCollection<MessageFate>('messageFates', {
  retention: { after: 'at', days: 365 },
});
