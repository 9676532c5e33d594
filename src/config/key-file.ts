import { readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type ApiKey, SCOPES } from '../platform/keys/keys.js';

const KeyFile = Type.Array(
  Type.Object(
    {
      id: Type.String({ pattern: '^[\\w.-]{1,64}$' }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      scopes: Type.Array(Type.Union(SCOPES.map((scope) => Type.Literal(scope)))),
      notBefore: Type.Optional(Type.String()),
      notAfter: Type.Optional(Type.String()),
    },
    { additionalProperties: false },
  ),
);

/** A key as it stands in the file. */
export type KeyEntry = Static<typeof KeyFile>[number];

/** A file of keys as it was read, to tell later whether it has changed. */
export interface ReadKeyFile {
  path: string;
  text: string;
  keys: ApiKey[];
}

/** @throws Error with a sentence that says what is wrong, and where. */
export function readKeyFile(path: string): ReadKeyFile {
  const text = readFileSync(path, 'utf8');
  return { path, text, keys: parseKeyFile(text) };
}

export const parseKeyFile = (text: string): ApiKey[] => parseEntries(text).map(toKey);

/**
 * Reads `[{ id, sha256, scopes, notBefore?, notAfter? }]`.
 * @throws Error with a sentence that says what is wrong, and where.
 */
export function parseEntries(text: string): KeyEntry[] {
  const content: unknown = JSON.parse(text);
  const wrong = Value.Errors(KeyFile, content).First();
  if (wrong) throw new Error(`${wrong.path || 'the whole'}: ${wrong.message}`);
  const entries = Value.Cast(KeyFile, content);
  const ids = entries.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`two keys have the id ${twice}`);
  return entries;
}

function toKey({ id, sha256, scopes, notBefore, notAfter }: KeyEntry): ApiKey {
  return { id, sha256, scopes, ...date('notBefore', notBefore), ...date('notAfter', notAfter) };
}

function date(name: string, text: string | undefined): Partial<ApiKey> {
  if (text === undefined) return {};
  const value = new Date(text);
  if (Number.isNaN(value.getTime())) throw new Error(`${name}: not a date: ${text}`);
  return { [name]: value };
}
