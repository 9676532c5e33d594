import { PROBLEMS, type ProblemStatus, problemExamples } from '../../../schemas/problem.js';
import { type Scope, scopesOf } from '../../../src/platform/keys/keys.js';
import { nameSchemas } from './name-schemas.js';
import { outgoingSection } from './outgoing.js';
import {
  HEADERS,
  headerRefs,
  headersOf,
  PARAMETERS,
  type ParameterName,
  PROBLEM_RESPONSES,
} from './parts.js';

const PROBLEM_MEDIA = 'application/problem+json';

/** What stands before the handler of a route, as far as its callers notice. */
export interface RouteFacts {
  scope?: Scope | readonly Scope[];
  idempotent?: boolean;
}

interface Response {
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema?: unknown; examples?: object }> | undefined;
}

type Parameter = { in?: string; schema?: { type?: string } } | { $ref: string };

export interface Operation {
  operationId?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: unknown;
  responses: Record<string, Response | { $ref: string }>;
}

export interface ApiDocument {
  components?: Record<string, unknown>;
  paths?: Record<string, Record<string, Operation>>;
}

/** `/returns/:rmaId` as the document writes it. */
export const operationKey = (method: string, url: string): string =>
  `${method.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`;

/**
 * Says of every operation what all of them have in common and no route should have to repeat: the scope it needs, the headers
 * it takes and answers with, and the problems that keys, limits, validation and idempotency answer with.
 */
export function completeDocument<T extends ApiDocument>(
  document: T,
  facts: ReadonlyMap<string, RouteFacts>,
): T {
  const headers = Object.fromEntries(
    Object.entries(HEADERS).map(([name, { header: _, ...definition }]) => [name, definition]),
  );
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => {
    const complete = Object.entries(operations).map(([method, operation]) => [
      method,
      completeOperation(operation, facts.get(operationKey(method, path))),
    ]);
    return [path, Object.fromEntries(complete)];
  });
  const used = new Set(JSON.stringify(paths).match(/(?<=#\/components\/responses\/)\w+/g));
  const responses = Object.fromEntries(Object.entries(PROBLEM_RESPONSES).filter(([name]) => used.has(name)));
  return nameSchemas({
    ...document,
    components: { ...document.components, headers, parameters: PARAMETERS, responses },
    paths: Object.fromEntries(paths),
    webhooks: outgoingSection(),
  });
}

function completeOperation(operation: Operation, { scope, idempotent = false }: RouteFacts = {}): Operation {
  const scopes = scopesOf(scope);
  const needed = scopes.map((one) => `\`${one}\``).join(' or ');
  const parameters: ParameterName[] = idempotent ? ['RequestId', 'IdempotencyKey'] : ['RequestId'];
  return {
    ...operation,
    ...(needed && operation.description && { description: `${operation.description} Scope: ${needed}.` }),
    ...(needed && { security: scopes.map((one) => ({ bearerKey: [one] })) }),
    parameters: [
      ...(operation.parameters ?? []),
      ...parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    responses: completeResponses(operation, idempotent),
  };
}

function completeResponses(operation: Operation, idempotent: boolean): Operation['responses'] {
  const isOpen = operation.security?.length === 0;
  const usual = Object.fromEntries(
    usualStatuses(operation, isOpen, idempotent).map((status) => [status, {}]),
  );
  return Object.fromEntries(
    Object.entries({ ...usual, ...operation.responses }).map(([status, response]) => {
      if ('$ref' in response) return [status, response];
      const whole = status in usual ? withUsualCodes(Number(status), response) : response;
      return [status, completeResponse(Number(status), whole, isOpen, idempotent)];
    }),
  );
}

/** What the handler of a route answers with a status, and what stands before it. */
function withUsualCodes(status: number, { content, ...response }: Response): Response {
  const { schema, examples } = content?.[PROBLEM_MEDIA] ?? {};
  if (!examples) return { ...response, content };
  const usual = problemExamples(PROBLEMS[status as ProblemStatus].codes);
  return { ...response, content: { [PROBLEM_MEDIA]: { schema, examples: { ...usual, ...examples } } } };
}

// twenty values of sixty letters, each of twelve characters in an address, are longer than a line may be
const isQueryList = (parameter: Parameter): boolean =>
  'in' in parameter && parameter.in === 'query' && parameter.schema?.type === 'array';

function usualStatuses(
  { requestBody, parameters = [] }: Operation,
  isOpen: boolean,
  idempotent: boolean,
): ProblemStatus[] {
  return [
    ...(requestBody || parameters.length > 0 ? [400 as const] : []),
    ...(isOpen ? [] : ([401, 403, 429] as const)),
    405,
    ...(requestBody ? ([408, 413, 415] as const) : []),
    ...(idempotent ? ([409, 422] as const) : []),
    ...(parameters.some(isQueryList) ? [431 as const] : []),
    500,
    503,
  ];
}

function completeResponse(status: number, response: Response, isOpen: boolean, idempotent: boolean) {
  const problem = PROBLEMS[status as ProblemStatus];
  // what a route says of its own stays
  if (problem && !response.content) return { $ref: `#/components/responses/${problem.name}` };
  const limits = isOpen || problem ? {} : headerRefs('RateLimit', 'RateLimitPolicy');
  const replayed = idempotent && status < 300 ? headerRefs('IdempotencyReplayed') : {};
  return { ...response, headers: { ...response.headers, ...headersOf(status), ...limits, ...replayed } };
}
