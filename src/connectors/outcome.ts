import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Outcome } from './connector.js';
import type { Reply } from './http.js';

const SECOND_MS = 1000;
/** The longest wait that a vendor can ask for: longer, and the delivery would outlive its schedule. */
const MAX_WAIT_MS = 24 * 60 * 60 * SECOND_MS;

const IT_FAILED = 'it has failed; if it lasts, see its log or status page';
/** Not now, but perhaps later; as is every 5xx. */
const PASSING = new Map([
  [408, 'it waited too long; if it lasts, see its log or status page'],
  [425, 'too early: nothing to do, it goes again'],
  [429, 'too many calls; if it lasts, ask it for a higher limit'],
]);
/** It is not what we send: with any other it would be the same. What to look at stands beside it. */
const MISCONFIGURED = new Map([
  [401, 'check the credentials'],
  [402, 'check the account: it has to be paid for'],
  [403, 'check what the credentials may do'],
  [404, 'check the address: there is nothing'],
  [405, 'check the address: it takes no such call'],
  [407, 'check the proxy'],
  [410, 'check the address: it is gone'],
]);

/** It is what we send, and it will not be taken another time: what an operator can look for. */
const REFUSED = new Map([
  [400, 'it does not understand what was sent: see its log'],
  [409, 'it has the same already, or has changed meanwhile: look there'],
  [413, 'what was sent is too large for it: raise its limit'],
]);
const NOT_TAKEN = 'it does not take what was sent: see its log';

/**
 * What an answer means for a delivery, where a vendor has no meaning of its own for it. `code` is the vendor's code of the error, `meaning`
 * what that says and what to do about it: every reason says what there is to do.
 */
export function outcomeOf(reply: Reply, now: Date, code?: string, meaning?: string): Outcome {
  if (!reply.answered) return { outcome: 'retry', reason: reply.reason };
  const { status } = reply;
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const saying = (advice: string) => `answered ${status}${code ? ` (${code})` : ''}: ${meaning ?? advice}`;
  if (status >= 500 || PASSING.has(status))
    return { outcome: 'retry', reason: saying(PASSING.get(status) ?? IT_FAILED), ...waitOf(reply, now) };
  if (status < 400)
    return { outcome: 'misconfigured', reason: saying('check the address, redirects are not followed') };
  const advice = MISCONFIGURED.get(status);
  if (advice) return { outcome: 'misconfigured', reason: saying(advice) };
  return { outcome: 'rejected', reason: saying(REFUSED.get(status) ?? NOT_TAKEN) };
}

function waitOf({ retryAfter }: Extract<Reply, { answered: true }>, now: Date): { afterMs?: number } {
  const wait = retryAfterMs(retryAfter, now);
  return wait === undefined ? {} : { afterMs: wait };
}

/** The outcome of a call that makes something: delivered only when the answer has the form that the vendor documents. */
export function made<Schema extends TSchema>(
  reply: Reply,
  schema: Schema,
  referenceOf: (body: Static<Schema>) => string | undefined,
  now: Date,
  code?: string,
  meaning?: string,
): Outcome {
  const outcome = outcomeOf(reply, now, code, meaning);
  if (outcome.outcome !== 'delivered' || !reply.answered) return outcome;
  if (!Value.Check(schema, reply.body))
    return {
      outcome: 'retry',
      reason: `answered ${reply.status} with a body of another form: check the address`,
    };
  const reference = referenceOf(reply.body);
  return { outcome: 'delivered', reference };
}

/** `Retry-After` in either of its forms, seconds or a date, from a second to a day. */
export function retryAfterMs(value: string | null, now: Date): number | undefined {
  const text = value?.trim() ?? '';
  const wait = waitIn(text, now);
  if (wait === undefined || Number.isNaN(wait)) return undefined;
  return Math.min(Math.max(wait, SECOND_MS), MAX_WAIT_MS);
}

function waitIn(text: string, now: Date): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * SECOND_MS;
  // a date begins with its day; `Date.parse` alone would take almost anything. The oldest of its three forms names no zone: it is UTC
  if (!/^[A-Z][a-z]+,? /.test(text)) return undefined;
  return Date.parse(/(GMT|UTC|[+-]\d{4})$/.test(text) ? text : `${text} GMT`) - now.getTime();
}

/** `{ error: 'NOT_FOUND' }` or `{ error: { type: 'NOT_FOUND' } }`, as Zendesk and Airtable write it. */
const Failed = Type.Object({ error: Type.Union([Type.String(), Type.Object({ type: Type.String() })]) });

/** The vendor's code of what went wrong. A code and nothing else: what a vendor says in words repeats what it was sent. */
export function errorCode(reply: Reply): string | undefined {
  if (!reply.answered || !Value.Check(Failed, reply.body)) return undefined;
  const { error } = reply.body;
  const code = typeof error === 'string' ? error : error.type;
  return /^[A-Za-z]+(_[A-Za-z]+)*$/.test(code) && code.length <= 60 ? code : undefined;
}
