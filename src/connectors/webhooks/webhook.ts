import { createHash } from 'node:crypto';
import type { Outcome } from '../connector.js';
import { send } from '../http.js';
import { outcomeOf } from '../outcome.js';
import { batched } from './batch.js';
import { bodyOf, bodyOfMany, type EventReceiver, type SentEvent } from './event.js';
import { signatureHeaders } from './signature.js';

export interface WebhookSettings {
  url: string;
  /** The keys to sign with; several while one is being replaced. */
  keys: Buffer[];
}

/** As many as one process delivers at once, so that a call is sent as soon as they have come together. */
const MAX_EVENTS = 20;
const GATHERING_MS = 25;
/** What such an answer refuses is something in the body: another body may be taken. */
const OF_CONTENT = new Set([400, 413, 422]);

/** A service that takes signed webhooks. `webhook-id` is the same at every attempt, so that it can tell a repeat. */
export function createWebhook(
  settings: WebhookSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): EventReceiver {
  return {
    name: 'webhook',
    send: async (event, { id, signal }) =>
      (await post(settings, { id, body: bodyOf(event), at: now() }, timeoutMs, signal)).outcome,
  };
}

/**
 * A service that takes signed webhooks with several events each. An event has the same `id` at every attempt, with whichever others
 * it comes; `webhook-id` is the same for the same events.
 */
export function createWebhookOfEvents(
  settings: WebhookSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): EventReceiver {
  // one event that is refused does not take the others with it: the halves go again, each in a call of its own
  async function deliverAll(events: SentEvent[], signal: AbortSignal): Promise<Outcome[]> {
    const call = { id: idOf(events), body: bodyOfMany(events, now()), at: now() };
    const { outcome, isOfContent } = await post(settings, call, timeoutMs, signal);
    if (!isOfContent || events.length === 1) return events.map(() => outcome);
    const middle = Math.ceil(events.length / 2);
    const halves = [events.slice(0, middle), events.slice(middle)];
    return (await Promise.all(halves.map((half) => deliverAll(half, signal)))).flat();
  }

  return {
    name: 'webhook',
    limits: { concurrency: MAX_EVENTS },
    send: batched({ maxEntries: MAX_EVENTS, waitMs: GATHERING_MS, deliverAll }),
  };
}

const idOf = (events: SentEvent[]): string => {
  const ids = events.map(({ id }) => id).sort();
  return `batch_${createHash('sha256').update(ids.join()).digest('base64url')}`;
};

interface SignedCall {
  id: string;
  body: string;
  at: Date;
}

async function post(
  { url, keys }: WebhookSettings,
  call: SignedCall,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; isOfContent: boolean }> {
  const headers = { 'content-type': 'application/json', ...signatureHeaders(keys, call) };
  const reply = await send({ method: 'POST', url, headers, body: call.body }, timeoutMs, signal);
  // a receiver that knows the id says so
  if (reply.answered && reply.status === 409)
    return { outcome: { outcome: 'delivered' }, isOfContent: false };
  const isOfContent = reply.answered && OF_CONTENT.has(reply.status);
  return { outcome: outcomeOf(reply, call.at), isOfContent };
}
