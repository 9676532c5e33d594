import type { Collection } from 'mongodb';
import { upsertAgain } from '../database/write.js';
import type { Feedback } from './feedback.js';

export function createFeedbackRepository(feedback: Collection<Feedback>) {
  /** Stores a rating in the place of the session's earlier one for that intent; `feedbackId` and `createdAt` stay. */
  const replace = (rating: Feedback): Promise<Feedback> => upsertAgain(() => upsert(rating));

  async function upsert({
    sessionId,
    intent,
    feedbackId,
    createdAt,
    ...rating
  }: Feedback): Promise<Feedback> {
    const absent = (['notes', 'orderNumber', 'nextDeliveryAt'] as const).filter(
      (field) => rating[field] === undefined,
    );
    const saved = await feedback.findOneAndUpdate(
      { sessionId, intent },
      {
        $set: rating,
        $setOnInsert: { feedbackId, createdAt },
        ...(absent.length > 0 && { $unset: Object.fromEntries(absent.map((field) => [field, ''])) }),
      },
      { upsert: true, returnDocument: 'after', projection: { _id: 0 } },
    );
    if (!saved) throw new Error('The upsert of a rating returned nothing');
    return saved;
  }

  return { replace, collection: feedback };
}
