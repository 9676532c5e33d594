import type { Collection } from 'mongodb';
import { insertNew } from '../../platform/mongodb/write.js';
import type { Feedback } from './rating.js';
import { readRating } from './read-rating.js';

/** So many changes of one rating at the same moment do not happen. */
const MAX_ATTEMPTS = 50;

export function createFeedbackRepository(feedback: Collection<Feedback>) {
  // those of the shop's earlier pages have no id, and stay as they are
  async function find(sessionId: string, intent: string): Promise<Feedback | null> {
    const rating = await feedback.findOne(
      { sessionId, intent, feedbackId: { $exists: true } },
      { projection: { _id: 0 } },
    );
    return rating && readRating(rating);
  }

  /** Stores what the change makes of a session's rating for an intent, unless it leaves it as it is. */
  async function replace(
    sessionId: string,
    intent: string,
    change: (before: Feedback | undefined) => Feedback,
  ): Promise<Feedback> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const before = (await find(sessionId, intent)) ?? undefined;
      const after = change(before);
      if (after === before || (await put(before, after))) return after;
    }
    throw new Error('A rating changes all the time');
  }

  /** False when the rating is not as it was, or there is one already. */
  async function put(before: Feedback | undefined, after: Feedback): Promise<boolean> {
    if (!before) return insert(after);
    const { feedbackId, version, deliveries, leasedUntil } = before;
    const { matchedCount } = await feedback.replaceOne(
      // deliveries change, and are taken on, without a new version
      { feedbackId, version, deliveries, leasedUntil: leasedUntil ?? { $exists: false } },
      after,
    );
    return matchedCount === 1;
  }

  const insert = (rating: Feedback): Promise<boolean> => insertNew(feedback, rating);

  /** Takes away the comments that have been kept long enough. */
  async function forgetComments(now: Date): Promise<void> {
    await feedback.updateMany({ notesUntil: { $lte: now } }, { $unset: { notes: '', notesUntil: '' } });
  }

  /** Whether a session has given a rating that asks for a follow-up. */
  const hasNegative = async (sessionId: string): Promise<boolean> =>
    (await feedback.findOne({ sessionId, needsFollowUp: true }, { projection: { _id: 1 } })) !== null;

  /** How many conversations of other sessions have rated an order; no more than `most` are counted. */
  const countOfOrder = (orderNumber: string, sessionId: string, most: number): Promise<number> =>
    feedback.countDocuments({ orderNumber, sessionId: { $ne: sessionId } }, { limit: most });

  return { find, countOfOrder, hasNegative, replace, forgetComments, collection: feedback };
}

export type FeedbackRepository = ReturnType<typeof createFeedbackRepository>;
