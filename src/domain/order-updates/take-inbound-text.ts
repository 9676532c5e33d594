import { plainText } from '../../lib/values/text.js';
import type { Repositories } from '../repositories.js';
import type { Suppressions } from './suppressions.js';

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

interface Asked {
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

const E164 = /^\+[1-9]\d{6,14}$/;

/** A text message to one of the numbers of the messaging account. */
interface InboundText {
  /** In E.164 form; a short code or a name is nobody to answer. */
  from: string;
  text: string;
  messageId: string;
  attachments: number;
  /** What the vendor has understood by itself. */
  optOutType: string;
  /** Whether it came to a number of ours, and not to another one of the account. */
  isOurs: boolean;
}

interface InboundTools {
  repositories: Pick<Repositories, 'subscriptions' | 'texts'>;
  suppressions: Suppressions;
  now: () => Date;
}

/** Honours what a customer texts: STOP, START and HELP; all else is for the team. Says what was asked for. */
export async function takeInboundText(
  inbound: InboundText,
  tools: InboundTools,
): Promise<Meaning | undefined> {
  const { from, text, messageId, attachments, optOutType, isOurs } = inbound;
  const asked = meaningOf(text, optOutType);
  // whoever has had enough is believed wherever they say it
  if (!E164.test(from) || !(isOurs || asked?.meaning === 'stop')) return undefined;
  if (asked) {
    await honour(asked, from, tools);
    return asked.meaning;
  }
  const pictures = attachments > 0 ? `(with ${attachments} attachments: see the log of Twilio)` : '';
  const said = [text.trim(), pictures].filter(Boolean).join('\n');
  if (said && messageId)
    await tools.repositories.texts.take(from, { messageId, text: said, at: tools.now() });
  return undefined;
}

// What keeps messages from being sent comes first: whatever fails afterwards, there is none.
async function honour({ meaning, word }: Asked, from: string, tools: InboundTools): Promise<void> {
  const { subscriptions } = tools.repositories;
  const at = tools.now();
  if (meaning === 'stop') {
    await tools.suppressions.suppress(from, word, at);
    await subscriptions.stop({ destination: from }, 'keyword', at);
  } else if (meaning === 'start') {
    await subscriptions.resume(from, at);
    await tools.suppressions.lift(from);
  }
}
