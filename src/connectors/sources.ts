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
  /** Where the updates on an order can be ended; undefined where there are no links. */
  unsubscribeUrlOf?(subscriptionId: string): string | undefined;
  /** The digits that a nonce stands for; undefined where there is no secret to make them with. */
  codeOf?(nonce: string): string | undefined;
  /** Whether a number wants no message from us. */
  isSuppressed?(destination: string): Promise<boolean>;
  /** The slip of an RMA. */
  slipOf?(rma: Record<string, unknown>): Promise<Attachment | undefined>;
}
