import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import {
  type DashboardSession,
  isSessionOf,
  newSession,
  readSession,
  SESSION_HOURS,
  writeSession,
} from '../../src/dashboard/sign-in.js';
import { type Viewer, viewerOf } from '../../src/dashboard/viewer.js';
import { ApiError } from '../../src/platform/http/errors.js';
import type { ApiKey } from '../../src/platform/keys/keys.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A page that can be seen without having signed in. */
    open?: boolean;
  }
  interface FastifyRequest {
    /** Who has signed in; null for nobody. */
    signedIn: Viewer | null;
  }
  interface FastifyReply {
    signIn: (key: ApiKey, name: string) => void;
    signOut: () => void;
    /** What a form of this page has to bring back. */
    csrfToken: () => string;
  }
}

export interface SessionOptions {
  secret: string;
  /** Whether browsers reach the service over TLS only. */
  secure: boolean;
}

const COOKIE = 'concierge_dashboard';
const NOBODY = 'nobody';

/** Signed sessions of 8 hours for the pages. They end at once when the key that signed in is removed or expires. */
export default fp<SessionOptions>(
  async (app, { secret, secure }) => {
    const cookieOptions = {
      path: '/dashboard',
      httpOnly: true,
      sameSite: 'strict',
      signed: true,
      secure: secure || ('auto' as const),
    } as const;
    await app.register(cookie, { secret });
    await app.register(csrf, {
      cookieKey: 'concierge_csrf',
      cookieOpts: cookieOptions,
      csrfOpts: { hmacKey: secret, userInfo: true },
      getToken: ({ body }) => (body as { _csrf?: string } | undefined)?._csrf,
      // a token is good for one person: nobody's is of no use to somebody
      getUserInfo: (request) => userOf(request),
    });

    app.decorateRequest('signedIn', null);
    app.decorateReply('signIn', function signIn(this: FastifyReply, key, name) {
      const value = writeSession(newSession(key, name, app.now()));
      this.setCookie(COOKIE, value, { ...cookieOptions, maxAge: SESSION_HOURS * 60 * 60 });
    });
    app.decorateReply('signOut', function signOut(this: FastifyReply) {
      this.clearCookie(COOKIE, cookieOptions);
    });
    app.decorateReply('csrfToken', function csrfToken(this: FastifyReply) {
      return this.generateCsrf({ userInfo: userOf(this.request) });
    });

    app.addHook('onRequest', async (request, reply) => {
      const session = sessionOf(request);
      const key = session && app.keyById(session.key);
      if (session && key?.scopes.includes('dashboard:read') && isSessionOf(session, key)) {
        request.signedIn = viewerOf(key, session.name);
        request.clientId = key.id;
      } else if (!request.routeOptions.config.open) {
        if (request.method !== 'GET') throw new ApiError('dashboard.signed_out', 'Please sign in again.');
        return reply.redirect(`/dashboard/sign-in?next=${encodeURIComponent(request.url)}`, 303);
      }
    });
    app.addHook('preHandler', function checkCsrf(request, reply, done) {
      if (request.method === 'GET' || request.method === 'HEAD') return done();
      app.csrfProtection(request, reply, done);
    });

    function sessionOf(request: FastifyRequest): DashboardSession | undefined {
      const signed = request.cookies[COOKIE];
      const { valid, value } = signed ? request.unsignCookie(signed) : { valid: false, value: null };
      return valid && value ? readSession(value, app.now()) : undefined;
    }
  },
  { name: 'dashboard-session', fastify: '5.x', dependencies: ['keys', 'clock', 'request-id'] },
);

const userOf = ({ signedIn }: FastifyRequest): string =>
  signedIn ? `${signedIn.key} ${signedIn.name}` : NOBODY;
