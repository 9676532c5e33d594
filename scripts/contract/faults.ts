import { type ContractDocument, type Described, operationsOf, resolve } from './document.js';
import { exampleFaults } from './example-faults.js';

interface Content {
  content?: Record<string, unknown>;
  description?: string;
}

/** What a reader of the document would miss: a sentence for each fault, none for a contract that outsiders can rely on. */
export function contractFaults(document: ContractDocument): string[] {
  const seen = new Set<string>();
  const faults = operationsOf(document).flatMap(({ name, operation }) => {
    const id = operation.operationId ?? '';
    const repeated = seen.has(id) ? [`the operationId ${id} is another operation's`] : [];
    seen.add(id);
    return [...operationFaults(document, operation), ...repeated].map((fault) => `${name}: ${fault}`);
  });
  return [...faults, ...namelessSchemas(document), ...exampleFaults(document)];
}

/** Objects and choices that are no component: for their types a generated client would have to make names up. */
function namelessSchemas({ paths, components }: ContractDocument): string[] {
  const visit = (part: unknown, at: string, isNamed = false): string[] => {
    if (part === null || typeof part !== 'object') return [];
    const { type, properties, oneOf } = part as Record<string, unknown>;
    const needsName = (type === 'object' && properties !== undefined) || Array.isArray(oneOf);
    const inside = Object.entries(part)
      .filter(([key]) => !/^examples?$/.test(key))
      .flatMap(([key, inner]) => visit(inner, `${at}/${key}`));
    return needsName && !isNamed ? [`${at} has no name (title)`, ...inside] : inside;
  };
  const named = Object.entries((components?.schemas ?? {}) as object);
  return [
    ...Object.entries(paths ?? {}).flatMap(([path, operations]) => visit(operations, path)),
    ...named.flatMap(([name, schema]) => visit(schema, name, true)),
  ];
}

function operationFaults(document: ContractDocument, operation: Described): string[] {
  const { operationId = '', summary = '', description = '', tags = [] } = operation;
  const declared = (document.tags ?? []).map(({ name }) => name);
  return [
    ...(/^[a-z][a-zA-Z]+$/.test(operationId) ? [] : ['has no operationId in camel case']),
    ...(summary.length > 0 && summary.length <= 80 ? [] : ['has no summary of up to 80 characters']),
    ...(/\S.{9,}/.test(description) ? [] : ['has no description']),
    ...(tags.length > 0 ? [] : ['has no tag']),
    ...tags.filter((tag) => !declared.includes(tag)).map((tag) => `the tag ${tag} is not described`),
    ...securityFaults(operation),
    ...responseFaults(document, operation),
  ];
}

// A route without a scope is open to every key; one that is open to everyone says so.
function securityFaults({ security }: Described): string[] {
  if (security === undefined) return ['names no scope (config.scope), nor is it open (security: [])'];
  return [];
}

function responseFaults(
  document: ContractDocument,
  { responses, requestBody, security = [] }: Described,
): string[] {
  const statuses = Object.keys(responses);
  const needed = [
    '500',
    '503',
    ...(security.length > 0 ? ['401', '403', '429'] : []),
    ...(requestBody ? ['400', '413', '415'] : []),
  ];
  const missing = needed.filter((status) => !statuses.includes(status)).map((status) => `has no ${status}`);
  const success = statuses.some((status) => /^[23]/.test(status)) ? [] : ['has no answer that is a success'];
  const described = Object.entries(responses).flatMap(([status, response]) => {
    const { content = {}, description } = resolve(document, response) as Content;
    const isProblem = Object.keys(content).includes('application/problem+json');
    return [
      ...(description && description !== 'Default Response' ? [] : [`its ${status} has no description`]),
      ...(/^[45]/.test(status) && !isProblem ? [`its ${status} is not application/problem+json`] : []),
    ];
  });
  return [...success, ...missing, ...described];
}
