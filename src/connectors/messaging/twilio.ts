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
const TOO_MUCH = new Set(['14107', '20429', '21611', '30001', '30022']);
/** Of account and sender, not of the message. */
const MISCONFIGURED = new Set(
  '20003 20005 20006 20008 20404 21212 21603 21606 21659 21660 21703 21704 21705 30002 30023 30032 30034 30035 63038'.split(
    ' ',
  ),
);
/** Nothing can be sent to this number: its subscriptions end. */
const GONE: Record<string, 'opted_out' | 'unreachable'> = {
  21211: 'unreachable',
  21610: 'opted_out',
  21614: 'unreachable',
  21635: 'unreachable',
};
const NOTHING_TO_DO = 'nothing to do';
/** What its codes mean for an operator, when a message is sent and when it is reported later: twilio.com/docs/api/errors. */
export const MEANINGS: Readonly<Record<string, string>> = {
  14107: 'too many messages for the account; if it lasts, ask Twilio for more',
  20003: 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
  20005: 'the account is not active: see the Twilio console',
  20006: 'check what the credentials may do',
  20008: 'these are test credentials: check TWILIO_ACCOUNT_SID',
  20404: 'check TWILIO_ACCOUNT_SID',
  20429: 'too many calls at once; if it lasts, ask Twilio for more',
  21211: `not a telephone number: ${NOTHING_TO_DO}`,
  21212: 'check TWILIO_FROM',
  21408: 'enable the country in the account’s geographic permissions',
  21603: 'check TWILIO_FROM',
  21606: 'check TWILIO_FROM: it sends no text messages',
  21608: 'verify the number: a trial account writes to no other',
  21610: `the number has opted out: ${NOTHING_TO_DO}`,
  21611: 'the queue of TWILIO_FROM is full; if it lasts, add numbers',
  21612: 'no way from TWILIO_FROM to this number: add a sender for its country',
  21614: `the number takes no text messages: ${NOTHING_TO_DO}`,
  21617: 'the text is too long: see MESSAGES_FILE',
  21635: `the number is a landline: ${NOTHING_TO_DO}`,
  21659: 'check TWILIO_FROM: it is not a number of Twilio',
  21660: 'check TWILIO_FROM: it is not a number of this account',
  21703: 'add a number to the messaging service',
  21704: 'add a number to the messaging service',
  21705: 'check TWILIO_MESSAGING_SERVICE_SID',
  30001: 'the queue of the number is full; if it lasts, add numbers',
  30002: 'the account is suspended: see the Twilio console',
  30003: `the telephone is off or out of reach: ${NOTHING_TO_DO}`,
  30004: `the number takes no such messages: ${NOTHING_TO_DO}`,
  30005: `there is no such number: ${NOTHING_TO_DO}`,
  30006: `a landline, or a carrier that cannot be reached: ${NOTHING_TO_DO}`,
  30007: 'taken for spam by a carrier: check how the sender is registered',
  30008: 'the carrier does not say why; if it lasts, ask Twilio',
  30017: 'the carrier is overloaded; if it lasts, ask Twilio',
  30018: 'the country asks for a registered sender: register it with Twilio',
  30022: 'more than the campaign may send; if it lasts, ask for more',
  30023: 'the day’s messages are used up: see the brand’s limit in Twilio',
  30032: 'verify the toll-free number in the Twilio console',
  30034: 'register TWILIO_FROM for A2P 10DLC',
  30035: 'the number is still being set up for A2P 10DLC: see its campaign',
  30036: `not handed over in time: ${NOTHING_TO_DO}`,
  63038: 'the day’s messages are used up: ask Twilio for a higher limit',
};
/** Of a code without a meaning here. */
export const SEE_CODES = 'see twilio.com/docs/api/errors';
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
      if (!text)
        return {
          outcome: 'rejected',
          reason: `there is no text message for ${notice.kind}: add one in MESSAGES_FILE`,
        };
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
  const code = reply.answered && Value.Check(Failed, reply.body) ? String(reply.body.code) : undefined;
  const outcome = outcomeOf(reply, now, code, code && (MEANINGS[code] ?? SEE_CODES));
  if (code && outcome.outcome !== 'delivered' && 'reason' in outcome) {
    const { reason } = outcome;
    if (TOO_MUCH.has(code)) return { ...outcome, outcome: 'retry', reason };
    if (MISCONFIGURED.has(code)) return { outcome: 'misconfigured', reason };
    const gone = GONE[code];
    if (gone) return { outcome: 'skipped', reason, gone };
  }
  if (outcome.outcome !== 'delivered' || !reply.answered) return outcome;
  if (Value.Check(Created, reply.body)) return { outcome: 'delivered', reference: reply.body.sid };
  // perhaps sent: a customer is not written to again and again for it, someone looks
  return {
    outcome: 'rejected',
    reason: `answered ${reply.status} with a body of another form: see Twilio’s log, then replay it`,
  };
}
