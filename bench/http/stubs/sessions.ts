import fp from 'fastify-plugin';
import sessions from '../../../plugins/core/sessions.js';

export { refuseGuessable, sessionId } from '../../../plugins/core/sessions.js';

export default fp(
  async (app) => {
    await app.register(sessions);
    app.sessions.note = () => {};
  },
  { name: 'sessions', fastify: '5.x' },
);

export const noteSessions = fp(async () => {}, { name: 'note-sessions', fastify: '5.x' });
