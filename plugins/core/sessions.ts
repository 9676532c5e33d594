import fp from 'fastify-plugin';
import { type Conversations, createConversations } from '../../src/domain/sessions/conversation.js';
import { readSessionFacts } from '../../src/domain/sessions/read-session-facts.js';
import { createSessions, type Sessions } from '../../src/domain/sessions/session-buffer.js';

declare module 'fastify' {
  interface FastifyInstance {
    sessions: Sessions;
    conversations: Conversations;
  }
}

/** What the service knows of each widget session. */
export default fp(
  async (app) => {
    const onFailure = (err: unknown) => app.log.warn({ err }, 'sessions could not be written');
    const sessions = createSessions(app.collections.widgetSessions, app.now, onFailure);
    app.decorate('sessions', sessions);
    app.decorate('conversations', createConversations(app.collections.widgetSessions));
    // when the last request has been answered, and before the database closes
    app.addHook('onClose', () => sessions.flush());
  },
  { name: 'sessions', fastify: '5.x', dependencies: ['mongodb', 'clock'] },
);

/** A call that names a session keeps it alive. Registered in a scope, it does so for that scope. */
export const noteSessions = fp(
  async (app) => {
    app.addHook('preHandler', async ({ sessionId, method, body, routeOptions }) => {
      // looking at a session does not make one
      if (sessionId && method !== 'GET')
        app.sessions.note(sessionId, readSessionFacts(body, routeOptions.config.event?.intent));
    });
  },
  { name: 'note-sessions', fastify: '5.x', dependencies: ['sessions', 'session-id'] },
);
