import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type RenderedEmail, renderEmail } from '../messages/render.js';
import { type MessageShop, returnValues } from '../messages/return-values.js';
import { isMessageKind, type Messages } from '../messages/templates.js';
import type { Message } from './connector.js';
import { ReturnDocument, SubscriptionDocument } from './documents.js';

export interface Attachment {
  filename: string;
  content: Buffer;
  contentType: string;
}

/** What an email needs beyond the document that owes it. */
export interface EmailSources {
  /** The address of the order's customer, for an RMA that names none. */
  orderEmailOf?(orderNumber: string): Promise<string | undefined>;
  /** The slip of an RMA. */
  slipOf?(rma: Record<string, unknown>): Promise<Attachment | undefined>;
}

export interface EmailContext {
  messages: Messages;
  shop: MessageShop;
  sources: EmailSources;
}

export type Email = RenderedEmail & { to: string; attachments: Attachment[] };

const StepPayload = Type.Object({ status: Type.String() });
/** One address, which no parser of addresses takes for several. */
const ADDRESS = /^[^\s@,;:<>()[\]"\\]{1,64}@[^\s@,;:<>()[\]"\\]{1,255}$/;

/** The email that a delivery stands for, or why there is none. May throw what the sources throw. */
export async function emailOf(message: Message, context: EmailContext): Promise<Email | string> {
  return message.kind === 'subscription.created'
    ? subscriptionEmail(message, context)
    : returnEmail(message, context);
}

function subscriptionEmail({ kind, document }: Message, { messages, shop }: EmailContext): Email | string {
  if (!isMessageKind(kind) || !Value.Check(SubscriptionDocument, document))
    return 'the document is no subscription';
  const { destination, orderNumber } = document;
  if (!ADDRESS.test(destination)) return 'there is no email address';
  const values = { shop: shop.name, orderNumber };
  return { to: destination, attachments: [], ...renderEmail(messages[kind], values) };
}

async function returnEmail(
  message: Message,
  { messages, shop, sources }: EmailContext,
): Promise<Email | string> {
  const { kind, payload, document } = message;
  const name =
    kind === 'return.step' && Value.Check(StepPayload, payload) ? `${kind}.${payload.status}` : kind;
  if (!isMessageKind(name)) return `there is no message for ${kind}`;
  if (!Value.Check(ReturnDocument, document)) return 'the document is no return';
  const to = document.contact?.email ?? (await sources.orderEmailOf?.(document.orderNumber));
  if (!to || !ADDRESS.test(to)) return 'there is no email address';
  const slip = kind === 'return.confirmation' ? await sources.slipOf?.(message.document) : undefined;
  const rendered = renderEmail(messages[name], returnValues(document, shop));
  return { to, attachments: slip ? [slip] : [], ...rendered };
}
