import fp from 'fastify-plugin';
import { createSessions, type Sessions } from '../../src/sessions/sessions.js';
import { present } from '../../src/text.js';

declare module 'fastify' {
  interface FastifyInstance {
    sessions: Sessions;
  }
}

/** What the service knows of each widget session; a call that names a session keeps it alive. */
export default fp(
  async (app) => {
    const onFailure = (err: unknown) => app.log.warn({ err }, 'sessions could not be written');
    const sessions = createSessions(app.collections.widgetSessions, app.now, onFailure);
    app.decorate('sessions', sessions);
    // before the database closes
    app.addHook('preClose', () => sessions.flush());
    app.addHook('preHandler', async ({ body }) => {
      const sessionId = (body as { sessionId?: unknown } | undefined | null)?.sessionId;
      if (typeof sessionId === 'string' && present(sessionId)) sessions.note(sessionId);
    });
  },
  { name: 'sessions', fastify: '5.x', dependencies: ['mongodb', 'clock'] },
);
