/** What is changed on an order of the shop. Owed by the document that causes it. */
export interface OrderChange {
  orderNumber: string;
  at: Date;
  /** An entry for the order's history. */
  history?: { status: string; label: string; rmaId?: string };
  /** The order's new status, unless it has had a later one since. */
  status?: string;
  /** What is known of the parcel, unless something later is known. */
  parcel?: { carrier?: string; trackingNumber?: string; estimatedDelivery?: Date };
  /** From 1 to 5. */
  csatRating?: number;
  /** The number of a stylist's ticket. */
  supportTicket?: string;
}

/** The kind of a delivery to `orders`; its payload is an `OrderChange`. */
export const ORDER_CHANGE = 'order.change';
