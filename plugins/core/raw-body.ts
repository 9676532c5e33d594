import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { boundedJsonParser } from './json-bodies.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, to the byte: what is signed is what was sent. */
    rawBody: Buffer;
  }
}

/** Keeps the bytes of a body beside what is read from them. SNS sends its JSON as `text/plain`. */
export default fp(
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
