import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { ApiError } from '../../../src/platform/http/errors.js';
import { signedIn } from './signed-in.js';

const Params = Type.Object({ id: Type.String({ pattern: '^[\\w-]{1,32}$' }) });

/** Where the viewer's key is signed in, and how to end it there. */
const sessionsPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/dashboard/sessions', { schema: { hide: true } }, async (request, reply) => {
    const sessions = await app.staffSessions.list(signedIn(request).key);
    const own = request.staffSession;
    return reply.view('sessions', { sessions, own, title: 'Signed in', section: '' });
  });

  app.post(
    '/dashboard/sessions/:id/end',
    { schema: { hide: true, params: Params } },
    async (request, reply) => {
      const viewer = signedIn(request);
      const { id } = request.params;
      if (!(await app.staffSessions.end(viewer.key, id)))
        throw new ApiError('dashboard.not_found', 'That session has ended already.');
      await app.audit(request, { action: 'dashboard.session_ended', target: id, by: viewer.name });
      return reply.redirect('/dashboard/sessions', 303);
    },
  );
};

export default sessionsPages;
