import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { may, type Viewer } from '../../../src/dashboard/viewer.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { signedIn } from '../signed-session.js';
import openIdPages from './openid.js';
import { ownPath } from './own-path.js';

const SignInForm = Type.Object({
  key: Type.String({ maxLength: 512 }),
  name: Type.String({ maxLength: 60 }),
  next: Type.Optional(Type.String({ maxLength: 2048 })),
});
const SignInQuery = Type.Object({
  next: Type.Optional(Type.String({ maxLength: 2048 })),
  /** Someone has just signed out here, and not yet at the provider. */
  out: Type.Optional(Type.Literal('here')),
});

const SessionParams = Type.Object({ id: Type.String({ pattern: '^[\\w-]{1,32}$' }) });

/** Signing in with a key of the staff or at their identity provider, and out again, here and wherever else one is signed in. */
const signInPages: FastifyPluginAsyncTypebox = async (app) => {
  const PAGE = { title: 'Sign in', section: '', provider: app.openId?.name };
  if (app.openId) await app.register(openIdPages, app.openId);

  // a view can be asked for at the shortest address
  app.get('/dashboard', { schema: { hide: true } }, async ({ url }, reply) =>
    reply.redirect(ownPath(url.replace('/dashboard', '/dashboard/support')), 303),
  );

  app.get(
    '/dashboard/sign-in',
    { schema: { hide: true, querystring: SignInQuery }, config: { open: true } },
    async (request, reply) => {
      const next = ownPath(request.query.next);
      return request.signedIn
        ? reply.redirect(next, 303)
        : reply.view('sign-in', { ...PAGE, next, name: '', out: request.query.out });
    },
  );

  app.post(
    '/dashboard/sign-in',
    { schema: { hide: true, body: SignInForm }, config: { open: true } },
    async (request, reply) => {
      const { name, key, ...rest } = request.body;
      const next = ownPath(rest.next);
      const refuse = (status: number, problem: string) =>
        reply.code(status).view('sign-in', { ...PAGE, next, name, problem });
      if (name.trim() === '') return refuse(400, 'Please say who you are: it stands beside what you do.');
      const known = app.findKey(key.trim());
      if (!known?.scopes.includes('dashboard:read')) {
        // a right key passes, however many wrong ones have come from where it comes from
        await app.countAgainst(request, app.policies.wrongKeys);
        return refuse(403, 'That key does not open the dashboard.');
      }
      request.clientId = known.id;
      await app.audit(request, { action: 'dashboard.signed_in', target: known.id, by: name.trim() });
      await reply.signIn(known, name.trim());
      return reply.redirect(next, 303);
    },
  );

  app.post('/dashboard/sign-out', { schema: { hide: true } }, async (request, reply) => {
    const isAtProvider = app.openId && !app.keyById(signedIn(request).key);
    await reply.signOut();
    return reply.redirect(`/dashboard/sign-in${isAtProvider ? '?out=here' : ''}`, 303);
  });

  // Where the viewer's key is signed in, or where all of the staff are, and how to end it there.
  app.get('/dashboard/sessions', { schema: { hide: true } }, async (request, reply) => {
    const viewer = signedIn(request);
    const sessions = await app.staffSessions.list(reach(viewer));
    const own = request.staffSession;
    const ofAll = reach(viewer) === undefined;
    return reply.view('staff-sessions', { sessions, own, ofAll, title: 'Signed in', section: '' });
  });

  app.post(
    '/dashboard/sessions/:id/end',
    { schema: { hide: true, params: SessionParams } },
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

export default signInPages;

/** Whose sessions someone sees and ends: those of their key, or everybody's. */
const reach = (viewer: Viewer): string | undefined => (may(viewer, 'staff:manage') ? undefined : viewer.key);
