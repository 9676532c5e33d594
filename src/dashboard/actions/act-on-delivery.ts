import type { Db } from 'mongodb';
import { createOperations } from '../../outbox/operate.js';
import { findDead } from '../queue/dead-deliveries.js';
import { type ActOn, notAllowed, stale } from './action.js';

/** Lets a dead delivery go again. What was seen of it is its attempts: with others, or not dead any more, someone was faster. */
export const actOnDelivery = (db: Db): ActOn => {
  const operations = createOperations(db);
  return async (wish, at) => {
    const { id, version, action } = wish;
    if (action !== 'replay') throw notAllowed(`A delivery cannot be told to ${action}.`);
    const dead = await findDead(db, id);
    if (dead?.delivery.attempts !== version) throw stale(wish);
    if ((await operations.replay({ id }, at)) === 0) throw stale(wish);
    return { version: 0, status: 'pending' };
  };
};
