import { MEANINGS, SEE_CODES } from '../messaging/twilio.js';
import { deliveryIdIn, type MessageReport, type MessageState } from './report.js';

/** twilio.com/docs/messaging/api/message-resource#message-status-values: those after which nothing else comes. */
const STATES = new Map<string, MessageState>([
  ['delivered', 'delivered'],
  ['read', 'delivered'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);
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
    reason: code && `${code}, ${MEANINGS[code] ?? SEE_CODES}`,
    at: now,
    address: To,
  };
}
