import { defineCollection } from '../../platform/mongodb/define-collection.js';
/** An order as the domain sees it, whatever the shop's document looks like. */
export interface Order {
  orderNumber: string;
  email?: string;
  /** `pending`, `processing`, `quality_check`, `shipped`, `delivered`, `cancelled`, …: lower case, words joined by `_`. */
  status: string;
  paymentStatus?: string;
  lines: OrderLine[];
  history: HistoryEntry[];
  shipping: {
    postalCode?: string;
    /** As the shop wrote it: `US`, `United States`, … */
    country?: string;
    carrier?: string;
    /** Of the last parcel, where there are several. */
    trackingNumber?: string;
    shippedAt?: Date;
    deliveredAt?: Date;
    estimatedDelivery?: Date;
  };
  /** What it was sent in, in the order of the document; one where the shop tells of one, none before it was sent. */
  parcels: Parcel[];
  createdAt?: Date;
}

export interface Parcel {
  carrier?: string;
  trackingNumber?: string;
  shippedAt?: Date;
  deliveredAt?: Date;
  estimatedDelivery?: Date;
}

export interface OrderLine {
  /** The shop's line id, else the SKU, else the position (`line-1`); no two lines have the same. */
  lineId: string;
  sku?: string;
  title: string;
  quantity: number;
  tags: string[];
  /** The order says of the piece that it was made for this customer: custom, made to order, or engraved. */
  isMadeForOne?: boolean;
}

export interface HistoryEntry {
  status: string;
  label?: string;
  date?: Date;
}

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
