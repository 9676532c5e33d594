import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { basicAuth } from '../basic-auth.js';
import type { Outcome } from '../connector.js';
import type { Stationery } from '../email/email.js';
import { type Reply, send } from '../http.js';
import { outcomeOf } from '../outcome-of.js';
import { renderSms } from '../templates/render.js';
import { type Carrier, wordsOf } from './notice.js';

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
}

const Created = Type.Object({ sid: Type.String({ pattern: '^[A-Za-z0-9]{10,64}$' }) });
const Failed = Type.Object({ code: Type.Integer({ minimum: 10_000, maximum: 99_999 }) });

/** Too much at once, whatever the status says: the rate, the account, the number's queue, the campaign. */
const TOO_MUCH = new Set([14_107, 20_429, 21_611, 30_022]);
const MEANINGS: Record<number, string> = {
  20003: 'the credentials are refused',
  21211: 'not a telephone number',
  21408: 'the country is not enabled',
  21610: 'the number has unsubscribed',
  21614: 'the number takes no text messages',
};

/** Text messages. Twilio has no way to tell a repeat: an attempt that timed out may have sent its message. */
export function createTwilio(
  { baseUrl, accountSid, authToken, from, messagingServiceSid }: TwilioSettings,
  { messages, shop }: Stationery,
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
    async tell(notice, { signal }) {
      const { kind, values } = wordsOf(notice, shop);
      const { sms } = messages[kind];
      if (!sms) return { outcome: 'rejected', reason: `there is no text message for ${kind}` };
      const body = new URLSearchParams({ To: notice.to, ...sender, Body: renderSms(sms, values) }).toString();
      return understood(await send({ method: 'POST', url, headers, body }, timeoutMs, signal), now());
    },
  };
}

function understood(reply: Reply, now: Date): Outcome {
  const code = reply.answered && Value.Check(Failed, reply.body) ? reply.body.code : undefined;
  const meaning = code ? [code, MEANINGS[code]].filter(Boolean).join(', ') : undefined;
  const outcome = outcomeOf(reply, now, meaning);
  if (outcome.outcome === 'rejected' && code && TOO_MUCH.has(code)) return { ...outcome, outcome: 'retry' };
  if (outcome.outcome !== 'delivered' || !reply.answered) return outcome;
  if (Value.Check(Created, reply.body)) return { outcome: 'delivered', reference: reply.body.sid };
  // perhaps sent: a customer is not written to again and again for it, someone looks
  return { outcome: 'rejected', reason: `answered ${reply.status} with a body of another form` };
}
