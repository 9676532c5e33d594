import fp from 'fastify-plugin';
import { createSessions, type Sessions } from '../../src/sessions/sessions.js';

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
    // when the last request has been answered, and before the database closes
    app.addHook('onClose', () => sessions.flush());
    app.addHook('preHandler', async ({ sessionId }) => {
      if (sessionId) sessions.note(sessionId);
    });
  },
  { name: 'sessions', fastify: '5.x', dependencies: ['mongodb', 'clock', 'session-id'] },
);
