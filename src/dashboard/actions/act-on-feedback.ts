import type { Collection } from 'mongodb';
import type { Feedback } from '../../domain/csat/rating.js';
import { type ActOn, notAllowed, notFound, stale } from './action.js';

/** Notes that the customer of a poor rating has been contacted. */
export const actOnFeedback =
  (feedback: Collection<Feedback>): ActOn =>
  async (wish, at) => {
    const { id: feedbackId, version, by, note, action } = wish;
    if (action !== 'contacted') throw notAllowed(`A rating cannot be told to ${action}.`);
    const rating = await feedback.findOne({ feedbackId });
    if (!rating) throw notFound(wish);
    if (rating.version !== version) throw stale(wish);
    if (rating.followUp?.status !== 'open') throw notAllowed('There is nobody to contact for this rating.');
    const { matchedCount } = await feedback.updateOne(
      { feedbackId, version },
      {
        $set: { followUp: { status: 'contacted', at, by } },
        $inc: { version: 1 },
        $push: { history: { at, by, action, ...(note && { note }) } },
      },
    );
    if (matchedCount === 0) throw stale(wish);
    return { version: version + 1, status: 'contacted' };
  };
