import type { Handlers } from '../../outbox/run-inline.js';
import { ORDER_CHANGE, type OrderChange } from './order-change.js';
import type { OrdersRepository } from './orders-repository.js';

/** How a change that is owed to an order is made. */
export const orderHandlers = (orders: OrdersRepository): Handlers => ({
  [ORDER_CHANGE]: ({ id, payload }) => orders.change(id, payload as OrderChange),
});
