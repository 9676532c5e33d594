import type { Handlers } from '../../outbox/run-inline.js';
import { CREATOR_CREDIT, type CreatorCredit, type CreatorsRepository } from './repository.js';

/** How the credit is given that is owed to a creator. */
export const creatorHandlers = (creators: CreatorsRepository): Handlers => ({
  [CREATOR_CREDIT]: ({ payload }) => creators.credit(payload as CreatorCredit),
});
