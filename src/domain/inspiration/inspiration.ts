import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { queuedKeys } from '../privacy/personal-data.js';

/** Only clean images are shown to stylists and linked into tickets and the CRM. */
export const MODERATION_STATUSES = ['pending_review', 'clean', 'rejected'] as const;
type ModerationStatus = (typeof MODERATION_STATUSES)[number];

/** Why an image is rejected, or waits for a person. */
export const REASONS = {
  infected: 'The scanner has found something in it.',
  unreadable: 'Its bytes begin like an image, but cannot be read as one.',
  too_many_pixels: 'It has more pixels than are taken.',
  gone: 'It was no longer in the store when its turn came.',
  not_decodable: 'It is of a kind that cannot be drawn anew here: ask for it as a JPEG.',
  not_scanned: 'There is no scanner: a person has to look at it.',
  staff: 'The staff has rejected it.',
} as const;
export type Reason = keyof typeof REASONS;

/** A picture made from the image: re-encoded, upright, without anything that was not seen. */
export interface Rendition {
  key: string;
  contentType: string;
  width: number;
  height: number;
  sizeBytes: number;
}

export interface ImageStep {
  at: Date;
  by: string;
  action: 'announced' | 'kept' | 'processed' | 'approved' | 'rejected';
  note?: string;
}

/** An image that a customer has sent in, kept under private keys of the object store. */
export interface Inspiration extends WithDeliveries {
  inspirationId: string;
  sessionId: string;
  /** As the customer called it, for people to read; never part of a path. */
  originalFileName: string;
  /** Of the image as it was sent. */
  contentType: string;
  sizeBytes: number;
  caption?: string;
  /** Where the image lies as it was sent: until it has been processed. It is never shown or passed on: it may carry a place, a name, or a program. */
  originalKey?: string;
  renditions?: { web: Rendition; thumbnail: Rendition };
  /** Where else it is delivered from, by what that host calls it. */
  published?: { reference: string; url: string };
  moderationStatus: ModerationStatus;
  reason?: Reason;
  createdAt: Date;
  /** There only while a signed upload has not been completed: until when it can be. */
  uploadExpiresAt?: Date;
  /** 1 at first, and one more with each step. */
  version: number;
  history: ImageStep[];
}

/** Everything of an image that lies in the store. */
export const keysOf = ({ originalKey, renditions }: Pick<Inspiration, 'originalKey' | 'renditions'>) =>
  [originalKey, renditions?.web.key, renditions?.thumbnail.key].filter((key) => key !== undefined);

/** So long an image is kept. */
export const RETENTION_DAYS = 180;

export const widgetInspiration = defineCollection<Inspiration>('widgetInspiration', {
  id: 'inspirationId',
  indexes: [
    { key: { inspirationId: 1 }, unique: true, sparse: true },
    { key: { sessionId: 1 } },
    { key: { moderationStatus: 1, createdAt: 1, inspirationId: 1 } },
    // there only while a signed upload is awaited
    { key: { uploadExpiresAt: 1 }, sparse: true, expireAfterSeconds: 0 },
  ],
  retention: { after: 'createdAt', days: RETENTION_DAYS },
  deliveries: true,
  personal: {
    fields: {
      inspirationId: false,
      sessionId: true,
      originalFileName: true,
      contentType: false,
      sizeBytes: false,
      caption: true,
      originalKey: true,
      renditions: true,
      published: true,
      moderationStatus: false,
      reason: false,
      createdAt: false,
      uploadExpiresAt: false,
      version: false,
      history: false,
    },
    foundBy: { sessions: ['sessionId'] },
    objects: (document) => [...keysOf(document as Inspiration), ...queuedKeys(document.deliveries)],
  },
});
