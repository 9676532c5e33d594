import type { InspirationRepository } from '../../domain/inspiration/repository.js';
import { reviewImage } from '../../domain/inspiration/review-image.js';
import { type ActOn, notAllowed, notFound, stale } from './action.js';

/** Approves an image, or rejects it, which takes it out of the store. */
export const actOnImage =
  (images: InspirationRepository): ActOn =>
  async (wish, at) => {
    const { id, version, by, note, action } = wish;
    if (action !== 'approve' && action !== 'reject')
      throw notAllowed(`An image cannot be told to ${action}.`);
    const image = await images.find(id);
    if (!image) throw notFound(wish);
    if (image.version !== version) throw stale(wish);
    const reviewed = await reviewImage(images, image, { action, by, note, version }, at);
    if (reviewed.outcome === 'changed') throw stale(wish);
    if (reviewed.outcome === 'not_allowed')
      throw notAllowed('The image has not been checked yet, or is gone: it cannot be approved.');
    return { version: reviewed.image.version, status: reviewed.image.moderationStatus };
  };
