import type { Collection } from 'mongodb';
import { followUpRating } from '../../domain/csat/follow-up-rating.js';
import type { Feedback } from '../../domain/csat/rating.js';
import { type ActOn, notAllowed, notFound, stale } from './action.js';

/** Notes that the customer of a poor rating of the queue has been contacted. */
export const actOnFeedback =
  (feedback: Collection<Feedback>): ActOn =>
  async (wish, at) => {
    const { id: feedbackId, action } = wish;
    if (action !== 'contacted') throw notAllowed(`A rating cannot be told to ${action}.`);
    const followed = await followUpRating(feedback, { ...wish, feedbackId }, at);
    if (followed.outcome === 'done') return { version: followed.version, status: followed.status };
    if (followed.outcome === 'nobody_waits') throw notAllowed('There is nobody to contact for this rating.');
    throw followed.outcome === 'stale' ? stale(wish) : notFound(wish);
  };
