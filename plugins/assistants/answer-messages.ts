import {
  createMcpHandler,
  inputRequired,
  isLegacyRequest,
  ProtocolError,
  ProtocolErrorCode,
  SERVER_INFO_META_KEY,
  Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { INFO } from '../core/openapi/parts.js';
import { callRoute } from './call-route.js';
import { createConfirmations } from './confirmations.js';
import {
  type ApiDocument,
  CONFIRMATION,
  deriveTools,
  type RouteCall,
  type Tool,
  type ToolResult,
} from './derive-tools.js';
import { JSON_TYPE, readPlainCall } from './plain-call.js';
import { type Found, INSTRUCTIONS, MCP_PATH, UCP_PATH } from './tools.js';
import { ucpTools } from './ucp.js';

export interface AssistantsOptions {
  shopName: string;
  /** Sign what a customer is asked. */
  secrets: readonly [string, ...string[]];
  currency: string;
  /** Where agents find the profile of the Universal Commerce Protocol; without it there is none. */
  publicUrl?: string;
}

/** Beyond this a text of a customer or a document tells a model nothing more that it needs. */
const MAX_LETTERS = 2000;
const PRODUCT = 'product://';
const PRODUCTS_OF_A_PAGE = 50;

export type Answers = ReturnType<typeof createAnswers>;

/** Answers messages of the Model Context Protocol, by tools that are made of the API document. */
export function createAnswers(app: FastifyInstance, { shopName, secrets, currency }: AssistantsOptions) {
  const confirmations = createConfirmations(secrets, app.now);
  const serverInfo = { name: `${shopName} concierge`, version: INFO.version };
  const identity = { [SERVER_INFO_META_KEY]: serverInfo };
  const tools: Record<string, readonly Tool[]> = {
    [MCP_PATH]: deriveTools(app.swagger() as ApiDocument),
    [UCP_PATH]: ucpTools(currency),
  };
  const handler = createMcpHandler(
    (context) => serverFor(context.authInfo?.extra?.request as FastifyRequest),
    {
      // answered below, for it would be answered in a stream
      legacy: 'reject',
      onerror: (err) => app.log.debug({ err }, 'a message of an assistant could not be answered'),
    },
  );

  async function answer(request: FastifyRequest, reply: FastifyReply) {
    // a tool's own route counts its call
    if ((request.body as { method?: unknown } | null)?.method !== 'tools/call')
      await app.countAgainst(request, app.policies.everyCall);
    const plain = readPlainCall(request);
    const tool = plain && toolsOf(request).find(({ name }) => name === plain.name);
    // since 2026-07-28 the question of a tool that changes something may be put to the customer by the client
    if (tool && isAllowed(request, tool) && !tool.answer && (plain.isEarlier || !tool.asks)) {
      const { written, ...result } = await callTool(request, tool, plain.given);
      const said = plain.isEarlier ? result : { ...result, resultType: 'complete', _meta: identity };
      const head = JSON.stringify(said).slice(0, -1);
      const whole = written === undefined ? '}' : `,"structuredContent":{"result":${written}}}`;
      // as a text: objects of this service carry the request id, messages of the protocol have no room for it
      const message = `{"result":${head}${whole},"jsonrpc":"2.0","id":${JSON.stringify(plain.id)}}`;
      return reply.type(JSON_TYPE).send(message);
    }
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !HOP.has(name) ? [[name, value] as [string, string]] : [],
    );
    const message = new Request('http://assistants/mcp', { method: 'POST', headers, body: '{}' });
    const options = {
      parsedBody: request.body,
      authInfo: { token: '', clientId: request.clientId ?? '', scopes: [], extra: { request } },
    };
    const isEarlier = await isLegacyRequest(message, request.body);
    const response = await (isEarlier
      ? answerEarlier(request, message, options)
      : handler.fetch(message, options));
    for (const [name, value] of response.headers) reply.header(name, value);
    return reply.code(response.status).send(await response.text());
  }

  /** A message of the protocol before 2026-07-28: one server for each, without a session. */
  async function answerEarlier(request: FastifyRequest, message: Request, options: { parsedBody?: unknown }) {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    const server = serverFor(request);
    await server.connect(transport);
    try {
      return await transport.handleRequest(message, options);
    } finally {
      await server.close();
    }
  }

  const toolsOf = ({ routeOptions: { url = MCP_PATH } }: FastifyRequest) => tools[url] ?? [];
  const isAllowed = ({ clientKey }: FastifyRequest, { scopes }: Tool) =>
    scopes.some((scope) => clientKey?.scopes.some((one) => one === scope));

  function serverFor(request: FastifyRequest): Server {
    const server = new Server(serverInfo, {
      capabilities: { tools: {}, resources: {} },
      instructions: INSTRUCTIONS,
    });
    const own = toolsOf(request).filter((tool) => isAllowed(request, tool));
    server.setRequestHandler('tools/list', async () => ({
      tools: own.map(({ name, title, description, inputSchema, outputSchema, annotations }) => ({
        ...{ name, title, description, annotations },
        inputSchema: inputSchema as never,
        outputSchema: outputSchema as never,
      })),
    }));
    server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
      const tool = own.find(({ name }) => name === params.name);
      if (!tool)
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          `There is no tool ${params.name} for this key`,
        );
      const answer = mcpReq.inputResponses?.[CONFIRMATION] as { action?: string } | undefined;
      if (answer && answer.action !== 'accept') return refusal('The customer has said no. Nothing was done.');
      const called = await callTool(request, tool, params.arguments ?? {}, mcpReq.requestState());
      const { written, ...asked } = called;
      if (written !== undefined) asked.structuredContent = { result: JSON.parse(written) };
      const { question, token } = (asked.structuredContent?.[CONFIRMATION] ?? {}) as Record<string, string>;
      if (!question || !token || !server.getClientCapabilities()?.elicitation) return asked;
      return inputRequired({
        requestState: token,
        inputRequests: {
          [CONFIRMATION]: inputRequired.elicit({
            message: question,
            requestedSchema: { type: 'object', properties: {} },
          }),
        },
      });
    });
    server.setRequestHandler('resources/templates/list', async () => ({
      resourceTemplates: [
        {
          uriTemplate: `${PRODUCT}{id}`,
          name: 'product',
          title: 'A piece',
          description: 'A piece of the catalogue by its id, SKU or slug, with the address of its picture.',
          mimeType: JSON_TYPE,
        },
      ],
    }));
    server.setRequestHandler('resources/list', async ({ params }) => {
      const query = { limit: String(PRODUCTS_OF_A_PAGE), ...(params?.cursor && { cursor: params.cursor }) };
      const { status, body } = await callForObject(request, {
        method: 'GET',
        url: '/api/concierge/products',
        query,
      });
      if (status >= 400) throw new ProtocolError(ProtocolErrorCode.InvalidParams, messageOf(body));
      return {
        resources: body.products.map(({ id, title }: { id: string; title: string }) => ({
          uri: `${PRODUCT}${encodeURIComponent(id)}`,
          name: title,
          mimeType: JSON_TYPE,
        })),
        nextCursor: body.nextCursor,
      };
    });
    server.setRequestHandler('resources/read', async ({ params: { uri } }) => {
      const id = uri.startsWith(PRODUCT) ? uri.slice(PRODUCT.length) : '';
      const { status, body } = await callForObject(request, {
        method: 'GET',
        url: `/api/concierge/products/${id}`,
      });
      if (status >= 400)
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no resource ${uri}`);
      return { contents: [{ uri, mimeType: JSON_TYPE, text: JSON.stringify(cut(body)) }] };
    });
    return server;
  }

  /** What a call of a tool comes to; of one that changes something, at first the question whether it may be done. */
  async function callTool(
    request: FastifyRequest,
    tool: Tool,
    { [CONFIRMATION]: token, ...given }: Record<string, unknown>,
    state?: unknown,
  ): Promise<ToolResult> {
    const call = { tool: tool.name, clientId: request.clientId ?? '', given };
    const unknown = Object.keys(given).filter((name) => !tool.takes.includes(name));
    if (unknown.length > 0)
      return refusal(`This tool does not take ${unknown.join(', ')}; it takes ${tool.takes.join(', ')}.`);
    if (tool.answer) {
      const validate = request.compileValidationSchema(tool.inputSchema);
      if (!validate(given))
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, messageOfErrors(validate.errors));
      return tool.answer(given, (call) => callForObject(request, call));
    }
    if (!tool.asks) return perform(request, tool, given);
    const shown = String(state ?? token ?? '');
    if (shown && confirmations.isValid(shown, call)) return perform(request, tool, given, shown);
    if (shown) return refusal('This confirmation is not for this call, or too old. Ask the customer again.');
    const question = tool.asks(given);
    return {
      content: [{ type: 'text', text: `Nothing is done yet. Ask the customer: ${question}` }],
      structuredContent: { [CONFIRMATION]: { ...confirmations.issue(call), question } },
    };
  }

  /** Runs the route of a tool. The token of a confirmation is its idempotency key: said yes to once, it is done once. */
  async function perform(
    request: FastifyRequest,
    tool: Tool,
    given: Record<string, unknown>,
    token?: string,
  ): Promise<ToolResult> {
    const names = Object.keys(given).filter((name) => tool.path.includes(`{${name}}`));
    const url = names.reduce(
      (path, name) => path.replace(`{${name}}`, encodeURIComponent(String(given[name]))),
      tool.path,
    );
    const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)));
    const missing =
      tool.inputSchema.required?.filter((name) => given[name] === undefined || given[name] === '') ?? [];
    if (missing.length > 0) return refusal(`${missing.join(', ')}: this is needed.`);
    const { status, text, told } = await callRoute(app, request, {
      method: tool.method,
      url,
      ...(tool.method === 'GET' ? { query: queryOf(rest) } : { payload: rest }),
      idempotencyKey: token?.slice(-43),
    });
    // an answer that is given again was written before
    const body = (told as Found | undefined) ?? JSON.parse(text);
    if (status >= 400) return refusal(messageOf(body));
    const said = body?.ok === false || !tool.says ? String(body?.message ?? 'Done.') : tool.says(body);
    return {
      content: [{ type: 'text', text: cut(said) }],
      written: isShort(body) ? text : JSON.stringify(cut(JSON.parse(text))),
    };
  }

  async function callForObject(request: FastifyRequest, call: RouteCall) {
    const { status, text } = await callRoute(app, request, call);
    return { status, body: JSON.parse(text) };
  }

  return { answer, close: () => handler.close() };
}

/** Headers of the connection, which are not those of the message. */
const HOP = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'host',
  'keep-alive',
  'upgrade',
  'expect',
]);

const refusal = (text: string): ToolResult => ({
  isError: true,
  content: [{ type: 'text', text: cut(text) }],
});

const messageOfErrors = (errors: { instancePath?: string; message?: string }[] | null | undefined): string =>
  `${errors?.[0]?.instancePath || 'The arguments'} ${errors?.[0]?.message}`;

const messageOf = (problem: { message?: string; detail?: string; title?: string } | undefined): string =>
  problem?.message ?? problem?.detail ?? problem?.title ?? 'This could not be done.';

const queryOf = (given: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : String(value),
    ]),
  );

/** Whether no text in it is to be cut. */
function isShort(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_LETTERS;
  return value === null || typeof value !== 'object' || Object.values(value).every(isShort);
}

/** The same with every text cut: what a customer or a document says is data, and no place for a long letter to a model. */
function cut<T>(value: T): T {
  if (typeof value === 'string')
    return (value.length > MAX_LETTERS ? `${value.slice(0, MAX_LETTERS)}…` : value) as T;
  if (Array.isArray(value)) return value.map(cut) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cut(inner)])) as T;
}
