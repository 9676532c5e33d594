import type { Collection } from 'mongodb';
import type { Feedback } from './rating.js';

/** That someone has got in touch with the customer of a rating, as it was when they saw it. */
interface FollowUpDone {
  feedbackId: string;
  version: number;
  by: string;
  note?: string | undefined;
}

type FollowedUp =
  | { outcome: 'done'; version: number; status: string }
  /** `stale`: someone else has acted since. `nobody_waits`: it asks for no follow-up, or has had it. */
  | { outcome: 'not_found' | 'stale' | 'nobody_waits' };

/** Notes that the customer of a poor rating has been contacted. */
export async function followUpRating(
  ratings: Collection<Feedback>,
  { feedbackId, version, by, note }: FollowUpDone,
  at: Date,
): Promise<FollowedUp> {
  const rating = await ratings.findOne({ feedbackId });
  if (!rating) return { outcome: 'not_found' };
  if (rating.version !== version) return { outcome: 'stale' };
  if (rating.followUp?.status !== 'open') return { outcome: 'nobody_waits' };
  const { matchedCount } = await ratings.updateOne(
    { feedbackId, version },
    {
      $set: { followUp: { status: 'contacted', at, by } },
      $inc: { version: 1 },
      $push: { history: { at, by, action: 'contacted', note } },
    },
  );
  return matchedCount === 0
    ? { outcome: 'stale' }
    : { outcome: 'done', version: version + 1, status: 'contacted' };
}
