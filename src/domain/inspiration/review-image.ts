import { IMAGE_REMOVE } from './deliveries.js';
import { type Inspiration, keysOf } from './inspiration.js';
import type { ImageChange, InspirationRepository } from './repository.js';

/** What a person decides of an image that they have looked at. */
export interface ImageReview {
  action: 'approve' | 'reject';
  /** Who decides. */
  by: string;
  note?: string | undefined;
  /** The version that they have looked at. */
  version: number;
}

type Reviewed =
  | { outcome: 'reviewed'; image: Inspiration }
  /** It is so already: a harmless repeat. */
  | { outcome: 'repeated'; image: Inspiration }
  /** Someone has changed it since they looked. */
  | { outcome: 'changed'; image: Inspiration }
  /** A rejected image is gone from the store, and one that has not been processed may yet turn out to be anything. */
  | { outcome: 'not_allowed'; image: Inspiration };

/** Approves or rejects an image. One that is rejected is taken out of the store, which is enqueued on its record. */
export async function reviewImage(
  images: InspirationRepository,
  before: Inspiration,
  { action, by, note, version }: ImageReview,
  at: Date,
): Promise<Reviewed> {
  const status = action === 'approve' ? 'clean' : 'rejected';
  if (before.moderationStatus === status) return { outcome: 'repeated', image: before };
  if (before.version !== version) return { outcome: 'changed', image: before };
  if (action === 'approve' && !canBeApproved(before)) return { outcome: 'not_allowed', image: before };
  const step = { at, by, note };
  const after =
    action === 'approve'
      ? await images.change(
          before,
          { ...step, action: 'approved' },
          { set: { moderationStatus: 'clean' }, unset: ['reason'] },
        )
      : await images.change(before, { ...step, action: 'rejected' }, rejection(before));
  if (after) return { outcome: 'reviewed', image: after };
  return { outcome: 'changed', image: (await images.find(before.inspirationId)) ?? before };
}

// Only what has been drawn anew can be looked at.
export const canBeApproved = ({ moderationStatus, renditions }: Inspiration): boolean =>
  moderationStatus === 'pending_review' && renditions !== undefined;

function rejection(image: Inspiration): ImageChange {
  return {
    set: { moderationStatus: 'rejected', reason: 'staff' },
    unset: ['renditions', 'originalKey'],
    enqueued: [IMAGE_REMOVE.of({ keys: keysOf(image) })],
  };
}
