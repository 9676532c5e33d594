import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { may, type Viewer } from '../../../src/dashboard/viewer.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { signedIn } from './signed-in.js';

const Params = Type.Object({ id: Type.String({ pattern: '^[\\w-]{1,32}$' }) });

/** Where the viewer's key is signed in, or where all of the staff are, and how to end it there. */
const sessionsPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/dashboard/sessions', { schema: { hide: true } }, async (request, reply) => {
    const viewer = signedIn(request);
    const sessions = await app.staffSessions.list(reach(viewer));
    const own = request.staffSession;
    const ofAll = reach(viewer) === undefined;
    return reply.view('staff-sessions', { sessions, own, ofAll, title: 'Signed in', section: '' });
  });

  app.post(
    '/dashboard/sessions/:id/end',
    { schema: { hide: true, params: Params } },
    async (request, reply) => {
      const viewer = signedIn(request);
      const { id } = request.params;
      const ended = await app.staffSessions.end(reach(viewer), id);
      if (!ended) throw new ApiError('dashboard.not_found', 'That session has ended already.');
      const details = { of: ended.name };
      await app.audit(request, { action: 'dashboard.session_ended', target: id, by: viewer.name, details });
      return reply.redirect('/dashboard/sessions', 303);
    },
  );
};

export default sessionsPages;

/** Whose sessions someone sees and ends: those of their key, or everybody's. */
const reach = (viewer: Viewer): string | undefined => (may(viewer, 'staff:manage') ? undefined : viewer.key);
