import { type Static, Type } from '@sinclair/typebox';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';

/** What is changed on an order of the shop. */
export const OrderChange = Type.Object({
  orderNumber: Type.String(),
  at: Type.Date(),
  /** An entry for the order's history. */
  history: Type.Optional(
    Type.Object({ status: Type.String(), label: Type.String(), rmaId: Type.Optional(Type.String()) }),
  ),
  /** The order's new status, unless it has had a later one since. */
  status: Type.Optional(Type.String()),
  /** What is known of the parcel, unless something later is known. */
  parcel: Type.Optional(
    Type.Object({
      carrier: Type.Optional(Type.String()),
      trackingNumber: Type.Optional(Type.String()),
      estimatedDelivery: Type.Optional(Type.Date()),
    }),
  ),
  /** From 1 to 5. */
  csatRating: Type.Optional(Type.Number()),
  /** The number of a stylist's ticket. */
  supportTicket: Type.Optional(Type.String()),
});
export type OrderChange = Static<typeof OrderChange>;

export interface OrderTools {
  orders: {
    change(id: string, change: OrderChange): Promise<void>;
    findByNumber(orderNumber: string): Promise<{ email?: string } | null>;
  };
}

/** A change of an order, carried by whatever document causes it. */
export const ORDER_CHANGE = deliveriesOf<WithDeliveries, OrderTools>([])({
  to: 'orders',
  kind: 'order.change',
  payload: OrderChange,
  handle: ({ id, payload }, { orders }) => orders.change(id, payload),
});
