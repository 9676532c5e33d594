import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { ownPath } from './own-path.js';

const SignInForm = Type.Object({
  key: Type.String({ maxLength: 512 }),
  name: Type.String({ maxLength: 60 }),
  next: Type.Optional(Type.String({ maxLength: 2048 })),
});
const NextQuery = Type.Object({ next: Type.Optional(Type.String({ maxLength: 2048 })) });

/** Signing in with a key of the staff, and out again. */
const signInPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/dashboard', { schema: { hide: true } }, async (_request, reply) =>
    reply.redirect(ownPath(undefined), 303),
  );

  app.get(
    '/dashboard/sign-in',
    { schema: { hide: true, querystring: NextQuery }, config: { open: true } },
    async (request, reply) => {
      const next = ownPath(request.query.next);
      return request.signedIn
        ? reply.redirect(next, 303)
        : reply.view('sign-in', { ...PAGE, next, name: '' });
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

  app.post('/dashboard/sign-out', { schema: { hide: true } }, async (_request, reply) => {
    await reply.signOut();
    return reply.redirect('/dashboard/sign-in', 303);
  });
};

export default signInPages;

const PAGE = { title: 'Sign in', section: '' };
