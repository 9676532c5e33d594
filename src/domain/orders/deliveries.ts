import { type Static, Type } from '@sinclair/typebox';
import type { Stationery } from '../../connectors/email/email.js';
import { momentOf, renderEmail } from '../../connectors/templates/render.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import type { OrderCode } from './order-code.js';

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
  label: 'Change of an order',
  payload: OrderChange,
  handle: ({ id, payload }, { orders }) => orders.change(id, payload),
});

export interface OrderCodeTools extends OrderTools, Stationery {
  /** The code that a nonce stands for. */
  orderCodeOf(nonce: string): string;
}

/** A code goes to the address that the order has, whatever was said by who asked for it. */
export const ORDER_CODE = deliveriesOf<OrderCode, OrderCodeTools>(['nonce', 'expiresAt'])({
  to: 'email',
  kind: 'proof.code',
  label: 'Code to prove an order',
  payload: Type.Object({ orderNumber: Type.String() }),
  async handle({ document: { nonce, expiresAt }, payload: { orderNumber }, ...attempt }, tools, email) {
    const { messages, shop, orders } = tools;
    const to = (await orders.findByNumber(orderNumber))?.email;
    const values = {
      shop: shop.name,
      orderNumber,
      code: tools.orderCodeOf(nonce),
      until: momentOf(expiresAt, shop),
    };
    return email.send({ to, ...renderEmail(messages['proof.code'], values) }, attempt);
  },
});
