import fp from 'fastify-plugin';
import { ApiError } from '../../src/platform/http/errors.js';
import { type ApiKey, missingScope, REALM, type Scope, scopesOf } from '../../src/platform/keys/keys.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key has to allow for this route; of several, one is enough. */
    scope?: Scope | readonly Scope[];
  }
  interface FastifyRequest {
    /** Which key the caller has shown, for logs; never the key. Undefined before, and outside, authentication. */
    clientId: string | undefined;
    /** The same key as it is kept; null before, and outside, authentication. */
    clientKey: ApiKey | null;
  }
}

/** Lets a request pass that carries a bearer key with the scope of the route. Registered in a scope, it guards that scope. */
export default fp(
  async (app) => {
    app.decorateRequest('clientKey', null);
    app.addHook('onRequest', (request, _reply, done) => {
      const token = bearerToken(request.headers.authorization);
      if (token === undefined)
        throw new ApiError('auth.missing_key', 'Send the key as `Authorization: Bearer <key>`.', {
          headers: { 'www-authenticate': REALM },
        });
      const key = app.findKey(token);
      if (key === undefined)
        throw new ApiError('auth.invalid_key', 'The bearer key is not one that this service knows.', {
          headers: { 'www-authenticate': `${REALM}, error="invalid_token"` },
        });
      request.clientId = key.id;
      request.clientKey = key;
      const { scope } = request.config;
      if (scope && !mayCall(key, scope)) throw missingScope(scopesOf(scope));
      done();
    });
  },
  { name: 'auth', fastify: '5.x', dependencies: ['request-id', 'keys'] },
);

const mayCall = ({ scopes }: ApiKey, needed: Scope | readonly Scope[]): boolean =>
  typeof needed === 'string' ? scopes.includes(needed) : needed.some((scope) => scopes.includes(scope));

const bearerToken = (header: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
