import type { Connector } from './connector.js';
import { eventOf } from './event.js';
import { send } from './http.js';
import { outcomeOf } from './outcome-of.js';
import { signatureHeaders } from './signature.js';

export interface WebhookSettings {
  url: string;
  /** The keys to sign with; several while one is being replaced. */
  keys: Buffer[];
}

/** A service that takes signed webhooks. `webhook-id` is the same at every attempt, so that it can tell a repeat. */
export function createWebhook(
  { url, keys }: WebhookSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Connector {
  return {
    name: 'webhook',
    async deliver(message, signal) {
      const body = eventOf(message);
      const headers = {
        'content-type': 'application/json',
        ...signatureHeaders(keys, { id: message.id, at: now(), body }),
      };
      const reply = await send({ method: 'POST', url, headers, body }, timeoutMs, signal);
      // a receiver that knows the id says so
      if (reply.answered && reply.status === 409) return { outcome: 'delivered' };
      return outcomeOf(reply, now());
    },
  };
}
