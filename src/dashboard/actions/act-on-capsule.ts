import { changeHold, HOLD_ACTIONS } from '../../domain/capsules/change-hold.js';
import type { CapsulesRepository } from '../../domain/capsules/repository.js';
import { type ActOn, notAllowed, notFound, stale } from './action.js';

/** Extends a hold by a day, or ends it: released, which gives its pieces back, or bought. */
export const actOnCapsule =
  (holds: CapsulesRepository): ActOn =>
  async (wish, at) => {
    const { id, version, by, note, action } = wish;
    const known = HOLD_ACTIONS.find((name) => name === action);
    if (!known) throw notAllowed(`A hold cannot be told to ${action}.`);
    const hold = await holds.find(id);
    if (!hold) throw notFound(wish);
    if (hold.version !== version) throw stale(wish);
    const changed = await changeHold(holds, hold, { action: known, by, note, version }, at);
    // it was active a moment ago: someone else has ended it
    if (changed.outcome === 'repeated') throw stale(wish);
    if (changed.outcome === 'refused') {
      if (changed.reason === 'changed') throw stale(wish);
      throw notAllowed(
        changed.reason === 'ended'
          ? 'The hold has come to its end.'
          : 'The hold has been extended as often as it can be.',
      );
    }
    return { version: changed.hold.version, status: changed.hold.status };
  };
