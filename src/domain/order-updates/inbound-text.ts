import { createHmac, timingSafeEqual } from 'node:crypto';

/** The words that carriers and Twilio know, and that have to be honoured. */
const STOP = new Set(['STOP', 'STOPALL', 'QUIT', 'END', 'REVOKE', 'OPTOUT', 'CANCEL', 'UNSUBSCRIBE']);
const START = new Set(['START', 'UNSTOP']);
const HELP = new Set(['HELP', 'INFO']);

export type Meaning = 'stop' | 'start' | 'help';

/** What a text message to our number asks for: ` Stop. ` is STOP, `please stop by` is nothing. */
export function meaningOf(text: string): { meaning: Meaning; word: string } | undefined {
  const word = text.toUpperCase().replace(/[^\p{L}]+/gu, '');
  if (STOP.has(word)) return { meaning: 'stop', word };
  if (START.has(word)) return { meaning: 'start', word };
  return HELP.has(word) ? { meaning: 'help', word } : undefined;
}

/**
 * Whether a request comes from Twilio (twilio.com/docs/usage/webhooks/webhooks-security): HMAC-SHA1 over the address that Twilio was
 * given and the fields in the order of their names.
 */
export function isFromTwilio(
  authToken: string,
  url: string,
  fields: Record<string, string>,
  signature: string,
): boolean {
  const text = Object.keys(fields)
    .sort()
    .reduce((all, name) => all + name + fields[name], url);
  const expected = createHmac('sha1', authToken).update(text).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
