import { owe } from '../outbox/owe.js';
import { type ImageObjects, type Inspiration, PROCESS } from './inspiration.js';

/** What is known of an image when it has arrived. */
export type ImageFacts = Pick<
  Inspiration,
  'inspirationId' | 'sessionId' | 'originalFileName' | 'contentType' | 'sizeBytes' | 'caption'
> & { originalKey: string };

/** What an image owes from when it has arrived. */
export const processing = (originalKey: string, at: Date) => {
  const payload: ImageObjects = { keys: [originalKey] };
  return owe([{ to: 'images', kind: PROCESS, payload }], at);
};

/** The record of an image that lies in the store, and has yet to be scanned and re-encoded. */
export const newImage = (facts: ImageFacts, at: Date): Inspiration => ({
  ...facts,
  moderationStatus: 'pending_review',
  createdAt: at,
  version: 1,
  history: [{ at, by: 'customer', action: 'kept' }],
  ...processing(facts.originalKey, at),
});
