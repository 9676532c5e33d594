import type { Performers } from '../outbox/perform-now.js';
import { CREATOR_CREDIT, type CreatorCredit, type CreatorsRepository } from './creators-repository.js';

/** How the credit is given that is owed to a creator. */
export const creatorPerformers = (creators: CreatorsRepository): Performers => ({
  [CREATOR_CREDIT]: ({ payload }) => creators.credit(payload as CreatorCredit),
});
