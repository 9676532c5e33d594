import type { Collection } from 'mongodb';
import { coalesce, inBatches, insertsInBatches } from '../../platform/mongodb/in-batches.js';
import { type Feedback, readRating } from './rating.js';

/** So many changes of one rating at the same moment do not happen. */
const MAX_ATTEMPTS = 50;

type Named = Pick<Feedback, 'sessionId' | 'intent'>;
const nameOf = ({ sessionId, intent }: Named) => JSON.stringify([sessionId, intent]);

export function createFeedbackRepository(feedback: Collection<Feedback>) {
  const findNamed = coalesce<Named, Feedback>({
    namesOf: (asked) => [nameOf(asked)],
    nameOf,
    most: 1,
    // those of the shop's earlier pages have no id, and stay as they are
    find: (all, limit) =>
      feedback
        .find(
          { $or: all.map(({ sessionId, intent }) => ({ sessionId, intent, feedbackId: { $exists: true } })) },
          { projection: { _id: 0 } },
        )
        .limit(limit)
        .toArray(),
  });

  async function find(sessionId: string, intent: string): Promise<Feedback | null> {
    const [rating] = await findNamed({ sessionId, intent });
    return rating ? readRating(rating) : null;
  }

  /**
   * Stores what the change makes of a session's rating for an intent, unless it leaves it as it is. Most are the first, so that is tried
   * before it is asked for.
   */
  async function replace(
    sessionId: string,
    intent: string,
    change: (before: Feedback | undefined) => Feedback,
  ): Promise<Feedback> {
    let before: Feedback | undefined;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const after = change(before);
      if (after === before || (await (before ? put({ before, after }) : insert(after)))) return after;
      before = (await find(sessionId, intent)) ?? undefined;
    }
    throw new Error('A rating changes all the time');
  }

  /** False when there is one already. */
  const insert = insertsInBatches(feedback);

  /**
   * False when the rating is not as it was. Of several the database says only how many it wrote: when some were not, each is tried by itself, and
   * one that had been written is no longer as it was; its caller finds it as it should be.
   */
  const put = inBatches<{ before: Feedback; after: Feedback }, boolean>(async (changes) => {
    const { matchedCount } = await feedback.bulkWrite(
      changes.map(({ before: { feedbackId, version, deliveries, leasedUntil }, after: replacement }) => ({
        replaceOne: {
          // deliveries change, and are taken on, without a new version
          filter: { feedbackId, version, deliveries, leasedUntil: leasedUntil ?? { $exists: false } },
          replacement,
        },
      })),
      { ordered: false },
    );
    if (changes.length > 1 && matchedCount < changes.length)
      throw new Error('Some of the ratings were changed meanwhile');
    return changes.map(() => matchedCount > 0);
  });

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

  /** Keeps that the customer of a poor rating was answered, where somebody was to get in touch. */
  const contacted = (feedbackId: string, { at, by }: { at: Date; by: string }) =>
    feedback.updateOne(
      { feedbackId, 'followUp.status': 'open' },
      { $set: { followUp: { status: 'contacted', at, by } } },
    );

  return { find, countOfOrder, hasNegative, replace, contacted, forgetComments, collection: feedback };
}

export type FeedbackRepository = ReturnType<typeof createFeedbackRepository>;
