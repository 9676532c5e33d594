import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { OrderLookup, OrderPerson } from './lookup-index.js';
import type { OrderCode } from './order-code.js';
import type { ShopChange } from './shop-change.js';

/** Written only by the deliveries of a request. */
export const orders = defineCollection('orders', {
  isShops: true,
  indexes: [
    // the shop may yet make its unique one, which serves as well
    { key: { orderNumber: 1, createdAt: -1 }, servedBy: { orderNumber: 1 } },
    { key: { customerEmail: 1, createdAt: -1 } },
    // the newest first, for the staff
    { key: { createdAt: -1, orderNumber: -1 } },
    // by the number of a parcel
    { key: { 'shipping.trackingNumber': 1 }, sparse: true },
  ],
});

/** What the shop's systems have told us of orders. */
export const orderChanges = defineCollection<ShopChange>('orderChanges', {
  id: 'changeId',
  indexes: [
    // the same message, and the same change under another id, is taken once
    { key: { webhookId: 1 }, unique: true },
    { key: { changeKey: 1 }, unique: true },
    // whether a later change has overtaken one
    { key: { orderNumber: 1, at: 1 } },
    // by the number of a parcel, for the staff
    { key: { trackingNumber: 1 }, sparse: true },
  ],
  retention: { after: 'createdAt', days: 180 },
  deliveries: true,
});

/** Codes by which customers prove an order: gone when they cannot be given back any more. */
export const orderCodes = defineCollection<OrderCode>('orderCodes', {
  id: 'codeId',
  indexes: [
    { key: { codeId: 1 }, unique: true },
    { key: { mailbox: 1 }, unique: true },
  ],
  retention: { after: 'expiresAt', days: 0 },
  deliveries: true,
});

/** Where orders are whose documents spell their number or address in an odd way. What a sweep has not met again is forgotten. */
export const orderLookups = defineCollection<OrderLookup>('orderLookups', {
  indexes: [
    { key: { number: 1 }, sparse: true },
    { key: { email: 1 }, sparse: true },
    { key: { parcels: 1 }, sparse: true },
  ],
  retention: { after: 'sweptAt', days: 7 },
});

/** By whose name and telephone number the staff find orders. What a sweep has not met again is forgotten. */
export const orderPeople = defineCollection<OrderPerson>('orderPeople', {
  indexes: [{ key: { terms: 1, placedAt: -1 } }],
  retention: { after: 'sweptAt', days: 7 },
});
