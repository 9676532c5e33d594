import { Type } from '@sinclair/typebox';
import type { Attempt, Outcome } from '../../connectors/connector.js';
import type { Mailer, Stationery } from '../../connectors/email/email.js';
import { renderEmail } from '../../connectors/templates/render.js';
import type { What } from '../../outbox/enqueue.js';

/** An answer to a customer. It stands on the document that it answers, which carries its delivery: the payload of that names it. */
export interface Reply {
  replyId: string;
  at: Date;
  /** Who of the staff. */
  by: string;
  /** As it was sent. */
  text: string;
  via: ReplyWay;
  /** Which of the shop's texts it was begun with. */
  template?: string | undefined;
}

/** `crm`: a public comment, which the CRM sends. `email`: by our own mail. */
export type ReplyWay = 'crm' | 'email';

/** A document whose customer can be answered. */
export interface WithReplies {
  replies?: Reply[];
}

export const MAX_REPLY_LETTERS = 5000;
/** Beyond that nobody is answered: they are called. */
export const MAX_REPLIES = 100;

export const ReplyPayload = Type.Object({ replyId: Type.String() });

/** The reply that a delivery names; none when it has been erased meanwhile. */
export const replyOf = ({ replies = [] }: WithReplies, { replyId }: { replyId: string }) =>
  replies.find((reply) => reply.replyId === replyId);

export const ERASED: Outcome = { outcome: 'skipped', reason: 'the answer has been erased' };

/** Whether a delivery is that of this reply. */
export const carries = ({ payload }: Pick<What, 'payload'>, { replyId }: Pick<Reply, 'replyId'>): boolean =>
  (payload as { replyId?: unknown } | undefined)?.replyId === replyId;

/** Sends an answer by our own mail. */
export async function mailReply(
  reply: Reply | undefined,
  { to, about }: { to: string | undefined; about: string },
  { messages, shop }: Stationery,
  email: Mailer,
  attempt: Attempt,
): Promise<Outcome> {
  if (!reply) return ERASED;
  const words = renderEmail(messages['reply.message'], {
    shop: shop.name,
    about,
    text: reply.text,
    agent: reply.by,
  });
  // RFC 3834: a person has written it, and may be answered by an absence note
  return email.send({ to, headers: { 'Auto-Submitted': 'no' }, ...words }, attempt);
}
