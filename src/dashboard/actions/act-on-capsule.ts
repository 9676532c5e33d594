import type { Collections } from '../../database/collections.js';
import { type ActOn, notAllowed } from './action.js';

export const actOnCapsule =
  (_collections: Pick<Collections, 'capsuleHolds'>): ActOn =>
  async () => {
    throw notAllowed('Holds cannot be changed from here yet.');
  };
