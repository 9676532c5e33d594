import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readEmail } from '../../src/lib/values/email.js';
import { type ContractDocument, operationsOf, resolve } from './document.js';

interface Media {
  schema?: { examples?: unknown[]; $ref?: string };
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
}

const ID = 'contract';

/** Examples that do not fit their schema, and bodies that are JSON and have none. */
export function exampleFaults(document: ContractDocument): string[] {
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addFormat('idn-email', (text: string) => readEmail(text) !== undefined);
  ajv.addSchema(document, ID);
  return operationsOf(document).flatMap(({ name, path, operation }) =>
    jsonBodies(document, path, operation).flatMap(({ what, media, pointer }) => {
      const examples = examplesOf(document, media);
      if (examples.length === 0) return [`${name}: ${what} has no example`];
      const validate = ajv.compile({ $ref: `${ID}#${pointer}/schema` });
      return examples
        .filter((example) => !validate(example))
        .map(
          (example) =>
            `${name}: an example of ${what} does not fit: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(example)}`,
        );
    }),
  );
}

function jsonBodies(
  document: ContractDocument,
  path: string[],
  operation: { requestBody?: unknown; responses: object },
) {
  const successes = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
  const bodies: [what: string, path: string[], part: unknown][] = [
    ...(operation.requestBody
      ? ([['the request', [...path, 'requestBody'], operation.requestBody]] as [string, string[], unknown][])
      : []),
    ...successes.map(([status, response]): [string, string[], unknown] => [
      `the ${status}`,
      [...path, 'responses', status],
      response,
    ]),
  ];
  return bodies.flatMap(([what, at, part]) => {
    const { content = {} } = resolve(document, part) as { content?: Record<string, Media> };
    const media = content['application/json'];
    return media ? [{ what, media, pointer: pointerOf([...at, 'content', 'application/json']) }] : [];
  });
}

function examplesOf(document: ContractDocument, { schema, example, examples = {} }: Media): unknown[] {
  const { examples: inSchema = [] } = (resolve(document, schema) ?? {}) as { examples?: unknown[] };
  const named = Object.values(examples).map(({ value }) => value);
  return [...(example === undefined ? [] : [example]), ...named, ...inSchema];
}

const pointerOf = (path: string[]): string =>
  path.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
