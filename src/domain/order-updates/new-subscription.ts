import { randomUUID } from 'node:crypto';
import { machineId } from '../../lib/ids.js';
import { enqueue } from '../../outbox/enqueue.js';
import { type ConsentFacts, consentOf } from './consent.js';
import { SUBSCRIPTION_CODE, SUBSCRIPTION_CREATED } from './deliveries.js';
import type { Channel, Confirmation, Subscription } from './subscription.js';

export interface SubscriptionFacts {
  orderNumber: string;
  channel: Channel;
  destination: string;
  sessionId: string;
  consent: Omit<ConsentFacts, 'channel' | 'sessionId'>;
  /** Whether a code has to be sent back before anything else is sent. */
  confirm?: boolean;
}

const CODE_VALID_MS = 10 * 60_000;
export const MAX_CODES_TRIED = 5;

/** A new subscription, enqueued for the notification service; first the code, where one is asked for. */
export function newSubscription(
  { consent, confirm = false, ...facts }: SubscriptionFacts,
  at: Date,
): Subscription {
  const { channel, sessionId } = facts;
  const confirmation = confirm ? newConfirmation(at) : undefined;
  return {
    subscriptionId: machineId('sub'),
    ...facts,
    consent: consentOf({ ...consent, channel, sessionId }, at),
    status: confirmation ? 'pending' : 'active',
    ...(confirmation && { confirmation }),
    history: [{ at, by: 'customer', action: 'subscribed' }],
    createdAt: at,
    ...enqueue(
      [confirmation ? SUBSCRIPTION_CODE.of({ nonce: confirmation.nonce }) : SUBSCRIPTION_CREATED.of()],
      at,
    ),
  };
}

const newConfirmation = (at: Date): Confirmation => ({
  nonce: randomUUID(),
  expiresAt: new Date(at.getTime() + CODE_VALID_MS),
  attempts: 0,
});

/** Whether a code is still waited for. */
export const isConfirmable = (confirmation: Confirmation | undefined, now: Date): boolean =>
  confirmation !== undefined && confirmation.expiresAt > now && confirmation.attempts < MAX_CODES_TRIED;
