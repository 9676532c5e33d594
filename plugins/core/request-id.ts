import { hash } from 'node:crypto';
import type { FastifyRequest, FastifySchema } from 'fastify';
import fp from 'fastify-plugin';

/** As nginx has it. */
const CLIENT_GONE = 499;

/** Puts the request id into every answer, as a header and into every body that is an object, and writes the one log line of each request. */
export default fp(
  async (app) => {
    app.decorateRequest('clientId', undefined);
    // its fields are chosen here: to look for others that must not be told took a twentieth of what a request allocates
    const log = app.log.child({}, { redact: [] });

    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id);
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
      const { statusCode: status, elapsedTime } = reply;
      log.info({ ...factsOf(request), status, durationMs: Math.round(elapsedTime * 10) / 10 }, 'request');
      done();
    });
    // the client has gone before it was answered
    app.addHook('onRequestAbort', async (request) => {
      log.info({ ...factsOf(request), status: CLIENT_GONE }, 'request');
    });
  },
  { name: 'request-id', fastify: '5.x', dependencies: ['session-id'] },
);

const factsOf = ({ id, method, routeOptions, clientId, sessionId }: FastifyRequest) => ({
  requestId: id,
  method,
  route: routeOptions.url ?? '(unknown path)',
  key: clientId,
  session: sessionId && hashed(sessionId),
});

// Lines of one session can be found together; the session itself cannot be taken over from a log.
const hashed = (sessionId: string): string => hash('sha256', sessionId).slice(0, 12);

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
