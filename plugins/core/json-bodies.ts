import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiError } from '../../src/platform/http/errors.js';
import { isTooDeep, MAX_JSON_DEPTH } from '../../src/platform/http/json-depth.js';

type Done = (error: Error | null, body?: unknown) => void;

/** Reads bodies in JSON, no deeper than anything that walks them can bear. */
export default fp(
  async (app) => {
    const parse = boundedJsonParser(app);
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) =>
      parse(request, body, done),
    );
  },
  { name: 'json', fastify: '5.x' },
);

/** Fastify's own reader of JSON, which takes no prototypes, for bodies that are not nested too deep. */
export function boundedJsonParser(app: FastifyInstance) {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request: FastifyRequest, body: string, done: Done): void => {
    if (isTooDeep(body))
      done(new ApiError('request.malformed', `The body is nested more than ${MAX_JSON_DEPTH} levels deep.`));
    else parse(request, body, done);
  };
}
