import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readCookie, writeCookie } from '../../../src/dashboard/sign-in/cookie.js';
import type { OpenIdConnect } from '../../../src/dashboard/sign-in/openid-connect.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { unavailable } from '../../../src/platform/http/problem.js';
import { ownPath } from './own-path.js';

const START = '/dashboard/sign-in/openid';
const BACK = `${START}/back`;
const COOKIE = 'concierge_sign_in';
const ATTEMPT_MS = 10 * 60_000;

/** What a browser keeps, signed, while its owner is at the provider. */
const KeptAttempt = Type.Object({
  state: Type.String(),
  nonce: Type.String(),
  verifier: Type.String(),
  next: Type.String(),
  until: Type.Integer(),
});
const NextQuery = Type.Object({ next: Type.Optional(Type.String({ maxLength: 2048 })) });

/** Signing in at the identity provider of the staff, and out there too. */
const openIdPages: FastifyPluginAsyncTypebox<OpenIdConnect> = async (app, openId) => {
  app.get(
    START,
    { schema: { hide: true, querystring: NextQuery }, config: { open: true } },
    async (request, reply) => {
      const { address, attempt } = await openId.begin(app.addressOf(request, BACK)).catch(isAway);
      const kept = {
        ...attempt,
        next: ownPath(request.query.next),
        until: app.now().getTime() + ATTEMPT_MS,
      };
      return reply
        .setCookie(COOKIE, writeCookie(kept), { ...ofAttempt(request), maxAge: ATTEMPT_MS / 1000 })
        .redirect(address, 303);
    },
  );

  app.get(BACK, { schema: { hide: true }, config: { open: true } }, async (request, reply) => {
    const attempt = attemptOf(request);
    reply.clearCookie(COOKIE, ofAttempt(request));
    if (!attempt)
      return refuse(request, reply, 'This sign-in was not begun in this browser, or too long ago.');
    const person = await openId
      .finish(app.addressOf(request, request.url), attempt)
      .catch((error: unknown) => void request.log.warn({ err: error }, 'a sign-in has not come about'));
    if (!person) return refuse(request, reply, `${openId.name} has not let you in. Please try once more.`);
    const key = openId.keyOf(person);
    request.clientId = key.id;
    await app.staffSessions.holdTo(person.id, person.roles);
    if (!key.scopes.includes('dashboard:read')) {
      await app.audit(request, { action: 'dashboard.sign_in_refused', target: key.id, by: person.name });
      return refuse(request, reply, 'You are in none of the groups that may open the dashboard.');
    }
    const details = { roles: person.roles };
    await app.audit(request, { action: 'dashboard.signed_in', target: key.id, by: person.name, details });
    await reply.signIn(key, person.name, person.roles);
    // from here, not from the provider, so that the browser sends the cookie of the session along
    return reply.view('came-back', { refresh: attempt.next, title: 'Signed in', section: '' });
  });

  app.get(`${START}/sign-out`, { schema: { hide: true }, config: { open: true } }, async (request, reply) => {
    const home = app.addressOf(request, '/dashboard/sign-in');
    return reply.redirect((await openId.signOutAddress(home).catch(isAway)) ?? home, 303);
  });

  // Coming back is a step from another site: a stricter cookie would not come along.
  const ofAttempt = (request: FastifyRequest) =>
    ({ ...app.cookieOptions(request), path: START, sameSite: 'lax' }) as const;

  function attemptOf(request: FastifyRequest): Static<typeof KeptAttempt> | undefined {
    const { valid, value } = request.unsignCookie(request.cookies[COOKIE] ?? '');
    return valid && value ? readCookie(KeptAttempt, value, app.now()) : undefined;
  }

  async function refuse(request: FastifyRequest, reply: FastifyReply, problem: string) {
    await app.countAgainst(request, app.policies.wrongKeys);
    const page = { title: 'Sign in', section: '', provider: openId.name, next: '', name: '' };
    return reply.code(403).view('sign-in', { ...page, problem });
  }
};

export default openIdPages;

function isAway(cause: unknown): never {
  const { headers } = unavailable();
  throw new ApiError(
    'service.unavailable',
    'The identity provider cannot be reached. Please try again shortly.',
    {
      cause,
      headers,
    },
  );
}
