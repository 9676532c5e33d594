import type { Collection } from 'mongodb';
import type { Inspiration } from '../../domain/inspiration/inspiration.js';
import type { PictureAddresses } from '../../domain/inspiration/picture-address.js';
import { canBeApproved } from '../../domain/inspiration/review-image.js';

/** More images than a customer sends in one conversation. */
const MAX_IMAGES = 100;

/** All that customers have sent in those sessions, the latest first. */
export async function findSessionImages(
  images: Collection<Inspiration>,
  sessionIds: readonly string[],
): Promise<Inspiration[]> {
  if (sessionIds.length === 0) return [];
  const found = await images
    .find(
      { sessionId: { $in: [...new Set(sessionIds)] }, uploadExpiresAt: { $exists: false } },
      { projection: { _id: 0 } },
    )
    .limit(MAX_IMAGES * sessionIds.length)
    .toArray();
  return found.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** Whether a person has to look at it: without a reason it is still being checked. */
export const isInReview = ({ moderationStatus, reason }: Inspiration): boolean =>
  moderationStatus === 'pending_review' && reason !== undefined;

/** What can be done about an image. */
export const imageActionsOf = (image: Inspiration): string[] =>
  image.moderationStatus === 'rejected' ? [] : canBeApproved(image) ? ['approve', 'reject'] : ['reject'];

/** An image as it is shown beside others. */
export const shownImage = (image: Inspiration, pictures: PictureAddresses, now: Date) => ({
  inspirationId: image.inspirationId,
  caption: image.caption,
  status: image.moderationStatus,
  reason: image.reason,
  createdAt: image.createdAt.toISOString(),
  url: pictures.pictureOf(image, now, 'thumbnail'),
  whole: pictures.pictureOf(image, now),
  version: image.version,
  actions: imageActionsOf(image),
});
export type ShownImage = ReturnType<typeof shownImage>;
