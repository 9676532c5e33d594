import fp from 'fastify-plugin';
import { createSessions } from '../../../src/domain/sessions/session-buffer.js';

export default fp(
  async (app) => {
    const sessions = createSessions(app.collections.widgetSessions, app.now, () => {});
    app.decorate('sessions', { ...sessions, note: () => {} });
  },
  { name: 'sessions', fastify: '5.x' },
);

export const noteSessions = fp(async () => {}, { name: 'note-sessions', fastify: '5.x' });
