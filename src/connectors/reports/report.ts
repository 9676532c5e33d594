/** `suppressed`: nothing more is to be sent there, because the address is none, or its owner has had enough. */
export type MessageState = 'delivered' | 'failed' | 'suppressed';

/** What a vendor says became of a message that it had taken. */
export interface MessageReport {
  vendor: 'twilio' | 'ses' | 'postmark' | 'sendgrid';
  channel: 'sms' | 'email';
  /** Of the delivery that the message was sent for; undefined when the vendor does not say which message it means. */
  deliveryId?: string | undefined;
  state: MessageState;
  /** The vendor's code or word; never what the customer has or was sent. */
  reason?: string | undefined;
  at: Date;
  /** Nothing reaches the address, so that what is subscribed for it ends: always so when it is suppressed. */
  isGone?: boolean;
  /** The recipient: needed where something ends for it. */
  address?: string | undefined;
}

const DELIVERY_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** The id of a delivery in what a vendor gives back of a message: our `Message-ID`, or a mark that we have set. */
export const deliveryIdIn = (value: unknown): string | undefined =>
  typeof value === 'string' ? DELIVERY_ID.exec(value)?.[0] : undefined;

/** A word or code of a vendor; undefined for what may hold more than that. */
export const codeIn = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$/.test(value) ? value : undefined;
