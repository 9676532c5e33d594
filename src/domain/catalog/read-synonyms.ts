import { readFileSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { SYNONYMS, type SynonymData } from './synonyms.js';

const Phrase = Type.String({ minLength: 1, maxLength: 80 });
const SynonymsFile = Type.Object(
  {
    alike: Type.Array(Type.Array(Phrase, { minItems: 2, maxItems: 20 }), { maxItems: 1000 }),
    means: Type.Record(Phrase, Type.Array(Phrase, { minItems: 1, maxItems: 20 })),
  },
  { additionalProperties: false },
);

/** The synonyms of the file, or ours. What is wrong with the file is added to the problems. */
export function readSynonyms(file: string | undefined, problems: string[]): SynonymData {
  if (!file) return SYNONYMS;
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Value.Check(SynonymsFile, content)) return content;
    const [error] = Value.Errors(SynonymsFile, content);
    problems.push(`SYNONYMS_FILE is not as it should be at ${error?.path || '/'}: ${error?.message}`);
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    problems.push(`SYNONYMS_FILE ${why}: ${file}`);
  }
  return SYNONYMS;
}
