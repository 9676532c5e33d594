import { readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { PLACEHOLDER } from './render.js';

/** What a text for answers can name. What is not known of a customer is empty; `name` is "customer" then. */
export const REPLY_VALUES = [
  'shop',
  'agent',
  'name',
  'number',
  'orderNumber',
  'pieces',
  'sendBy',
  'address',
] as const;
export type ReplyValues = Partial<Record<(typeof REPLY_VALUES)[number], string>>;

const FOR = ['tickets', 'feedback', 'returns'] as const;

const ReplyTemplate = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
    /** What the staff call it. */
    name: Type.String({ minLength: 1, maxLength: 60 }),
    text: Type.String({ minLength: 1, maxLength: 4000 }),
    /** What it answers; all of them, when left out. */
    for: Type.Optional(Type.Array(Type.Union(FOR.map((kind) => Type.Literal(kind))))),
  },
  { additionalProperties: false },
);
/** A text that the staff begin an answer with. */
export type ReplyTemplate = Static<typeof ReplyTemplate>;
const ReplyTemplates = Type.Array(ReplyTemplate, { maxItems: 100 });

export const REPLY_TEMPLATES: ReplyTemplate[] = [
  {
    id: 'will-look',
    name: 'We are looking into it',
    text: 'Dear {{name}},\n\nthank you for writing to us. I am looking into it and will come back to you by tomorrow.\n\nWarm regards,\n{{agent}}',
  },
  {
    id: 'call',
    name: 'When can we call?',
    for: ['tickets'],
    text: 'Dear {{name}},\n\nI would love to talk this through with you. When may I call you, and at which number?\n\nWarm regards,\n{{agent}}',
  },
  {
    id: 'shortlist',
    name: 'About your shortlist',
    for: ['tickets'],
    text: 'Dear {{name}},\n\nI have looked at the pieces that you chose:\n\n{{pieces}}\n\nShall I tell you more about one of them, or put it aside for you?\n\nWarm regards,\n{{agent}}',
  },
  {
    id: 'sorry',
    name: 'We are sorry',
    for: ['feedback', 'tickets'],
    text: 'Dear {{name}},\n\nI am sorry that we have let you down. Would you tell me what happened? I will put it right.\n\nWarm regards,\n{{agent}}',
  },
  {
    id: 'send-in',
    name: 'How to send it in',
    for: ['returns'],
    text: 'Dear {{name}},\n\nplease put a note with {{number}} into the parcel and send it by {{sendBy}} to:\n\n{{address}}\n\nWarm regards,\n{{agent}}',
  },
];

/** The texts that answers are begun with: those of the file in place of ours. What is wrong with it is added to the problems. */
export function readReplyTemplates(file: string | undefined, problems: string[]): ReplyTemplate[] {
  if (!file) return REPLY_TEMPLATES;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    problems.push(`REPLIES_FILE ${why}: ${file}`);
    return [];
  }
  if (!Value.Check(ReplyTemplates, content)) {
    const [error] = Value.Errors(ReplyTemplates, content);
    problems.push(`REPLIES_FILE is not as it should be at ${error?.path || '/'}: ${error?.message}`);
    return [];
  }
  for (const [index, { id, text }] of content.entries()) {
    if (content.findIndex((other) => other.id === id) < index)
      problems.push(`REPLIES_FILE has two texts with the id ${id}`);
    for (const name of unknownValues(text))
      problems.push(`REPLIES_FILE: ${id} cannot name {{${name}}}, only ${REPLY_VALUES.join(', ')}`);
  }
  return content;
}

/** The names in a text that stand for nothing. */
export function unknownValues(text: string): string[] {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !REPLY_VALUES.some((known) => known === name));
}
