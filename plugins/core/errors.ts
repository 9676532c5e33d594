import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiError } from '../../src/platform/http/errors.js';
import { PROBLEM_TYPE, problemOf, toApiError } from '../../src/platform/http/problem.js';

/** Every answer that is not 2xx is a problem document (RFC 9457), whoever made it. */
export default fp(
  async (app) => {
    const allowedMethods = collectRoutes(app);
    app.setErrorHandler((error, request, reply) => sendProblem(toApiError(error), request, reply));
    const notFound = ({ url }: FastifyRequest) => {
      const path = url.split('?', 1)[0] ?? '';
      const allowed = allowedMethods(path);
      if (path !== '/' || allowed.length > 0) return absent(allowed);
      return new ApiError(
        'route.not_found',
        app.hasRoute({ method: 'GET', url: '/docs' }) ? SEE_DOCS : NO_DOCS,
      );
    };
    app.setNotFoundHandler((request) => {
      throw notFound(request);
    });
    // before a body is read that nobody wants: what is wrong is the path or the method, whatever comes with it
    app.addHook('onRequest', (request, _reply, done) => {
      done(request.config.url === undefined ? notFound(request) : undefined);
    });
  },
  { name: 'errors', fastify: '5.x', dependencies: ['request-id'] },
);

const SEE_DOCS = 'There is no page here. What there is to call stands at /docs, and in /openapi.yaml.';
const NO_DOCS = 'There is no page here, and the documentation is switched off (DOCS_ENABLED).';

function absent(allowed: string[]): ApiError {
  if (allowed.length === 0) return new ApiError('route.not_found', 'There is nothing at this path.');
  return new ApiError('route.method_not_allowed', `This path takes ${allowed.join(', ')}.`, {
    headers: { allow: allowed.join(', ') },
  });
}

function sendProblem(error: ApiError, request: FastifyRequest, reply: FastifyReply) {
  if (error.status >= 500 && error.cause !== undefined)
    request.log.error({ err: error.cause }, error.message);
  return reply
    .code(error.status)
    .headers(error.headers)
    .type(PROBLEM_TYPE)
    .send(problemOf(error, request.id));
}

// Fastify answers a wrong method with 404: the methods of each path are kept, to tell it from an unknown path.
function collectRoutes(app: FastifyInstance): (path: string) => string[] {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const name of [method].flat()) known.add(name);
    methods.set(url, known);
  });
  return (path) => {
    const patterns = [...methods.keys()].filter((pattern) => fits(pattern.split('/'), path.split('/')));
    return [...new Set(patterns.flatMap((pattern) => [...(methods.get(pattern) ?? [])]))].sort();
  };
}

const fits = (pattern: string[], path: string[]): boolean =>
  pattern.length === path.length &&
  pattern.every((part, index) => part === path[index] || (part.startsWith(':') && path[index] !== ''));
