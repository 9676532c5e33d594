import type { Attempt, Outcome, Place } from '../connector.js';
import { type MessageKind, updateKind } from '../templates/message-texts.js';
import { type MessageShop, type UpdateFacts, updateValues } from '../templates/message-values.js';
import type { Values } from '../templates/render.js';

/** What a subscriber may be told of a change of the order. */
type NoticeUpdate = UpdateFacts & { status: string; at: Date };

/** A message to someone who has subscribed to an order. */
export type Notice = NoticeFacts &
  (
    | { kind: 'subscription.created' | 'subscription.stopped' }
    | { kind: 'subscription.code'; code: string }
    | { kind: 'order.update'; update: NoticeUpdate }
  );

export interface NoticeFacts {
  subscriptionId: string;
  orderNumber: string;
  channel: 'sms' | 'email';
  /** A number in E.164 form, or an email address. */
  to: string;
  /** When that happened which the message tells of: not the time of the attempt. */
  at: Date;
  /** After that it is not to reach anyone. */
  validUntil?: Date | undefined;
  /** Where the messages can be ended; undefined where there are no links. */
  unsubscribeUrl?: string | undefined;
}

/** Who carries the messages of a channel. */
export interface Carrier extends Place {
  /** Deletes the profiles that it keeps of a person; left out by a carrier that keeps none. */
  forget?(who: { emails: string[]; phones: string[] }, attempt: Attempt): Promise<Outcome>;
  tell(notice: Notice, attempt: Attempt): Promise<Outcome>;
}

/** The carriers of both channels; of one that has none, nothing is told. */
export interface Carriers extends Place {
  sms?: Carrier | undefined;
  email?: Carrier | undefined;
}

/** Which template a notice is written by, by whichever channel, and what it names. */
export function wordsOf(notice: Notice, shop: MessageShop): { kind: MessageKind; values: Values } {
  const { kind, orderNumber } = notice;
  if (kind === 'order.update')
    return { kind: updateKind(notice.update.status), values: updateValues(orderNumber, notice.update, shop) };
  const code = kind === 'subscription.code' ? { code: notice.code } : {};
  return { kind, values: { shop: shop.name, orderNumber, ...code } };
}
