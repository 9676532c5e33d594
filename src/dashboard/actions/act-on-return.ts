import type { OrdersRepository } from '../../domain/orders/repository.js';
import { advanceReturn } from '../../domain/returns/advance-return.js';
import type { ReturnsRepository } from '../../domain/returns/repository.js';
import { versionOf } from '../../domain/returns/return-request.js';
import { canFollow, RETURN_STATUSES } from '../../domain/returns/return-steps.js';
import { type ActOn, notAllowed, notFound, stale } from './action.js';

/** Takes an RMA a step further: an action is the status that it comes to, and its version is how many steps it has taken. */
export const actOnReturn =
  (returns: ReturnsRepository, orders: OrdersRepository): ActOn =>
  async (wish, at) => {
    const { id, version, by, note, action } = wish;
    const status = RETURN_STATUSES.find((name) => name === action);
    const before = await returns.find(id);
    if (!before) throw notFound(wish);
    if (versionOf(before) !== version) throw stale(wish);
    if (!status || !canFollow(before.status, status))
      throw notAllowed(`${id} cannot go on to ${action}: it is ${before.status}.`);
    const order = await orders.findByNumber(before.orderNumber);
    const advanced = await advanceReturn(returns, before, order, { status, at, by, note });
    if (advanced.outcome !== 'advanced') throw stale(wish);
    return { version: versionOf(advanced.request), status };
  };
