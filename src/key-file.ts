import { readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type ApiKey, SCOPES } from './keys.js';

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

/**
 * Reads `[{ id, sha256, scopes, notBefore?, notAfter? }]`.
 * @throws Error with a sentence that says what is wrong, and where.
 */
export function readKeyFile(path: string): ApiKey[] {
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const wrong = Value.Errors(KeyFile, content).First();
  if (wrong) throw new Error(`${wrong.path || 'the whole'}: ${wrong.message}`);
  return Value.Cast(KeyFile, content).map(toKey);
}

function toKey({ id, sha256, scopes, notBefore, notAfter }: Static<typeof KeyFile>[number]): ApiKey {
  return { id, sha256, scopes, ...date('notBefore', notBefore), ...date('notAfter', notAfter) };
}

function date(name: string, text: string | undefined): Partial<ApiKey> {
  if (text === undefined) return {};
  const value = new Date(text);
  if (Number.isNaN(value.getTime())) throw new Error(`${name}: not a date: ${text}`);
  return { [name]: value };
}
