import { createHmac, timingSafeEqual } from 'node:crypto';
import { plainText } from '../../lib/values/text.js';

/** The words that carriers and Twilio know, and that have to be honoured. */
const STOP = new Set(['STOP', 'STOPALL', 'QUIT', 'END', 'REVOKE', 'OPTOUT', 'CANCEL', 'UNSUBSCRIBE']);
const START = new Set(['START', 'UNSTOP', 'YES']);
const HELP = new Set(['HELP', 'INFO']);

type Meaning = 'stop' | 'start' | 'help';

const OPT_OUT_TYPES = new Map<string, Meaning>([
  ['STOP', 'stop'],
  ['START', 'start'],
  ['HELP', 'help'],
]);

export interface Asked {
  meaning: Meaning;
  word: string;
}

/**
 * What a text message to our number asks for: ` Stop. ` is STOP, `please stop by` is nothing. Where Twilio says by `OptOutType` what it has
 * understood, that counts: the word may be of the customer's own language, as the account is set up
 * (twilio.com/docs/messaging/tutorials/advanced-opt-out).
 */
export function meaningOf(text: string, optOutType?: string): Asked | undefined {
  const word = plainText(text)
    .toUpperCase()
    .replace(/[^\p{L}]+/gu, '');
  const told = OPT_OUT_TYPES.get(optOutType?.toUpperCase() ?? '');
  if (told) return { meaning: told, word: word.slice(0, MAX_WORD) };
  if (STOP.has(word)) return { meaning: 'stop', word };
  if (START.has(word)) return { meaning: 'start', word };
  return HELP.has(word) ? { meaning: 'help', word } : undefined;
}

/** More than a word of any language that ends something. */
const MAX_WORD = 30;

/** The fields of a form; one that is repeated is a list. */
export type FormFields = Record<string, string | readonly string[]>;

/**
 * Whether a request comes from Twilio (twilio.com/docs/usage/webhooks/webhooks-security): HMAC-SHA1 over the address that Twilio was
 * given and the fields in the order of their names; of a repeated one each value once, in order. Some proxies and versions of Twilio name
 * the port and some do not, so the address counts with it and without. Signed with any of the tokens: while one is being replaced, Twilio
 * signs with the old one until the new one is promoted.
 */
export function isFromTwilio(
  authTokens: readonly string[],
  url: string,
  fields: FormFields,
  signature: string,
): boolean {
  const given = Buffer.from(signature, 'base64');
  const said = Object.keys(fields)
    .sort()
    .flatMap((name) => [...new Set([fields[name] ?? ''].flat())].sort().map((value) => name + value))
    .join('');
  return addressesOf(url).some((address) =>
    authTokens.some((authToken) => {
      const expected = createHmac('sha1', authToken)
        .update(address + said)
        .digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    }),
  );
}

function addressesOf(url: string): string[] {
  const [, start = '', host = '', port = '', rest = ''] =
    /^(https?:\/\/)([^/:?]+)(:\d+)?(.*)$/s.exec(url) ?? [];
  if (!start) return [url];
  const usual = start === 'https://' ? ':443' : ':80';
  return [...new Set([url, `${start}${host}${rest}`, `${start}${host}${port || usual}${rest}`])];
}
