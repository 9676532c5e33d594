import type { Handlers } from '../../outbox/run-inline.js';
import { EXPIRE } from './capsule-hold.js';
import type { CapsulesRepository } from './repository.js';

/** How a hold ends by itself. */
export const capsuleHandlers = (
  holds: CapsulesRepository,
  reservationId: string,
  now: () => Date,
): Handlers => ({ [EXPIRE]: () => holds.expire(reservationId, now()) });
