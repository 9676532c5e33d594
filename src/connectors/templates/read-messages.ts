import { readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { isMessageKind, type MessageKind, type Messages, TEMPLATES, valuesOf } from './message-texts.js';
import { PLACEHOLDER } from './render.js';

const Text = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }));

/** What the file can replace: any part of any message. A part that is not there stays as it is. */
const MessagesFile = Type.Record(
  Type.String(),
  Type.Object(
    { subject: Text(200), text: Text(10_000), html: Text(50_000), sms: Text(480) },
    { additionalProperties: false },
  ),
);

/** The messages, with those of the file in place of ours. What is wrong with the file is added to the problems. */
export function readMessages(file: string | undefined, problems: string[]): Messages {
  const messages: Messages = { ...TEMPLATES };
  for (const [kind, parts] of Object.entries(file ? overridesIn(file, problems) : {})) {
    if (!isMessageKind(kind)) {
      problems.push(
        `MESSAGES_FILE has a message of an unknown kind, ${kind}. Known are ${Object.keys(TEMPLATES).join(', ')}`,
      );
      continue;
    }
    for (const name of unknownNames(kind, parts))
      problems.push(`MESSAGES_FILE: ${kind} cannot name {{${name}}}, only ${valuesOf(kind).join(', ')}`);
    messages[kind] = { ...messages[kind], ...parts };
  }
  return messages;
}

function overridesIn(file: string, problems: string[]): Static<typeof MessagesFile> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Value.Check(MessagesFile, content)) return content;
    const [error] = Value.Errors(MessagesFile, content);
    problems.push(`MESSAGES_FILE is not as it should be at ${error?.path || '/'}: ${error?.message}`);
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    problems.push(`MESSAGES_FILE ${why}: ${file}`);
  }
  return {};
}

function unknownNames(kind: MessageKind, parts: Partial<Record<string, string>>): string[] {
  const names = Object.values(parts).flatMap((part) =>
    [...(part ?? '').matchAll(PLACEHOLDER)].map(([, name = '']) => name),
  );
  return [...new Set(names)].filter((name) => !valuesOf(kind).includes(name));
}
