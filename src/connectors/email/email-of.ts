import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Message, Outcome } from '../connector.js';
import { HoldDocument, ReminderPayload, ReturnDocument, SubscriptionDocument } from '../documents.js';
import { subscriberMessage } from '../messaging/subscriber-message.js';
import type { Attachment, Sources } from '../sources.js';
import { capsuleValues } from '../templates/capsule-values.js';
import { type RenderedEmail, renderEmail } from '../templates/render.js';
import { type MessageShop, returnValues } from '../templates/return-values.js';
import { isMessageKind, type Messages } from '../templates/templates.js';

export interface EmailContext {
  messages: Messages;
  shop: MessageShop;
  sources: Sources;
}

export type Email = RenderedEmail & {
  to: string;
  attachments: Attachment[];
  headers?: Record<string, string>;
};
/** Why there is no email: it cannot be, or it is no longer wanted. */
export type NoEmail = Extract<Outcome, { outcome: 'rejected' | 'skipped' }>;

const StepPayload = Type.Object({ status: Type.String() });
/** One address, which no parser of addresses takes for several. */
const ADDRESS = /^[^\s@,;:<>()[\]"\\]{1,64}@[^\s@,;:<>()[\]"\\]{1,255}$/;

/** The email that a delivery stands for, or why there is none. May throw what the sources throw. */
export async function emailOf(message: Message, context: EmailContext): Promise<Email | NoEmail> {
  const { kind } = message;
  if (kind.startsWith('subscription.') || kind === 'order.update') return subscriberEmail(message, context);
  if (kind === 'capsule.reminder') return reminderEmail(message, context);
  return returnEmail(message, context);
}

const rejected = (reason: string): NoEmail => ({ outcome: 'rejected', reason });

function subscriberEmail(message: Message, { messages, shop, sources }: EmailContext): Email | NoEmail {
  const { kind, document } = message;
  if (!Value.Check(SubscriptionDocument, document)) return rejected('the document is no subscription');
  const told = subscriberMessage(message, document.orderNumber, shop);
  if (!told) return rejected(`there is no message for ${kind}`);
  const { destination, subscriptionId } = document;
  if (!ADDRESS.test(destination)) return rejected('there is no email address');
  const url = sources.unsubscribeUrlOf?.(subscriptionId);
  const values = { ...told.values, ...(url && { unsubscribe: `To end these emails: ${url}` }) };
  return {
    to: destination,
    attachments: [],
    ...(url && { headers: unsubscribeHeaders(url) }),
    ...renderEmail(messages[told.kind], values),
  };
}

// One click in the mailbox, RFC 8058.
const unsubscribeHeaders = (url: string): Record<string, string> => ({
  'List-Unsubscribe': `<${url}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
});

function reminderEmail({ payload, document }: Message, { messages, shop }: EmailContext): Email | NoEmail {
  if (!Value.Check(HoldDocument, document)) return rejected('the document is no capsule');
  if (document.status !== 'active')
    return { outcome: 'skipped', reason: `the capsule is ${document.status}` };
  const meant = Value.Check(ReminderPayload, payload) ? payload.expiresAt : document.expiresAt;
  if (meant.getTime() !== document.expiresAt.getTime())
    return { outcome: 'skipped', reason: 'the capsule has been extended' };
  const to = document.customerEmail;
  if (!to || !ADDRESS.test(to)) return rejected('there is no email address');
  const values = capsuleValues(document, shop);
  return { to, attachments: [], ...renderEmail(messages['capsule.reminder'], values) };
}

async function returnEmail(
  message: Message,
  { messages, shop, sources }: EmailContext,
): Promise<Email | NoEmail> {
  const { kind, payload, document } = message;
  const name =
    kind === 'return.step' && Value.Check(StepPayload, payload) ? `${kind}.${payload.status}` : kind;
  if (!isMessageKind(name)) return rejected(`there is no message for ${kind}`);
  if (!Value.Check(ReturnDocument, document)) return rejected('the document is no return');
  const to = document.contact?.email ?? (await sources.orderEmailOf?.(document.orderNumber));
  if (!to || !ADDRESS.test(to)) return rejected('there is no email address');
  const slip = kind === 'return.confirmation' ? await sources.slipOf?.(message.document) : undefined;
  const rendered = renderEmail(messages[name], returnValues(document, shop));
  return { to, attachments: slip ? [slip] : [], ...rendered };
}
