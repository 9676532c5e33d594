export interface Attachment {
  filename: string;
  content: Buffer;
  contentType: string;
}

/** What connectors need beyond the document that owes a delivery. */
export interface Sources {
  /** The address of the order's customer, for a document that names none. */
  orderEmailOf?(orderNumber: string): Promise<string | undefined>;
  /** A subscription as it is now, and what is told there of a change of its order. */
  updateFor?(
    change: Record<string, unknown>,
    subscriptionId: string,
  ): Promise<{ subscription: object; update: object } | undefined>;
  /** The slip of an RMA. */
  slipOf?(rma: Record<string, unknown>): Promise<Attachment | undefined>;
}
