import { type Found, TOOLS, type ToolDescription } from './tools.js';

type Schema = Record<string, unknown> & {
  properties?: Record<string, Schema>;
  required?: string[];
};

interface Operation {
  operationId?: string;
  /** A key with one of these scopes may call it. */
  security?: { bearerKey?: string[] }[];
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    schema?: Schema;
    description?: string;
    $ref?: string;
  }[];
  requestBody?: { content?: Record<string, { schema: Schema }> };
  responses?: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

/** What of the API's document is read here. */
export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** A tool, and the call of the API that it makes. */
export interface Tool extends ToolDescription {
  method: 'GET' | 'POST';
  path: string;
  scopes: readonly string[];
  inputSchema: Schema & { type: 'object' };
  outputSchema: Schema & { type: 'object' };
  /** As a client lists it. */
  annotations: {
    title: string;
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
  /** Of a tool that is more than one operation: makes its calls, and the answer. */
  answer?: (given: Record<string, unknown>, call: CallRoute) => Promise<ToolResult>;
}

/** Calls a route within the process. */
export type CallRoute = (call: RouteCall) => Promise<{ status: number; body: Found }>;

export interface RouteCall {
  method: 'GET' | 'POST';
  url: string;
  query?: Record<string, string | string[]>;
  payload?: object;
  idempotencyKey?: string;
}

export interface ToolResult extends Record<string, unknown> {
  content: { type: 'text'; text: string }[];
  isError?: boolean;
  structuredContent?: Record<string, unknown>;
  /** The `result` of the structured content as its route has written it: it is passed on without being read. */
  written?: string;
}

/** The token of a confirmation, as a call brings it back. */
export const CONFIRMATION = 'confirmation';

const CONFIRMATION_INPUT: Schema = {
  type: 'string',
  maxLength: 400,
  description: 'The token of the confirmation that the customer has said yes to; absent in the first call.',
};

const CONFIRMATION_OUTPUT: Schema = {
  type: 'object',
  description: 'Nothing is done yet: ask the customer, and call again with the token if they agree.',
  properties: {
    token: { type: 'string' },
    question: { type: 'string', description: 'What to ask the customer.' },
    expiresAt: { type: 'string', format: 'date-time' },
  },
  required: ['token', 'question', 'expiresAt'],
};

/**
 * The tools, made from the document of the API, so that neither can change without the other.
 * @throws Error when an operation or a field of a tool is not there any more
 */
export const deriveTools = (document: ApiDocument): Tool[] => TOOLS.map((tool) => derive(tool, document));

function derive(tool: ToolDescription, document: ApiDocument): Tool {
  const [path, method, operation] = find(document, tool.operation);
  const inline = inliner(document);
  const body = inline(operation.requestBody?.content?.['application/json']?.schema ?? {});
  const parameters = (operation.parameters ?? []).filter((one) => one.in === 'query' || one.in === 'path');
  const fields: Record<string, Schema> = {
    ...body.properties,
    ...Object.fromEntries(
      parameters.map(({ name, schema, description }) => [
        name,
        { ...inline(schema ?? {}), ...(description && { description }) },
      ]),
    ),
  };
  const missing = tool.takes.filter((name) => !(name in fields));
  if (missing.length > 0)
    throw new Error(`${tool.operation} has no ${missing.join(', ')}, which ${tool.name} takes`);
  const required = [
    ...(body.required ?? []),
    ...parameters.filter((one) => one.required).map(({ name }) => name),
    ...(tool.needs ?? []),
  ].filter((name) => tool.takes.includes(name));
  const answers = Object.entries(operation.responses ?? {}).flatMap(([status, { content }]) => {
    const schema = content?.['application/json']?.schema;
    return status.startsWith('2') && schema ? [inline(schema)] : [];
  });
  const isWrite = tool.asks !== undefined;
  return {
    ...tool,
    method,
    path,
    scopes: (operation.security ?? []).flatMap(({ bearerKey = [] }) => bearerKey),
    inputSchema: {
      type: 'object',
      properties: {
        ...Object.fromEntries(tool.takes.map((name) => [name, fields[name] ?? {}])),
        ...(isWrite && { [CONFIRMATION]: CONFIRMATION_INPUT }),
      },
      required: [...new Set(required)],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        result: answers.length === 1 ? (answers[0] ?? {}) : { anyOf: answers },
        ...(isWrite && { [CONFIRMATION]: CONFIRMATION_OUTPUT }),
      },
      ...(!isWrite && { required: ['result'] }),
    },
    annotations: {
      title: tool.title,
      readOnlyHint: !isWrite,
      // nothing is deleted that the customer cannot have again
      destructiveHint: false,
      // the token of the confirmation is its idempotency key
      idempotentHint: true,
      openWorldHint: false,
    },
  };
}

function find(
  document: ApiDocument,
  operationId: string,
): [path: string, method: 'GET' | 'POST', operation: Operation] {
  for (const [path, item] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(item))
      if (operation.operationId === operationId)
        return [path, method.toUpperCase() as 'GET' | 'POST', operation];
  throw new Error(`There is no operation ${operationId}`);
}

/** Puts what a schema refers to in the place of the reference: a client sees one schema and nothing of the document around it. */
function inliner({ components }: ApiDocument): (schema: Schema) => Schema {
  const inline = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inline);
    if (value === null || typeof value !== 'object') return value;
    const { $ref, ...rest } = value as Schema & { $ref?: string };
    const known = $ref && components?.schemas?.[$ref.slice($ref.lastIndexOf('/') + 1)];
    const fields = Object.fromEntries(
      Object.entries(rest)
        // words of the document for people, not of JSON Schema
        .filter(([name]) => !LEFT_OUT.has(name))
        .map(([name, inner]) => [name, inline(inner)]),
    );
    return known ? { ...(inline(known) as Schema), ...fields } : fields;
  };
  return (schema) => inline(schema) as Schema;
}

const LEFT_OUT = new Set(['example', 'examples', 'discriminator', '$id', 'x-examples']);
