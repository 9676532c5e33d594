import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyRequest {
    /** The widget session that a request belongs to, without white space around it. */
    sessionId: string | undefined;
  }
}

/** Reads the session off the body, once for the limits, the log, the sessions and the endpoints: one session has one name. */
export default fp(
  async (app) => {
    app.decorateRequest('sessionId', undefined);
    // before validation, so that limits count what is not valid too
    app.addHook('preValidation', async (request) => {
      const body = request.body as { sessionId?: unknown } | undefined | null;
      if (typeof body?.sessionId !== 'string') return;
      body.sessionId = body.sessionId.trim();
      request.sessionId = String(body.sessionId) || undefined;
    });
  },
  { name: 'session-id', fastify: '5.x' },
);
