import { present } from '../../lib/text.js';
import { readDate } from '../../platform/mongodb/read.js';

/** A message as callers send it: with its text under one of two names. */
export interface SentMessage {
  role?: string;
  content?: string;
  text?: string;
  timestamp?: string | number;
}

export interface Message {
  role: string;
  text: string;
  at?: Date;
}

/** What was said, by whom and when; nothing when nothing was. */
export function readMessage(message: SentMessage): Message | undefined {
  const text = present(message.content) ?? present(message.text);
  const at = readDate(message.timestamp);
  return text ? { role: present(message.role) ?? 'user', text, ...(at && { at }) } : undefined;
}
