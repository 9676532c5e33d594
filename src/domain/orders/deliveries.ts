import { type Static, Type } from '@sinclair/typebox';
import type { Stationery } from '../../connectors/email/email.js';
import { updateValues } from '../../connectors/templates/message-values.js';
import { momentOf, renderEmail } from '../../connectors/templates/render.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';
import type { Order } from './order.js';
import type { OrderCode } from './order-code.js';
import type { ShopChange } from './shop-change.js';
import { trackingUrl } from './tracking-address.js';

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

export interface TrackingTools extends Stationery {
  orders: { findByNumber(orderNumber: string): Promise<Order | null> };
}

/** Where the parcel is, once more, to the address that the order has. */
export const ORDER_TRACKING = deliveriesOf<ShopChange, TrackingTools>(['orderNumber'])({
  to: 'email',
  kind: 'order.tracking',
  label: 'Tracking, mailed again',
  async handle({ document: { orderNumber }, ...attempt }, { orders, messages, shop }, email) {
    const order = await orders.findByNumber(orderNumber);
    const parcel = order?.parcels.findLast(({ trackingNumber }) => trackingNumber);
    if (!parcel) return { outcome: 'skipped', reason: 'the order has no parcel any more' };
    const { carrier, trackingNumber: tracking, estimatedDelivery: eta } = parcel;
    const url = carrier && tracking ? trackingUrl(carrier, tracking) : undefined;
    const values = updateValues(
      orderNumber,
      { label: 'Shipped', carrier, tracking, trackingUrl: url, eta },
      shop,
    );
    return email.send({ to: order?.email, ...renderEmail(messages['order.shipped'], values) }, attempt);
  },
});
