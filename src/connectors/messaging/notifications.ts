import { Value } from '@sinclair/typebox/value';
import type { Connector, Message, Outcome } from '../connector.js';
import { NoncePayload, SubscriberPayload, SubscriptionDocument } from '../documents.js';
import type { Sources } from '../sources.js';

/** Who carries the messages of each channel. */
export interface Carriers {
  sms?: Connector | undefined;
  email?: Connector | undefined;
}

const rejected = (reason: string): Outcome => ({ outcome: 'rejected', reason });
const skipped = (reason: string): Outcome => ({ outcome: 'skipped', reason });

/**
 * Messages to those who have subscribed to an order. Each goes out by the channel of its subscription, as it is at that moment: what
 * has been stopped is sent nothing more. To a carrier the subscription is the document, whichever document owes the message.
 */
export function createNotifications({ sms, email }: Carriers, sources: Sources): Connector {
  // one and the same when a vendor takes both channels
  const carriers = [...new Set([sms, email])].flatMap((carrier) => carrier ?? []);
  return {
    name: carriers.map(({ name }) => name).join('+'),
    async deliver(message, signal) {
      const found = await addressed(message, sources);
      if ('outcome' in found) return found;
      // asked at the moment of sending: what is sent may have been owed before the customer said STOP
      const isSuppressed = await suppressed(found.document, sources);
      if (isSuppressed) return isSuppressed;
      const carrier = found.document.channel === 'email' ? email : sms;
      if (!carrier) return rejected('nothing is configured for this channel');
      return carrier.deliver(found, signal);
    },
  };
}

async function addressed(message: Message, sources: Sources): Promise<Message | Outcome> {
  const found = message.kind === 'order.update' ? await withSubscriber(message, sources) : message;
  if ('outcome' in found) return found;
  const { kind, document } = found;
  if (!Value.Check(SubscriptionDocument, document)) return rejected('the document is no subscription');
  if (kind === 'subscription.code') return withCode(found, document, sources);
  // the farewell alone is for those who have left
  if (document.status !== 'active' && kind !== 'subscription.stopped')
    return skipped(`the subscription is ${document.status}`);
  return found;
}

async function suppressed(
  { channel, destination }: Record<string, unknown>,
  { isSuppressed }: Sources,
): Promise<Outcome | undefined> {
  if (channel !== 'sms' || !isSuppressed) return undefined;
  try {
    return (await isSuppressed(String(destination))) ? skipped('the number has opted out') : undefined;
  } catch {
    return { outcome: 'retry', reason: 'it could not be looked up whether the number has opted out' };
  }
}

// The digits are made here: they stand in no document. A code that has been replaced is not sent.
function withCode(
  message: Message,
  { status, confirmation }: SubscriptionDocument,
  { codeOf }: Sources,
): Message | Outcome {
  const nonce = Value.Check(NoncePayload, message.payload) ? message.payload.nonce : undefined;
  if (status !== 'pending' || !nonce || confirmation?.nonce !== nonce)
    return skipped('the code is not waited for any more');
  const code = codeOf?.(nonce);
  return code ? { ...message, payload: { code } } : rejected('there is no secret to make a code with');
}

async function withSubscriber(message: Message, { updateFor }: Sources): Promise<Message | Outcome> {
  const { payload, document } = message;
  if (!Value.Check(SubscriberPayload, payload)) return rejected('it does not say whom to tell');
  try {
    const found = await updateFor?.(document, payload.subscriptionId);
    if (!found) return skipped('there is no such subscription any more');
    return { ...message, document: { ...found.subscription }, payload: found.update };
  } catch {
    return { outcome: 'retry', reason: 'the subscription could not be looked up' };
  }
}
