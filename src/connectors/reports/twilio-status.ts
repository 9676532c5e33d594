import { deliveryIdIn, type MessageReport, type MessageState } from './report.js';

/** twilio.com/docs/messaging/api/message-resource#message-status-values: those after which nothing else comes. */
const STATES = new Map<string, MessageState>([
  ['delivered', 'delivered'],
  ['read', 'delivered'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);
/** twilio.com/docs/api/errors */
const MEANINGS: Record<string, string> = {
  21610: 'the number has opted out',
  30003: 'the telephone is off or out of reach',
  30004: 'the number takes no such messages',
  30005: 'there is no such number',
  30006: 'a landline, or a carrier that cannot be reached',
  30007: 'taken for spam by the carrier: check the registration of the sender',
  30008: 'the carrier does not say why',
  30034: 'the number is not registered for this traffic (A2P 10DLC)',
};
const OPTED_OUT = '21610';
/** Nothing reaches these numbers. */
const UNREACHABLE = new Set(['30005', '30006']);

/** The status callback of a text message (twilio.com/docs/messaging/guides/track-outbound-message-status); undefined while it is under way. */
export function readTwilioStatus(
  { MessageStatus, ErrorCode, To }: Record<string, string | undefined>,
  delivery: string | undefined,
  now: Date,
): MessageReport | undefined {
  const state = STATES.get(MessageStatus ?? '');
  if (!state) return undefined;
  const code = /^\d{4,6}$/.test(ErrorCode ?? '') ? ErrorCode : undefined;
  const isOptedOut = state === 'failed' && code === OPTED_OUT;
  return {
    vendor: 'twilio',
    channel: 'sms',
    deliveryId: deliveryIdIn(delivery),
    state: isOptedOut ? 'suppressed' : state,
    isGone: isOptedOut || UNREACHABLE.has(code ?? ''),
    reason: code && [code, MEANINGS[code]].filter(Boolean).join(', '),
    at: now,
    address: To,
  };
}
