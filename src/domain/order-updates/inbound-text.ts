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
