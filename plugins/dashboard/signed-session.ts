import cookie, { type CookieSerializeOptions } from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import {
  isCookieOf,
  newCookie,
  readCookie,
  SESSION_HOURS,
  SignInCookie,
  writeCookie,
} from '../../src/dashboard/sign-in/cookie.js';
import {
  createOpenIdConnect,
  type OpenIdConnect,
  type OpenIdSettings,
} from '../../src/dashboard/sign-in/openid-connect.js';
import {
  createStaffSessions,
  type StaffSession,
  type StaffSessions,
} from '../../src/dashboard/sign-in/staff-sessions.js';
import { may, type Viewer, viewerOf } from '../../src/dashboard/viewer.js';
import { isBehindTls } from '../../src/platform/http/client-address.js';
import { ApiError } from '../../src/platform/http/errors.js';
import type { ApiKey } from '../../src/platform/keys/keys.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A page that can be seen without having signed in. */
    open?: boolean;
  }
  interface FastifyInstance {
    staffSessions: StaffSessions;
    /** The identity provider of the staff; null where they sign in with keys alone. */
    openId: OpenIdConnect | null;
    /** How cookies of the pages are set. */
    cookieOptions: (request: FastifyRequest) => CookieSerializeOptions;
  }
  interface FastifyRequest {
    /** Who has signed in; null for nobody. */
    signedIn: Viewer | null;
    /** The public id of their session. */
    staffSession: string | null;
  }
  interface FastifyReply {
    /** @param roles Of a person at the identity provider. */
    signIn: (key: ApiKey, name: string, roles?: string[]) => Promise<void>;
    /** Ends the session, in this browser and wherever else its cookie has got to. */
    signOut: () => Promise<void>;
    /** What a form of this page has to bring back. */
    csrfToken: () => string;
  }
}

interface SessionOptions {
  secret: string;
  /** Whether it is set that browsers reach the service over TLS; else each request tells. */
  secure: boolean;
  openId: OpenIdSettings | undefined;
}

const COOKIE = 'concierge_dashboard';
const NOBODY = 'nobody';

/** Sessions of 8 hours for the pages. They end at once when they are signed out of, and when the key that signed in is removed or expires. */
export default fp<SessionOptions>(
  async (app, { secret, secure, openId: settings }) => {
    const always = { path: '/dashboard', httpOnly: true, sameSite: 'strict', signed: true } as const;
    const cookieOptions = ({ protocol, headers }: FastifyRequest) => ({
      ...always,
      secure: secure || isBehindTls(protocol, headers),
    });
    app.decorate('cookieOptions', cookieOptions);
    await app.register(cookie, { secret });
    await app.register(csrf, {
      cookieKey: 'concierge_csrf',
      cookieOpts: always,
      csrfOpts: { hmacKey: secret, userInfo: true },
      getToken: ({ body }) => (body as { _csrf?: string } | undefined)?._csrf,
      // a token is good for one person: nobody's is of no use to somebody
      getUserInfo: (request) => userOf(request),
    });

    const sessions = createStaffSessions(app.collections.staffSessions, app.now);
    const openId = settings ? createOpenIdConnect(settings) : null;
    app.decorate('staffSessions', sessions);
    app.decorate('openId', openId);

    app.decorateRequest('signedIn', null);
    app.decorateRequest('staffSession', null);
    app.decorateReply('signIn', async function signIn(this: FastifyReply, key, name, roles) {
      const id = await sessions.begin(key, name, roles);
      const acts = key.scopes.includes('dashboard:write');
      await app.dashboard.staff.note({ _id: name, key: key.id, acts, signedInAt: app.now() });
      const value = writeCookie(newCookie(id, key, name, app.now()));
      const maxAge = SESSION_HOURS * 60 * 60;
      this.setCookie(COOKIE, value, { ...cookieOptions(this.request), maxAge });
    });
    app.decorateReply('signOut', async function signOut(this: FastifyReply) {
      const { signedIn, staffSession } = this.request;
      if (signedIn && staffSession) await sessions.end(signedIn.key, staffSession);
      this.clearCookie(COOKIE, cookieOptions(this.request));
    });
    app.decorateReply('csrfToken', function csrfToken(this: FastifyReply) {
      return this.generateCsrf({ userInfo: userOf(this.request), ...cookieOptions(this.request) });
    });

    app.addHook('onRequest', async (request, reply) => {
      const cookie = cookieOf(request);
      const session = cookie ? await sessions.find(cookie.id) : null;
      const key = session && keyOf(session);
      if (cookie && session && key?.scopes.includes('dashboard:read') && isCookieOf(cookie, key)) {
        request.signedIn = viewerOf(key, session.name);
        request.staffSession = session.publicId;
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

    // looked for anew at each request: a key may be gone, and a person may have become something else
    const keyOf = ({ key, roles }: StaffSession): ApiKey | undefined =>
      roles ? openId?.keyOf({ id: key, roles }) : app.keyById(key);

    function cookieOf(request: FastifyRequest): SignInCookie | undefined {
      const signed = request.cookies[COOKIE];
      const { valid, value } = signed ? request.unsignCookie(signed) : { valid: false, value: null };
      return valid && value ? readCookie(SignInCookie, value, app.now()) : undefined;
    }
  },
  {
    name: 'dashboard-session',
    fastify: '5.x',
    dependencies: ['keys', 'clock', 'mongodb', 'request-id', 'dashboard'],
  },
);

const userOf = ({ signedIn }: FastifyRequest): string =>
  signedIn ? `${signedIn.key} ${signedIn.name}` : NOBODY;

/** Who is looking. The session has let nobody pass who has not signed in. */
export function signedIn({ signedIn: viewer }: FastifyRequest): Viewer {
  if (!viewer) throw new ApiError('dashboard.signed_out', 'Please sign in again.');
  return viewer;
}

/** Who acts: a right of its own. */
export function acting(request: FastifyRequest): Viewer {
  const viewer = signedIn(request);
  if (!may(viewer, 'dashboard:write'))
    throw new ApiError('auth.missing_scope', 'Your key allows you to look, not to act.');
  return viewer;
}
