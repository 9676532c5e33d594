import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { ApiError } from '../../src/platform/http/errors.js';

/** No call of ours nests half as deep; what walks a body may call itself for each level. */
export const MAX_JSON_DEPTH = 32;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING: readonly number[] = [0x5b, 0x7b];
const CLOSING: readonly number[] = [0x5d, 0x7d];

/** Whether a JSON text opens more than that many arrays and objects within each other. One look at each letter; the text need not be valid. */
export function isTooDeep(json: string, maxDepth = MAX_JSON_DEPTH): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < json.length; at++) {
    const letter = json.charCodeAt(at);
    if (letter === QUOTE) isInText = !isInText;
    else if (isInText) at += letter === BACKSLASH ? 1 : 0;
    else if (OPENING.includes(letter)) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (CLOSING.includes(letter)) depth -= 1;
  }
  return false;
}

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
function boundedJsonParser(app: FastifyInstance) {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request: FastifyRequest, body: string, done: Done): void => {
    if (isTooDeep(body))
      done(new ApiError('request.malformed', `The body is nested more than ${MAX_JSON_DEPTH} levels deep.`));
    else parse(request, body, done);
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, to the byte: what is signed is what was sent. */
    rawBody: Buffer;
  }
}

/** Keeps the bytes of a body beside what is read from them. SNS sends its JSON as `text/plain`. */
export const rawBody = fp(
  async (app) => {
    const parse = boundedJsonParser(app);
    app.decorateRequest('rawBody');
    app.addHook('onRequest', async (request) => {
      request.rawBody = Buffer.alloc(0);
    });
    app.removeContentTypeParser(['application/json', 'text/plain']);
    app.addContentTypeParser(
      ['application/json', 'text/plain'],
      { parseAs: 'buffer' },
      (request: FastifyRequest, body: Buffer, done) => {
        request.rawBody = body;
        return parse(request, body.toString('utf8'), done);
      },
    );
  },
  { name: 'raw-body', fastify: '5.x' },
);
