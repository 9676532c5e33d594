import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest, FastifySchema, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** Tells of each request whose connection or answer has ended, also of those whose client has gone: one listener for all who want to know. */
    watchClosed: (listener: (request: FastifyRequest, reply: FastifyReply) => void) => void;
  }
  interface FastifyRequest {
    /** What its route says of itself, taken once: `routeOptions` is a new object each time that it is asked for. */
    config: FastifyRequest['routeOptions']['config'];
  }
}

type RouteHook = 'preValidation' | 'preHandler' | 'preSerialization' | 'onSend' | 'onResponse';

/** How many of a route's hooks are not its own. */
const shared = new WeakMap<RouteOptions, Partial<Record<RouteHook, number>>>();

/**
 * Gives a route a hook for what only some routes use, so that the others do not pass it. It stands behind those of the plugins
 * that were registered before, and before the route's own.
 */
export function hookRoute<Name extends RouteHook>(
  route: RouteOptions,
  name: Name,
  hook: Exclude<NonNullable<RouteOptions[Name]>, unknown[]>,
): void {
  const counts = shared.get(route) ?? {};
  const at = counts[name] ?? 0;
  const hooks: object[] = [route[name] ?? []].flat();
  route[name] = hooks.toSpliced(at, 0, hook) as RouteOptions[Name];
  shared.set(route, { ...counts, [name]: at + 1 });
}

/** As nginx has it. */
const CLIENT_GONE = 499;

/** Puts the request id into every answer, as a header and into every body that is an object, and writes the one log line of each request. */
export default fp(
  async (app) => {
    app.decorateRequest('clientId', undefined);
    app.decorateRequest('config');
    const listeners: Parameters<typeof app.watchClosed>[0][] = [];
    app.decorate('watchClosed', (listener) => void listeners.push(listener));
    // its fields are chosen here: to look for others that must not be told took a twentieth of what a request allocates
    const log = app.log.child({}, { redact: [] });

    app.addHook('onRequest', (request, reply, done) => {
      request.config = request.routeOptions.config;
      reply.header('x-request-id', request.id);
      reply.raw.on('close', () => {
        for (const listener of listeners) listener(request, reply);
      });
      done();
    });

    app.addHook('onRoute', (route) => {
      if (route.schema?.response)
        route.schema = { ...route.schema, response: ofAnswers(route.schema.response) };
    });
    app.addHook('preSerialization', (request, _reply, payload, done) => {
      const isBare = payload === null || typeof payload !== 'object' || Array.isArray(payload);
      done(null, isBare ? payload : { ...payload, requestId: request.id });
    });

    app.addHook('onResponse', (request, reply, done) => {
      log.info(lineOf(request, reply.statusCode, Math.round(reply.elapsedTime * 10) / 10), 'request');
      done();
    });
    // the client has gone before it was answered
    app.watchClosed((request) => {
      if (request.raw.aborted) log.info(lineOf(request, CLIENT_GONE), 'request');
    });
  },
  { name: 'request-id', fastify: '5.x', dependencies: ['session-id'] },
);

const lineOf = (
  { id, method, config, clientId, sessionId }: FastifyRequest,
  status: number,
  durationMs?: number,
) => ({
  requestId: id,
  method,
  route: config.url ?? '(unknown path)',
  key: clientId,
  session: sessionId && hashed(sessionId),
  status,
  durationMs,
});

const MAX_HASHED = 2000;
const known = new Map<string, string>();

// Lines of one session can be found together; the session itself cannot be taken over from a log. A session calls several times.
function hashed(sessionId: string): string {
  let name = known.get(sessionId);
  if (name === undefined) {
    name = hash('sha256', sessionId).slice(0, 12);
    if (known.size >= MAX_HASHED) known.clear();
    known.set(sessionId, name);
  }
  return name;
}

type Schema = Record<string, unknown>;

const REQUEST_ID = { type: 'string', description: 'Names this request in the log of the service.' };
const EXAMPLE = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

const mapValues = (values: unknown, map: (value: Schema, name: string) => Schema): Schema =>
  Object.fromEntries(
    Object.entries(values as Record<string, Schema>).map(([name, value]) => [name, map(value, name)]),
  );

/** What a schema does not name is not serialised, and not told in the API document. Problems name it themselves. */
const ofAnswers = (response: FastifySchema['response']): Schema =>
  mapValues(response, (schema, status) => (status.startsWith('2') ? withRequestId(schema) : schema));

function withRequestId(schema: Schema): Schema {
  const { type, content, anyOf, properties, required = [], 'x-examples': examples } = schema;
  if (content)
    return {
      ...schema,
      content: mapValues(content, (one) => ({ ...one, schema: withRequestId(one.schema as Schema) })),
    };
  if (!anyOf && type !== 'object') return schema;
  const named = anyOf
    ? { anyOf: (anyOf as Schema[]).map(withRequestId) }
    : {
        properties: { ...(properties as Schema), requestId: REQUEST_ID },
        required: [...(required as string[]), 'requestId'],
      };
  const shown = mapValues(examples ?? {}, (example) => ({
    ...example,
    value: { ...(example.value as Schema), requestId: EXAMPLE },
  }));
  return { ...schema, ...named, 'x-examples': shown };
}
