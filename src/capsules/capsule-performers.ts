import type { Performers } from '../outbox/perform-now.js';
import { EXPIRE } from './capsule-hold.js';
import type { CapsulesRepository } from './capsules-repository.js';

/** How a hold ends by itself. */
export const capsulePerformers = (
  holds: CapsulesRepository,
  reservationId: string,
  now: () => Date,
): Performers => ({ [EXPIRE]: () => holds.expire(reservationId, now()) });
