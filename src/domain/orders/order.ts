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
    trackingNumber?: string;
    shippedAt?: Date;
    deliveredAt?: Date;
    estimatedDelivery?: Date;
  };
  createdAt?: Date;
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
