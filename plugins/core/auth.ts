import { createHash, timingSafeEqual } from 'node:crypto';
import fp from 'fastify-plugin';
import { ApiError } from '../../src/errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Which key the caller has shown, for logs; never the key. Undefined before, and outside, authentication. */
    clientId: string | undefined;
  }
}

export interface AuthOptions {
  apiKeys: string[];
}

const REALM = 'Bearer realm="concierge"';
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets a request pass that carries one of the bearer keys. Registered in a scope, it guards that scope. */
export default fp<AuthOptions>(
  async (app, { apiKeys }) => {
    const keys = apiKeys.map((key) => ({ digest: digest(key), id: digest(key).toString('hex').slice(0, 8) }));

    app.addHook('onRequest', async (request) => {
      const token = bearerToken(request.headers.authorization);
      if (token === undefined)
        throw new ApiError('auth.missing_key', 'Send the key as `Authorization: Bearer <key>`.', {
          headers: { 'www-authenticate': REALM },
        });
      const given = digest(token);
      // every key is compared, in constant time, so that the time taken says nothing about them
      const matching = keys.filter((key) => timingSafeEqual(key.digest, given));
      request.clientId = matching[0]?.id;
      if (matching.length === 0)
        throw new ApiError('auth.invalid_key', 'The bearer key is not one that this service knows.', {
          headers: { 'www-authenticate': `${REALM}, error="invalid_token"` },
        });
    });
  },
  { name: 'auth', fastify: '5.x', dependencies: ['request-id'] },
);

const bearerToken = (header: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
