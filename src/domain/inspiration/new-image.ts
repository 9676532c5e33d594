import { enqueue } from '../../outbox/enqueue.js';
import { IMAGE_PROCESS } from './deliveries.js';
import type { Inspiration } from './inspiration.js';

/** What is known of an image when it has arrived. */
export type ImageFacts = Pick<
  Inspiration,
  'inspirationId' | 'sessionId' | 'originalFileName' | 'contentType' | 'sizeBytes' | 'caption'
> & { originalKey: string };

/** The record of an image that lies in the store, and has yet to be scanned and re-encoded. */
export const newImage = (facts: ImageFacts, at: Date): Inspiration => ({
  ...facts,
  moderationStatus: 'pending_review',
  createdAt: at,
  version: 1,
  history: [{ at, by: 'customer', action: 'kept' }],
  ...enqueue([IMAGE_PROCESS.of({ keys: [facts.originalKey] })], at),
});

/** The record of an image that its sender is to send to the store itself. Nothing is enqueued until it is there. */
export const announcedImage = (facts: ImageFacts, uploadExpiresAt: Date, at: Date): Inspiration => ({
  ...facts,
  moderationStatus: 'pending_review',
  createdAt: at,
  uploadExpiresAt,
  version: 1,
  history: [{ at, by: 'customer', action: 'announced' }],
  deliveries: [],
});
