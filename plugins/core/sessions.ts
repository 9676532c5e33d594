import fp from 'fastify-plugin';
import { type Conversations, createConversations } from '../../src/domain/sessions/conversation.js';
import { readSessionFacts } from '../../src/domain/sessions/session.js';
import { createSessions, type Sessions } from '../../src/domain/sessions/session-buffer.js';
import { isUnguessable, MIN_RANDOM_BITS } from '../../src/domain/sessions/unguessable.js';
import { invalid } from '../../src/platform/http/errors.js';
import { hookRoute } from './request-id.js';

declare module 'fastify' {
  interface FastifyInstance {
    sessions: Sessions;
    conversations: Conversations;
  }
  interface FastifyRequest {
    /** The widget session that a request belongs to, without white space around it. */
    sessionId: string | undefined;
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
    app.addHook('onRoute', (route) => {
      // looking at a session does not make one
      if (route.method === 'GET' || route.method === 'HEAD') return;
      const intent = route.config?.event?.intent;
      hookRoute(route, 'preHandler', ({ sessionId, body }, _reply, done) => {
        if (sessionId) app.sessions.note(sessionId, readSessionFacts(body, intent));
        done();
      });
    });
  },
  { name: 'note-sessions', fastify: '5.x', dependencies: ['sessions', 'session-id'] },
);

type Named = { sessionId?: unknown } | null;

/** Reads the session off the path or the body, once for the limits, the log, the sessions and the endpoints: one session has one name. */
export const sessionId = fp(
  async (app) => {
    app.decorateRequest('sessionId', undefined);
    // before validation, so that limits count what is not valid too
    app.addHook('preValidation', (request, _reply, done) => {
      const { params, body } = request as { params?: Named; body?: Named };
      const named = typeof params?.sessionId === 'string' ? params : body;
      if (typeof named?.sessionId === 'string') {
        named.sessionId = named.sessionId.trim();
        request.sessionId = String(named.sessionId) || undefined;
      }
      done();
    });
  },
  { name: 'session-id', fastify: '5.x' },
);

/** @throws ApiError 400 for a session under which nothing is kept that is its customer's alone. */
export function refuseGuessable(sessionId: string): void {
  if (!isUnguessable(sessionId))
    throw invalid(
      '/sessionId',
      `This needs a session id of at least ${MIN_RANDOM_BITS} random bits, such as \`crypto.randomUUID()\` makes: another one could be guessed.`,
    );
}
