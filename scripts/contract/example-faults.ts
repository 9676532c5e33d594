import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readEmail } from '../../src/lib/values/email.js';
import { type ContractDocument, operationsOf } from './document.js';

interface Media {
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
}

const ID = 'contract';

/** Examples that do not fit their schema or have no name, and JSON bodies that have none. */
export function exampleFaults(document: ContractDocument): string[] {
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addFormat('idn-email', (text: string) => readEmail(text) !== undefined);
  ajv.addSchema(document, ID);
  return jsonBodies(document).flatMap(({ what, media, pointer }) => {
    const examples = Object.entries(media.examples ?? {});
    if (examples.length === 0 || media.example !== undefined) return [`${what} has no example with a name`];
    const validate = ajv.compile({ $ref: `${ID}#${pointer}/schema` });
    const unfit = examples.filter(([, { value }]) => !validate(value));
    return [
      ...examples.filter(([name]) => /^example/.test(name)).map(([name]) => `${what}: ${name} says nothing`),
      ...unfit.map(
        ([name, { value }]) =>
          `${what}: the example ${name} does not fit: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(value)}`,
      ),
    ];
  });
}

// Those that several operations refer to are looked at once, among the components.
function jsonBodies(document: ContractDocument) {
  const shared = Object.keys((document.components?.responses ?? {}) as object);
  const places: [what: string, path: string[]][] = [
    ...operationsOf(document).flatMap(({ name, path, operation }): [string, string[]][] => [
      [`${name}: the request`, [...path, 'requestBody']],
      ...Object.keys(operation.responses).map((status): [string, string[]] => [
        `${name}: the ${status}`,
        [...path, 'responses', status],
      ]),
    ]),
    ...shared.map((name): [string, string[]] => [name, ['components', 'responses', name]]),
  ];
  return places.flatMap(([what, path]) => {
    const body = path.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | undefined)?.[key],
      document,
    );
    const { content = {} } = (body ?? {}) as { content?: Record<string, Media> };
    return Object.entries(content)
      .filter(([type]) => /json$/.test(type))
      .map(([type, media]) => ({ what, media, pointer: pointerOf([...path, 'content', type]) }));
  });
}

const pointerOf = (path: string[]): string =>
  path.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
