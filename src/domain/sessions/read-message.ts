import { present } from '../../lib/values/text.js';
import { readDate } from '../../platform/mongodb/read.js';

/** What is kept of one message: of a longer one its beginning, so that one message never costs the whole conversation. */
export const MAX_MESSAGE_LETTERS = 4000;

/** A text, or as language models write it: parts, some of which have a text. `null` where only a tool was called. */
type MessageContent = string | null | readonly (string | { text?: string | null })[];

/** A message as callers send it: with its text under one of two names. */
interface SentMessage {
  role?: string;
  content?: MessageContent;
  text?: MessageContent;
  timestamp?: string | number;
}

export interface ConversationMessage {
  role: string;
  text: string;
  at?: Date;
}

/** What was said, by whom and when; nothing when nothing was. */
export function readMessage(message: SentMessage): ConversationMessage | undefined {
  const text = contentOf(message.content) ?? contentOf(message.text);
  return text ? { role: present(message.role) ?? 'user', text, at: readDate(message.timestamp) } : undefined;
}

function contentOf(content: MessageContent | undefined): string | undefined {
  if (content === null || content === undefined) return undefined;
  if (typeof content === 'string') return cutText(content);
  const parts = content.map((part) => present(typeof part === 'string' ? part : part.text));
  return cutText(parts.filter((part) => part !== undefined).join('\n'));
}

/** The text as it is kept: without the white space around it, and no letter cut in two. Undefined when nothing is left. */
export function cutText(text: string | undefined, most = MAX_MESSAGE_LETTERS): string | undefined {
  const whole = present(text);
  // a letter may be two units long, and what is shown as one letter several: what is over is far over
  if (whole === undefined || whole.length <= most) return whole;
  return whole
    .slice(0, most)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}
