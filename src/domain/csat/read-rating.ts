import { readDate, readNumber } from '../../platform/mongodb/read.js';
import type { Feedback } from './rating.js';

/** A rating of ours as it stands in the database: the time had another name before. */
export function readRating(document: object): Feedback {
  const { updatedAt, ...rating } = document as Feedback & { updatedAt?: unknown };
  return { ...rating, timestamp: rating.timestamp ?? readDate(updatedAt) ?? rating.createdAt };
}

/** What counts of a rating that the shop's earlier pages have taken: `{ sessionId, intent, score, notes, timestamp }`. */
export function readEarlierRating({ score, timestamp }: Record<string, unknown>) {
  const known = readNumber(score);
  const at = readDate(timestamp);
  return known !== undefined && at && known >= 1 && known <= 5 ? { score: Math.round(known), at } : undefined;
}
