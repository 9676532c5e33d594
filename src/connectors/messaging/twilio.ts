import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Outcome } from '../connector.js';
import type { Stationery } from '../email/email.js';
import { basicAuth, type Reply, send } from '../http.js';
import { outcomeOf } from '../outcome.js';
import { renderSms } from '../templates/fit-sms-segment.js';
import { type Carrier, type Notice, wordsOf } from './notice.js';

/**
 * Twilio: twilio.com/docs/messaging/api/message-resource (create a Message) and twilio.com/docs/api/errors (the codes of its errors).
 */
export interface TwilioSettings {
  baseUrl: string;
  accountSid: string;
  authToken: string;
  /** One of them, or both. */
  from?: string;
  messagingServiceSid?: string;
  /** Where Twilio says what became of a message; left out where it cannot call us. */
  statusCallback?: string | undefined;
}

const Created = Type.Object({ sid: Type.String({ pattern: '^[A-Za-z0-9]{10,64}$' }) });
const Failed = Type.Object({ code: Type.Integer({ minimum: 10_000, maximum: 99_999 }) });

/** Too much at once, whatever the status says: the rate, the account, the number's queue, the campaign. */
const TOO_MUCH = new Set([14_107, 20_429, 21_611, 30_001, 30_022]);
/** Of account and sender, not of the message: twilio.com/docs/api/errors. */
const MISCONFIGURED: Record<number, string> = {
  20003: 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
  20005: 'the account is not active',
  20006: 'check what the credentials may do',
  20008: 'these are test credentials',
  20404: 'check TWILIO_ACCOUNT_SID',
  21212: 'check TWILIO_FROM',
  21603: 'check TWILIO_FROM',
  21606: 'TWILIO_FROM sends no text messages',
  21659: 'TWILIO_FROM is not a number of Twilio',
  21660: 'TWILIO_FROM is not a number of this account',
  21703: 'the messaging service has no number',
  21704: 'the messaging service has no number',
  21705: 'check TWILIO_MESSAGING_SERVICE_SID',
  30002: 'the account is suspended',
  30034: 'register TWILIO_FROM for A2P 10DLC',
  30023: 'the day’s messages are used up',
  63038: 'the day’s messages are used up',
};
/** Nothing can be sent to this number: its subscriptions end. */
const GONE: Record<number, 'opted_out' | 'unreachable'> = {
  21211: 'unreachable',
  21610: 'opted_out',
  21614: 'unreachable',
  21635: 'unreachable',
};
const MEANINGS: Record<number, string> = {
  ...MISCONFIGURED,
  14107: 'too many messages for the account',
  20429: 'too many calls at once',
  21211: 'not a telephone number',
  21408: 'enable the country in the account’s geographic permissions',
  21608: 'a trial account writes to verified numbers alone',
  21610: 'the number has opted out',
  21612: 'no way from TWILIO_FROM to this number',
  21611: 'the queue of TWILIO_FROM is full',
  21614: 'the number takes no text messages',
  21617: 'the text is too long: see MESSAGES_FILE',
  21635: 'the number is a landline',
  30001: 'the queue of the number is full',
  30007: 'a carrier took it for spam: check how the sender is registered',
  30022: 'more than the campaign may send',
};
/** The longest that Twilio keeps a message that it cannot hand over, in every account. */
const MAX_VALIDITY_SECONDS = 14_400;

/** A notice as a text message; undefined where its kind has none. */
export function textOf(notice: Notice, { messages, shop }: Stationery): string | undefined {
  const { kind, values } = wordsOf(notice, shop);
  const { sms } = messages[kind];
  return sms && renderSms(sms, values);
}

/** Text messages. Twilio has no way to tell a repeat: an attempt that timed out may have sent its message. */
export function createTwilio(
  { baseUrl, accountSid, authToken, from, messagingServiceSid, statusCallback }: TwilioSettings,
  stationery: Stationery,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Carrier {
  const url = `${baseUrl}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
  const headers = {
    authorization: basicAuth(accountSid, authToken),
    'content-type': 'application/x-www-form-urlencoded',
  };
  const sender = {
    ...(from && { From: from }),
    ...(messagingServiceSid && { MessagingServiceSid: messagingServiceSid }),
  };
  return {
    name: 'twilio',
    async tell(notice, { id, signal }) {
      const text = textOf(notice, stationery);
      if (!text) return { outcome: 'rejected', reason: `there is no text message for ${notice.kind}` };
      const form = new URLSearchParams({ To: notice.to, ...sender, Body: text });
      // letters beyond GSM-7 that have an equal in it are sent as that
      form.set('SmartEncoded', 'true');
      if (statusCallback) form.set('StatusCallback', `${statusCallback}?delivery=${id}`);
      const validity = validitySeconds(notice.validUntil, now());
      if (validity !== undefined) form.set('ValidityPeriod', String(validity));
      const body = form.toString();
      return understood(await send({ method: 'POST', url, headers, body }, timeoutMs, signal), now());
    },
  };
}

function validitySeconds(until: Date | undefined, now: Date): number | undefined {
  if (!until) return undefined;
  const seconds = Math.floor((until.getTime() - now.getTime()) / 1000);
  return Math.min(Math.max(seconds, 1), MAX_VALIDITY_SECONDS);
}

function understood(reply: Reply, now: Date): Outcome {
  const code = reply.answered && Value.Check(Failed, reply.body) ? reply.body.code : undefined;
  const meaning = code ? `${code}, ${MEANINGS[code] ?? 'see twilio.com/docs/api/errors'}` : undefined;
  const outcome = outcomeOf(reply, now, meaning);
  if (code && outcome.outcome !== 'delivered' && 'reason' in outcome) {
    const { reason } = outcome;
    if (TOO_MUCH.has(code)) return { ...outcome, outcome: 'retry', reason };
    if (MISCONFIGURED[code]) return { outcome: 'misconfigured', reason };
    const gone = GONE[code];
    if (gone) return { outcome: 'skipped', reason, gone };
  }
  if (outcome.outcome !== 'delivered' || !reply.answered) return outcome;
  if (Value.Check(Created, reply.body)) return { outcome: 'delivered', reference: reply.body.sid };
  // perhaps sent: a customer is not written to again and again for it, someone looks
  return { outcome: 'rejected', reason: `answered ${reply.status} with a body of another form` };
}
