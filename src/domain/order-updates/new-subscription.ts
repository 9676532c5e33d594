import { randomUUID } from 'node:crypto';
import { machineId } from '../../lib/ids.js';
import { enqueue } from '../../outbox/enqueue.js';
import { SUBSCRIPTION_CODE, SUBSCRIPTION_CREATED } from './deliveries.js';
import type { Channel, Confirmation, Consent, Subscription } from './subscription.js';

/** What the widget shows before it asks for updates. A change of the words is a new version: proofs name the one that was shown. */
const WORDINGS: Record<Channel, { version: string; wording: string }> = {
  sms: {
    version: 'sms-1',
    wording:
      'Text me updates on this order. Message and data rates may apply. Reply STOP to end them, HELP for help.',
  },
  email: { version: 'email-1', wording: 'Email me updates on this order.' },
};

interface ConsentFacts {
  given: boolean;
  channel: Channel;
  sessionId: string;
  requestId: string;
  /** What a widget with words of its own has shown. */
  wording?: string | undefined;
  wordingVersion?: string | undefined;
}

function consentOf(
  { given, channel, sessionId, requestId, wording, wordingVersion }: ConsentFacts,
  at: Date,
): Consent {
  const ours = WORDINGS[channel];
  const shown = wording
    ? { wording, wordingVersion: wordingVersion ?? 'not named' }
    : { wording: ours.wording, wordingVersion: ours.version };
  return { given, at, source: 'concierge widget', channel, ...shown, sessionId, requestId };
}

interface SubscriptionFacts {
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
    confirmation,
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
